package io.k8saws.etcd.snapshot;

import org.jspecify.annotations.Nullable;

/** Of rows by key, the last of each key that is not deleted then. */
final class LiveKeys implements AutoCloseable {
    private final SortedKeys rows;
    private @Nullable LiveKey pending;
    private boolean ended;

    LiveKeys(SortedKeys rows) {
        this.rows = rows;
    }

    /** A key that is live, and where its value is; the digest is empty where none was asked for. */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares it
    record LiveKey(
            byte[] key,
            Revision revision,
            boolean tombstone,
            long createRevision,
            long version,
            long lease,
            long page,
            int index,
            int valueLength,
            byte[] digest) {}

    /** The next live key in the order of keys, or null at the end. */
    @Nullable
    LiveKey next(boolean digests) {
        while (true) {
            LiveKey last = pending;
            if (ended || !rows.next()) {
                ended = true;
                pending = null;
                return last == null || last.tombstone() ? null : last;
            }
            byte[] before = last == null ? null : last.key();
            boolean same = before != null && rows.isKey(before, before.length);
            pending = new LiveKey(
                    before != null && same ? before : rows.key(),
                    new Revision(rows.main(), rows.sub()),
                    rows.tombstone(),
                    rows.createRevision(),
                    rows.version(),
                    rows.lease(),
                    rows.page(),
                    rows.index(),
                    rows.valueLength(),
                    digests ? rows.digest() : new byte[0]);
            if (!same && last != null && !last.tombstone()) {
                return last;
            }
        }
    }

    @Override
    public void close() {
        rows.close();
    }
}
