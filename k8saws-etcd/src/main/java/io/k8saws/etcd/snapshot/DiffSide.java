package io.k8saws.etcd.snapshot;

import io.k8saws.etcd.internal.digest.Sha256;
import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Live keys of one of the two that are compared, in the order of their bytes. Used by one thread. */
final class DiffSide implements AutoCloseable {
    private final Supplier<@Nullable Key> source;
    private final Runnable end;

    DiffSide(Supplier<@Nullable Key> source, Runnable end) {
        this.source = source;
        this.end = end;
    }

    /** A key with the first half of the SHA-256 of its value. */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares it
    record Key(KeyRevision revision, byte[] key, byte[] digest) {
        static Key of(KeyRevision revision) {
            return new Key(revision, revision.key(), Arrays.copyOf(Sha256.of(revision.value()), SortedKeys.DIGEST));
        }
    }

    /** The next key, or null at the end. */
    @Nullable
    Key next() {
        return source.get();
    }

    @Override
    public void close() {
        end.run();
    }
}
