package io.k8saws.etcd.backup;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What became of a copy of segments.
 *
 * @param copied keys of those that were copied, in the order of their revisions
 * @param alreadyThere how many were there already, and are the same
 * @param failed keys of those that are damaged here, cannot be read here, came out wrong there, or are another one there, with the reason; none of them was left there by this copy
 */
public record DeltaCopyReport(List<String> copied, int alreadyThere, Map<String, String> failed) {
    /** Makes copies. */
    public DeltaCopyReport {
        copied = List.copyOf(copied);
        failed = Map.copyOf(failed);
    }

    /** How many were copied and how many were there, then a line for each that was not copied. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(copied.size() + " segments are copied, " + alreadyThere + " were there"
                + (failed.isEmpty() ? "" : ", " + failed.size() + " could not be copied"));
        new TreeMap<>(failed)
                .forEach((key, why) ->
                        text.append("\n! ").append(key).append(": ").append(why));
        return text.toString();
    }
}
