package io.k8saws.operate;

import io.k8saws.internal.text.Span;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * What a roll did. Immutable.
 *
 * @param cluster the cluster's name
 * @param ended the machines that were ended, in that order
 * @param left the machines of the plan that still run; empty when all was done
 * @param took how long it took
 */
public record RollReport(String cluster, List<Ended> ended, List<RollMachine> left, Duration took) {
    /**
     * A machine that was ended.
     *
     * @param machine the machine
     * @param evicted how many pods were asked to leave it
     * @param after how long after the roll had begun
     */
    public record Ended(RollMachine machine, int evicted, Duration after) {
        /** Checks that no part is missing. */
        public Ended {
            Objects.requireNonNull(machine, "machine");
            Objects.requireNonNull(after, "after");
        }

        /** Returns a line. */
        @Override
        public String toString() {
            return machine + " ended after " + Span.of(after)
                    + (evicted == 0 ? "" : ", " + evicted + (evicted == 1 ? " pod" : " pods") + " evicted");
        }
    }

    /** Checks that no part is missing, and copies the lists. */
    public RollReport {
        Objects.requireNonNull(cluster, "cluster");
        ended = List.copyOf(ended);
        left = List.copyOf(left);
        Objects.requireNonNull(took, "took");
    }

    /** Returns a line for each machine. */
    @Override
    public String toString() {
        return "roll " + cluster + ": " + ended.size() + " replaced"
                + (left.isEmpty() ? "" : ", " + left.size() + " left") + " in " + Span.of(took)
                + ended.stream().map(one -> "\n" + one).collect(Collectors.joining())
                + left.stream().map(one -> "\n" + one + " still runs").collect(Collectors.joining());
    }
}
