package io.k8saws.etcd.backup;

import io.k8saws.etcd.internal.digest.Sha256;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;

/** Digests the bytes of a snapshot as they pass, each once: all but the last 32, which must be the SHA-256 of those before, and at the end these 32, too. */
final class TrailerDigest {
    private static final int TRAILER = 32;

    private final MessageDigest pages = Sha256.digest();
    private final byte[] last = new byte[TRAILER];
    private int held;
    private long bytes;

    void update(byte[] array, int offset, int length) {
        bytes += length;
        if (length >= TRAILER) {
            pages.update(last, 0, held);
            pages.update(array, offset, length - TRAILER);
            System.arraycopy(array, offset + length - TRAILER, last, 0, TRAILER);
            held = TRAILER;
            return;
        }
        int over = Math.max(0, held + length - TRAILER);
        pages.update(last, 0, over);
        System.arraycopy(last, over, last, 0, held - over);
        System.arraycopy(array, offset, last, held - over, length);
        held = held - over + length;
    }

    long bytes() {
        return bytes;
    }

    /** Ends it. */
    Result result() {
        MessageDigest all = copy(pages);
        all.update(last, 0, held);
        return new Result(
                bytes, HexFormat.of().formatHex(all.digest()), held == TRAILER && Arrays.equals(pages.digest(), last));
    }

    private static MessageDigest copy(MessageDigest digest) {
        try {
            return (MessageDigest) digest.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("Every Java has a SHA-256 that can be copied.", e);
        }
    }

    /**
     * What came out.
     *
     * @param bytes how many there were
     * @param sha256 of all bytes
     * @param trailerHolds whether the last 32 are the SHA-256 of the others
     */
    record Result(long bytes, String sha256, boolean trailerHolds) {}
}
