package io.k8saws.etcd.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.CorruptSnapshotException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.etcd.envelope.MasterKey;
import io.k8saws.etcd.restore.SnapshotRestore;
import io.k8saws.etcd.snapshot.EtcdContent;
import io.k8saws.etcd.snapshot.SnapshotFile;
import io.k8saws.etcd.store.BackupStore;
import io.k8saws.etcd.store.StoredObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Segments that are damaged or copied: what is lost, what is said of it, and what leads on. */
class PointsInTimeTest extends SegmentsFixture {
    /** 4 to 6, 7 to 9, 10 to 12. */
    @Test
    void aDamagedSegmentIsNamed_withWhatIsLost_andThePointBefore() {
        segment(3);
        StoredSegment second = segment(3);
        segment(3);
        assertThat(backups.verifyDeltas("main").lost()).isEmpty();
        damage(second);

        DeltaCheck check = backups.verifyDeltas("main");

        assertThat(check.unusable()).extracting(DeltaCheck.Unusable::segment).hasSize(1);
        assertThat(check.lost()).singleElement().satisfies(lost -> {
            assertThat(lost.first()).isEqualTo(7);
            assertThat(lost.last()).as("what is behind the gap leads nowhere").isEqualTo(12);
            assertThat(lost.keys()).containsExactly(second.object().key());
            assertThat(lost.before()).map(RestorePoint::revision).contains(6L);
        });
        assertThat(check.toString())
                .contains(
                        "2 segments are sound, 1 are not",
                        second.object().key() + ": revisions 7 to 9",
                        "revisions 7 to 12 are lost with " + second.object().key()
                                + "; the point before is revision 6");
        assertThatThrownBy(() -> backups.restorePoint("main", 11, check))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContainingAll(
                        "revisions 7 to 12 are lost with",
                        second.object().key(),
                        "Restore revision 6, or one above 12");
        RestorePoint offered = check.lost().get(0).before().orElseThrow();
        assertThat(restored(backups.fetch(offered, directory.resolve("offered"), TARGET)))
                .isEqualTo(6);
        assertThat(backups.restorePoint("main", 6, check)).isEqualTo(offered);
    }

    /** Somebody who has not looked before learns it when it is fetched. */
    @Test
    void aFetchSaysWhichSegmentIsDamaged_andWhereToGoInstead() {
        segment(3);
        StoredSegment second = segment(3);
        segment(3);
        damage(second);
        RestorePoint point = backups.restorePoint("main", 11);

        assertThatThrownBy(() -> backups.fetch(point, directory.resolve("point"), TARGET))
                .isInstanceOf(CorruptSnapshotException.class)
                .hasMessageContainingAll(
                        second.object().key(), "this segment has revisions 7 to 9", "leads to revision 6");
        RestorePoint instead = backups.restorePoint("main", 6);
        assertThat(restored(backups.fetch(instead, directory.resolve("instead"), TARGET)))
                .isEqualTo(6);
    }

    /** What a later backup has in its history is not lost, and what is behind the gap is not either where it goes on from that backup. */
    @Test
    void whatALaterBackupHasIsNotLost() {
        StoredSegment first = segment(3);
        segment(3);
        EtcdContent content = new EtcdContent().put("a", "1").put("b", "1");
        for (int revision = 4; revision <= 7; revision++) {
            byte[] key = {'k', (byte) revision};
            content.put(new String(key, java.nio.charset.StandardCharsets.ISO_8859_1), key, 0);
        }
        Backup later = backup(content, backups);
        assertThat(later.manifest().content().revision()).isEqualTo(7);
        damage(first);

        DeltaCheck check = backups.verifyDeltas("main");

        assertThat(check.unusable()).hasSize(1);
        assertThat(check.lost()).isEmpty();
        assertThat(backups.restorePoint("main", 9, check).base().id()).isEqualTo(later.id());
        assertThat(backups.restorePoint("main", 5, check).base().id()).isEqualTo(later.id());
    }

    @Test
    void withoutAnythingBefore_nothingIsOffered() {
        StoredSegment first = segment(3);
        damage(first);
        store.list(base.manifest().directory()).forEach(store::delete);

        assertThat(backups.verifyDeltas("main").lost()).singleElement().satisfies(lost -> {
            assertThat(List.of(lost.first(), lost.last())).containsExactly(4L, 6L);
            assertThat(lost.before()).isEmpty();
            assertThat(lost.toString()).endsWith("nothing before them is left");
        });
    }

