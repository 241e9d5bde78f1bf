package io.k8saws.error;

import java.time.Duration;
import java.util.Map;

/** Something did not come about in time. It may still do so; what was made so far stays. */
public final class WaitTimeoutException extends K8sAwsException {
    private static final long serialVersionUID = 1L;

    private final String lastSeen;

    /**
     * Creates an exception.
     *
     * @param waitingFor what was waited for, for example {@code NAT gateway nat-1 to be available}
     * @param waited how long
     * @param lastSeen what was seen last
     * @param context ids that help to find the place
     */
    public WaitTimeoutException(String waitingFor, Duration waited, String lastSeen, Map<String, String> context) {
        this(
                waitingFor,
                waited,
                lastSeen,
                "look at the resource in AWS; then plan and apply again, which goes on from where this stopped",
                context);
    }

    /**
     * Creates an exception.
     *
     * @param waitingFor what was waited for, for example {@code add-ons to be available}
     * @param waited how long
     * @param lastSeen what was seen last
     * @param hint what to do next, as a clause
     * @param context ids that help to find the place
     */
    public WaitTimeoutException(
            String waitingFor, Duration waited, String lastSeen, String hint, Map<String, String> context) {
        super(
                "Wait for " + waitingFor,
                "it did not come about in " + waited.toSeconds() + " s; last seen: " + lastSeen,
                hint,
                context,
                null);
        this.lastSeen = lastSeen;
    }

    /**
     * What was seen last.
     *
     * @return a state or a short description
     */
    public String lastSeen() {
        return lastSeen;
    }

    @Override
    public boolean retryable() {
        return true;
    }
}
