package io.k8saws.operate;

import io.k8saws.error.K8sAwsException;
import java.util.Map;

/**
 * A roll stopped before its end. {@link #report()} says which machines were replaced; planning again shows what is left, and rolling again goes on from there. The cause says
 * why: {@link DrainTimeoutException}, {@link io.k8saws.error.WaitTimeoutException}, or a call that failed.
 */
public final class RollException extends K8sAwsException {
    private static final long serialVersionUID = 1L;

    private final transient RollReport report;

    /**
     * Made by a roll.
     *
     * @param report how far it came
     * @param cause why it stopped
     */
    public RollException(RollReport report, K8sAwsException cause) {
        super(
                "Roll the machines of cluster " + report.cluster(),
                report.ended().size() + " were replaced and " + report.left().size() + " were not: "
                        + cause.getMessage(),
                "mend the cause, then plan and roll again: it goes on from where this stopped",
                Map.of(),
                cause);
        this.report = report;
    }

    /**
     * How far it came.
     *
     * @return what was done and what is left
     */
    public RollReport report() {
        return report;
    }

    @Override
    public boolean retryable() {
        return getCause() instanceof K8sAwsException cause && cause.retryable();
    }
}