    private static long restored(SnapshotRestore restore) {
        Path data = restore.snapshot().resolveSibling("data");
        restore.write("a", data);
        try (SnapshotFile file = SnapshotFile.open(data.resolve("member/snap/db"))) {
            return file.revision();
        }
    }

    @Test
    void segmentsAreCopiedWithTheirBackup_andPointsInTimeArePossibleThere() {
        segment(3);
        segment(3);
        BackupStore other = BackupStore.directory(directory.resolve("other"));
        Backups there = Backups.in(other, "payments");

        backups.copy(base, other);
        DeltaCopyReport report = backups.copyDeltas("main", other);

        assertThat(report.copied()).hasSize(2);
        assertThat(report.alreadyThere()).isZero();
        assertThat(report.failed()).isEmpty();
        assertThat(there.verifyDeltas("main").sound()).hasSize(2);
        RestorePoint point = there.restorePoint("main", 8);
        assertThat(restored(there.fetch(point, directory.resolve("point"), TARGET)))
                .isEqualTo(8);

        segment(2);
        DeltaCopyReport again = backups.copyDeltas("main", other);
        assertThat(again.copied()).hasSize(1);
        assertThat(again.alreadyThere()).isEqualTo(2);
        assertThat(there.restorePoint("main", 11).segments()).hasSize(3);
    }

    @Test
    void aDamagedSegmentIsNotCopied_andTheOthersAre() throws IOException {
        StoredSegment first = segment(3);
        StoredSegment second = segment(3);
        damage(first);
        BackupStore other = BackupStore.directory(directory.resolve("other"));

        DeltaCopyReport report = backups.copyDeltas("main", other);

        assertThat(report.copied()).containsExactly(second.object().key());
        assertThat(report.failed()).containsOnlyKeys(first.object().key());
        assertThat(other.list(""))
                .extracting(object -> object.key())
                .containsExactly(second.object().key());
        Files.writeString(directory.resolve("other").resolve(second.object().key()), "something else");
        assertThat(backups.copyDeltas("main", other).failed())
                .hasEntrySatisfying(
                        second.object().key(), why -> assertThat(why).contains("there is one of 14 bytes"));
    }

    @Test
    void whatIsEncryptedIsCopiedWithoutTheKey_andOpenedThere() {
        Backups plain = backups;
        backups = backups.withMasterKey(MasterKey.of("mine", new byte[32]));
        base = backup(new EtcdContent().put("a", "1").put("b", "1"), backups);
        at = base.manifest().content().revision();
        segment(3);
        BackupStore other = BackupStore.directory(directory.resolve("other"));

        plain.copy(base, other);
        assertThat(plain.copyDeltas("main", other).copied()).hasSize(1);

        Backups there = Backups.in(other, "payments").withMasterKey(MasterKey.of("mine", new byte[32]));
        assertThat(restored(there.fetch(there.restorePoint("main", 5), directory.resolve("point"), TARGET)))
                .isEqualTo(5);
    }

    /** 4 to 9 of a history that an older restored state has ended, whose own has 4 and 5 by a backup, and 6 to 8 in segments. */
    private void twoHistories() {
        segment(3);
        segment(3);
        base = backup(
                new EtcdContent().put("a", "1").put("b", "1").put("c", "1").put("d", "1"), backups);
        at = base.manifest().content().revision();
        assertThat(at).isEqualTo(5);
    }

    private static String wayTo(Backups backups, long revision) {
        RestorePoint point = backups.restorePoint("main", revision);
        return point.base().id()
                + point.segments().stream()
                        .map(segment -> segment.object().key())
                        .toList();
    }

    /** A copy gets all objects at another time, and a bucket tells whole seconds. */
    @Test
    void aCopyLeadsWhereItsSourceLeads_whateverTheTimesOfItsObjects() {
        Backup first = base;
        twoHistories();
        Backup second = base;
        assertThat(backups.restorePoint("main", 5).base().id()).isEqualTo(second.id());
        segment(3);
        BackupStore other = BackupStore.directory(directory.resolve("other"));
        backups.copyDeltas("main", other); // before the backups, too
        List.of(second, first).forEach(backup -> backups.copy(backup, other));
        Backups there = Backups.in(other, "payments");
        Backups atOnce = Backups.in(
                new ForwardingStore(other) {
                    @Override
                    public List<StoredObject> list(String prefix) {
                        return super.list(prefix).stream()
                                .map(object ->
                                        new StoredObject(object.key(), object.bytes(), Instant.EPOCH, object.version()))
                                .toList();
                    }
                },
                "payments");

        for (long revision = 3; revision <= 9; revision++) {
            String way = wayTo(backups, revision);
            assertThat(way).as("revision " + revision).startsWith(revision < 9 ? second.id() : first.id());
            assertThat(wayTo(there, revision)).as("copy of " + revision).isEqualTo(way);
            assertThat(wayTo(atOnce, revision)).as("all at once, " + revision).isEqualTo(way);
        }
    }

