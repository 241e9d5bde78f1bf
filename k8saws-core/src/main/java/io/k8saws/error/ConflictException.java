package io.k8saws.error;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Another writer works on the same cluster or kubeconfig, or has changed it since the plan was made. This writer has changed nothing; plan again, or for a
 * kubeconfig, just try again.
 */
public class ConflictException extends K8sAwsException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param tried what was tried
     * @param why who stood in the way, as a clause
     * @param hint what to do next, as a clause
     * @param context ids that help to find the place
     * @param cause what lies below, or null
     */
    public ConflictException(
            String tried, String why, String hint, Map<String, String> context, @Nullable Throwable cause) {
        super(tried, why, hint, context, cause);
    }

    @Override
    public boolean retryable() {
        return true;
    }
}
