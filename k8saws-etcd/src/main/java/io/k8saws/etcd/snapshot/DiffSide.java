package io.k8saws.etcd.snapshot;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
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
            try {
                byte[] digest = MessageDigest.getInstance("SHA-256").digest(revision.value());
                return new Key(revision, revision.key(), Arrays.copyOf(digest, SortedKeys.DIGEST));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every JDK has SHA-256", e);
            }
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
