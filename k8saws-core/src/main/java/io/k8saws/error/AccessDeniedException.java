package io.k8saws.error;

import org.jspecify.annotations.Nullable;

/** AWS refused a request because the caller may not make it. Another policy is needed; trying again does not help. */
public final class AccessDeniedException extends AwsCallException {
    private static final long serialVersionUID = 1L;

    /**
     * Made at the seam to AWS.
     *
     * @param failure what the request was and how it failed
     * @param why why it failed, as a clause
     * @param cause the exception of the SDK
     */
    public AccessDeniedException(Failure failure, String why, @Nullable Throwable cause) {
        super(
                failure,
                why,
                "allow " + failure.service() + ":" + failure.operation()
                        + " to the principal that runs this, and check its permissions boundary and the organisation's policies",
                cause);
    }

    /**
     * The action that the policy lacks.
     *
     * @return service and action as IAM policies write them, for example {@code ec2:CreateVpc}
     */
    public String missingAction() {
        return service() + ":" + operation();
    }
}
