package io.k8saws.plan;

import io.k8saws.error.K8sAwsException;
import java.util.List;
import java.util.Map;

/**
 * An apply could not do all of its plan. {@link #report()} says what was done, failed, was skipped or is unknown; planning again shows what is left. The
 * first failure is the cause, further ones are suppressed exceptions.
 */
public final class ApplyException extends K8sAwsException {
    private static final long serialVersionUID = 1L;

    private final transient ApplyReport report;

    /**
     * Made by apply.
     *
     * @param report what was done and what was not
     * @param failures at least one failure
     */
    public ApplyException(ApplyReport report, List<? extends Throwable> failures) {
        super(
                "Apply plan " + report.planId() + " to " + report.cluster(),
                report.with(Outcome.FAILED).size() + " of " + report.steps().size() + " changes failed, "
                        + report.with(Outcome.SKIPPED).size() + " were skipped; the first: "
                        + failures.get(0).getMessage(),
                "mend the cause, then plan and apply again: it goes on from where this stopped",
                Map.of(),
                failures.get(0));
        failures.stream().skip(1).forEach(this::addSuppressed);
        this.report = report;
    }

    /**
     * What was done and what was not.
     *
     * @return the report
     */
    public ApplyReport report() {
        return report;
    }

    @Override
    public boolean retryable() {
        return getCause() instanceof K8sAwsException cause && cause.retryable();
    }
}
