package io.k8saws.addon;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Whether an add-on is available. Immutable.
 *
 * @param addon its name
 * @param workloads what of it runs pods
 */
public record AddonStatus(String addon, List<Workload> workloads) {
    /** Copies the list. */
    public AddonStatus {
        Objects.requireNonNull(addon, "addon");
        workloads = List.copyOf(workloads);
    }

    /**
     * What runs pods: a DaemonSet, a Deployment or a StatefulSet.
     *
     * @param object which one
     * @param wanted how many pods it should have
     * @param available how many of them are available, in their newest form
     * @param ready whether that is so for all, and was seen by its controller
     * @param reasons why not, each with the number of pods that it holds for; may be empty even when it is not ready
     */
    public record Workload(ObjectRef object, int wanted, int available, boolean ready, List<String> reasons) {
        /** Checks that no part is missing, and copies the list. */
        public Workload {
            Objects.requireNonNull(object, "object");
            reasons = List.copyOf(reasons);
        }

        /** Returns a line, and below it one for each reason. */
        @Override
        public String toString() {
            return object + ": " + available + " of " + wanted + " available"
                    + reasons.stream().map(reason -> "\n    " + reason).collect(Collectors.joining());
        }
    }

    /**
     * Tells whether the add-on is available.
     *
     * @return true when all of its workloads are ready; also when it has none
     */
    public boolean isReady() {
        return workloads.stream().allMatch(Workload::ready);
    }

    /** Returns a line for the add-on, and below it its workloads. */
    @Override
    public String toString() {
        return addon
                + (isReady() ? ": ready" : ": not ready")
                + workloads.stream().map(workload -> "\n  " + workload).collect(Collectors.joining());
    }
}
