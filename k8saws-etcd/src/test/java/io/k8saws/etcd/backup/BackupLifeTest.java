package io.k8saws.etcd.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.CorruptSnapshotException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.etcd.backup.BackupProof.Level;
import io.k8saws.etcd.restore.DrillResult;
import io.k8saws.etcd.restore.RestoreDrill;
import io.k8saws.etcd.retention.PrunePlan;
import io.k8saws.etcd.retention.RetentionPolicy;
import io.k8saws.etcd.snapshot.EtcdContent;
import io.k8saws.etcd.snapshot.HashKv;
import io.k8saws.etcd.store.BackupStore;
import io.k8saws.etcd.store.StoredObject;
import io.k8saws.progress.ProgressEvent;
import io.k8saws.progress.ProgressListener;
import io.k8saws.telemetry.Telemetry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a backup after it was made. */
class BackupLifeTest {
    private static final Duration LIMIT = Duration.ofMinutes(1);

    @TempDir
    Path directory;

    private ForwardingStore store;
    private Backups backups;
    private SnapshotSource source;

    @BeforeEach
    void open() {
        store = new ForwardingStore(BackupStore.directory(directory.resolve("store")));
        backups = Backups.in(store, "payments");
        source = SnapshotSource.file(EtcdContent.random(5, 100).save(directory.resolve("source.db")));
    }

    private BackupOptions options() {
        return BackupOptions.defaults().withSpoolDirectory(directory.resolve("spool"));
    }

    private Backup at(String time) {
        Instant moment = Instant.parse(time);
        store.setNow(moment);
        Backup made = backups.withClock(Clock.fixed(moment, ZoneOffset.UTC)).backup(source, options(), LIMIT);
        store.setNow(Instant.now());
        return made;
    }

    private static HashKvWitness member(String name, HashKv hashKv) {
        return new HashKvWitness() {
            @Override
            public String member() {
                return name;
            }

            @Override
            public HashKv hashKv(long revision, Duration limit) {
                assertThat(revision).isEqualTo(hashKv.revision());
                return hashKv;
            }
        };
    }

    @Test
    void twoMembersAreWitnesses() {
        Backup made = backups.backup(source, options(), LIMIT);
        HashKv same = made.manifest().content().hashKv();

        Backup witnessed = backups.witness(made, List.of(member("a", same), member("b", same)), LIMIT);

        assertThat(witnessed.proof(Level.L3)).hasValueSatisfying(proof -> {
            assertThat(proof.holds()).isTrue();
            assertThat(proof.text()).startsWith("a, b have hash");
        });
        assertThat(backups.latestGood()).contains(witnessed);
    }

    @Test
    void oneMemberIsNone_howeverOftenItIsAsked() {
        Backup made = backups.backup(source, options(), LIMIT);
        HashKv same = made.manifest().content().hashKv();
        HashKv compacted = new HashKv(1, same.revision(), same.revision() - 1);

        assertThatThrownBy(() -> backups.witness(
                        made, List.of(member("a", same), member("a", same), member("b", compacted)), LIMIT))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("there are 1")
                .hasMessageContaining("b has compacted at");
        assertThat(backups.latestGood()).contains(made);
    }

    @Test
    void aMemberWithAnotherHashIsNamed_andTwoThatAreTheSameCountMore() {
        Backup made = backups.backup(source, options(), LIMIT);
        HashKv same = made.manifest().content().hashKv();
        HashKv other = new HashKv(same.hash() ^ 1, same.revision(), same.compactRevision());

        Backup witnessed =
                backups.witness(made, List.of(member("a", same), member("b", same), member("c", other)), LIMIT);

        assertThat(witnessed.counts()).isTrue();
        assertThat(witnessed.proof(Level.L3).map(BackupProof::text).orElse("")).contains("but c has hash");
        assertThat(backups.witness(witnessed, List.of(member("a", same), member("c", other)), LIMIT)
                        .counts())
                .isFalse();
        assertThat(backups.latestGood()).isEmpty();
        assertThat(backups.witness(witnessed, List.of(member("a", same), member("b", same)), LIMIT)
                        .counts())
                .isTrue();
    }

