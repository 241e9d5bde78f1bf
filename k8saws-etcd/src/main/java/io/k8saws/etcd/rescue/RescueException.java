package io.k8saws.etcd.rescue;

import io.k8saws.error.K8sAwsException;
import java.util.Map;

/** A rescue stopped before its end. {@link #report()} says how far it came; applying the same plan again goes on from there. The cause says why. */
public final class RescueException extends K8sAwsException {
    private static final long serialVersionUID = 1L;

    private final transient RescueReport report;

    RescueException(RescuePlan plan, RescueReport report, RuntimeException cause) {
        super(
                "Rescue " + plan.selection() + " from " + plan.snapshot(),
                "it stopped on the way: " + cause.getMessage(),
                "mend the cause, then apply the same plan again: keys that are written already are seen",
                Map.of(),
                cause);
        this.report = report;
    }

    /**
     * How far it came.
     *
     * @return what was done and what was not
     */
    public RescueReport report() {
        return report;
    }

    @Override
    public boolean retryable() {
        return getCause() instanceof K8sAwsException cause && cause.retryable();
    }
}
