package io.k8saws.plan;

import io.k8saws.error.OperationCancelledException;
import java.util.List;

/**
 * An apply was cut off: its thread was interrupted, or another thread closed the library. What was done stays, and the report tells how far it came. What went wrong
 * besides is suppressed.
 */
public final class ApplyCancelledException extends OperationCancelledException {
    private static final long serialVersionUID = 1L;

    private final transient ApplyReport report;

    /**
     * Made by apply.
     *
     * @param report what was done and what was not
     * @param why what cut it off
     * @param failures what went wrong besides; may be empty
     */
    public ApplyCancelledException(ApplyReport report, String why, List<? extends Throwable> failures) {
        super("Apply plan " + report.planId() + " to " + report.cluster(), why);
        failures.forEach(this::addSuppressed);
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
}
