package io.k8saws.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.etcd.backup.BackupOptions;
import io.k8saws.etcd.backup.BackupSet;
import io.k8saws.etcd.backup.BackupSets;
import io.k8saws.etcd.backup.Backups;
import io.k8saws.etcd.backup.SnapshotSource;
import io.k8saws.etcd.restore.ApiServerFence;
import io.k8saws.etcd.restore.HostFacts;
import io.k8saws.etcd.restore.MemberHost;
import io.k8saws.etcd.restore.NewCluster;
import io.k8saws.etcd.restore.NewMember;
import io.k8saws.etcd.restore.RestoreDrill;
import io.k8saws.etcd.restore.RestoreException;
import io.k8saws.etcd.restore.RestoreRefusedException;
import io.k8saws.etcd.restore.RestoreReport;
import io.k8saws.etcd.restore.RestoreRequest;
import io.k8saws.etcd.restore.RestoreSet;
import io.k8saws.etcd.restore.RestoreSetPlan;
import io.k8saws.etcd.restore.SnapshotRestore;
import io.k8saws.etcd.snapshot.HashKv;
import io.k8saws.etcd.store.BackupStore;
import io.k8saws.plan.Outcome;
import io.k8saws.testkit.EtcdCluster;
import io.k8saws.testkit.Testbed;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName(
        "The etcds of one cluster, main and events, are backed up, proven and restored as one, also when the program dies between them")
class RestoreSetIT {
    private static final Duration LIMIT = Duration.ofMinutes(3);

    @TempDir
    Path directory;

    private static NewCluster successor(Etcd etcd) {
        return NewCluster.of(etcd.members().stream()
                .map(member ->
                        NewMember.of(member.name(), member.peerUrls().get(0).toString()))
                .toList());
    }

    private static void write(Etcd etcd, String key, int count) {
        for (int i = 0; i < count; i++) {
            assertThat(etcd.putIfUnchanged(key + i, 0, new byte[i], 0)).isPresent();
        }
    }

    /** Writes to both, and tells where their snapshots come from. */
    private static Map<String, SnapshotSource> filled(Etcd main, Etcd events) {
        write(main, "/registry/pods/a/", 40);
        write(events, "/registry/events/a/", 20);
        Map<String, SnapshotSource> sources = new LinkedHashMap<>();
        sources.put("main", main.snapshotSource());
        sources.put("events", events.snapshotSource());
        return sources;
    }

