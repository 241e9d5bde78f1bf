package io.k8saws.etcd.backup;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What became of a prune.
 *
 * @param deleted what is gone: ids of backups and sets, or keys of segments
 * @param failed those that could not be deleted, with the reason; a backup whose snapshot may not be deleted is as before. A set is left alone by whom locks are not shown; a part of it may be gone when another was locked just then, and the reason says so
 */
public record PruneReport(List<String> deleted, Map<String, String> failed) {
    /** Makes copies. */
    public PruneReport {
        deleted = List.copyOf(deleted);
        failed = Map.copyOf(failed);
    }

    /** How many are gone, then a line for each, those that are not gone last. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(deleted.size() + " are gone"
                + (failed.isEmpty() ? "" : ", " + failed.size() + " could not be deleted"));
        deleted.forEach(id -> text.append("\n- ").append(id));
        new TreeMap<>(failed)
                .forEach(
                        (id, why) -> text.append("\n! ").append(id).append(": ").append(why));
        return text.toString();
    }
}
