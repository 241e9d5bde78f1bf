package io.k8saws.plan;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What came of one change.
 *
 * @param resource which resource
 * @param action what was to be done
 * @param outcome what came of it
 * @param id the AWS id after the step, where there is one
 * @param took the time from start to end of the step; zero when it was skipped
 * @param error why it failed, was skipped or is unknown; empty when done
 */
public record StepResult(
        ResourceAddress resource,
        Action action,
        Outcome outcome,
        Optional<String> id,
        Duration took,
        Optional<String> error) {
    /** Checks that nothing is null. */
    public StepResult {
        Objects.requireNonNull(resource, "resource");
        Objects.requireNonNull(action, "action");
        Objects.requireNonNull(outcome, "outcome");
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(took, "took");
        Objects.requireNonNull(error, "error");
    }

    @Override
    public String toString() {
        return outcome + " " + action.symbol() + " " + resource
                + error.map(e -> ": " + e).orElse("");
    }
}
