package io.k8saws.internal.roll;

import java.util.ArrayList;
import java.util.List;

/**
 * What becomes of the pods of a node that is to be empty.
 *
 * @param evict those that are asked to leave
 * @param leaving those that are on their way
 * @param stay those that nothing is done about, and why
 */
record Drain(List<PodView> evict, List<PodView> leaving, List<Staying> stay) {
    Drain {
        evict = List.copyOf(evict);
        leaving = List.copyOf(leaving);
        stay = List.copyOf(stay);
    }

    /**
     * A pod that nothing is done about.
     *
     * @param pod the pod
     * @param why why not
     */
    record Staying(PodView pod, String why) {}

    static Drain of(List<PodView> pods) {
        List<PodView> evict = new ArrayList<>();
        List<PodView> leaving = new ArrayList<>();
        List<Staying> stay = new ArrayList<>();
        for (PodView pod : pods) {
            String why = whyItStays(pod);
            if (!why.isEmpty()) {
                stay.add(new Staying(pod, why));
            } else if (pod.leaving()) {
                leaving.add(pod);
            } else {
                evict.add(pod);
            }
        }
        return new Drain(evict, leaving, stay);
    }

    /** A pod of a DaemonSet would come back at once, a mirror pod is a file on the node, and a finished one has nothing to lose. */
    private static String whyItStays(PodView pod) {
        if (pod.mirror()) {
            return "a file on its node";
        }
        if (pod.controller().equals("DaemonSet")) {
            return "of a DaemonSet";
        }
        return switch (pod.phase()) {
            case "Succeeded", "Failed" -> "finished";
            default -> "";
        };
    }

    /** Whether the node is empty, but for what stays. */
    boolean isDone() {
        return evict.isEmpty() && leaving.isEmpty();
    }
}
