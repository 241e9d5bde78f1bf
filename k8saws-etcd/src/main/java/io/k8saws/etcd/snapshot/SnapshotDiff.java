package io.k8saws.etcd.snapshot;

import io.k8saws.etcd.registry.ResourceKey;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What two snapshots do not have alike, key by key. Keys are compared by the digest of their values (half a SHA-256), so that neither the revisions of a cluster that was filled anew
 * nor a write of the same bytes count as a change. The snapshots need not be of the same cluster.
 *
 * <pre>{@code
 * try (SnapshotFile before = SnapshotFile.open(monday); SnapshotFile after = SnapshotFile.open(tuesday)) {
 *     System.out.println(SnapshotDiff.between(before, after).summary());
 * }
 * }</pre>
 *
 * <p>Both files have their keys in the order of revisions, so each is sorted first: 32 MiB of memory each, and a temporary file of the length of each key and 90 bytes for each change in the
 * history when that is not enough. Then one pass compares them.
 */
public final class SnapshotDiff {
    private final SnapshotFile before;
    private final SnapshotFile after;

    private SnapshotDiff(SnapshotFile before, SnapshotFile after) {
        this.before = before;
        this.after = after;
    }

    /**
     * Prepares a comparison of all live keys. Reads nothing yet.
     *
     * @param before a snapshot, open as long as the comparison is used
     * @param after another one
     * @return the comparison
     */
    public static SnapshotDiff between(SnapshotFile before, SnapshotFile after) {
        return new SnapshotDiff(before, after);
    }

    /**
     * The differences, in the order of keys. Close the stream: it may hold temporary files.
     *
     * @return a stream
     * @throws io.k8saws.error.CorruptSnapshotException if the keys of one are damaged
     */
    public Stream<KeyDifference> differences() {
        Merge merge = new Merge(before, after);
        return SnapshotFile.stream(merge::next).onClose(merge::close);
    }

    /**
     * Counts differences by what they are about.
     *
     * @return the counts
     * @throws io.k8saws.error.CorruptSnapshotException if the keys of one are damaged
     */
    public DiffSummary summary() {
        Map<String, DiffSummary.Counts> types = new TreeMap<>();
        try (Merge merge = new Merge(before, after)) {
            for (KeyDifference found = merge.next(); found != null; found = merge.next()) {
                String type = found.resource().map(ResourceKey::type).orElse(DiffSummary.OTHER);
                String counted =
                        types.containsKey(type) || types.size() < DiffSummary.MOST_TYPES ? type : DiffSummary.OTHER;
                types.merge(counted, DiffSummary.Counts.of(found.kind()), DiffSummary.Counts::plus);
            }
            return new DiffSummary(types, merge.same, merge.rewritten);
        }
    }

    /** Two lists of live keys side by side. */
    private static final class Merge implements AutoCloseable {
        private final SnapshotFile before;
        private final SnapshotFile after;
        private final LiveKeys left;
        private final LiveKeys right;
        private LiveKeys.@Nullable LiveKey leftKey;
        private LiveKeys.@Nullable LiveKey rightKey;
        private long same;
        private long rewritten;

        Merge(SnapshotFile before, SnapshotFile after) {
            this.before = before;
            this.after = after;
            this.left = before.liveKeys(Long.MAX_VALUE, true);
            LiveKeys second;
            try {
                second = after.liveKeys(Long.MAX_VALUE, true);
            } catch (RuntimeException e) {
                left.close();
                throw e;
            }
            this.right = second;
            leftKey = left.next(true);
            rightKey = right.next(true);
        }

        @Nullable
        KeyDifference next() {
            while (true) {
                LiveKeys.LiveKey a = leftKey;
                LiveKeys.LiveKey b = rightKey;
                if (a == null && b == null) {
                    return null;
                }
                if (b == null || (a != null && Arrays.compareUnsigned(a.key(), b.key()) < 0)) {
                    leftKey = left.next(true);
                    return new KeyDifference(
                            KeyDifference.Kind.REMOVED,
                            Optional.ofNullable(a).map(before::keyRevision),
                            Optional.empty());
                }
                if (a == null || !Arrays.equals(a.key(), b.key())) {
                    rightKey = right.next(true);
                    return new KeyDifference(
                            KeyDifference.Kind.ADDED, Optional.empty(), Optional.of(after.keyRevision(b)));
                }
                leftKey = left.next(true);
                rightKey = right.next(true);
                if (a.valueLength() != b.valueLength() || !Arrays.equals(a.digest(), b.digest())) {
                    return new KeyDifference(
                            KeyDifference.Kind.CHANGED,
                            Optional.of(before.keyRevision(a)),
                            Optional.of(after.keyRevision(b)));
                }
                same++;
                rewritten += a.revision().equals(b.revision()) ? 0 : 1;
            }
        }

        @Override
        public void close() {
            try {
                left.close();
            } finally {
                right.close();
            }
        }
    }
}
