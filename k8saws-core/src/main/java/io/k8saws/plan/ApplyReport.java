package io.k8saws.plan;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * What an apply did: one {@link StepResult} for each change of the plan, in the plan's order. Immutable.
 *
 * @param planId the plan that was applied
 * @param cluster the cluster's name
 * @param steps one result a change
 * @param took wall time from the first to the last step
 * @param criticalPath the longest chain of steps that had to wait for each other, by their measured times; no schedule can be shorter
 * @param calls the AWS requests that were sent, retries included
 */
public record ApplyReport(
        String planId, String cluster, List<StepResult> steps, Duration took, Duration criticalPath, long calls) {
    /** Copies the list and checks that nothing is null. */
    public ApplyReport {
        Objects.requireNonNull(planId, "planId");
        Objects.requireNonNull(cluster, "cluster");
        steps = List.copyOf(steps);
        Objects.requireNonNull(took, "took");
        Objects.requireNonNull(criticalPath, "criticalPath");
    }

    /**
     * The results with one outcome.
     *
     * @param outcome which outcome
     * @return the matching results in the plan's order
     */
    public List<StepResult> with(Outcome outcome) {
        return steps.stream().filter(step -> step.outcome() == outcome).toList();
    }

    /**
     * Tells whether every change was done.
     *
     * @return true when nothing failed, was skipped or is unknown
     */
    public boolean complete() {
        return steps.stream().allMatch(step -> step.outcome() == Outcome.DONE);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("Applied plan ")
                .append(planId)
                .append(" to ")
                .append(cluster)
                .append(": ")
                .append(with(Outcome.DONE).size())
                .append(" done");
        for (Outcome outcome : List.of(Outcome.FAILED, Outcome.SKIPPED, Outcome.UNKNOWN)) {
            int count = with(outcome).size();
            if (count > 0) {
                text.append(", ")
                        .append(count)
                        .append(' ')
                        .append(outcome.name().toLowerCase(java.util.Locale.ROOT));
            }
        }
        text.append(String.format(java.util.Locale.ROOT, " in %.1f s with %d calls", took.toMillis() / 1000.0, calls));
        steps.stream()
                .filter(step -> step.outcome() != Outcome.DONE)
                .forEach(
                        step -> text.append(System.lineSeparator()).append("  ").append(step));
        return text.toString();
    }
}
