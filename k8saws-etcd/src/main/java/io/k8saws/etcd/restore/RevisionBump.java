package io.k8saws.etcd.restore;

import java.time.Duration;

/**
 * By how much revisions go ahead in a restore for Kubernetes: by more than what was written after the snapshot, or a client takes an old object for a newer one. Pure.
 */
public final class RevisionBump {
    /** The least that is taken: far more than clusters write in an hour, and revisions have 63 bits. */
    public static final long SMALLEST = 1_000_000;

    private static final long SAFETY = 10;

    private RevisionBump() {}

    /**
     * Computes a bump from how much a cluster has written.
     *
     * @param revisionsPerSecond the observed rate of writing; 0 or more
     * @param sinceSnapshot how long ago the snapshot was taken; negative is taken for zero
     * @return ten times what was written since at that rate, at least {@link #SMALLEST}
     */
    public static long of(double revisionsPerSecond, Duration sinceSnapshot) {
        if (!(revisionsPerSecond >= 0) || revisionsPerSecond > 1e9) {
            throw new IllegalArgumentException("Compute a revision bump: a rate of " + revisionsPerSecond
                    + " revisions a second cannot be. Take 0 to 1e9.");
        }
        double seconds = Math.max(0, sinceSnapshot.toMillis() / 1000.0);
        double written = Math.ceil(revisionsPerSecond * seconds);
        return Math.max(SMALLEST, (long) Math.min(Long.MAX_VALUE / 8.0, SAFETY * written));
    }

    /**
     * Computes a bump from two revisions.
     *
     * @param snapshot the revision of the snapshot
     * @param lastSeen the highest revision that anybody has seen
     * @return ten times what was written in between, at least {@link #SMALLEST}
     */
    public static long between(long snapshot, long lastSeen) {
        long written = Math.max(0, lastSeen - snapshot);
        return Math.max(SMALLEST, written > Long.MAX_VALUE / 80 ? Long.MAX_VALUE / 8 : SAFETY * written);
    }
}