    @Test
    void aDrillIsKept() {
        Backup made = backups.backup(source, options(), LIMIT);
        BackupManifest.Content content = made.manifest().content();
        DrillResult.Content same = new DrillResult.Content(
                content.revision(), content.keys(), content.hashKv().hash());

        assertThat(backups.keepDrill(made, drilled(same, List.of())).counts()).isTrue();
        assertThat(backups.latestGood().flatMap(one -> one.proof(Level.L5)))
                .hasValueSatisfying(proof -> assertThat(proof.text()).contains("restored in 1200 ms"));
        assertThat(backups.keepDrill(made, drilled(same, List.of("etcd has 3 keys, the snapshot 4")))
                        .counts())
                .isFalse();
        DrillResult.Content other = new DrillResult.Content(content.revision(), content.keys(), 1);
        assertThat(backups.keepDrill(made, drilled(other, List.of())).proof(Level.L5))
                .hasValueSatisfying(proof -> assertThat(proof.text()).contains("of another snapshot"));
        assertThat(backups.latestGood()).isEmpty();
    }

    private static DrillResult drilled(DrillResult.Content found, List<String> problems) {
        return new DrillResult(
                Path.of("snapshot.db"),
                "3.6.10",
                found,
                found,
                Duration.ofMillis(900),
                Duration.ofMillis(1200),
                problems);
    }

    @Test
    void aDrillOfADamagedOneIsKept() throws Exception {
        Backup made = backups.backup(source, options(), LIMIT);
        RestoreDrill drill = RestoreDrill.with(Path.of("etcd-that-is-not-there"));
        Path object = directory
                .resolve("store")
                .resolve(made.manifest().directory())
                .resolve(made.manifest().stored().object());
        byte[] bytes = Files.readAllBytes(object);
        bytes[bytes.length / 2] ^= 1;
        Files.write(object, bytes);

        assertThat(backups.drill(made, drill, LIMIT).proof(Level.L4))
                .hasValueSatisfying(proof -> assertThat(proof.holds()).isFalse());
        assertThat(backups.list().good()).isEmpty();
    }

    @Test
    void oldOnesGo_withAllThatBelongsToThem() {
        Backup old = at("2026-11-01T10:00:00Z");
        Backup older = backups.verify(at("2026-10-01T10:00:00Z"));
        Backup newest = at("2026-11-02T10:00:00Z");

        PrunePlan plan = backups.planPrune(RetentionPolicy.last(2));

        assertThat(plan.deleted()).containsExactly(older.id());
        assertThat(backups.prune(plan).deleted()).containsExactly(older.id());
        assertThat(backups.list().all()).containsExactly(old, newest);
        assertThat(store.list(older.manifest().directory())).isEmpty();
        assertThat(backups.planPrune(RetentionPolicy.last(2)).deleted()).isEmpty();
    }

    /** What a live etcd says of itself. */
    private static SnapshotSource of(SnapshotSource file, String clusterId) {
        return (sink, limit) -> {
            SnapshotOrigin from = file.stream(sink, limit);
            return new SnapshotOrigin(clusterId, "1", "a", "http://a:2379", "3.6.1", from.bytes(), from.sha256());
        };
    }

    /** A copy of an older one comes later, and so may a bucket that was brought back. */
    @Test
    void whatIsWrittenAnewIsNotTheLastBackup() {
        SnapshotSource file = source;
        source = of(file, "aa");
        String manifest = at("2026-10-01T10:00:00Z").manifest().directory() + "manifest.json";
        source = of(file, "bb");
        backups = backups.acceptingNewCluster();
        at("2026-10-02T10:00:00Z");
        byte[] text = store.read(store.find(manifest).orElseThrow());
        store.find(manifest).ifPresent(store::delete);
        store.put(manifest, text);

        assertThat(Backups.in(store, "payments")
                        .backup(source, options(), LIMIT)
                        .counts())
                .isTrue();
    }

