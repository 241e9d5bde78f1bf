package io.k8saws.addon;

import io.k8saws.plan.Outcome;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * What came of each change of a plan. Immutable.
 *
 * @param results one for each change, in the plan's order
 */
public record AddonReport(List<Result> results) {
    /** Copies the list. */
    public AddonReport {
        results = List.copyOf(results);
    }

    /**
     * What came of one change.
     *
     * @param change the change
     * @param outcome what came of it
     * @param error why it failed or was skipped; empty when it was done
     */
    public record Result(AddonChange change, Outcome outcome, String error) {
        /** Checks that no part is missing. */
        public Result {
            Objects.requireNonNull(change, "change");
            Objects.requireNonNull(outcome, "outcome");
            Objects.requireNonNull(error, "error");
        }

        /** Returns one line. */
        @Override
        public String toString() {
            return outcome + " " + change.action().symbol() + " " + change.object()
                    + (error.isEmpty() ? "" : ": " + error);
        }
    }

    /**
     * Lists the results with one outcome.
     *
     * @param outcome the outcome
     * @return the results in their order
     */
    public List<Result> with(Outcome outcome) {
        return results.stream().filter(result -> result.outcome() == outcome).toList();
    }

    /** Returns the results, one a line. */
    @Override
    public String toString() {
        return results.isEmpty()
                ? "Add-ons: nothing was to be done."
                : results.stream().map(Result::toString).collect(Collectors.joining("\n"));
    }
}
