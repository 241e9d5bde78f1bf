package io.k8saws.etcd.rescue;

import io.k8saws.plan.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How far a rescue came.
 *
 * @param results one for each change of the plan, in its order
 * @param took how long all of it took
 */
public record RescueReport(List<Result> results, Duration took) {
    private static final int MOST_LINES = 50;

    /** Copies the list. */
    public RescueReport {
        results = List.copyOf(results);
    }

    /**
     * What came of a change.
     *
     * @param change the change
     * @param outcome done, also when it was found to be done already; failed when the key is no longer as the plan saw it; skipped when the rescue stopped before; unknown when an answer was lost
     * @param error why it was not done
     * @param already whether the key was found as the snapshot has it, so that this run has written nothing: an earlier run of the same plan has, or somebody else
     */
    public record Result(RescueChange change, Outcome outcome, Optional<String> error, boolean already) {
        /** For example {@code FAILED configmaps shop/settings: it was changed meanwhile}. */
        @Override
        public String toString() {
            return outcome + " " + change.name()
                    + error.map(text -> ": " + text).orElse("");
        }
    }

    /**
     * Whether every change was made.
     *
     * @return true when nothing failed, was skipped or is unknown
     */
    public boolean complete() {
        return results.stream().allMatch(result -> result.outcome() == Outcome.DONE);
    }

    /**
     * The changes of which that came.
     *
     * @param outcome which
     * @return in the order of the plan
     */
    public List<Result> with(Outcome outcome) {
        return results.stream().filter(result -> result.outcome() == outcome).toList();
    }

    /** How many were done, and a line for each that was not; of these 50 at most. */
    @Override
    public String toString() {
        List<Result> others = results.stream()
                .filter(result -> result.outcome() != Outcome.DONE)
                .toList();
        long already = results.stream().filter(Result::already).count();
        return "Rescued " + with(Outcome.DONE).size() + " of " + results.size() + " keys in " + took.toMillis() + " ms"
                + (already == 0 ? "" : ", " + already + " of them stood already")
                + others.stream()
                        .limit(MOST_LINES)
                        .map(result -> "\n  " + result)
                        .collect(Collectors.joining())
                + (others.size() > MOST_LINES ? "\n  and " + (others.size() - MOST_LINES) + " more" : "");
    }
}