    @Test
    void bothComeBack() {
        try (EtcdCluster ofMain = Testbed.etcd(3);
                EtcdCluster ofEvents = Testbed.etcd(1);
                Etcd main = Etcd.at(ofMain.endpoints().get(0).toString());
                Etcd events = Etcd.at(ofEvents.endpoints().get(0).toString());
                BackupStore store = BackupStore.directory(directory.resolve("store"))) {
            Map<String, SnapshotSource> sources = filled(main, events);
            Backups backups = Backups.in(store, "payments");
            BackupSets sets = backups.ofSets();
            Instant taken = Instant.now();
            BackupSet made = backups.backupSet(
                    sources, BackupOptions.defaults().withSpoolDirectory(directory.resolve("spool")), LIMIT);
            BackupSet set = sets.drill(sets.verify(made), RestoreDrill.with(Testbed.program("etcd")), LIMIT);
            assertThat(set.counts()).isTrue();
            assertThat(sets.latestGood()).contains(set);
            Map<String, String> mainKeys = StoredRestoreIT.keys(main, 0);
            Map<String, String> eventKeys = StoredRestoreIT.keys(events, 0);
            write(main, "/lost/", 5);
            write(events, "/lost/", 5);

            Map<String, NewCluster> targets = Map.of("main", successor(main), "events", successor(events));
            Map<String, SnapshotRestore> restores = sets.fetch(set, directory.resolve("restore"), targets);
            Map<String, RestoreRequest> requests = new LinkedHashMap<>();
            requests.put("main", request(restores, "main", TestbedMember.hosts(ofMain), main, taken));
            requests.put("events", request(restores, "events", TestbedMember.hosts(ofEvents), events, taken));
            List<String> fence = new ArrayList<>();

            assertThatThrownBy(() -> RestoreSetPlan.plan(
                            RestoreSet.of(set.id(), set.parts(), Map.of("main", requests.get("main"))), LIMIT))
                    .isInstanceOf(RestoreRefusedException.class)
                    .hasMessageContaining("events belongs to the set");
            RestoreSet wanted = RestoreSet.of(set.id(), set.parts(), requests).withFence(fence(fence));
            // the program dies when main is swapped and events is not
            Map<String, RestoreRequest> fatal = new LinkedHashMap<>(requests);
            fatal.put(
                    "events",
                    request(
                            restores,
                            "events",
                            List.of(new DiesAtSwap(TestbedMember.hosts(ofEvents).get(0))),
                            events,
                            taken));
            RestoreSetPlan dying = RestoreSetPlan.plan(
                    RestoreSet.of(set.id(), set.parts(), fatal).withFence(fence(fence)), LIMIT);
            assertThat(dying.toString())
                    .contains(
                            "main: ",
                            "events: ",
                            "5 revisions, what was written since",
                            "swap the directory of events/");
            assertThat(main.key("/lost/4")).as("a plan only reads").isPresent();

            assertThatThrownBy(() -> dying.restore(LIMIT)).isInstanceOf(RestoreException.class);
            assertThat(fence).containsExactly("raise");
            // as another program would: it fetches again, with the same targets, and plans anew
            assertThat(sets.fetch(set, directory.resolve("restore"), targets)).hasSize(2);
            assertThat(RestoreSetPlan.plan(wanted, LIMIT).restore(LIMIT).complete())
                    .isTrue();

            assertThat(fence).endsWith("lower").doesNotHaveDuplicates();
            assertThat(StoredRestoreIT.keys(main, 0)).isEqualTo(mainKeys);
            assertThat(StoredRestoreIT.keys(events, 0)).isEqualTo(eventKeys);
            assertSame(main, set, "main");
            assertSame(events, set, "events");
        }
    }

    /** The program dies at each of its calls to any machine of any etcd, so also when the first etcd is done and the second is not; another one fetches, plans and restores again. */
    @Test
    void killedAtAnyCall() {
        try (EtcdCluster ofMain = Testbed.etcd(1);
                EtcdCluster ofEvents = Testbed.etcd(1);
                Etcd main = Etcd.at(ofMain.endpoints().get(0).toString());
                Etcd events = Etcd.at(ofEvents.endpoints().get(0).toString());
                BackupStore store = BackupStore.directory(directory.resolve("store"))) {
            Map<String, SnapshotSource> sources = filled(main, events);
            Backups backups = Backups.in(store, "payments");
            BackupSet set = backups.backupSet(
                    sources, BackupOptions.defaults().withSpoolDirectory(directory.resolve("spool")), LIMIT);
            Map<String, String> mainKeys = StoredRestoreIT.keys(main, 0);
            Map<String, String> eventKeys = StoredRestoreIT.keys(events, 0);
            Map<String, NewCluster> successors = Map.of("main", successor(main), "events", successor(events));
            List<String> outcomes = new ArrayList<>();
            for (int call = 1; ; call++) {
                write(main, "/lost/", 1);
                write(events, "/lost/", 1);
                Map<String, NewCluster> targets = new LinkedHashMap<>();
                successors.forEach((etcd, cluster) -> targets.put(etcd, NewCluster.of(cluster.members())));
                Path files = directory.resolve("restore-" + call);
                List<String> fence = new ArrayList<>();
                Mortal mortal = new Mortal(call, false);
                RestoreSetPlan dying = RestoreSetPlan.plan(
                        wanted(set, backups.ofSets().fetch(set, files, targets), ofMain, ofEvents, mortal::on)
                                .withFence(fence(fence)),
                        LIMIT);
                mortal.begin();
                try {
                    assertThat(dying.restore(LIMIT).complete()).isTrue();
                } catch (RestoreException e) {
                    outcomes.add(e.report().results().stream()
                            .filter(result -> result.outcome() == Outcome.FAILED)
                            .map(result -> result.step().toString())
                            .collect(Collectors.joining(" and ")));
                }
                RestoreReport report = RestoreSetPlan.plan(
                                wanted(set, backups.ofSets().fetch(set, files, targets), ofMain, ofEvents, host -> host)
                                        .withFence(fence(fence)),
                                LIMIT)
                        .restore(LIMIT);

                assertThat(report.complete()).as(report.toString()).isTrue();
                assertThat(fence).endsWith("lower");
                assertThat(StoredRestoreIT.keys(main, 0)).isEqualTo(mainKeys);
                assertThat(StoredRestoreIT.keys(events, 0)).isEqualTo(eventKeys);
                assertSame(main, set, "main");
                assertSame(events, set, "events");
                if (mortal.calls() < call) {
                    assertThat(outcomes)
                            .as("it has died at each of its calls, and a step failed each time")
                            .hasSize(call - 1)
                            .anyMatch(step -> step.contains("swap") && step.contains("events/"))
                            .anyMatch(step -> step.contains("start") && step.contains("events/"))
                            .doesNotContain("");
                    return;
                }
            }
        }
    }

