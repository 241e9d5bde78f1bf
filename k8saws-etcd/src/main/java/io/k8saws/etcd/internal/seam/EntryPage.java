package io.k8saws.etcd.internal.seam;

import java.util.List;

/**
 * Some keys of a range.
 *
 * @param clusterId the cluster's id
 * @param revision the revision of the store when it was read
 * @param entries the keys, in order
 * @param more whether the range has more
 * @param count how many the range has in all
 */
public record EntryPage(long clusterId, long revision, List<Entry> entries, boolean more, long count) {
    /** Copies the list. */
    public EntryPage {
        entries = List.copyOf(entries);
    }
}
