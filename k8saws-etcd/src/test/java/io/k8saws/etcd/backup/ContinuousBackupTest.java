package io.k8saws.etcd.backup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.CorruptSnapshotException;
import io.k8saws.error.EtcdCallException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.etcd.delta.ChangeSource;
import io.k8saws.etcd.delta.Continuity.Gap;
import io.k8saws.etcd.delta.DeltaWriter;
import io.k8saws.etcd.delta.KeyChange;
import io.k8saws.etcd.delta.Transaction;
import io.k8saws.etcd.envelope.MasterKey;
import io.k8saws.etcd.restore.NewCluster;
import io.k8saws.etcd.restore.NewMember;
import io.k8saws.etcd.restore.SnapshotRestore;
import io.k8saws.etcd.retention.RetentionPolicy;
import io.k8saws.etcd.schedule.Leadership;
import io.k8saws.etcd.snapshot.EtcdContent;
import io.k8saws.etcd.snapshot.KeyRevision;
import io.k8saws.etcd.snapshot.SnapshotFile;
import io.k8saws.etcd.snapshot.SnapshotLease;
import io.k8saws.etcd.store.BackupStore;
import io.k8saws.etcd.store.StoredObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Continuous backups of a made-up etcd, whose changes and troubles are a script. */
class ContinuousBackupTest {
    private static final String CLUSTER = "00000000000000aa";
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    @TempDir
    Path directory;

    private ForwardingStore store;
    private Backups backups;
    private SnapshotSource snapshots;
    private long base;
    private final List<ContinuousEvent> events = new ArrayList<>();

    @BeforeEach
    void open() {
        store = new ForwardingStore(BackupStore.directory(directory.resolve("store")));
        store.setNow(NOON);
        backups = Backups.in(store, "payments").withClock(Clock.fixed(NOON, ZoneOffset.UTC));
        snapshots = of(EtcdContent.random(5, 100));
        base = backups.backup(snapshots, options(), Duration.ofMinutes(1))
                .manifest()
                .content()
                .revision();
    }

    /** Snapshots of an etcd that is so; its last revision is told to watches, too. */
    private SnapshotSource of(EtcdContent content) {
        Path saved = content.save(directory.resolve("source-" + UUID.randomUUID()));
        try (SnapshotFile opened = SnapshotFile.open(saved);
                Stream<KeyRevision> history = opened.history()) {
            told.put(
                    opened.revision(),
                    history.filter(row -> row.revision().main() == opened.revision())
                            .map(row -> row.deleted()
                                    ? KeyChange.delete(row.key())
                                    : KeyChange.put(
                                            row.key(), row.value(), row.createRevision(), row.version(), row.lease()))
                            .toList());
        }
        SnapshotSource file = SnapshotSource.file(saved);
        return (sink, limit) -> {
            SnapshotOrigin from = file.stream(sink, limit);
            return new SnapshotOrigin(CLUSTER, "1", "a", "http://a:2379", "3.6.1", from.bytes(), from.sha256());
        };
    }

    private BackupOptions options() {
        return BackupOptions.defaults().withSpoolDirectory(directory.resolve("spool"));
    }

    private final List<Duration> pauses = new ArrayList<>();

    /** What revisions of the etcd are by now, as far as anybody has told of them. */
    private final TreeMap<Long, List<KeyChange>> told = new TreeMap<>();

    private int value = 1;

    /** All that segments were written with. */
    private final List<DeltaWriter> writers = new ArrayList<>();

    /** What one watch tells. */
    private interface Act {
        void tell(ChangeSource.Sink sink);
    }

    /** Plays its acts, one for each watch, and is interrupted then. */
    private final class Script implements ChangeSource {
        private final Deque<Act> acts = new ArrayDeque<>();
        private final List<Long> watchedFrom = new ArrayList<>();
        private long revision;
        private long afterwards;

        Script(long revision) {
            this.revision = revision;
        }

        Script then(Act act) {
            acts.add(act);
            return this;
        }

        Script changes(long from, long to) {
            return changes(CLUSTER, from, to);
        }

