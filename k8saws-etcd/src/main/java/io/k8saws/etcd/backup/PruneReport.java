package io.k8saws.etcd.backup;

import java.util.List;
import java.util.Map;

/**
 * What became of a prune.
 *
 * @param deleted what is gone: ids of backups and sets, or keys of segments
 * @param failed those that could not be deleted, with the reason; a backup whose snapshot may not be deleted is as before. Of a set a part may be gone when another one may not be deleted and nobody may see why; the reason says so
 */
public record PruneReport(List<String> deleted, Map<String, String> failed) {
    /** Makes copies. */
    public PruneReport {
        deleted = List.copyOf(deleted);
        failed = Map.copyOf(failed);
    }
}
