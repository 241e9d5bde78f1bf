package io.k8saws.etcd.snapshot;

import io.k8saws.etcd.internal.sort.RecordSort;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Rows at or below a compaction that a server would count, in their order. */
final class KeptRows implements AutoCloseable {
    private final @Nullable RecordSort sort;
    private final RecordSort.@Nullable Records records;
    private final boolean all;
    private boolean here;
    private long main;
    private long sub;

    private KeptRows(@Nullable RecordSort sort, boolean all) {
        this.sort = sort;
        this.all = all;
        this.records = sort == null ? null : sort.sorted();
        advance();
    }

    /**
     * Does what {@code Keep} of etcd's {@code mvcc/key_index.go} does for all keys: the newest row of each key up to the revision, unless the key is deleted then. Without a file nothing is dropped.
     */
    static KeptRows of(@Nullable SnapshotFile file, long revision, long compacted) {
        if (file == null) {
            return new KeptRows(null, true);
        }
        RecordSort sort = new RecordSort("the kept rows of " + file.path());
        try (SortedKeys rows = SortedKeys.of(file.rows(), file.path().toString(), revision, false)) {
            boolean any = false;
            byte[] key = new byte[256];
            int keyLength = -1;
            long main = 0;
            long sub = 0;
            boolean over = false;
            while (true) {
                boolean more = rows.next();
                boolean same = more && keyLength >= 0 && rows.isKey(key, keyLength);
                if (!same) {
                    any |= main > 0;
                    if (main > 0 && main <= compacted) {
                        add(sort, main, sub);
                    }
                    if (!more) {
                        break;
                    }
                    key = rows.copyKey(key);
                    keyLength = rows.keyLength();
                    main = 0;
                    over = false;
                }
                if (rows.tombstone()) {
                    main = 0;
                    over |= rows.main() == revision;
                } else if (!over) {
                    main = rows.main();
                    sub = rows.sub();
                }
            }
            return new KeptRows(sort, !any);
        } catch (RuntimeException e) {
            sort.close();
            throw e;
        }
    }

    private static void add(RecordSort sort, long main, long sub) {
        byte[] revision =
                ByteBuffer.allocate(2 * Long.BYTES).putLong(main).putLong(sub).array();
        sort.add(revision, 0, revision.length, new byte[0]);
    }

    /** Ask in ascending order. A server that would keep nothing drops nothing. */
    boolean keeps(long wantedMain, long wantedSub) {
        while (here && (main < wantedMain || (main == wantedMain && sub < wantedSub))) {
            advance();
        }
        return all || (here && main == wantedMain && sub == wantedSub);
    }

    private void advance() {
        here = records != null && records.next();
        if (here && records != null) {
            ByteBuffer revision = ByteBuffer.wrap(records.array());
            main = revision.getLong(records.keyOffset());
            sub = revision.getLong(records.keyOffset() + Long.BYTES);
        }
    }

    @Override
    public void close() {
        if (sort != null) {
            sort.close();
        }
    }
}
