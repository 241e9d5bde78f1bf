package io.k8saws.etcd.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.k8saws.etcd.snapshot.EtcdContent;
import io.k8saws.etcd.snapshot.HashKv;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What nothing leads to any more, and what a prune must not take away. */
class LostChangesTest extends SegmentsFixture {
    /** All segments are sound, and nothing leads to them. */
    @Test
    void whatTheBaseIsGoneOfIsLost() {
        segment(3);
        segment(3);
        store.list(base.manifest().directory()).forEach(store::delete);

        DeltaCheck check = backups.verifyDeltas("main");

        assertThat(check.unusable()).isEmpty();
        assertThat(check.lost()).singleElement().satisfies(lost -> {
            assertThat(List.of(lost.first(), lost.last())).containsExactly(4L, 9L);
            assertThat(lost.toString())
                    .isEqualTo("revisions 4 to 9 are lost, as what leads to them, a backup that counts or a segment,"
                            + " is not there; nothing before them is left");
        });
    }

    @Test
    void whatTheBaseDoesNotCountOfIsLost() {
        segment(3);
        Path object = directory
                .resolve("store")
                .resolve(base.manifest().directory() + base.manifest().stored().object());
        flip(object);
        assertThat(backups.verify(base).counts()).isFalse();

        assertThat(backups.verifyDeltas("main").lost())
                .extracting(DeltaCheck.Lost::first, DeltaCheck.Lost::last)
                .containsExactly(tuple(4L, 6L));
    }

    @Test
    void whatIsBehindASegmentThatSomebodyHasDeletedIsLost() {
        segment(3);
        StoredSegment second = segment(3);
        segment(3);
        store.delete(second.object());

        DeltaCheck check = backups.verifyDeltas("main");

        assertThat(check.lost()).singleElement().satisfies(lost -> {
            assertThat(List.of(lost.first(), lost.last())).containsExactly(7L, 12L);
            assertThat(lost.keys()).isEmpty();
            assertThat(lost.before()).map(RestorePoint::revision).contains(6L);
        });
    }

    /** The newer one has a backup with the same numbers and other data. */
    @Test
    void aLossIsNotHiddenByAnotherHistory() {
        StoredSegment first = segment(3);
        String history = base.id();
        at = 3;
        base = backup(
                new EtcdContent()
                        .put("a", "1")
                        .put("b", "1")
                        .put("c", "1")
                        .put("d", "1")
                        .put("e", "1")
                        .put("f", "1"),
                backups);
        damage(first);

        assertThat(backups.verifyDeltas("main").lost())
                .extracting(DeltaCheck.Lost::history, DeltaCheck.Lost::first, DeltaCheck.Lost::last)
                .containsExactly(tuple(history, 4L, 6L));
    }

    @Test
    void whatAPruneHasDeletedIsNotCalledLost() {
        segment(3);
        segment(3);
        EtcdContent content = new EtcdContent().put("a", "1").put("b", "1");
        for (int revision = 4; revision <= 8; revision++) {
            byte[] key = {'k', (byte) revision};
            content.put(new String(key, java.nio.charset.StandardCharsets.ISO_8859_1), key, 0);
        }
        backup(content, backups);
        Instant now = Instant.now();
        ahead = Duration.between(Instant.EPOCH, now);
        segment(3);
        assertThat(backups.pruneDeltas("main", Duration.ofDays(1)).deleted()).hasSize(1);

        assertThat(backups.verifyDeltas("main").lost()).isEmpty();
    }

    /** The base is eight days old, and what goes on from it is of today and of before. */
    private void prunedWhileTheBaseDoesNotCount() {
        assertThat(backups.latestGood()).isEmpty();
        assertThat(backups.pruneDeltas("main", Duration.ofDays(7)).deleted()).isEmpty();
    }

    private void olderAndYounger() {
        segment(3);
        ahead = Duration.between(Instant.EPOCH, Instant.now());
        segment(3);
    }

    @Test
    void whatGoesOnFromABackupInDoubtStays() {
        olderAndYounger();
        long hash = base.manifest().content().hashKv().hash();
        backups.witness(base, witnesses(List.of(hash, hash + 1, hash + 1)), LIMIT);

        prunedWhileTheBaseDoesNotCount();

        backups.witness(base, witnesses(List.of(hash, hash, hash)), LIMIT);
        for (long revision = 4; revision <= 9; revision++) {
            assertThat(backups.restorePoint("main", revision).base().id()).isEqualTo(base.id());
        }
        store.list(base.manifest().directory()).forEach(store::delete);
        assertThat(backups.pruneDeltas("main", Duration.ofDays(7)).deleted())
                .as("now nothing leads to it any more")
                .hasSize(1);
    }

    @Test
    void whatGoesOnFromABackupWhoseLastLookFailedStays() {
        olderAndYounger();
        Path object = directory
                .resolve("store")
                .resolve(base.manifest().directory() + base.manifest().stored().object());
        flip(object);
        backups.verify(base);

        prunedWhileTheBaseDoesNotCount();

        flip(object);
        backups.verify(base);
        assertThat(backups.restorePoint("main", 9).segments()).hasSize(2);
    }

    /** A member with a hash. */
    private record Member(HashKv hashKv) implements HashKvWitness {
        @Override
        public String member() {
            return "member-" + UUID.randomUUID();
        }

        @Override
        public HashKv hashKv(long revision, Duration limit) {
            return hashKv;
        }
    }

    private List<HashKvWitness> witnesses(List<Long> hashes) {
        HashKv own = base.manifest().content().hashKv();
        return hashes.stream()
                .map(hash -> (HashKvWitness) new Member(new HashKv(hash, own.revision(), own.compactRevision())))
                .toList();
    }
}
