package io.k8saws.plan;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * How the world differs from what was applied last.
 *
 * @param cluster the cluster's name
 * @param changes what a repair would do, with the cause of each change
 * @param foreign what is there that is not ours, with its owner as far as it is known; a repair leaves it alone
 */
public record Drift(String cluster, List<Change> changes, List<Foreign> foreign) {
    /** Copies the lists. */
    public Drift {
        Objects.requireNonNull(cluster, "cluster");
        changes = List.copyOf(changes);
        foreign = List.copyOf(foreign);
    }

    /**
     * Reads the drift from the plan of a repair.
     *
     * @param repair a plan that was made from the spec of the last apply
     * @return the drift
     */
    public static Drift of(Plan repair) {
        return new Drift(repair.cluster(), repair.changes(), repair.foreign());
    }

    /**
     * Whether all that is ours is as it was applied.
     *
     * @return true when a repair would do nothing
     */
    public boolean isEmpty() {
        return changes.isEmpty();
    }

    @Override
    public String toString() {
        if (changes.isEmpty() && foreign.isEmpty()) {
            return "Drift[" + cluster + ": none]";
        }
        String ours = changes.stream()
                .map(change -> System.lineSeparator() + "  " + change
                        + change.fields().stream()
                                .map(field -> System.lineSeparator() + "      " + field)
                                .collect(Collectors.joining()))
                .collect(Collectors.joining());
        String others = foreign.stream()
                .map(thing -> System.lineSeparator() + "  ! " + thing)
                .collect(Collectors.joining());
        return "Drift[" + cluster + ": " + changes.size() + " to repair, " + foreign.size() + " foreign]" + ours
                + others;
    }
}
