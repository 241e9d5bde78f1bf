package io.k8saws.etcd.snapshot;

import io.k8saws.etcd.internal.bolt.BoltFile;
import io.k8saws.etcd.internal.bolt.BucketCursor;
import io.k8saws.etcd.internal.bolt.PageSet;
import io.k8saws.etcd.internal.stage.Stages;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * The hashes that etcd's own tools and members tell, computed from a file.
 *
 * @param snapshot the file
 * @param file its pages
 * @param schema its buckets
 */
record SnapshotHashes(SnapshotFile snapshot, BoltFile file, Schema schema) {
    private static final int TOLD = 1024;

    /** How many elements there are in all buckets, and the hash of them. */
    record Elements(long hash, long count) {}

    Elements elements() {
        CRC32C hash = new CRC32C();
        long elements = 0;
        // one set for all buckets, or many that share a tree would take as many passes
        PageSet seen = new PageSet();
        BucketCursor names = file.names(seen);
        while (names.next()) {
            hash.update(names.keyArray(), names.keyOffset(), names.keyLength());
            BucketCursor cursor = file.cursor(file.bucket(names), seen);
            while (cursor.next()) {
                hash.update(cursor.keyArray(), cursor.keyOffset(), cursor.keyLength());
                hash.update(cursor.valueArray(), cursor.valueOffset(), cursor.valueLength());
                elements++;
            }
        }
        return new Elements(hash.getValue(), elements);
    }

    /** How many keys are live. */
    long countKeys() {
        if (schema.bucket(Schema.KEY).isEmpty()) {
            return 0;
        }
        try (LiveKeys keys = snapshot.liveKeys(Long.MAX_VALUE, false)) {
            long count = 0;
            while (keys.next(false) != null) {
                count++;
            }
            return count;
        }
    }

    /** What a member answers for a revision that has compacted as far; the caller has seen that both fit the file. */
    HashKv hashKv(long revision, long compacted, Stages stages) {
        try (KeptRows kept = KeptRows.of(compacted == 0 ? null : snapshot, revision, compacted)) {
            CRC32C hash = new CRC32C();
            byte[] name = Schema.KEY.getBytes(StandardCharsets.US_ASCII);
            hash.update(name, 0, name.length);
            BucketCursor cursor = snapshot.rows();
            Row row = new Row(snapshot.path().toString());
            long rows = 0;
            while (cursor.next()) {
                rows++;
                if (rows % TOLD == 0) {
                    stages.advance("hash", rows, 0, "changes");
                }
                row.readRevision(cursor);
                if (row.main > revision) {
                    break;
                }
                boolean dropped = row.main <= compacted && !kept.keeps(row.main, row.sub);
                // servers before 3.4.34 and 3.5.16 drop such a deletion, later ones keep it, and all hash alike
                if (!dropped && !(row.main == compacted && row.tombstone)) {
                    hash.update(cursor.keyArray(), cursor.keyOffset(), cursor.keyLength());
                    hash.update(cursor.valueArray(), cursor.valueOffset(), cursor.valueLength());
                }
            }
            stages.end("hash", rows, "changes");
            return new HashKv(hash.getValue(), revision, compacted);
        }
    }
}
