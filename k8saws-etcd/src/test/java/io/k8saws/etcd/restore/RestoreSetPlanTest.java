package io.k8saws.etcd.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.etcd.snapshot.EtcdContent;
import io.k8saws.etcd.snapshot.SnapshotFile;
import io.k8saws.plan.Outcome;
import io.k8saws.progress.ProgressEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two etcds of one cluster, each on real directories, with processes that are played. */
class RestoreSetPlanTest {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final List<String> BOTH = List.of("main", "events");

    @TempDir
    Path directory;

    private final List<String> calls = new ArrayList<>();
    private final Map<String, Played> processes = new LinkedHashMap<>();
    private int mortal = Integer.MAX_VALUE;

    private final ApiServerFence fence = new ApiServerFence() {
        @Override
        public String subject() {
            return "two API servers";
        }

        @Override
        public void raise(Duration limit) {
            call("raise");
        }

        @Override
        public void lower(Duration limit) {
            call("lower");
        }
    };

    private String before = "";
    private Runnable happens = () -> {};

    /** A call on the outside, at which a run may die. */
    private void call(String text) {
        if (text.equals(before)) {
            happens.run();
        }
        if (calls.size() == mortal) {
            mortal = Integer.MAX_VALUE;
            throw new IllegalStateException("killed at " + text);
        }
        calls.add(text);
    }

    /** An etcd that runs when it is started. */
    private final class Played implements MemberProcess {
        private final String name;
        private boolean running = true;

        Played(String name) {
            this.name = name;
        }

        @Override
        public String version() {
            return "3.6.10";
        }

        @Override
        public boolean isRunning() {
            return running;
        }

        @Override
        public void start(Duration limit) {
            if (!running) {
                call("start " + name);
                running = true;
            }
        }

        @Override
        public void stop(Duration limit) {
            if (running) {
                call("stop " + name);
                running = false;
            }
        }

        @Override
        public void awaitHealthy(Duration limit) {
            call("await " + name);
        }
    }

    private Path main;
    private Path events;

    @BeforeEach
    void snapshots() {
        main = new EtcdContent().put("a", "main").save(directory.resolve("main.db"));
        events = new EtcdContent().put("a", "events").put("b", "events").save(directory.resolve("events.db"));
    }

    private static NewCluster cluster(int port) {
        return NewCluster.of(List.of(
                NewMember.of("etcd-1", "http://127.0.0.1:" + port),
                NewMember.of("etcd-2", "http://127.0.0.2:" + port)));
    }

    private RestoreRequest request(String etcd, Path snapshot, NewCluster cluster) {
        List<MemberHost> hosts = cluster.members().stream()
                .map(NewMember::name)
                .map(name -> (MemberHost) LocalHost.of(
                        name,
                        directory.resolve(etcd + "-" + name),
                        processes.computeIfAbsent(etcd + "/" + name, Played::new)))
                .toList();
        return RestoreRequest.of(SnapshotRestore.of(snapshot, cluster), hosts).replacingRunningMembers();
    }

    private RestoreSet both(NewCluster ofMain, NewCluster ofEvents) {
        Map<String, RestoreRequest> requests = new LinkedHashMap<>();
        requests.put("main", request("main", main, ofMain));
        requests.put("events", request("events", events, ofEvents));
        return RestoreSet.of("monday", BOTH, requests).withFence(fence);
    }

    private long revision(String etcd, String member) {
        try (SnapshotFile file = SnapshotFile.open(directory.resolve(etcd + "-" + member + "/member/snap/db"))) {
            return file.revision();
        }
    }

    @Test
    void bothAreRestoredWhileNoApiServerRuns() {
        RestoreSetPlan plan = RestoreSetPlan.plan(both(cluster(2380), cluster(2381)), LIMIT);

        assertThat(calls).isEmpty();
        assertThat(plan.toString())
                .startsWith("Restore set monday\nmain: ")
                .contains(
                        "\nevents: ",
                        "1. prepare main/etcd-1",
                        "stop etcd of events/etcd-2",
                        "release two API servers");
        List<ProgressEvent> heard = new ArrayList<>();
        assertThat(plan.restore(LIMIT, heard::add).complete()).isTrue();

        assertThat(heard)
                .filteredOn(ProgressEvent.StepStarted.class::isInstance)
                .as("each step is told when it begins: some take minutes")
                .extracting(event -> ((ProgressEvent.StepStarted) event).resource())
                .hasSize(plan.steps().size())
                .isEqualTo(heard.stream()
                        .filter(ProgressEvent.StepFinished.class::isInstance)
                        .map(event -> ((ProgressEvent.StepFinished) event).resource())
                        .toList());
        assertThat(calls)
                .containsExactly(
                        "raise",
                        "stop main/etcd-1",
                        "stop main/etcd-2",
                        "stop events/etcd-1",
                        "stop events/etcd-2",
                        "start main/etcd-1",
                        "start main/etcd-2",
                        "start events/etcd-1",
                        "start events/etcd-2",
                        "await main/etcd-1",
                        "await main/etcd-2",
                        "await events/etcd-1",
                        "await events/etcd-2",
                        "lower");
        assertThat(List.of(revision("main", "etcd-2"), revision("events", "etcd-1")))
                .containsExactly(2L, 3L);
    }

