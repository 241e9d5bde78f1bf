package io.k8saws.etcd.restore;

import io.k8saws.error.K8sAwsException;
import io.k8saws.etcd.internal.sort.RecordSort;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds out of all rows which keys are live at the end, for the leases that they need and for those that are to go. More keys than memory holds are sorted in a temporary file. */
final class LiveLeases implements AutoCloseable {
    private static final int REVISION = 17;
    private static final int CREATED = REVISION + 1 + Long.BYTES;
    private static final int VERSION = CREATED + Long.BYTES;

    private final RecordSort byKey;
    private final RecordSort byLease;
    private final List<byte[]> doomed = new ArrayList<>();

    LiveLeases(String file) {
        byKey = new RecordSort("the keys of " + file);
        byLease = new RecordSort("the leases of " + file);
    }

    void add(byte[] key, byte[] revision, long lease, long created, long version) {
        byte[] rest = ByteBuffer.allocate(VERSION + Long.BYTES)
                .put(revision, 0, REVISION)
                .put((byte) (revision.length == REVISION ? 0 : 1))
                .putLong(lease)
                .putLong(created)
                .putLong(version)
                .array();
        byKey.add(key, 0, key.length, rest);
    }

    /**
     * Sorts; keys with the prefix are those that go.
     *
     * @param base the last revision of the snapshot: rows behind it are of deltas, and must go on from what is there
     * @throws K8sAwsException if a delta has changed a key in another history than the snapshot's
     */
    void sort(byte @Nullable [] prefix, long base) {
        RecordSort.Records rows = byKey.sorted();
        byte[] key = null;
        boolean live = false;
        long lease = 0;
        long created = 0;
        long version = 0;
        while (rows.next()) {
            byte[] array = rows.array();
            int from = rows.keyOffset();
            int to = rows.restOffset();
            if (key == null || !Arrays.equals(key, 0, key.length, array, from, to)) {
                end(key, live, lease, prefix);
                key = Arrays.copyOfRange(array, from, to);
                live = false;
            }
            ByteBuffer rest = ByteBuffer.wrap(array);
            long main = rest.getLong(to);
            boolean put = array[to + REVISION] == 0;
            long nextCreated = rest.getLong(to + CREATED);
            long nextVersion = rest.getLong(to + VERSION);
            boolean goesOn = put
                    ? live
                            ? nextCreated == created && nextVersion == version + 1
                            : nextCreated == main && nextVersion == 1
                    : live;
            if (main > base && !goesOn) {
                throw refused(key, main);
            }
            live = put;
            created = nextCreated;
            version = nextVersion;
            lease = rest.getLong(to + REVISION + 1);
        }
        end(key, live, lease, prefix);
    }

    private static K8sAwsException refused(byte[] key, long main) {
        return new K8sAwsException(
                "Use the deltas after a snapshot",
                "the change of " + new String(key, StandardCharsets.UTF_8) + " at revision " + main
                        + " does not go on from what the snapshot has: they are of another history",
                "take the deltas that were written after this snapshot, or a later full snapshot");
    }

    private void end(byte @Nullable [] key, boolean live, long lease, byte @Nullable [] prefix) {
        if (key == null || !live) {
            return;
        }
        if (prefix != null && startsWith(key, prefix)) {
            doomed.add(key);
        } else if (lease != 0) {
            byLease.add(ByteBuffer.allocate(Long.BYTES).putLong(lease).array(), 0, Long.BYTES, new byte[0]);
        }
    }

    private static boolean startsWith(byte[] key, byte[] prefix) {
        return key.length >= prefix.length && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }

    /** Live keys that are to go, in order. */
    List<byte[]> doomed() {
        return doomed;
    }

    /** Ids of leases that live keys have, in order, some of them more than once. */
    RecordSort.Records needed() {
        return byLease.sorted();
    }

    @Override
    public void close() {
        byKey.close();
        byLease.close();
    }
}