    @Test
    void aWrongEndpointMakesNoBackup_andNoBackupGoesForAnotherClusters() {
        SnapshotSource file = source;
        List<String> production = new ArrayList<>();
        source = of(file, "aa");
        for (int day = 1; day <= 3; day++) {
            production.add(at("2026-10-0" + day + "T10:00:00Z").id());
        }
        source = of(file, "bb");

        assertThatThrownBy(() -> backups.backup(source, options(), LIMIT))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("that is cluster bb")
                .hasMessageContaining("is of cluster aa")
                .hasMessageContaining("acceptingNewCluster()");
        assertThat(backups.list().all()).extracting(Backup::id).containsExactlyElementsOf(production);
        assertThat(backups.latestGood().map(Backup::id)).contains(production.get(2));

        backups = backups.acceptingNewCluster();
        Backup first = at("2026-10-10T10:00:00Z");
        Backup second = at("2026-10-11T10:00:00Z");
        assertThat(Backups.in(store, "payments")
                        .backup(source, options(), LIMIT)
                        .counts())
                .as("one of the new cluster lies there by now")
                .isTrue();
        assertThat(backups.planPrune(RetentionPolicy.last(1)).deleted())
                .contains(first.id(), second.id(), production.get(0), production.get(1))
                .doesNotContain(production.get(2));
    }

    @Test
    void theLastGoodOneStays_whateverAPlanSays() throws Exception {
        Backup good = at("2026-10-01T10:00:00Z");
        Backup newer = at("2026-11-01T10:00:00Z");
        PrunePlan plan = backups.planPrune(RetentionPolicy.last(1));
        assertThat(plan.deleted()).containsExactly(good.id());
        Path object = directory
                .resolve("store")
                .resolve(newer.manifest().directory())
                .resolve(newer.manifest().stored().object());
        Files.write(object, new byte[] {1}); // damaged since the plan was made

        PruneReport report = backups.prune(plan);

        assertThat(report.deleted()).isEmpty();
        assertThat(report.failed()).containsOnlyKeys(good.id());
        assertThat(backups.latestGood()).contains(good);
    }

    @Test
    void aSetGoesAsOne() {
        Map<String, SnapshotSource> sources = new LinkedHashMap<>();
        sources.put("main", source);
        sources.put("events", source);
        List<String> sets = new ArrayList<>();
        for (String time : new String[] {"2026-10-01T10:00:00Z", "2026-10-02T10:00:00Z", "2026-10-03T10:00:00Z"}) {
            store.setNow(Instant.parse(time));
            sets.add(backups.withClock(Clock.fixed(Instant.parse(time), ZoneOffset.UTC))
                    .backupSet(sources, options(), LIMIT)
                    .id());
        }

        store.setNow(Instant.now());
        PrunePlan plan = backups.planPrune(RetentionPolicy.last(1));

        assertThat(plan.kept()).containsExactly(sets.get(2));
        assertThat(backups.prune(plan).deleted()).containsExactlyInAnyOrder(sets.get(0), sets.get(1));
        assertThat(backups.sets()).extracting(BackupSet::id).containsExactly(sets.get(2));
        assertThat(backups.list().all()).hasSize(2);
    }

    /** Whoever holds it may have begun to since the plan was made. */
    @Test
    void whatIsHeldStays_andTheOthersGo() {
        List<Backup> made = List.of(
                at("2026-01-01T00:00:00Z"),
                at("2026-01-02T00:00:00Z"),
                at("2026-01-03T00:00:00Z"),
                at("2026-01-04T00:00:00Z"));
        Backup held = made.get(1);
        PrunePlan before = backups.planPrune(RetentionPolicy.last(1));
        Backups holding = Backups.in(
                new ForwardingStore(store) {
                    @Override
                    public Optional<Instant> lockedUntil(StoredObject object) {
                        return object.key().contains(held.id()) && object.key().endsWith("manifest.json")
                                ? Optional.of(Instant.MAX)
                                : Optional.empty();
                    }
                },
                "payments");

        PrunePlan plan = holding.planPrune(RetentionPolicy.last(1));
        PruneReport report = holding.prune(before);

        assertThat(before.deleted()).hasSize(3);
        assertThat(plan.deleted()).containsExactly(made.get(2).id(), made.get(0).id());
        assertThat(plan.toString()).contains("  keep   " + held.id() + ": under a legal hold");
        assertThat(report.deleted())
                .containsExactly(made.get(0).id(), made.get(2).id());
        assertThat(report.failed()).containsExactly(Map.entry(held.id(), "it is under a legal hold"));
        assertThat(holding.list().all()).containsExactly(held, made.get(3));
    }

