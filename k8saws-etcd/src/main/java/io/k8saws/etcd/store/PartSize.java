package io.k8saws.etcd.store;

/** How large the parts of an object are. S3 takes parts of 5 MiB to 5 GiB and at most 10,000 of them (S3 user guide, "Multipart upload limits"). */
final class PartSize {
    static final int MOST_PARTS = 10_000;

    private static final int MIB = 1 << 20;
    private static final int SMALLEST = 8 * MIB;

    /** Half of what is allowed, so that an object may become twice as large as expected. */
    private static final int WANTED_PARTS = MOST_PARTS / 2;

    private static final int LARGEST = 512 * MIB;

    private PartSize() {}

    /** Whole MiB, at least 8. */
    static int of(long expectedBytes) {
        long parts = (Math.max(0, expectedBytes) + WANTED_PARTS - 1) / WANTED_PARTS;
        long whole = (parts + MIB - 1) / MIB * MIB;
        return (int) Math.min(LARGEST, Math.max(SMALLEST, whole));
    }
}
