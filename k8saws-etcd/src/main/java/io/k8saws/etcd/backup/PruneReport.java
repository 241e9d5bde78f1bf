package io.k8saws.etcd.backup;

import java.util.List;
import java.util.Map;

/**
 * What became of a prune.
 *
 * @param deleted ids of backups and sets that are gone
 * @param failed those that could not be deleted, with the reason; one whose snapshot is still there counts as before
 */
public record PruneReport(List<String> deleted, Map<String, String> failed) {
    /** Makes copies. */
    public PruneReport {
        deleted = List.copyOf(deleted);
        failed = Map.copyOf(failed);
    }
}
