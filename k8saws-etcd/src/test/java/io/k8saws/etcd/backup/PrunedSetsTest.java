package io.k8saws.etcd.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.K8sAwsException;
import io.k8saws.etcd.retention.PrunePlan;
import io.k8saws.etcd.retention.RetentionPolicy;
import io.k8saws.etcd.snapshot.EtcdContent;
import io.k8saws.etcd.store.BackupStore;
import io.k8saws.etcd.store.StoredObject;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sets of two etcds, each of a cluster of its own, and what becomes of those that are not whole. */
class PrunedSetsTest {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final RetentionPolicy LAST = RetentionPolicy.last(1);

    @TempDir
    Path directory;

    /** Refuses to delete some objects, and does not say so before. */
    private static final class Refusing extends ForwardingStore {
        private Predicate<StoredObject> refused = object -> false;
        private boolean showsLocks = true;

        Refusing(BackupStore store) {
            super(store);
        }

        @Override
        public boolean showsLocks(StoredObject object) {
            return showsLocks && super.showsLocks(object);
        }

        @Override
        public void delete(StoredObject object) {
            if (refused.test(object)) {
                throw new K8sAwsException("Delete " + object.key(), "it is held", "ask who holds it");
            }
            super.delete(object);
        }
    }

    private Refusing store;
    private Backups backups;
    private boolean eventsAway;

    @BeforeEach
    void open() {
        store = new Refusing(BackupStore.directory(directory.resolve("store")));
        backups = Backups.in(store, "payments");
    }

    private SnapshotSource source(String clusterId) {
        SnapshotSource file =
                SnapshotSource.file(new EtcdContent().put("a", clusterId).save(directory.resolve(clusterId + ".db")));
        return (sink, limit) -> {
            if (eventsAway && clusterId.equals("b2")) {
                throw new K8sAwsException("Read a snapshot", "events are away", "try again");
            }
            SnapshotOrigin from = file.stream(sink, limit);
            return new SnapshotOrigin(clusterId, "1", "a", "http://a:2379", "3.6.1", from.bytes(), from.sha256());
        };
    }

    private BackupSet at(String day) {
        Instant time = Instant.parse(day + "T10:00:00Z");
        store.setNow(time);
        Map<String, SnapshotSource> sources = new LinkedHashMap<>();
        sources.put("main", source("a1"));
        sources.put("events", source("b2"));
        return backups.withClock(Clock.fixed(time, ZoneOffset.UTC))
                .backupSet(sources, BackupOptions.defaults().withSpoolDirectory(directory.resolve("spool")), LIMIT);
    }

    private Backup mainAt(String day) {
        Instant time = Instant.parse(day + "T10:00:00Z");
        store.setNow(time);
        return backups.withClock(Clock.fixed(time, ZoneOffset.UTC))
                .backup(source("a1"), BackupOptions.defaults().withSpoolDirectory(directory.resolve("spool")), LIMIT);
    }

    private void halfAt(String day) {
        eventsAway = true;
        assertThatThrownBy(() -> at(day)).hasMessageContaining("events are away");
        eventsAway = false;
    }

    private List<String> there() {
        return backups.sets().stream().map(BackupSet::id).toList();
    }

    private PruneReport prune() {
        store.setNow(Instant.parse("2026-11-01T00:00:00Z"));
        return backups.prune(backups.planPrune(LAST));
    }

    @Test
    void whatIsHalfGoesWhenANewerSetIsWhole() {
        at("2026-10-01");
        halfAt("2026-10-02");
        halfAt("2026-10-03");
        BackupSet last = at("2026-10-04");

        assertThat(prune().deleted()).hasSize(3);
        assertThat(there()).containsExactly(last.id());
        assertThat(backups.list().all()).hasSize(2);
    }

    /** Events are down for a month: each half is the newest of main, and they go by age like others. */
    @Test
    void halvesThatAreNewerStandForEachOther_andForNoWholeSet() {
        BackupSet whole = at("2026-10-01");
        halfAt("2026-10-02");
        halfAt("2026-10-03");
        halfAt("2026-10-04");
        String newest = backups.latestGood("main").orElseThrow().manifest().set();

        PrunePlan plan = backups.planPrune(LAST);
        assertThat(prune().deleted()).hasSize(2);
        assertThat(plan.kept()).contains(newest);
        assertThat(there()).containsExactly(whole.id(), newest);
        assertThat(prune().deleted()).isEmpty();
    }

