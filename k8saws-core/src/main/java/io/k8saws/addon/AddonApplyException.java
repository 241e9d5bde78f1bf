package io.k8saws.addon;

import io.k8saws.error.K8sAwsException;
import io.k8saws.plan.Outcome;
import java.util.List;
import java.util.Map;

/** Some changes of add-ons could not be made. {@link #report()} says which; planning again shows what is left. */
public final class AddonApplyException extends K8sAwsException {
    private static final long serialVersionUID = 1L;

    private final transient AddonReport report;

    AddonApplyException(AddonReport report, List<? extends K8sAwsException> failures) {
        super(
                "Apply add-ons",
                report.with(Outcome.FAILED).size() + " of " + report.results().size() + " changes failed, "
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
    public AddonReport report() {
        return report;
    }

    @Override
    public boolean retryable() {
        return getCause() instanceof K8sAwsException cause && cause.retryable();
    }
}