    @Test
    void aCopyIsABackupOfItsOwn() throws Exception {
        BackupStore elsewhere = BackupStore.directory(directory.resolve("elsewhere"));
        Backups copies = Backups.in(elsewhere, "payments");
        Backup made = backups.verify(backups.backup(source, options(), LIMIT));

        Backup copied = backups.copy(made, elsewhere);

        assertThat(copies.list().all()).containsExactly(copied);
        assertThat(copied.counts()).isTrue();
        assertThat(copied.manifest()).isEqualTo(made.manifest());
        assertThat(Files.mismatch(copies.fetch(copied, directory.resolve("back.db")), directory.resolve("source.db")))
                .isEqualTo(-1);
        assertThat(backups.copy(made, elsewhere)).isEqualTo(copied);
    }

    /** What a listener hears of each work that takes long, and what a telemetry counts by it. */
    @Test
    void allLongWorkTellsHowFarItIs() throws Exception {
        at("2026-10-01T10:00:00Z");
        Backup made = at("2026-11-01T10:00:00Z");
        HashKv same = made.manifest().content().hashKv();
        List<ProgressEvent> events = new ArrayList<>();
        List<String> ended = new ArrayList<>();
        Map<String, Long> moved = new TreeMap<>();
        Telemetry telemetry = new Telemetry() {
            @Override
            public void moved(String operation, String stage, long bytes) {
                moved.merge(operation + " " + stage, bytes, Long::sum);
            }

            @Override
            public void ended(Operation operation) {
                ended.add(operation.operation() + " " + operation.done() + " " + operation.notDone());
            }
        };
        Backups told = backups.withProgress(ProgressListener.measuring(telemetry, events::add));

        told.verify(made);
        told.witness(made, List.of(member("a", same), member("b", same)), LIMIT);
        assertThatThrownBy(() -> told.drill(made, RestoreDrill.with(directory.resolve("no-etcd")), LIMIT))
                .isInstanceOf(K8sAwsException.class);
        told.copy(made, BackupStore.directory(directory.resolve("elsewhere")));
        told.verifyDeltas("main");
        told.prune(told.planPrune(RetentionPolicy.last(1)));
        told.pruneDeltas("main", Duration.ofHours(1));
        told.sweep(Duration.ofHours(1));

        assertThat(ended)
                .containsExactly(
                        "verify 2 0",
                        "witness 1 0",
                        "drill 1 1",
                        "copy 2 0",
                        "verify-deltas 1 0",
                        "prune 1 0",
                        "prune-deltas 1 0",
                        "sweep 1 0");
        long stored = made.manifest().stored().bytes();
        assertThat(moved)
                .containsEntry("verify fetch", stored)
                .containsEntry("verify prove", made.manifest().content().bytes())
                .containsEntry("drill fetch", stored)
                .containsEntry("copy copy", stored)
                .containsEntry("copy read back", stored);
        assertThat(events)
                .filteredOn(ProgressEvent.OperationStarted.class::isInstance)
                .hasSize(8);
        assertThat(events.get(events.size() - 1)).isInstanceOf(ProgressEvent.OperationFinished.class);

        Backup damaged = at("2026-11-02T10:00:00Z");
        Files.write(
                directory
                        .resolve("store")
                        .resolve(damaged.manifest().directory())
                        .resolve(damaged.manifest().stored().object()),
                new byte[] {1});
        ended.clear();
        assertThatThrownBy(() -> told.fetch(damaged, directory.resolve("damaged.db")))
                .isInstanceOf(CorruptSnapshotException.class);
        assertThat(ended).containsExactly("fetch 0 1");
    }

    @Test
    void clocksThatDifferAreNoted() {
        Clock behind = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(-3));

        Backup made = backups.withClock(behind).backup(source, options(), LIMIT);

        assertThat(made.manifest().clockSkewMillis()).isBetween(170_000L, 190_000L);
        assertThat(backups.withClock(behind).clockSkew()).isBetween(Duration.ofSeconds(170), Duration.ofSeconds(190));
    }
}