    /** The program dies between the two parts. */
    @Test
    void whatAPruneHasLeftOfASetGoesWithTheNext() {
        at("2026-10-01");
        BackupSet second = at("2026-10-02");
        String events = second.of("events").orElseThrow().manifest().directory();
        BackupSet last = at("2026-10-03");
        store.list(second.of("main").orElseThrow().manifest().directory()).forEach(store::delete);
        assertThat(store.list(events)).isNotEmpty();

        assertThat(prune().deleted()).hasSize(2);
        assertThat(there()).containsExactly(last.id());
        assertThat(backups.list().all()).hasSize(2);
    }

    /** A restored cluster has another id, and its sets do not stand for those of before. */
    @Test
    void halvesOfAnotherClusterStay() {
        halfAt("2026-10-01");
        String half = there().get(0);
        store.setNow(Instant.parse("2026-10-02T10:00:00Z"));
        Map<String, SnapshotSource> sources = new LinkedHashMap<>();
        sources.put("main", source("c3"));
        sources.put("events", source("d4"));
        backups.acceptingNewCluster()
                .withClock(Clock.fixed(Instant.parse("2026-10-02T10:00:00Z"), ZoneOffset.UTC))
                .backupSet(sources, BackupOptions.defaults().withSpoolDirectory(directory.resolve("spool")), LIMIT);

        assertThat(prune().deleted()).isEmpty();
        assertThat(there()).contains(half);
    }

    private void heldUnseen(BackupSet set, String etcd) {
        BackupManifest held = set.of(etcd).orElseThrow().manifest();
        store.refused =
                object -> object.key().equals(held.directory() + held.stored().object());
    }

    /** Nobody knows which of the two is held before one is refused, and then the other is gone. */
    @Test
    void aSetIsLeftAloneByWhomLocksAreNotShown_andASingleBackupIsNot() {
        BackupSet first = at("2026-10-01");
        String single = mainAt("2026-10-02").id();
        mainAt("2026-10-03");
        at("2026-10-04");
        heldUnseen(first, "events");
        store.showsLocks = false;

        PruneReport report = prune();

        assertThat(report.deleted()).containsExactly(single);
        assertThat(report.failed()).containsOnlyKeys(first.id());
        assertThat(report.failed().get(first.id()))
                .contains("locked may not be seen", "s3:GetObjectRetention and s3:GetObjectLegalHold");
        assertThat(backups.sets().get(0)).isEqualTo(first);
        assertThat(backups.sets().get(0).counts()).isTrue();

        store.showsLocks = true;
        store.refused = object -> false;
        assertThat(prune().deleted()).containsExactly(first.id());
    }

    /** The hold comes between the look and the deletion; the bucket refuses. */
    @Test
    void aSetWhoseFirstSnapshotIsHeldIsUntouched() {
        BackupSet first = at("2026-10-01");
        at("2026-10-02");
        heldUnseen(first, "main");

        PruneReport report = prune();

        assertThat(report.deleted()).isEmpty();
        assertThat(report.failed())
                .hasEntrySatisfying(first.id(), why -> assertThat(why).contains("it is held"));
        assertThat(backups.sets().get(0)).isEqualTo(first);
        assertThat(backups.sets().get(0).counts()).isTrue();
    }

    @Test
    void whatIsHeldOfASetStaysABackup_andWhatIsGoneIsSaid() {
        BackupSet first = at("2026-10-01");
        at("2026-10-02");
        heldUnseen(first, "events");

        PruneReport report = prune();

        assertThat(report.failed()).hasEntrySatisfying(first.id(), why -> assertThat(why)
                .contains("that of events may not be deleted", "are gone"));
        BackupSet left = backups.sets().get(0);
        assertThat(left.counts()).isFalse();
        assertThat(left.backups()).containsExactly(first.of("events").orElseThrow());
        assertThat(left.of("events").orElseThrow().counts()).isTrue();
        assertThat(store.list(first.of("main").orElseThrow().manifest().directory()))
                .isEmpty();
    }

    /** Died just when the bucket was about to refuse it. */
    @Test
    void aProgramThatDiesOverAHeldSnapshotLeavesItsManifest() {
        BackupSet first = at("2026-10-01");
        at("2026-10-02");
        BackupManifest held = first.of("main").orElseThrow().manifest();
        store.refused = object -> {
            if (object.key().equals(held.directory() + held.stored().object())) {
                throw new IllegalStateException("killed");
            }
            return false;
        };

        assertThatThrownBy(this::prune).isInstanceOf(IllegalStateException.class);

        assertThat(backups.sets().get(0)).isEqualTo(first);
    }
}
