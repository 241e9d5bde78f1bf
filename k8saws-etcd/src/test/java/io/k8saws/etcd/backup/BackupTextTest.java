package io.k8saws.etcd.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.error.K8sAwsException;
import io.k8saws.etcd.backup.BackupProof.Level;
import io.k8saws.etcd.delta.Continuity.Gap;
import io.k8saws.etcd.envelope.Compression;
import io.k8saws.etcd.snapshot.HashKv;
import io.k8saws.etcd.store.StoredObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What people read when they print what they got. */
class BackupTextTest {
    private static final Instant TAKEN = Instant.parse("2026-11-27T04:28:27Z");
    private static final String ID = "20261127T042827Z-b04bd55d";

    private static BackupProof proof(Level level, boolean holds) {
        return new BackupProof(level, holds, "all of it", "ann@host-1", TAKEN, "k8saws 0.1.0");
    }

    private static BackupManifest manifest(SnapshotOrigin origin, String set, List<AtRestKey> keys, String keyId) {
        return new BackupManifest(new BackupManifest.Parts(
                "payments",
                "main",
                ID,
                set,
                set.isEmpty() ? List.of() : List.of("main", "events"),
                TAKEN,
                set.isEmpty() ? 0 : 2500,
                origin,
                set.isEmpty() ? "" : "v1.36.1",
                new BackupManifest.Content(
                        5012, 4000, 0xcafeL, new HashKv(4144341243L, 5012, 4000), 1234, 110_624, "ab12", "cd34", keys),
                new BackupManifest.Stored("snapshot.db.zst.enc", 59_616, "ef56", "sum", Compression.ZSTD, keyId),
                "",
                List.of(proof(Level.L2, true), proof(Level.L4, true)),
                set.isEmpty() ? List.of() : List.of("the version was given as v1.35.0"),
                ""));
    }

    private static Backup backup(BackupProof... later) {
        return new Backup(
                manifest(new SnapshotOrigin("", "", "", "source.db", "", 110_624, "00"), "", List.of(), ""),
                List.of(later));
    }

    @Test
    void aManifestTellsWhatIsKnown() {
        SnapshotOrigin origin = new SnapshotOrigin(
                "200465902365702c", "1ab9dd744b428cd1", "etcd-1", "https://10.0.0.4:2379", "3.6.10", 110_624, "00");
        AtRestKey key = new AtRestKey("aescbc", "key1", "77aa", 12);

        assertThat(manifest(origin, "20261127T042827Z-set", List.of(key), "alias/etcd-backups"))
                .hasToString("""
                        payments/main 20261127T042827Z-b04bd55d, taken 2026-11-27T04:28:27Z, the store's clock 2500 ms ahead
                          revision    5,012, compacted at 4,000, 1,234 keys
                          status hash 0000cafe
                          HashKV      hash 4144341243 at revision 5012, compacted at 4000
                          snapshot    110,624 bytes, SHA-256 ab12
                          stored      59,616 bytes, SHA-256 ef56, in snapshot.db.zst.enc, encrypted by alias/etcd-backups
                          from        member etcd-1, id 1ab9dd744b428cd1, of cluster 200465902365702c, etcd 3.6.10, at https://10.0.0.4:2379
                          Kubernetes  v1.36.1
                          needs keys  aescbc key1, fingerprint 77aa, 12 values
                          set         20261127T042827Z-set of main, events
                          L2 content holds: all of it (2026-11-27T04:28:27Z, ann@host-1)
                          L4 read back holds: all of it (2026-11-27T04:28:27Z, ann@host-1)
                          remark      the version was given as v1.35.0""");
    }

    @Test
    void aManifestOfAFileLeavesOutWhatIsNotKnown() {
        assertThat(backup().manifest()).hasToString("""
                payments/main 20261127T042827Z-b04bd55d, taken 2026-11-27T04:28:27Z
                  revision    5,012, compacted at 4,000, 1,234 keys
                  status hash 0000cafe
                  HashKV      hash 4144341243 at revision 5012, compacted at 4000
                  snapshot    110,624 bytes, SHA-256 ab12
                  stored      59,616 bytes, SHA-256 ef56, in snapshot.db.zst.enc
                  from        at source.db
                  L2 content holds: all of it (2026-11-27T04:28:27Z, ann@host-1)
                  L4 read back holds: all of it (2026-11-27T04:28:27Z, ann@host-1)""");
    }