        Script changes(String clusterId, long from, long to) {
            return then(sink -> {
                for (long at = from; at <= to; at++) {
                    revision = Math.max(revision, at);
                    List<KeyChange> list =
                            List.of(KeyChange.put(new byte[] {1, (byte) at}, new byte[] {(byte) value}, at, 1, 7));
                    told.put(at, list);
                    if (!sink.accept(clusterId, at, list)) {
                        return;
                    }
                }
            });
        }

        @Override
        public String clusterId() {
            return CLUSTER;
        }

        /** The revision that is told from the second question on. */
        Script thenAt(long later) {
            afterwards = later;
            return this;
        }

        @Override
        public long revision() {
            long told = revision;
            revision = Math.max(revision, afterwards);
            return told;
        }

        @Override
        public void watch(long fromRevision, Duration limit, Sink sink) {
            watchedFrom.add(fromRevision);
            Act act = acts.poll();
            if (act == null) {
                throw new OperationCancelledException("the script is over");
            }
            List<KeyChange> known = told.get(fromRevision);
            if (known == null || sink.accept(CLUSTER, fromRevision, known)) {
                act.tell(sink);
            }
        }

        @Override
        public Optional<Duration> leaseLife(long id) {
            return Optional.of(Duration.ofSeconds(60));
        }

        void run() {
            run(OperationCancelledException.class);
        }

        void run(Class<? extends Exception> end) {
            ContinuousBackup work = ContinuousBackup.of(backups, snapshots, this, options())
                    .reportingTo(events::add)
                    .writingBy((clusterId, after) -> {
                        DeltaWriter writer = DeltaWriter.after(clusterId, after);
                        writers.add(writer);
                        return writer;
                    })
                    .sleepingBy((pause, why) -> pauses.add(pause));
            assertThatThrownBy(() -> work.run(Leadership.inThisProgram())).isInstanceOf(end);
        }
    }

    private List<Optional<Gap>> gaps() {
        return events.stream()
                .filter(ContinuousEvent.TookSnapshot.class::isInstance)
                .map(event -> ((ContinuousEvent.TookSnapshot) event).gap())
                .toList();
    }

