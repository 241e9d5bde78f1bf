package io.k8saws.internal.seam;

import java.time.Duration;

/** Hears of requests that are sent again, and may keep one that changes something from being sent. */
@FunctionalInterface
public interface CallListener {
    /**
     * A request failed and will be sent again.
     *
     * @param operation service and action
     * @param attempt the attempt that failed, from 1
     * @param delay the pause before the next one
     * @param reason why it failed, in a few words
     */
    void onRetry(String operation, int attempt, Duration delay, String reason);

    /**
     * A request that may change something is about to be sent, for the first time or again. What this throws, the caller gets, and the request is not sent.
     *
     * @param operation service and action
     */
    default void beforeWrite(String operation) {}

    /**
     * A listener that does nothing.
     *
     * @return the listener
     */
    static CallListener silent() {
        return (operation, attempt, delay, reason) -> {};
    }
}