    /** Whatever was done of one etcd when the run died: the next one ends with both, and API servers start only then. */
    @Test
    void killedAnywhereTheNextRunEndsWithBoth() {
        int deaths = 0;
        for (int call = 0; ; call++) {
            NewCluster ofMain = cluster(2380);
            NewCluster ofEvents = cluster(2381);
            calls.clear();
            processes.values().forEach(process -> process.running = true);
            mortal = call;
            try {
                RestoreSetPlan.plan(both(ofMain, ofEvents), LIMIT).restore(LIMIT);
                assertThat(deaths).as("calls at which it died").isEqualTo(14);
                return;
            } catch (RestoreException e) {
                deaths++;
                // died over the fence, it lets API servers start again, as nothing was touched
                assertThat(calls.contains("lower")).as(calls.toString()).isEqualTo(call == 0);
                assertThat(e.report().results())
                        .filteredOn(result -> result.outcome() == Outcome.FAILED)
                        .hasSize(1);
            }
            RestoreReport report =
                    RestoreSetPlan.plan(both(ofMain, ofEvents), LIMIT).restore(LIMIT);

            assertThat(report.complete()).as(report.toString()).isTrue();
            assertThat(calls).endsWith("lower").containsOnlyOnce("stop events/etcd-2", "start events/etcd-2");
            assertThat(processes.values()).allMatch(Played::isRunning);
            assertThat(List.of(
                            revision("main", "etcd-1"),
                            revision("main", "etcd-2"),
                            revision("events", "etcd-1"),
                            revision("events", "etcd-2")))
                    .containsExactly(2L, 2L, 3L, 3L);
        }
    }

    /** One of three API servers cannot be reached: the two that were stopped were stopped for nothing. */
    @Test
    void aFenceThatIsHalfUpIsLoweredWhileEtcdIsUntouched() {
        RestoreSetPlan plan = RestoreSetPlan.plan(both(cluster(2380), cluster(2381)), LIMIT);
        mortal = 0;

        assertThatThrownBy(() -> plan.restore(LIMIT))
                .isInstanceOf(RestoreException.class)
                .hasMessageContaining("those that were stopped were let start again");
        assertThat(calls).containsExactly("lower");
    }

    /** A member is stopped already, so no API server may start. */
    @Test
    void aFenceThatIsHalfUpStaysWhenEtcdIsNotAsItWas() {
        RestoreSetPlan plan = RestoreSetPlan.plan(both(cluster(2380), cluster(2381)), LIMIT);
        processes.values().iterator().next().running = false;
        mortal = 0;

        assertThatThrownBy(() -> plan.restore(LIMIT))
                .isInstanceOf(RestoreException.class)
                .hasMessageContaining("Some of them may be stopped");
        assertThat(calls).isEmpty();
    }

    /** A host whose disk has so much left. */
    private record Small(MemberHost host, String on, long free) implements MemberHost {
        @Override
        public String member() {
            return host.member();
        }

        @Override
        public Optional<Object> disk() {
            return on.isEmpty() ? Optional.empty() : Optional.of(on);
        }

