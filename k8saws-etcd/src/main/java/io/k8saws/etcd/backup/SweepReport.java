package io.k8saws.etcd.backup;

import java.util.List;
import java.util.Map;

/**
 * What became of a sweep.
 *
 * @param uploads how many uploads were thrown away that had not come to an end
 * @param deleted the keys of objects that are gone
 * @param failed keys of objects that are still there, with the reason, and {@code unfinished uploads} if those could not be thrown away
 */
public record SweepReport(int uploads, List<String> deleted, Map<String, String> failed) {
    /** Makes copies. */
    public SweepReport {
        deleted = List.copyOf(deleted);
        failed = Map.copyOf(failed);
    }

    /** For example {@code 2 unfinished uploads and 3 objects are gone, 1 could not be deleted}. */
    @Override
    public String toString() {
        return uploads + " unfinished uploads and " + deleted.size() + " objects are gone"
                + (failed.isEmpty() ? "" : ", " + failed.size() + " could not be deleted: " + failed);
    }
}
