package io.k8saws.etcd.delta;

import java.util.Optional;

/**
 * Whether what comes next goes on from what is there. Each revision of etcd has changes, so a number that is left out is a change that was missed; then only a new full snapshot helps. Pure.
 */
public final class Continuity {
    private Continuity() {}

    /** Why a new full snapshot is needed. */
    public enum Gap {
        /** Revisions were missed. */
        MISSED_REVISIONS,
        /** The watch would have to begin at a revision that was compacted. */
        COMPACTED,
        /** It is another cluster, perhaps a restored one. */
        OTHER_CLUSTER,
        /** Revisions went back: the data directory is an older one. Perhaps they have come as far again since, and the last one that is known is another one now. */
        WENT_BACK,
        /** The last stored segment is damaged, so that nothing tells whether what comes next goes on from it. */
        DAMAGED
    }

    /**
     * Judges a watch that begins again, or its next transaction.
     *
     * @param clusterId the cluster of what is there
     * @param last the last revision that is there
     * @param seenClusterId the cluster that answers
     * @param next the next transaction's revision
     * @param compacted how far that cluster has compacted; 0 if that is not known or it never did
     * @return empty if the next goes on from the last
     */
    public static Optional<Gap> between(String clusterId, long last, String seenClusterId, long next, long compacted) {
        if (!clusterId.equals(seenClusterId)) {
            return Optional.of(Gap.OTHER_CLUSTER);
        }
        if (next <= last) {
            return Optional.of(Gap.WENT_BACK);
        }
        if (next == last + 1) {
            return Optional.empty();
        }
        return Optional.of(compacted > last ? Gap.COMPACTED : Gap.MISSED_REVISIONS);
    }

    /**
     * Judges where a watch can begin.
     *
     * @param last the last revision that is there
     * @param compacted how far the cluster has compacted
     * @return empty if a watch from the revision after the last is possible
     */
    public static Optional<Gap> beforeWatch(long last, long compacted) {
        return last + 1 < compacted ? Optional.of(Gap.COMPACTED) : Optional.empty();
    }
}
