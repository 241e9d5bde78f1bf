package io.k8saws.etcd.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.K8sAwsException;
import io.k8saws.etcd.delta.DeltaWriter;
import io.k8saws.etcd.delta.KeyChange;
import io.k8saws.etcd.delta.Transaction;
import io.k8saws.etcd.health.EtcdHealth;
import io.k8saws.etcd.member.MembersRefusedException;
import io.k8saws.etcd.member.QuorumRecovery;
import io.k8saws.etcd.snapshot.EtcdContent;
import io.k8saws.etcd.snapshot.SnapshotFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RestorePlanTest {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final String CLUSTER = "8e4f";
    private static final NewCluster NEW = NewCluster.of(List.of(NewMember.of("a", "http://127.0.0.1:2380")));

    @TempDir
    Path directory;

    private Path snapshot;

    /** Revisions 2 to 101: a hundred puts of ten keys. */
    @BeforeEach
    void aSnapshot() {
        EtcdContent etcd = new EtcdContent();
        for (int i = 0; i < 100; i++) {
            etcd.put("key-" + i % 10, "value-" + i);
        }
        snapshot = etcd.save(directory.resolve("backup.db"));
    }

    private Path delta(String name, KeyChange... changes) {
        try (DeltaWriter writer = DeltaWriter.after(CLUSTER, 101)) {
            for (int i = 0; i < changes.length; i++) {
                assertThat(writer.add(new Transaction(102 + i, Instant.EPOCH.plusSeconds(i), List.of(changes[i]))))
                        .isEmpty();
            }
            return writer.write(directory.resolve(name)).file();
        }
    }

    private static byte[] key(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    private static RestorePlan plan(SnapshotRestore restore, long live, String... fetches) {
        return RestorePlan.plan(
                RestoreRequest.of(
                                restore,
                                List.of(new Machine(Optional.ofNullable(fetches.length == 0 ? null : fetches[0]))))
                        .withLive(new RestoreRequest.Live(CLUSTER, live, Instant.EPOCH))
                        .confirmDataLossSince(Instant.EPOCH),
                LIMIT);
    }

    /** What clients have seen is compared with where the cluster goes on, which is not where the snapshot ends. */
    @Test
    void theBumpOfAnEarlierRevisionIsMeasuredFromThere() {
        SnapshotRestore restore =
                SnapshotRestore.of(snapshot, NEW).atRevision(50).withRevisionBump(1000);

        assertThat(plan(restore, 1049).revision()).isEqualTo(50);
        assertThatThrownBy(() -> plan(restore, 1060))
                .isInstanceOf(RestoreRefusedException.class)
                .hasMessageContaining("A bump by 1000 from revision 50 ends below revision 1060");
    }

    @Test
    void deltasCount() {
        Path delta = delta("delta", KeyChange.put(key("new"), key("1"), 102, 1, 0));
        SnapshotRestore restore = SnapshotRestore.of(snapshot, NEW).withDeltas(CLUSTER, List.of(delta));

        RestorePlan plan = plan(restore.withRevisionBump(1000), 102);
        assertThat(plan.revision()).isEqualTo(102);
        assertThat(plan.lostRevisions()).contains(0L);
        assertThat(plan.toString()).contains("goes on from 1102");
        assertThatThrownBy(() -> plan(restore.atRevision(103), 102))
                .isInstanceOf(RestoreRefusedException.class)
                .hasMessageContaining("Revision 103 is not in the snapshot and its deltas: there is 0 to 102");
        assertThatThrownBy(() -> plan(SnapshotRestore.of(snapshot, NEW).withDeltas("1f", List.of(delta)), 102))
                .isInstanceOf(RestoreRefusedException.class)
                .hasMessageContaining("another cluster than the snapshot");
    }

    @Test
    void revisionsThatGoBackAreWarnedOf() {
        SnapshotRestore restore = SnapshotRestore.of(snapshot, NEW);

        assertThat(plan(restore, 101).warnings()).isEmpty();
        assertThat(plan(restore, 200).warnings()).hasSize(1);
        assertThat(plan(restore, 200).toString()).contains("WARNING    revisions go back from 200 to 101");
    }

    /** Nobody is stopped who is not there; what the steps look at is looked at all the same. */
    @Test
    void withoutAFenceNoApiServersAreStopped() {
        assertThat(plan(SnapshotRestore.of(snapshot, NEW), 101).toString())
                .contains(
                        "see that all are prepared; there are no API servers to stop",
                        "see that all are in place; there are no API servers to let in")
                .doesNotContain("stop no API servers", "release no API servers");
    }

    @Test
    void aMachineThatFetchesAnotherBackupIsRefused() {
        SnapshotRestore restore = SnapshotRestore.of(snapshot, NEW);

        assertThat(plan(restore, 101, FileSha256.of(snapshot)).steps()).isNotEmpty();
        assertThatThrownBy(() -> plan(restore, 101, "0".repeat(64)))
                .isInstanceOf(RestoreRefusedException.class)
                .hasMessageContaining("fetches a backup with SHA-256 0000");
    }

    private static final Instant THEN = Instant.parse("2026-11-27T09:00:00Z");

    /** What is asked of a request before revisions or a member's last writes are given up. */
    @Test
    void aLossIsAgreedToByItsTime() {
        RestoreRequest plain =
                RestoreRequest.of(SnapshotRestore.of(snapshot, NEW), List.of(new Machine(Optional.empty())));
        RestoreRequest lossy = plain.withLive(new RestoreRequest.Live(CLUSTER, 150, THEN));
        RestoreRequest database = RestoreRequest.of(
                SnapshotRestore.of(snapshot, NEW).takingDatabase(), List.of(new Machine(Optional.empty())));

        assertThat(refusals(plain)).isEmpty();
        assertThat(refusals(plain.withLive(new RestoreRequest.Live(CLUSTER, 101, THEN))))
                .isEmpty();
        assertThat(refusals(lossy))
                .containsExactly("49 revisions that the live cluster has are lost: agree with confirmDataLossSince");
        assertThat(refusals(lossy.confirmDataLossSince(THEN))).isEmpty();
        assertThat(refusals(lossy.confirmDataLossSince(THEN.plusSeconds(1))))
                .singleElement()
                .asString()
                .contains("writes since 2026-11-27T09:00:00Z are lost");
        assertThat(refusals(lossy.takenAt(THEN.minusSeconds(9)).confirmDataLossSince(THEN)))
                .singleElement()
                .asString()
                .contains("writes since 2026-11-27T08:59:51Z are lost");
        assertThat(refusals(database)).singleElement().asString().contains("may lack what was written last");
        assertThat(refusals(database.confirmDataLossSince(Instant.MAX)))
                .singleElement()
                .asString()
                .contains("Nothing says since when writes are lost");
        assertThat(refusals(database.takenAt(THEN).confirmDataLossSince(THEN))).isEmpty();
    }

    @Test
    void aRecoveryBringsItsConsentAlong() {
        RestoreRequest database = RestoreRequest.of(
                SnapshotRestore.of(snapshot, NEW).takingDatabase(), List.of(new Machine(Optional.empty())));
        EtcdHealth nobody = new EtcdHealth("00000000000000ff", List.of(), List.of(), List.of(), THEN);
        QuorumRecovery recovery = QuorumRecovery.plan(
                nobody, THEN, Optional.of(new QuorumRecovery.Source.Backup("nightly", 101, THEN.minusSeconds(60))));

        assertThatThrownBy(() -> recovery.consentTo(database))
                .isInstanceOf(MembersRefusedException.class)
                .hasMessageContaining("nobody has agreed to that");
        RestoreRequest agreed =
                recovery.confirmDataLossSince(THEN.minusSeconds(60)).consentTo(database);
        assertThat(refusals(agreed)).isEmpty();
        assertThat(refusals(agreed.confirmDataLossSince(THEN))).hasSize(1);
    }

    private static List<String> refusals(RestoreRequest request) {
        try {
            RestorePlan.plan(request, LIMIT);
            return List.of();
        } catch (RestoreRefusedException e) {
            return e.refusals();
        }
    }

    @Test
    void snapshotsOfNoSetAreNoPair() {
        RestoreRequest request = RestoreRequest.of(
                        SnapshotRestore.of(snapshot, NEW), List.of(new Machine(Optional.empty())))
                .withPair(new RestoreRequest.Pair("", ""));

        assertThatThrownBy(() -> RestorePlan.plan(request, LIMIT))
                .isInstanceOf(RestoreRefusedException.class)
                .hasMessageContaining("of no set");
    }

    /** A fork has the same revisions, and other keys. */
    @Test
    void deltasMustGoOnFromWhatKeysWere() {
        List<KeyChange> wrong = List.of(
                KeyChange.put(key("key-0"), key("1"), 2, 9, 0),
                KeyChange.put(key("key-0"), key("1"), 3, 11, 0),
                KeyChange.put(key("new"), key("1"), 90, 2, 0),
                KeyChange.delete(key("new")));
        for (int i = 0; i < wrong.size(); i++) {
            SnapshotRestore restore =
                    SnapshotRestore.of(snapshot, NEW).withDeltas(CLUSTER, List.of(delta("wrong-" + i, wrong.get(i))));
            Path data = directory.resolve("data-" + i);
            assertThatThrownBy(() -> restore.write("a", data))
                    .isInstanceOf(K8sAwsException.class)
                    .hasMessageContaining("at revision 102 does not go on from what the snapshot has");
        }
        Path right = delta(
                "right",
                KeyChange.put(key("key-0"), key("1"), 2, 11, 0),
                KeyChange.delete(key("key-0")),
                KeyChange.put(key("key-0"), key("2"), 104, 1, 0));
        assertThat(SnapshotRestore.of(snapshot, NEW)
                        .withDeltas(CLUSTER, List.of(right))
                        .write("a", directory.resolve("right-data"))
                        .revision())
                .isEqualTo(104);
    }

    /** A token may be used once: another restore of it would begin members with other data. */
    @Test
    void whatIsPreparedOrSwappedIsOfOneRestore() {
        Path data = directory.resolve("data");
        LocalHost host = LocalHost.of("a", data, new NoProcess());
        SnapshotRestore restore = SnapshotRestore.of(snapshot, NEW);
        List<SnapshotRestore> others = List.of(
                restore.withRevisionBump(1),
                restore.takingDatabase(),
                restore.withUnknownLeaseTtl(Duration.ofHours(2)),
                restore.withDeltas(CLUSTER, List.of(delta("one", KeyChange.put(key("new"), key("1"), 102, 1, 0)))),
                SnapshotRestore.of(new EtcdContent().put("other", "1").save(directory.resolve("other.db")), NEW));

        host.prepare(restore, LIMIT);
        host.prepare(restore, LIMIT);
        others.forEach(other -> assertThatThrownBy(() -> host.prepare(other, LIMIT))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("another restore with the same token"));
        host.swap(NEW, LIMIT);
        host.prepare(restore, LIMIT);
        others.forEach(other -> assertThatThrownBy(() -> host.prepare(other, LIMIT))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("another restore with the same token"));
    }

    /** A file by the name of the newest backup is replaced at any time; the members of a cluster begin with the same data or not at all. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void aSnapshotThatIsReplacedMeanwhileEndsTheRestore(int look) throws IOException {
        Path other = new EtcdContent().put("other", "1").save(directory.resolve("other.db"));
        NewCluster two = NewCluster.of(
                List.of(NewMember.of("a", "http://127.0.0.1:2380"), NewMember.of("b", "http://127.0.0.1:2390")));
        List<String> calls = new ArrayList<>();
        AtomicInteger looks = new AtomicInteger();
        Supplier<String> version = () -> {
            if (looks.incrementAndGet() == 2 + look) {
                move(other, snapshot);
            }
            return "3.6.10";
        };
        RestorePlan plan = RestorePlan.plan(
                RestoreRequest.of(
                        SnapshotRestore.of(snapshot, two),
                        List.of(
                                LocalHost.of("a", directory.resolve("a"), new Recorded(version, calls)),
                                LocalHost.of("b", directory.resolve("b"), new Recorded(version, calls)))),
                LIMIT);
        assertThat(looks).hasValue(2);

        if (look > 2) {
            // everything is written by then, of the same bytes
            plan.restore(LIMIT);
            assertThat(calls).contains("start");
        } else {
            assertThatThrownBy(() -> plan.restore(LIMIT))
                    .isInstanceOf(RestoreException.class)
                    .hasMessageContaining("it is not what the plan has read");
            assertThat(calls).isEmpty();
        }
    }

    private static void move(Path from, Path to) {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where the build is root's, the directory is somebody else's, as that of a unit is. */
    @Test
    void whatIsPreparedBelongsToTheUserOfEtcd() throws IOException {
        Path data = Files.createDirectory(directory.resolve("data"));
        if (Files.getOwner(data).getName().equals("root")) {
            UserPrincipalLookupService users = data.getFileSystem().getUserPrincipalLookupService();
            Files.setOwner(data, users.lookupPrincipalByName("12345"));
        }

        LocalHost.of("a", data, new NoProcess()).prepare(SnapshotRestore.of(snapshot, NEW), LIMIT);

        try (Stream<Path> files = Files.walk(data.resolve("restored-" + NEW.clusterId()))) {
            assertThat(files.toList()).hasSizeGreaterThan(5).allSatisfy(file -> assertThat(Files.getOwner(file))
                    .isEqualTo(Files.getOwner(data)));
        }
    }

    /** What a run leaves that died after it had written, and before it could say of what. */
    @Test
    void whatNobodyVouchesForIsWrittenAnew() throws IOException {
        Path data = directory.resolve("data");
        LocalHost host = LocalHost.of("a", data, new NoProcess());
        SnapshotRestore first = SnapshotRestore.of(snapshot, NEW);
        SnapshotRestore second = first.withRevisionBump(7);
        host.prepare(first, LIMIT);
        Files.delete(data.resolve("restored-" + NEW.clusterId() + ".txt"));
        assertThat(host.facts(NEW, LIMIT).restoredFrom()).isEmpty();

        host.prepare(second, LIMIT);

        assertThat(host.facts(NEW, LIMIT).restoredFrom()).isEqualTo(second.fingerprint());
        host.swap(NEW, LIMIT);
        try (SnapshotFile made = SnapshotFile.open(data.resolve("member/snap/db"));
                Stream<Path> files = Files.list(data)) {
            assertThat(made.revision()).isEqualTo(108);
            assertThat(files.filter(file -> file.getFileName().toString().contains(".unknown-")))
                    .hasSize(1);
        }
    }

    /** The old directory is aside, and the new one not in its place yet. */
    @Test
    void aSwapThatWasCutOffInTheMiddleGoesOn() throws IOException {
        Path data = directory.resolve("data");
        LocalHost host = LocalHost.of("a", data, new NoProcess());
        NewCluster next = NewCluster.of(NEW.members());
        host.prepare(SnapshotRestore.of(snapshot, NEW), LIMIT);
        host.swap(NEW, LIMIT);
        host.prepare(SnapshotRestore.of(snapshot, next), LIMIT);
        Path aside = data.resolve("before-" + next.clusterId());
        Files.move(data.resolve("member"), aside);

        host.swap(next, LIMIT);
        host.swap(next, LIMIT);

        assertThat(host.facts(next, LIMIT).clusterId()).isEqualTo(next.clusterId());
        assertThat(aside.resolve("snap/db")).exists();
    }

    private record Recorded(Supplier<String> versions, List<String> calls) implements MemberProcess {
        @Override
        public String version() {
            return versions.get();
        }

        @Override
        public boolean isRunning() {
            return false;
        }

        @Override
        public void start(Duration limit) {
            calls.add("start");
        }

        @Override
        public void stop(Duration limit) {
            calls.add("stop");
        }

        @Override
        public void awaitHealthy(Duration limit) {
            calls.add("await");
        }
    }

    private record NoProcess() implements MemberProcess {
        @Override
        public String version() {
            return "3.6.10";
        }

        @Override
        public boolean isRunning() {
            return false;
        }

        @Override
        public void start(Duration limit) {}

        @Override
        public void stop(Duration limit) {}

        @Override
        public void awaitHealthy(Duration limit) {}
    }

    /** An empty machine. */
    private record Machine(Optional<String> fetches) implements MemberHost {
        @Override
        public String member() {
            return "a";
        }

        @Override
        public HostFacts facts(NewCluster cluster, Duration limit) {
            return new HostFacts("3.6.10", false, false, "", "", "", 1L << 40);
        }

        @Override
        public void prepare(SnapshotRestore restore, Duration limit) {}

        @Override
        public void stop(Duration limit) {}

        @Override
        public void swap(NewCluster cluster, Duration limit) {}

        @Override
        public void start(Duration limit) {}

        @Override
        public void awaitHealthy(Duration limit) {}
    }
}
