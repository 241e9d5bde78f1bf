package io.k8saws.etcd.restore;

import io.k8saws.error.K8sAwsException;
import java.util.Map;

/** A restore stopped before its end. {@link #report()} says how far it came; restoring the same plan again goes on from there. The cause says why. */
public final class RestoreException extends K8sAwsException {
    private static final long serialVersionUID = 1L;

    private final transient RestoreReport report;

    RestoreException(RestoreReport report, RuntimeException cause) {
        super(
                "Restore cluster " + report.clusterId(),
                "it stopped on the way: " + cause.getMessage(),
                "mend the cause, then restore the same plan again: it goes on from what is there",
                Map.of(),
                cause);
        this.report = report;
    }

    /**
     * How far it came.
     *
     * @return what was done and what was not
     */
    public RestoreReport report() {
        return report;
    }

    @Override
    public boolean retryable() {
        return getCause() instanceof K8sAwsException cause && cause.retryable();
    }
}
