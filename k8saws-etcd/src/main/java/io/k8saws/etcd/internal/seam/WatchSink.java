package io.k8saws.etcd.internal.seam;

import java.util.List;

/** Takes what a watch tells. */
@FunctionalInterface
public interface WatchSink {
    /**
     * One key that was put or deleted.
     *
     * @param entry the key; of a deletion its name and revision alone
     * @param deleted whether it was deleted
     */
    record Change(Entry entry, boolean deleted) {}

    /**
     * Takes all that one revision has changed in the range.
     *
     * @param clusterId the cluster's id
     * @param revision the revision
     * @param changes at least one
     * @return whether to go on
     */
    boolean accept(long clusterId, long revision, List<Change> changes);
}
