package io.k8saws.etcd.backup;

import java.util.List;
import java.util.Map;

/**
 * What became of a copy of segments.
 *
 * @param copied keys of those that were copied, in the order of their revisions
 * @param there how many were there already, and are the same
 * @param failed keys of those that are damaged here, cannot be read here, came out wrong there, or are another one there, with the reason; none of them was left there by this copy
 */
public record DeltaCopyReport(List<String> copied, int there, Map<String, String> failed) {
    /** Makes copies. */
    public DeltaCopyReport {
        copied = List.copyOf(copied);
        failed = Map.copyOf(failed);
    }
}