        @Override
        public HostFacts facts(NewCluster cluster, Duration limit) {
            HostFacts facts = host.facts(cluster, limit);
            return new HostFacts(
                    facts.etcdVersion(),
                    facts.running(),
                    facts.occupied(),
                    facts.clusterId(),
                    facts.preparedClusterId(),
                    facts.restoredFrom(),
                    free);
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
            host.swap(cluster, limit);
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

    private RestoreSet onDisks(String ofMain, String ofEvents, long free) {
        NewCluster forMain = NewCluster.of(List.of(NewMember.of("etcd-1", "http://127.0.0.1:2380")));
        NewCluster forEvents = NewCluster.of(List.of(NewMember.of("etcd-1", "http://127.0.0.1:2381")));
        Map<String, RestoreRequest> requests = new LinkedHashMap<>();
        requests.put("main", small(request("main", main, forMain), ofMain, free));
        requests.put("events", small(request("events", events, forEvents), ofEvents, free));
        return RestoreSet.of("monday", BOTH, requests);
    }

    private static RestoreRequest small(RestoreRequest request, String disk, long free) {
        return RestoreRequest.of(
                        request.restore(),
                        request.hosts().stream()
                                .map(host -> (MemberHost) new Small(host, disk, free))
                                .toList())
                .replacingRunningMembers();
    }

    /** Each alone has room; both would fill the disk under two etcds that serve. */
    @Test
    void whatIsOnOneDiskNeedsRoomForAll() {
        long free = 2L << 30; // 1 GiB and 128 MiB, and the snapshot, for each

        assertThat(refusals(onDisks("sda", "sda", free)))
                .singleElement()
                .asString()
                .startsWith("main/etcd-1, events/etcd-1 are on one disk, which has " + free + " bytes left");
        assertThat(refusals(onDisks("sda", "sdb", free))).isEmpty();
        assertThat(refusals(onDisks("", "", free))).isEmpty();
        assertThat(refusals(onDisks("sda", "sda", 2 * free))).isEmpty();
    }

    /** Killed before it could say of what it is: it is written anew, beside what is there. */
    @Test
    void whatIsPreparedAndSaysNothingNeedsRoomAgain() throws IOException {
        NewCluster target = NewCluster.of(List.of(NewMember.of("etcd-1", "http://127.0.0.1:2380")));
        RestoreRequest request = request("main", main, target);
        request.hosts().get(0).prepare(request.restore(), LIMIT);
        RestoreSet set = RestoreSet.of("monday", List.of("main"), Map.of("main", small(request, "sda", 1)));
        assertThat(refusals(set)).isEmpty();

        Files.delete(directory.resolve("main-etcd-1").resolve("restored-" + target.clusterId() + ".txt"));

        assertThat(refusals(set)).singleElement().asString().contains("has 1 bytes left and needs ");
    }

    private static List<String> refusals(RestoreSet set) {
        try {
            RestoreSetPlan.plan(set, LIMIT);
            return List.of();
        } catch (RestoreRefusedException e) {
            return e.refusals();
        }
    }

    @Test
    void halfASetIsRestoredByConsentAlone() {
        RestoreSet half = RestoreSet.of("monday", BOTH, Map.of("main", request("main", main, cluster(2380))));

        assertThat(refusals(half)).singleElement().asString().startsWith("events belongs to the set");
        RestoreSetPlan plan = RestoreSetPlan.plan(half.leavingOut("events"), LIMIT);
        assertThat(plan.warnings()).contains("events is left out: it keeps what it has, which is of another time");
        assertThat(plan.toString()).contains("WARNING      events is left out");
        assertThat(plan.restore(LIMIT).complete()).isTrue();
        assertThat(directory.resolve("events-etcd-1")).doesNotExist();
    }

    /** Both of them, and all that is wrong with the set, at once; nothing is touched. */
    @Test
    void allThatIsWrongIsSaidAtOnce() {
        Map<String, RestoreRequest> requests = new LinkedHashMap<>();
        requests.put(
                "main",
                request("main", main, cluster(2380))
                        .withLive(new RestoreRequest.Live("8e4f", 9, Instant.EPOCH))
                        .withFence(fence));
        requests.put(
                "cilium",
                RestoreRequest.of(SnapshotRestore.of(directory.resolve("nothing.db"), cluster(2380)), List.of()));

        assertThatThrownBy(() -> RestoreSetPlan.plan(RestoreSet.of("monday", BOTH, requests), LIMIT))
                .isInstanceOf(RestoreRefusedException.class)
                .hasMessageContainingAll(
                        "events belongs to the set",
                        "cilium is not in the set, which has main, events",
                        "main has a fence of its own",
                        "main and cilium both have a member at http://127.0.0.1:2380",
                        "main: 7 revisions that the live cluster has are lost",
                        "cilium: Read snapshot ");
        assertThat(calls).isEmpty();
        assertThat(refusals(both(cluster(2380), cluster(2381)).leavingOut("events")))
                .containsExactly("events is asked for and left out: say one of both");
        assertThat(refusals(RestoreSet.of("monday", List.of(), Map.of())))
                .containsExactly("Nothing is asked for: name a request for each etcd");
    }

    /** What a fetch says of a file. */
    private record Fetched(String set, String etcd, String cluster) {
        SnapshotIdentity of(Path file) {
            return new SnapshotIdentity(set, etcd, "backup-" + etcd, cluster, FileSha256.of(file));
        }
    }

    private RestoreRequest fetched(String etcd, Fetched fetched, NewCluster cluster) {
        RestoreRequest plain = request(etcd, fetched.etcd().equals("main") ? main : events, cluster);
        SnapshotRestore restore = plain.restore();
        return RestoreRequest.of(restore.identifiedAs(fetched.of(restore.snapshot())), plain.hosts())
                .withLive(new RestoreRequest.Live("8e4f", 1, Instant.EPOCH))
                .replacingRunningMembers();
    }

    private RestoreSet fetched(Fetched forMain, Fetched forEvents) {
        Map<String, RestoreRequest> requests = new LinkedHashMap<>();
        requests.put("main", fetched("main", forMain, cluster(2380)));
        requests.put("events", fetched("events", forEvents, cluster(2381)));
        return RestoreSet.of("monday", BOTH, requests).withFence(fence);
    }

    @Test
    void aSnapshotBecomesNoOtherEtcd_andAllAreOfOneSet() {
        Fetched ofMain = new Fetched("monday", "main", "a1");
        Fetched ofEvents = new Fetched("monday", "events", "b2");

        assertThat(refusals(fetched(ofEvents, ofMain)))
                .containsExactly(
                        "What is to become main is backup backup-events of events: give each etcd its own snapshot",
                        "What is to become events is backup backup-main of main: give each etcd its own snapshot");
        assertThat(refusals(fetched(ofMain, new Fetched("tuesday", "events", "b2"))))
                .containsExactly("Backup backup-events for events is of set tuesday, and set monday is restored: take"
                        + " all snapshots of one set");
        assertThat(refusals(fetched(ofMain, new Fetched("monday", "events", "a1"))))
                .singleElement()
                .asString()
                .startsWith("The snapshots of main and events are both of cluster a1");
        RestoreSetPlan plan = RestoreSetPlan.plan(fetched(ofMain, ofEvents), LIMIT);
        assertThat(plan.warnings()).isEmpty();
        assertThat(plan.restore(LIMIT).complete()).isTrue();
    }

    @Test
    void aFileThatIsNotTheBackupAnyMoreIsRefused() throws IOException {
        RestoreRequest wanted = fetched("main", new Fetched("monday", "main", "a1"), cluster(2380));
        Files.copy(events, main, StandardCopyOption.REPLACE_EXISTING);

        assertThat(refusals(RestoreSet.of("monday", List.of("main"), Map.of("main", wanted))))
                .singleElement()
                .asString()
                .contains("has another SHA-256 than backup backup-main");
    }

    @Test
    void whatNobodyHasSaidIsWorthASecondLook() {
        RestoreSetPlan plan = RestoreSetPlan.plan(both(cluster(2380), cluster(2381)), LIMIT);

        assertThat(plan.warnings())
                .hasSize(6)
                .anyMatch(warning -> warning.startsWith("nothing says that " + main + " is of main"))
                .anyMatch(warning -> warning.startsWith("main: members run, and nobody has said where they stand"))
                .anyMatch(warning -> warning.startsWith("events: API servers start on it, and revisions go back"));
        assertThat(plan.toString()).contains("nothing says that", "members run, and", "API servers start on it");
    }

    /** One wrong look-up of hosts: the second etcd would take the place of the first. */
    @Test
    void noTwoEtcdsShareADataDirectory() {
        Map<String, RestoreRequest> requests = new LinkedHashMap<>();
        requests.put("main", request("main", main, cluster(2380)));
        requests.put("events", request("main", events, cluster(2381)));

        assertThat(refusals(RestoreSet.of("monday", BOTH, requests)))
                .hasSize(2)
                .allMatch(refusal -> refusal.startsWith("main and events both have the host etcd-"));
    }

    /** Somebody puts another directory in its place while the others start. */
    @Test
    void noApiServerStartsOnAnEtcdThatIsAnotherByThen() {
        NewCluster ofMain = cluster(2380);
        RestoreSetPlan plan = RestoreSetPlan.plan(both(ofMain, cluster(2381)), LIMIT);
        before = "await events/etcd-2";
        happens = () -> {
            Path own = directory.resolve("main-etcd-1/member");
            SnapshotRestore.of(events, cluster(2390)).write("etcd-1", directory.resolve("another"));
            try {
                Files.move(own, directory.resolve("taken-away"));
                Files.move(directory.resolve("another/member"), own);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        };

        assertThatThrownBy(() -> plan.restore(LIMIT))
                .isInstanceOf(RestoreException.class)
                .hasMessageContainingAll("main/etcd-1 has cluster ", ofMain.clusterId() + " was restored");
        assertThat(calls).doesNotContain("lower");
    }
}
