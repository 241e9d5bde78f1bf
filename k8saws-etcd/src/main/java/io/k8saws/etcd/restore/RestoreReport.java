package io.k8saws.etcd.restore;

import io.k8saws.plan.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How far a restore came.
 *
 * @param clusterId the id of the new cluster; of a set the ids of all
 * @param results one for each step, in their order
 * @param took how long all of it took
 */
public record RestoreReport(String clusterId, List<Result> results, Duration took) {
    /** Copies the list. */
    public RestoreReport {
        results = List.copyOf(results);
    }

    /**
     * What came of a step.
     *
     * @param step the step
     * @param outcome done; failed; skipped because one before it failed; unknown when the time was over or the thread was interrupted on the way
     * @param took how long it took
     * @param error why it was not done
     */
    public record Result(RestoreStep step, Outcome outcome, Duration took, Optional<String> error) {
        @Override
        public String toString() {
            return outcome + " " + step + error.map(text -> ": " + text).orElse("");
        }
    }

    /**
     * Whether every step was done.
     *
     * @return true when nothing failed, was skipped or is unknown
     */
    public boolean complete() {
        return results.stream().allMatch(result -> result.outcome() == Outcome.DONE);
    }

    /** A line for each step. */
    @Override
    public String toString() {
        return results.stream()
                .map(result -> "\n  " + result)
                .collect(Collectors.joining(
                        "",
                        "Restored cluster "
                                + clusterId + ": "
                                + results.stream()
                                        .filter(result -> result.outcome() == Outcome.DONE)
                                        .count() + " of "
                                + results.size() + " steps in " + took.toSeconds() + " s",
                        ""));
    }
}
