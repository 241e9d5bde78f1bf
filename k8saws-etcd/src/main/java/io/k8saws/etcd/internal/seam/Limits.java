package io.k8saws.etcd.internal.seam;

import java.time.Duration;
import java.util.Objects;

/**
 * How patiently etcd is called.
 *
 * @param maxAttempts how often one call is sent at most
 * @param attemptTimeout how long one attempt may take
 * @param callDeadline how long a call may take with all attempts and pauses
 * @param firstBackoff the longest first pause; it doubles each time, and a random share of it is taken
 * @param maxBackoff the longest pause
 */
public record Limits(
        int maxAttempts, Duration attemptTimeout, Duration callDeadline, Duration firstBackoff, Duration maxBackoff) {
    /** Checks the ranges. */
    public Limits {
        if (maxAttempts < 1) {
            throw new IllegalArgumentException("etcd needs 1 attempt or more, got " + maxAttempts + ".");
        }
        requirePositive(attemptTimeout, "attemptTimeout");
        requirePositive(callDeadline, "callDeadline");
        requirePositive(firstBackoff, "firstBackoff");
        requirePositive(maxBackoff, "maxBackoff");
    }

    private static void requirePositive(Duration span, String name) {
        if (Objects.requireNonNull(span, name).isNegative() || span.isZero()) {
            throw new IllegalArgumentException("etcd needs a positive " + name + ", got " + span + ".");
        }
    }

    /**
     * The defaults: 6 attempts, 5 s an attempt, 20 s a call, pauses from 0.1 s to 2 s: long enough for an election.
     *
     * @return the limits
     */
    public static Limits defaults() {
        return new Limits(
                6, Duration.ofSeconds(5), Duration.ofSeconds(20), Duration.ofMillis(100), Duration.ofSeconds(2));
    }
}