    @Test
    void itGoesOnFromWhatIsStored() {
        Script first = new Script(base).changes(base + 1, base + 5).changes(base + 6, base + 9);
        first.run();
        Script second = new Script(base + 9).changes(base + 10, base + 12);
        second.run();

        assertThat(first.watchedFrom).containsExactly(base, base + 5, base + 9);
        assertThat(second.watchedFrom).containsExactly(base + 9, base + 12);
        assertThat(gaps()).isEmpty();
        assertThat(backups.deltas("main"))
                .extracting(StoredSegment::after, StoredSegment::last)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(base, base + 5),
                        org.assertj.core.groups.Tuple.tuple(base + 5, base + 9),
                        org.assertj.core.groups.Tuple.tuple(base + 9, base + 12));
        RestorePoint point = backups.restorePoint("main", base + 7);
        assertThat(point.segments()).hasSize(2);
        NewCluster target = NewCluster.of(List.of(NewMember.of("a", "http://127.0.0.1:1")));
        SnapshotRestore restore = backups.fetch(point, directory.resolve("point"), target);
        assertThat(restore.write("a", directory.resolve("data")).revision()).isEqualTo(base + 7);
        assertThatThrownBy(() -> backups.restorePoint("main", base + 13))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("no backup and its segments have it");
    }

    @Test
    void gapsAreAnsweredWithASnapshot() {
        new Script(base)
                .changes(base + 2, base + 3)
                .changes("00000000000000bb", base + 1, base + 1)
                .then(sink -> sink.accept(CLUSTER, base, List.of(KeyChange.delete(new byte[] {1}))))
                .then(sink -> {
                    throw new EtcdCallException(
                            new EtcdCallException.Failure(
                                    "Watch", "a", EtcdCallException.Reason.COMPACTED, "OUT_OF_RANGE", 1, false, false),
                            "it is gone",
                            "take a snapshot",
                            null);
                })
                .run();

        assertThat(gaps())
                .containsExactly(
                        Optional.of(Gap.MISSED_REVISIONS),
                        Optional.of(Gap.OTHER_CLUSTER),
                        Optional.of(Gap.WENT_BACK),
                        Optional.of(Gap.COMPACTED));
        assertThat(backups.list().good()).hasSize(5);
        assertThat(pauses)
                .as("snapshots for gaps that follow each other come less and less often")
                .containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(4));
    }

    private void damage(StoredSegment segment) {
        Path file = directory.resolve("store").resolve(segment.object().key());
        try {
            byte[] bytes = Files.readAllBytes(file);
            bytes[bytes.length - 40] ^= 1;
            Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aDamagedNewestSegmentIsAnsweredWithASnapshot_once() {
        new Script(base).changes(base + 1, base + 5).run();
        damage(backups.deltas("main").get(0));
        later();
        snapshots = of(anotherHistory());

        new Script(base + 20).changes(base + 21, base + 22).run();
        new Script(base + 22).changes(base + 23, base + 24).run();

        assertThat(gaps()).containsExactly(Optional.of(Gap.DAMAGED));
        assertThat(pauses).isEmpty();
        assertThat(backups.restorePoint("main", base + 24).segments()).hasSize(2);
    }

    /** A new program finds the snapshot that was taken for the damage, though no change is stored since. */
    @Test
    void aSnapshotBehindADamagedSegmentIsGoneOnFrom() {
        new Script(base).changes(base + 1, base + 5).run();
        damage(backups.deltas("main").get(0));
        later();
        snapshots = of(anotherHistory());

        new Script(base + 20).run();
        new Script(base + 20).changes(base + 21, base + 22).run();

        assertThat(gaps()).containsExactly(Optional.of(Gap.DAMAGED));
        assertThat(backups.restorePoint("main", base + 22).base().id())
                .isEqualTo(backups.latestGood().orElseThrow().id());
    }

    /** A bit flips on its way to the store, once. */
    @Test
    void whatIsReadBackWrongIsNotLeftThere() {
        store.damageNext("payments/main/deltas/");
        new Script(base).changes(base + 1, base + 5).changes(base + 1, base + 7).run();

        assertThat(backups.deltas("main")).singleElement().satisfies(segment -> assertThat(segment.last())
                .isEqualTo(base + 7));
        assertThat(gaps()).isEmpty();
        assertThat(pauses).hasSize(1);
    }

    @Test
    void anOlderStateOfTheClusterIsSeenAtOnce() {
        new Script(base - 1).thenAt(base).run();

        assertThat(gaps()).containsExactly(Optional.of(Gap.WENT_BACK));
    }

    /** The etcd as it is after an older state of it was restored and written to: 20 revisions of its own. */
    private EtcdContent anotherHistory() {
        EtcdContent content = EtcdContent.random(5, 100);
        for (long at = base + 1; at <= base + 20; at++) {
            content.put("/other/" + at, "other");
        }
        return content;
    }

    /** A minute has gone. */
    private void later() {
        backups = backups.withClock(Clock.fixed(NOON.plusSeconds(60), ZoneOffset.UTC));
        store.setNow(NOON.plusSeconds(60));
    }

    private Map<String, String> restored(RestorePoint point) {
        Path data = directory.resolve("data-" + UUID.randomUUID());
        backups.fetch(
                        point,
                        directory.resolve("point-" + UUID.randomUUID()),
                        NewCluster.of(List.of(NewMember.of("a", "http://127.0.0.1:1"))))
                .write("a", data);
        Map<String, String> found = new TreeMap<>();
        try (SnapshotFile file = SnapshotFile.open(data.resolve("member/snap/db"));
                Stream<KeyRevision> keys = file.keys()) {
            keys.filter(key -> key.revision().main() > base)
                    .forEach(key -> found.put(
                            key.revision().main() - base + " " + key.keyText(),
                            HexFormat.of().formatHex(key.value())));
        }
        return found;
    }

    @Test
    void anOlderStateThatIsRestoredIsAHistoryOfItsOwn() {
        new Script(base)
                .changes(base + 1, base + 50)
                .changes(base + 51, base + 100)
                .run();
        later();
        snapshots = of(anotherHistory());
        value = 2;
        new Script(base + 20).changes(base + 21, base + 40).run();
        new Script(base + 40).changes(base + 41, base + 42).run();

        assertThat(gaps()).containsExactly(Optional.of(Gap.WENT_BACK));
        String newest = backups.latestGood().orElseThrow().id();
        assertThat(backups.deltas("main"))
                .extracting(StoredSegment::after, segment -> segment.history().equals(newest))
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(base, false),
                        org.assertj.core.groups.Tuple.tuple(base + 50, false),
                        org.assertj.core.groups.Tuple.tuple(base + 20, true),
                        org.assertj.core.groups.Tuple.tuple(base + 40, true));
        RestorePoint point = backups.restorePoint("main", base + 30);
        assertThat(point.base().id()).isEqualTo(newest);
        assertThat(restored(point))
                .hasSize(30)
                .containsEntry("20 /other/" + (base + 20), HexFormat.of().formatHex("other".getBytes(UTF_8)))
                .containsValue("02")
                .doesNotContainValue("01");
        assertThat(restored(backups.restorePoint("main", base + 60)))
                .as("what only the older history has")
                .hasSize(60)
                .containsValue("01")
                .doesNotContainValue("02");
    }

    @Test
    void anotherHistoryThatHasPassedTheLastRevisionIsSeen() {
        new Script(base).changes(base + 1, base + 10).run();
        later();
        snapshots = of(anotherHistory());
        value = 2;
        told.put(base + 10, List.of(KeyChange.put(new byte[] {1}, new byte[] {2}, base + 10, 1, 0)));
        new Script(base + 20)
                .changes(base + 11, base + 20)
                .changes(base + 21, base + 22)
                .run();

        assertThat(gaps()).containsExactly(Optional.of(Gap.WENT_BACK));
        assertThat(backups.deltas("main")).extracting(StoredSegment::after).containsExactly(base, base + 20);
    }

    @Test
    void aLastRevisionThatIsNotToldAnyMoreIsNoneOfThisHistory() {
        new Script(base).changes(base + 1, base + 10).run();
        told.remove(base + 10);
        new Script(base + 11).changes(base + 11, base + 11).run();

        assertThat(gaps()).containsExactly(Optional.of(Gap.WENT_BACK));
    }

    @Test
    void aBackupOfAnotherHistoryIsNoBase_andOneOfTheSameIs() {
        new Script(base).changes(base + 1, base + 50).run();
        Backup other = backups.backup(of(anotherHistory()), options(), Duration.ofMinutes(1));
        EtcdContent grown = EtcdContent.random(5, 100).lease(7, 60);
        for (long at = base + 1; at <= base + 20; at++) {
            grown.put(new String(new byte[] {1, (byte) at}, StandardCharsets.ISO_8859_1), new byte[] {1}, 7);
        }
        assertThat(backups.restorePoint("main", base + 25).base().id()).isNotEqualTo(other.id());

        Backup same = backups.backup(of(grown), options(), Duration.ofMinutes(1));

        assertThat(backups.restorePoint("main", base + 40).base().id()).isEqualTo(same.id());
        assertThat(backups.restorePoint("main", base + 25).base().id()).isNotEqualTo(other.id());
    }

    @Test
    void withAKeyNobodySlipsInAPlainSegment() {
        Backups plain = backups;
        backups = plain.withMasterKey(MasterKey.of("mine", new byte[32]));
        base = backups.backup(snapshots, options(), Duration.ofMinutes(1))
                .manifest()
                .content()
                .revision();
        new Script(base).changes(base + 1, base + 5).run();
        StoredSegment own = backups.deltas("main").get(0);
        DeltaWriter writer = DeltaWriter.after(CLUSTER, base);
        writer.add(new Transaction(
                base + 1, NOON, List.of(KeyChange.put("admin".getBytes(UTF_8), new byte[] {9}, base + 1, 1, 0))));
        writer.mark(NOON);
        StoredSegment slipped = plain.segments("main").store(writer.write(directory.resolve("slipped")), own.history());

        assertThat(plain.deltas("main")).contains(slipped);
        assertThat(backups.deltas("main")).containsExactly(own);
        RestorePoint point = backups.restorePoint("main", base + 3);
        assertThat(restored(point)).hasSize(3).doesNotContainValue("09");
        assertThatThrownBy(() -> backups.fetch(
                        new RestorePoint(point.base(), List.of(slipped), base + 1),
                        directory.resolve("no"),
                        NewCluster.of(List.of(NewMember.of("a", "http://127.0.0.1:1")))))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("acceptingUnencrypted()");
        assertThat(backups.acceptingUnencrypted().deltas("main")).contains(own, slipped);
    }

    @Test
    void fetchedSegmentsAreForTheirOwnerAlone() throws IOException {
        List<String> others = new ArrayList<>();
        Path scratch = directory.resolve("spool");
        store.beforeRead(() -> others.addAll(notForOwnerAlone(scratch)));
        new Script(base).changes(base + 1, base + 5).run();

        restored(backups.restorePoint("main", base + 3));

        assertThat(others).isEmpty();
        for (Path point : list(directory, "point-")) {
            assertThat(notForOwnerAlone(point)).isEmpty();
            assertThat(list(point, "")).hasSize(2);
        }
    }

    private static List<Path> list(Path directory, String prefix) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> String.valueOf(file.getFileName()).startsWith(prefix))
                    .toList();
        }
    }

    private static List<String> notForOwnerAlone(Path root) {
        try (Stream<Path> files = Files.walk(root)) {
            List<String> found = new ArrayList<>();
            for (Path file : files.toList()) {
                String rights = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
                if (!rights.endsWith("------")) {
                    found.add(rights + " " + file);
                }
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void leasesAreKeptWhenAStoreHasFailedOnce() {
        store.failNext("payments/main/deltas/");
        new Script(base).changes(base + 1, base + 5).changes(base + 1, base + 5).run();

        assertThat(events).anyMatch(ContinuousEvent.Failed.class::isInstance);
        Path data = directory.resolve("data");
        backups.fetch(
                        backups.restorePoint("main", base + 5),
                        directory.resolve("point"),
                        NewCluster.of(List.of(NewMember.of("a", "http://127.0.0.1:1"))))
                .write("a", data);
        try (SnapshotFile file = SnapshotFile.open(data.resolve("member/snap/db"));
                Stream<SnapshotLease> leases = file.leases()) {
            assertThat(leases.filter(lease -> lease.id() == 7).map(SnapshotLease::ttl))
                    .containsExactly(Duration.ofSeconds(60));
        }
    }

    @Test
    void eachWriterIsClosed() {
        new Script(base)
                .changes(base + 1, base + 5)
                .then(sink -> {}) // nothing happens
                .changes(base + 7, base + 7)
                .then(sink -> {
                    throw new K8sAwsException("Watch", "it is away", "wait");
                })
                .then(sink -> {
                    throw new IllegalStateException("a mistake");
                })
                .run(IllegalStateException.class);

        assertThat(writers).hasSize(5).allSatisfy(writer -> assertThatThrownBy(() -> writer.add(
                        new Transaction(writer.lastRevision() + 1, NOON, List.of(KeyChange.delete(new byte[] {1})))))
                .isInstanceOf(IllegalStateException.class));
    }

    @Test
    void whatIsFetchedForAMomentIsInTheScratchDirectoryThatWasNamed() throws IOException {
        Path scratch = directory.resolve("scratch");
        Set<Path> seen = new HashSet<>();
        store.beforeRead(() -> seen.addAll(files(scratch)));
        new Script(base).changes(base + 1, base + 5).run();
        Backups with = backups.withScratchDirectory(scratch);
        Backup newest = with.latestGood().orElseThrow();
        seen.clear();

        with.verify(newest);
        with.restorePoint("main", NOON);
        try (OpenedBackup opened = with.open(newest)) {
            seen.add(opened.file());
        }

        assertThat(seen)
                .extracting(file -> String.valueOf(file.getFileName()).replaceAll("[0-9a-f-]{36}\\.", ""))
                .contains("snapshot.db.part", "segment", "snapshot.db");
        assertThat(seen).allMatch(file -> file.startsWith(scratch));
        assertThat(files(scratch)).isEmpty();
        assertThat(files(directory.resolve("spool"))).isEmpty();
    }

    private static List<Path> files(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void whoHasLostTheRightStoresNothing() {
        Leadership.Term lost = new Leadership.Term() {
            private int asked;

            @Override
            public void requireHeld() {
                if (++asked > 1) {
                    throw new io.k8saws.error.ConflictException(
                            "Work", "it went to another", "wait", java.util.Map.of(), null);
                }
            }

            @Override
            public long fence() {
                return 1;
            }

            @Override
            public void close() {}
        };
        Script script = new Script(base).changes(base + 1, base + 5);

        assertThatThrownBy(() -> ContinuousBackup.of(backups, snapshots, script, options())
                        .run(lost))
                .isInstanceOf(io.k8saws.error.ConflictException.class);
        assertThat(backups.deltas("main")).isEmpty();
    }

    @Test
    void aDamagedSegmentIsNotFetched() throws IOException {
        new Script(base).changes(base + 1, base + 5).run();
        StoredObject object = backups.deltas("main").get(0).object();
        Path stored = directory.resolve("store").resolve(object.key());
        byte[] bytes = Files.readAllBytes(stored);
        bytes[60] ^= 1;
        Files.write(stored, bytes);
        NewCluster target = NewCluster.of(List.of(NewMember.of("a", "http://127.0.0.1:1")));
        RestorePoint point = backups.restorePoint("main", base + 3);

        assertThatThrownBy(() -> backups.fetch(point, directory.resolve("point"), target))
                .isInstanceOf(CorruptSnapshotException.class);
    }

    @Test
    void aDamagedSegmentIsGoneAround() throws IOException {
        later();
        new Script(base).changes(base + 1, base + 5).changes(base + 6, base + 9).run();
        EtcdContent grown = EtcdContent.random(5, 100).lease(7, 60);
        for (long at = base + 1; at <= base + 7; at++) {
            grown.put(new String(new byte[] {1, (byte) at}, StandardCharsets.ISO_8859_1), new byte[] {1}, 7);
        }
        String second =
                backups.backup(of(grown), options(), Duration.ofMinutes(1)).id();
        StoredSegment first = backups.deltas("main").get(0);
        Path stored = directory.resolve("store").resolve(first.object().key());
        byte[] bytes = Files.readAllBytes(stored);
        bytes[60] ^= 1;
        Files.write(stored, bytes);
        StoredSegment damaged = backups.deltas("main").get(0);

        DeltaCheck check = backups.verifyDeltas("main");

        assertThat(check.sound()).hasSize(1);
        assertThat(check.unusable()).singleElement().satisfies(one -> {
            assertThat(one.segment()).isEqualTo(damaged);
            assertThat(one.why()).contains("SHA-256");
        });
        assertThat(backups.restorePoint("main", base + 3).segments()).contains(damaged);
        RestorePoint around = backups.restorePoint("main", base + 3, check);
        assertThat(around.base().id()).isEqualTo(second);
        assertThat(restored(around)).hasSize(3);
        assertThat(backups.restorePoint("main", base + 9, check).base().id()).isEqualTo(second);
        assertThat(restored(backups.restorePoint("main", base + 9, check))).hasSize(9);
    }

    @Test
    void aBaseThatSegmentsNeedStays_andTheyGoByAge() {
        new Script(base).changes(base + 1, base + 5).run();
        store.setNow(NOON.plusSeconds(3600));
        Backups later = backups.withClock(Clock.fixed(NOON.plusSeconds(3600), ZoneOffset.UTC));
        String newest =
                later.backup(snapshots, options(), Duration.ofMinutes(1)).id();
        String needed = backups.list().all().get(0).id();
        store.setNow(NOON.plus(Duration.ofDays(3)));

        assertThat(backups.planPrune(RetentionPolicy.last(1)).toString())
                .contains(needed + ": changes of main since " + needed + " up to " + (base + 5) + " needs it");
        assertThat(later.pruneDeltas("main", Duration.ofHours(2)).deleted()).isEmpty();
        assertThat(later.pruneDeltas("main", Duration.ofMinutes(10)).deleted()).hasSize(1);
        assertThat(backups.deltas("main")).isEmpty();
        assertThat(backups.planPrune(RetentionPolicy.last(1)).kept()).containsExactly(newest);
    }

    @Test
    void anOpenedBackupGoesWithItsFile() {
        Backup backup = backups.latestGood().orElseThrow();
        Path file;
        try (OpenedBackup opened = backups.open(backup)) {
            file = opened.file();
            assertThat(opened.snapshot().revision()).isEqualTo(base);
            assertThat(file).exists();
        }
        assertThat(file).doesNotExist();
        assertThat(file.getParent()).doesNotExist();
    }
}
