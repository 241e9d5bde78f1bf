package io.k8saws.etcd.member;

import io.k8saws.error.K8sAwsException;
import java.util.Map;

/**
 * A change of members stopped before its end. {@link #report()} says what was done; planning again shows what is left, and doing that goes on from there. The cause says why.
 */
public final class MembersException extends K8sAwsException {
    private static final long serialVersionUID = 1L;

    private final transient MemberReport report;

    /**
     * Made where a plan is carried out.
     *
     * @param report how far it came
     * @param cause why it stopped
     */
    MembersException(MemberReport report, K8sAwsException cause) {
        super(
                "Change the members of etcd: " + report.task(),
                report.done().size() + " steps were done and " + report.left().size() + " were not: "
                        + cause.getMessage(),
                "mend the cause, then plan and do it again: it goes on from where this stopped",
                Map.of(),
                cause);
        this.report = report;
    }

    /**
     * How far it came.
     *
     * @return what was done and what is left
     */
    public MemberReport report() {
        return report;
    }

    @Override
    public boolean retryable() {
        return getCause() instanceof K8sAwsException cause && cause.retryable();
    }
}