    /** The clock of who watched was an hour ahead: what tells is that the newer backup has other data there. */
    @Test
    void aHistoryHasEnded_evenIfItsTimesAreAfterTheNewerBackup() {
        ahead = Duration.between(Instant.EPOCH, Instant.now()).plusHours(1);
        twoHistories();

        assertThat(backups.restorePoint("main", 5).base().id()).isEqualTo(base.id());
    }

    /** Whoever may write to the store gives an object such a name. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0000000000000001-7fffffffffffffff-0000000000000-0000000000000-00000000000000aa-20260101T000000Z-00000000-00000000",
                "0000000000000001-7ffffffffffffffe-0000000000000-0000000000000-00000000000000aa-20260101T000000Z-00000000-00000000",
                "fffffffffffffffe-ffffffffffffffff-0000000000000-0000000000000-00000000000000aa-20260101T000000Z-00000000-00000000",
                "ffffffffffffffff-0000000000000003-0000000000000-0000000000000-00000000000000aa-20260101T000000Z-00000000-00000000",
                "0000000000000000-0000000000000009-0000000000000-0000000000000-00000000000000aa-20260101T000000Z-00000000-00000000",
                "0000000000000009-0000000000000003-0000000000000-0000000000000-00000000000000aa-20260101T000000Z-00000000-00000000",
                "0000000000000003-0000000000ffffff-0000000000000-0000000000000-00000000000000aa-20260101T000000Z-00000000-00000000",
                "0000000000000003-0000000000000009-0000000000002-0000000000001-00000000000000aa-20260101T000000Z-00000000-00000000",
                "0000000000000003-0000000000000009-0000000000000-0000000000000-00000000000000aa-29991301T000000Z-00000000-00000000",
            })
    @Timeout(60)
    void aNameThatNoSegmentCanHaveIsNoSegment(String name) {
        StoredSegment first = segment(3);
        for (String suffix : List.of(".delta", ".delta.enc")) {
            store.put("payments/main/deltas/" + name + suffix, new byte[100]);
        }

        assertThat(backups.deltas("main")).containsExactly(first);
        DeltaCheck check = backups.verifyDeltas("main");
        assertThat(check.unusable()).isEmpty();
        assertThat(check.lost()).isEmpty();
        assertThat(backups.restorePoint("main", 5).segments()).containsExactly(first);
        assertThatThrownBy(() -> backups.restorePoint("main", 7)).isInstanceOf(K8sAwsException.class);
        assertThat(ChangeCollector.Position.newest(CLUSTER, List.of(base), backups.segments("main")))
                .hasValueSatisfying(position -> assertThat(position.last()).isEqualTo(6));
        assertThat(backups.pruneDeltas("main", Duration.ofDays(1)).failed()).isEmpty();
    }

    /** The walk over what is lost ends, whatever numbers it is given. */
    @Test
    @Timeout(60)
    void theGreatestNumberIsNoEndlessWalk() {
        StoredSegment planted = new StoredSegment(
                new StoredObject("planted", 1, Instant.EPOCH, Optional.empty()),
                CLUSTER,
                base.id(),
                5,
                Long.MAX_VALUE,
                Instant.EPOCH,
                Instant.EPOCH);

        assertThat(new RestorePoints("payments/main", List.of(base), List.of())
                        .lost(List.of(new DeltaCheck.Unusable(planted, "planted"))))
                .hasSizeLessThan(3);
    }

    /** A program that was killed at any of its steps left so much. */
    @Test
    void aFetchOfAPointGoesOnAfterADeath() throws IOException {
        segment(3);
        segment(3);
        Path to = directory.resolve("point");
        RestorePoint point = backups.restorePoint("main", 8);
        backups.fetch(point, to, TARGET);
        Files.write(to.resolve("delta-1.part"), new byte[100]);
        for (String gone : List.of("delta-1", "delta-0", "base.db")) {
            Files.delete(to.resolve(gone));
            assertThat(backups.fetch(point, to, TARGET).deltas()).hasSize(2);
        }
        assertThat(restored(backups.fetch(point, to, TARGET))).isEqualTo(8);
        assertThat(to.resolve("delta-1.part")).doesNotExist();
    }

