package io.k8saws.etcd.snapshot;

import io.k8saws.etcd.internal.stage.Stages;
import io.k8saws.etcd.registry.ResourceKey;
import io.k8saws.progress.ProgressListener;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What two snapshots, or a snapshot and a live etcd, do not have alike, key by key. Keys are compared by the digest of their values (half a SHA-256), so that neither the revisions of a cluster that was filled
 * anew nor a write of the same bytes count as a change. The two need not be of the same cluster.
 *
 * <pre>{@code
 * try (SnapshotFile before = SnapshotFile.open(monday); SnapshotFile after = SnapshotFile.open(tuesday)) {
 *     System.out.println(SnapshotDiff.between(before, after).summary());
 * }
 * }</pre>
 *
 * <p>Files have their keys in the order of revisions, so each is sorted first: 32 MiB of memory each, and a temporary file of the length of each key and 90 bytes for each change in the
 * history when that is not enough. Then one pass compares them.
 */
public final class SnapshotDiff {
    private static final int TOLD = 1024;

    private final Supplier<DiffSide> before;
    private final Supplier<DiffSide> after;
    private final ProgressListener progress;

    private SnapshotDiff(Supplier<DiffSide> before, Supplier<DiffSide> after, ProgressListener progress) {
        this.before = before;
        this.after = after;
        this.progress = progress;
    }

    /**
     * Prepares a comparison of all live keys. Reads nothing yet.
     *
     * @param before a snapshot, open as long as the comparison is used
     * @param after another one
     * @return the comparison
     */
    public static SnapshotDiff between(SnapshotFile before, SnapshotFile after) {
        return new SnapshotDiff(() -> file(before, ""), () -> file(after, ""), ProgressListener.silent());
    }

    /**
     * A copy that tells how far {@link #summary()} is: stage {@code read} when both sides are in order, stage {@code compare} of keys, of which the number is not known before.
     *
     * @param listener hears of it on the thread that compares, not more than twice a second
     * @return the copy
     */
    public SnapshotDiff withProgress(ProgressListener listener) {
        return new SnapshotDiff(before, after, listener);
    }

    /**
     * Prepares a comparison with keys from elsewhere, such as a live etcd. Reads nothing yet.
     *
     * @param before a snapshot, open as long as the comparison is used
     * @param prefix of which keys of the snapshot; empty for all
     * @param after gives the other keys, each time anew: none deleted, in the order of their bytes, all with that prefix
     * @return the comparison
     */
    public static SnapshotDiff between(SnapshotFile before, String prefix, Supplier<Stream<KeyRevision>> after) {
        return new SnapshotDiff(() -> file(before, prefix), () -> stream(after.get()), ProgressListener.silent());
    }

    private static DiffSide file(SnapshotFile file, String prefix) {
        byte[] start = prefix.getBytes(StandardCharsets.UTF_8);
        LiveKeys keys = file.liveKeys(Long.MAX_VALUE, true);
        return new DiffSide(
                () -> {
                    LiveKeys.LiveKey key = keys.next(true);
                    while (key != null && !startsWith(key.key(), start)) {
                        key = keys.next(true);
                    }
                    return key == null ? null : new DiffSide.Key(file.keyRevision(key), key.key(), key.digest());
                },
                keys::close);
    }

    private static DiffSide stream(Stream<KeyRevision> keys) {
        Iterator<KeyRevision> iterator = keys.iterator();
        return new DiffSide(() -> iterator.hasNext() ? DiffSide.Key.of(iterator.next()) : null, keys::close);
    }

    private static boolean startsWith(byte[] key, byte[] start) {
        return key.length >= start.length && Arrays.equals(key, 0, start.length, start, 0, start.length);
    }

    /**
     * The differences, in the order of keys. Close the stream: it may hold temporary files.
     *
     * @return a stream
     * @throws io.k8saws.error.CorruptSnapshotException if the keys of one are damaged
     */
    public Stream<KeyDifference> differences() {
        Merge merge = new Merge(before, after);
        return Pulled.stream(merge::next).onClose(merge::close);
    }

    /**
     * Counts differences by what they are about.
     *
     * @return the counts
     * @throws io.k8saws.error.CorruptSnapshotException if the keys of one are damaged
     */
    public DiffSummary summary() {
        return Stages.during(progress, "diff-snapshots", "keys", 2, this::counted);
    }

    private DiffSummary counted(Stages stages) {
        Map<String, DiffSummary.Counts> types = new TreeMap<>();
        try (Merge merge = new Merge(before, after)) {
            stages.end("read", 2, "sides");
            for (KeyDifference found = merge.next(stages); found != null; found = merge.next(stages)) {
                String type = found.resource().map(ResourceKey::type).orElse(DiffSummary.OTHER);
                String counted =
                        types.containsKey(type) || types.size() < DiffSummary.MOST_TYPES ? type : DiffSummary.OTHER;
                types.merge(counted, DiffSummary.Counts.of(found.kind()), DiffSummary.Counts::plus);
            }
            stages.end("compare", merge.compared, "keys");
            return new DiffSummary(types, merge.same, merge.rewritten);
        }
    }

    /** Two lists of live keys side by side. */
    private static final class Merge implements AutoCloseable {
        private final DiffSide left;
        private final DiffSide right;
        private DiffSide.@Nullable Key leftKey;
        private DiffSide.@Nullable Key rightKey;
        private long same;
        private long rewritten;
        private long compared;

        Merge(Supplier<DiffSide> before, Supplier<DiffSide> after) {
            this.left = before.get();
            DiffSide second;
            try {
                second = after.get();
            } catch (RuntimeException e) {
                left.close();
                throw e;
            }
            this.right = second;
            try {
                leftKey = left.next();
                rightKey = right.next();
            } catch (RuntimeException e) {
                close();
                throw e;
            }
        }

        @Nullable
        KeyDifference next() {
            return next(null);
        }

        @Nullable
        KeyDifference next(@Nullable Stages stages) {
            while (true) {
                if (stages != null && ++compared % TOLD == 0) {
                    stages.advance("compare", compared, 0, "keys");
                }
                DiffSide.Key a = leftKey;
                DiffSide.Key b = rightKey;
                if (a == null && b == null) {
                    return null;
                }
                if (b == null || (a != null && Arrays.compareUnsigned(a.key(), b.key()) < 0)) {
                    leftKey = left.next();
                    return new KeyDifference(
                            KeyDifference.Kind.REMOVED,
                            Optional.ofNullable(a).map(DiffSide.Key::revision),
                            Optional.empty());
                }
                if (a == null || !Arrays.equals(a.key(), b.key())) {
                    rightKey = right.next();
                    return new KeyDifference(KeyDifference.Kind.ADDED, Optional.empty(), Optional.of(b.revision()));
                }
                leftKey = left.next();
                rightKey = right.next();
                if (!Arrays.equals(a.digest(), b.digest())) {
                    return new KeyDifference(
                            KeyDifference.Kind.CHANGED, Optional.of(a.revision()), Optional.of(b.revision()));
                }
                same++;
                // a transaction writes a key once, so the main revision tells
                rewritten += a.revision().revision().main()
                                == b.revision().revision().main()
                        ? 0
                        : 1;
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