    private static RestoreSet wanted(
            BackupSet set,
            Map<String, SnapshotRestore> restores,
            EtcdCluster ofMain,
            EtcdCluster ofEvents,
            UnaryOperator<MemberHost> seen) {
        Map<String, RestoreRequest> requests = new LinkedHashMap<>();
        restores.forEach((etcd, restore) -> requests.put(
                etcd,
                RestoreRequest.of(
                                restore,
                                TestbedMember.hosts(etcd.equals("main") ? ofMain : ofEvents).stream()
                                        .map(seen)
                                        .toList())
                        .replacingRunningMembers()));
        return RestoreSet.of(set.id(), set.parts(), requests);
    }

    private static void assertSame(Etcd etcd, BackupSet set, String name) {
        HashKv hash = set.of(name).orElseThrow().manifest().content().hashKv();
        EtcdMetrics.await("all have come as far", () -> etcd.hashKv(hash.revision()).stream()
                .allMatch(one -> one.hash().isPresent()));
        assertThat(etcd.hashKv(hash.revision()))
                .allSatisfy(one -> assertThat(one.hash()).contains(hash));
    }

    private static RestoreRequest request(
            Map<String, SnapshotRestore> restores, String etcd, List<MemberHost> hosts, Etcd live, Instant taken) {
        SnapshotRestore restore = restores.get(etcd);
        assertThat(restore).isNotNull();
        return RestoreRequest.of(restore, hosts)
                .withLive(new RestoreRequest.Live(live.clusterId(), live.revision(), Instant.now()))
                .takenAt(taken)
                .confirmDataLossSince(taken)
                .replacingRunningMembers();
    }

    private static ApiServerFence fence(List<String> calls) {
        return new ApiServerFence() {
            @Override
            public String subject() {
                return "two API servers";
            }

            @Override
            public void raise(Duration limit) {
                if (!calls.contains("raise")) {
                    calls.add("raise");
                }
            }

            @Override
            public void lower(Duration limit) {
                calls.add("lower");
            }
        };
    }

    /** A machine at which the program dies before it swaps. */
    private record DiesAtSwap(MemberHost host) implements MemberHost {
        @Override
        public String member() {
            return host.member();
        }

        @Override
        public HostFacts facts(NewCluster cluster, Duration limit) {
            return host.facts(cluster, limit);
        }

        @Override
        public void prepare(SnapshotRestore restore, Duration limit) {
            host.prepare(restore, limit);
        }

        @Override
        public void stop(Duration limit) {
            host.stop(limit);
        }

        @Override
        public void swap(NewCluster cluster, Duration limit) {
            throw new IllegalStateException("the program has died");
        }

        @Override
        public void start(Duration limit) {
            host.start(limit);
        }

        @Override
        public void awaitHealthy(Duration limit) {
            host.awaitHealthy(limit);
        }
    }
}
