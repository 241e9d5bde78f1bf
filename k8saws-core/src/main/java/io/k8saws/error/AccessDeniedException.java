package io.k8saws.error;

import org.jspecify.annotations.Nullable;

/** AWS refused a request because the caller may not make it. Another policy is needed; trying again does not help. */
public final class AccessDeniedException extends AwsCallException {
    private static final long serialVersionUID = 1L;

    private final String missingAction;

    /**
     * Made at the seam to AWS.
     *
     * @param failure what the request was and how it failed
     * @param missingAction the permission that the request needs, as IAM policies write it
     * @param why why it failed, as a clause
     * @param cause the exception of the SDK
     */
    public AccessDeniedException(Failure failure, String missingAction, String why, @Nullable Throwable cause) {
        super(
                failure,
                why,
                "allow " + missingAction
                        + " to the principal that runs this, and check its permissions boundary and the organisation's policies",
                cause);
        this.missingAction = missingAction;
    }

    /**
     * The action that the policy lacks. It is not always the operation's name: {@code HeadObject} needs {@code s3:GetObject}.
     *
     * @return service and action as IAM policies write them, for example {@code ec2:CreateVpc}
     */
    public String missingAction() {
        return missingAction;
    }
}