    @Test
    void aListHasALineForEach() {
        BackupList list = new BackupList(
                List.of(backup(), backup(proof(Level.L5, false))),
                List.of(new BackupList.Unreadable("payments/main/x/", "its object is gone")),
                List.of(new BackupList.Unreadable("payments/main/y.json", "it is damaged")));

        assertThat(list).hasToString("""
                2 backups, 1 count, 1 cannot be read, 1 proofs cannot be read
                  payments/main 20261127T042827Z-b04bd55d revision 5,012, 110,624 bytes, stored 59,616, L2 L4
                  payments/main 20261127T042827Z-b04bd55d revision 5,012, 110,624 bytes, stored 59,616, L2 L4 L5!, does not count
                ! payments/main/x/: its object is gone
                ! proof payments/main/y.json: it is damaged""");
        assertThat(new BackupList(List.of(), List.of(), List.of())).hasToString("0 backups, 0 count");
    }

    @Test
    void aSetNamesWhatIsNotThere() {
        assertThat(new BackupSet("20261127T042827Z-set", List.of("main", "events"), List.of(backup())))
                .hasToString("""
                        set 20261127T042827Z-set of main, events, does not count
                          payments/main 20261127T042827Z-b04bd55d revision 5,012, 110,624 bytes, stored 59,616, L2 L4
                        ! events is not there""");
    }

    @Test
    void aPruneTellsWhatIsGoneAndWhatIsNot() {
        assertThat(new PruneReport(List.of("b", "a"), Map.of("d", "it is locked", "c", "access denied")))
                .hasToString("""
                        2 are gone, 2 could not be deleted
                        - b
                        - a
                        ! c: access denied
                        ! d: it is locked""");
        assertThat(new PruneReport(List.of(), Map.of())).hasToString("0 are gone");
    }

    @Test
    void aCopyOfSegmentsTellsWhatWasNotCopied() {
        assertThat(new DeltaCopyReport(
                        List.of("a", "b"), 30, Map.of("d", "it is damaged", "c", "another one is there")))
                .hasToString("""
                        2 segments are copied, 30 were there, 2 could not be copied
                        ! c: another one is there
                        ! d: it is damaged""");
        assertThat(new DeltaCopyReport(List.of(), 0, Map.of())).hasToString("0 segments are copied, 0 were there");
    }

    @Test
    void eventsOfAContinuousBackup() {
        StoredSegment segment = new StoredSegment(
                new StoredObject("key", 48_211, TAKEN, Optional.empty()),
                "200465902365702c",
                ID,
                5000,
                5120,
                TAKEN,
                TAKEN.plusSeconds(20));

        assertThat(List.of(
                        new ContinuousEvent.TookSnapshot(backup(), Optional.empty()).toString(),
                        new ContinuousEvent.TookSnapshot(backup(), Optional.of(Gap.COMPACTED)).toString(),
                        new ContinuousEvent.StoredChanges(segment).toString(),
                        new ContinuousEvent.Failed(
                                        2,
                                        new K8sAwsException("Store it", "the bucket is gone", "make it"),
                                        Duration.ofSeconds(4))
                                .toString(),
                        new ContinuousEvent.LostLeadership("its lease has ended").toString()))
                .containsExactly(
                        "stored a full snapshot: " + backup(),
                        "stored a full snapshot, as changes could not go on (COMPACTED): " + backup(),
                        "stored changes: revisions 5001 to 5120, 2026-11-27T04:28:27Z to 2026-11-27T04:28:47Z,"
                                + " 48,211 bytes",
                        "failed, 2 in a row, and goes on in 4 s: Store it: the bucket is gone. Make it.",
                        "another program may have the work now: its lease has ended");
    }
}
