package io.k8saws.etcd.internal.seam;

/**
 * An alarm that is raised.
 *
 * @param memberId the member that raised it
 * @param type 1 for NOSPACE, 2 for CORRUPT
 */
public record Alarm(long memberId, int type) {
    /** The database has reached its quota. */
    public static final int NO_SPACE = 1;
    /** A member's data differs. */
    public static final int CORRUPT = 2;
}