    @Test
    void aFetchOfAnotherPointTakesAnotherDirectory() throws IOException {
        segment(3);
        Path to = directory.resolve("point");
        RestorePoint point = backups.restorePoint("main", 5);
        backups.fetch(point, to, TARGET);
        Files.write(to.resolve("delta-0"), new byte[100]);

        assertThatThrownBy(() -> backups.fetch(point, to, TARGET))
                .hasMessageContaining("another file is there: " + to.resolve("delta-0"));

        Files.write(to.resolve("base.db"), new byte[100]);
        assertThatThrownBy(() -> backups.fetch(point, to, TARGET))
                .hasMessageContaining("another file is there: " + to.resolve("base.db"));
        assertThat(to.resolve("base.db")).hasBinaryContent(new byte[100]);
    }

    /** Revision 4 was seen four seconds after 1970 began, and so on. */
    private static Instant seen(long revision) {
        return Instant.EPOCH.plusSeconds(revision);
    }

    @Test
    void aMomentInADamagedSegmentSaysWhereToGoInstead() {
        segment(3);
        StoredSegment second = segment(3);
        damage(second);

        assertThatThrownBy(() -> backups.restorePoint("main", seen(8)))
                .isInstanceOf(CorruptSnapshotException.class)
                .hasMessageContainingAll(
                        second.object().key(), "this segment has revisions 7 to 9", "leads to revision 6");
        DeltaCheck check = backups.verifyDeltas("main");
        assertThatThrownBy(() -> backups.restorePoint("main", seen(8), check))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContainingAll("revisions 7 to 9 are lost with", "Restore revision 6, or one above 9");
        assertThat(backups.restorePoint("main", seen(5), check).revision()).isEqualTo(5);
    }

    @Test
    void whatIsStoredSinceALookIsUsed() {
        segment(3);
        damage(segment(3));
        DeltaCheck check = backups.verifyDeltas("main");
        at = 6;
        segment(3);

        assertThat(backups.restorePoint("main", 8, check).segments()).hasSize(2);
        assertThat(backups.restorePoint("main", seen(8), check).revision()).isEqualTo(8);
    }

    /** Each is waited for until another one is under way, which one after the other would never be. */
    @Test
    void segmentsAreLookedAtSideBySide() {
        for (int i = 0; i < 4; i++) {
            segment(1);
        }
        CountDownLatch two = new CountDownLatch(2);
        BackupStore slow = new ForwardingStore(store) {
            @Override
            public byte[] read(StoredObject object, long offset, int length) {
                if (object.key().contains("/deltas/")) {
                    two.countDown();
                    try {
                        assertThat(two.await(1, TimeUnit.MINUTES)).isTrue();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }
                return super.read(object, offset, length);
            }
        };

        DeltaCheck check = Backups.in(slow, "payments").verifyDeltas("main");

        assertThat(check.sound()).hasSize(4);
        assertThat(check.sound()).isEqualTo(backups.verifyDeltas("main").sound());
    }

    @Test
    void aMistypedEtcdIsToldWhatThereIs() {
        assertThatThrownBy(() -> Backups.in(store, "payments").restorePoint("mian", 5))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("Find a point in time of payments/mian: nothing of an etcd mian lies in ")
                .hasMessageContaining(": there is main. Name one that is there");
        assertThatThrownBy(() -> Backups.in(store, "payment").restorePoint("main", Instant.EPOCH))
                .hasMessageContaining(": there is none. Name one that is there, or another cluster or store");
    }

    @Test
    void aLookAtOtherSegmentsIsRefused() {
        segment(3);
        DeltaCheck ofEvents = backups.verifyDeltas("events");
        DeltaCheck elsewhere = Backups.in(BackupStore.directory(directory.resolve("other")), "payments")
                .verifyDeltas("main");

        for (DeltaCheck other : List.of(ofEvents, elsewhere)) {
            assertThatThrownBy(() -> backups.restorePoint("main", 5, other))
                    .isInstanceOf(K8sAwsException.class)
                    .hasMessageContaining("the look at segments that was given is of " + other.of());
        }
        assertThat(backups.restorePoint(
                                "main",
                                5,
                                backups.withLimit(Duration.ofMinutes(5)).verifyDeltas("main"))
                        .segments())
                .hasSize(1);
    }
}
