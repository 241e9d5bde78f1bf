package io.k8saws.aws;

import java.time.Duration;
import java.util.Objects;

/**
 * How patiently AWS is called. The defaults suit production; every span must be positive. Immutable.
 *
 * @param maxAttempts how often one request is sent at most, the first time included
 * @param attemptTimeout how long one attempt may take
 * @param callDeadline how long a request may take with all its attempts and pauses; without the time that it stands in line to keep below AWS's request rates,
 *     which is at most half an hour
 * @param firstBackoff the longest first pause; it doubles with each attempt, and a random share of it is taken (full jitter)
 * @param maxBackoff the longest pause between two attempts
 * @param consistencyWindow how long a resource that was just created may be reported as not found before that counts as an error
 * @param rateLimits whether requests are kept below AWS's documented token buckets
 * @param rateShare the share of those buckets that this program takes, above 0 and at most 1; lower it when several programs work on one account for long
 * @param recordChangesPerSecond how many changes of Route 53 records are sent each second at most, ten times as many at once; AWS limits them for each account,
 *     does not print the figure, and where this is above it the rate falls by itself to what AWS takes
 * @param maxConcurrency how many steps of one operation run at once
 */
public record ResiliencePolicy(
        int maxAttempts,
        Duration attemptTimeout,
        Duration callDeadline,
        Duration firstBackoff,
        Duration maxBackoff,
        Duration consistencyWindow,
        boolean rateLimits,
        double rateShare,
        double recordChangesPerSecond,
        int maxConcurrency) {

    /** Checks the ranges. */
    public ResiliencePolicy {
        requirePositive(attemptTimeout, "attemptTimeout");
        requirePositive(callDeadline, "callDeadline");
        requirePositive(firstBackoff, "firstBackoff");
        requirePositive(maxBackoff, "maxBackoff");
        requirePositive(consistencyWindow, "consistencyWindow");
        if (maxAttempts < 1 || maxConcurrency < 1 || !(rateShare > 0 && rateShare <= 1)) {
            throw new IllegalArgumentException(
                    "A resilience policy needs maxAttempts >= 1, maxConcurrency >= 1 and 0 < rateShare <= 1; got "
                            + maxAttempts + ", " + maxConcurrency + " and " + rateShare + ".");
        }
        if (!(recordChangesPerSecond > 0 && recordChangesPerSecond < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "A resilience policy needs a positive recordChangesPerSecond, got " + recordChangesPerSecond + ".");
        }
    }

    private static void requirePositive(Duration span, String name) {
        if (Objects.requireNonNull(span, name).isNegative() || span.isZero()) {
            throw new IllegalArgumentException("A resilience policy needs a positive " + name + ", got " + span + ".");
        }
    }

    /**
     * The defaults: 10 attempts, 20 s an attempt, 3 min a call, pauses from 0.2 s to 10 s, 60 s for consistency, rate limits on with the full share, 1,000 record changes a second, 128
     * steps at once, most of which wait for AWS.
     *
     * @return the policy
     */
    public static ResiliencePolicy defaults() {
        return new ResiliencePolicy(
                10,
                Duration.ofSeconds(20),
                Duration.ofMinutes(3),
                Duration.ofMillis(200),
                Duration.ofSeconds(10),
                Duration.ofSeconds(60),
                true,
                1.0,
                1000,
                128);
    }

    /**
     * A copy for emulators, which have no token buckets: no rate limits and shorter pauses.
     *
     * @return the copy
     */
    public ResiliencePolicy forEmulator() {
        return new ResiliencePolicy(
                maxAttempts,
                attemptTimeout,
                callDeadline,
                Duration.ofMillis(20),
                Duration.ofMillis(500),
                consistencyWindow,
                false,
                rateShare,
                recordChangesPerSecond,
                maxConcurrency);
    }

    /**
     * A copy with other time limits.
     *
     * @param attempt how long one attempt may take
     * @param call how long a request may take in all
     * @return the copy
     */
    public ResiliencePolicy withTimeouts(Duration attempt, Duration call) {
        return new ResiliencePolicy(
                maxAttempts,
                attempt,
                call,
                firstBackoff,
                maxBackoff,
                consistencyWindow,
                rateLimits,
                rateShare,
                recordChangesPerSecond,
                maxConcurrency);
    }

    /**
     * A copy with another number of attempts.
     *
     * @param attempts 1 or more
     * @return the copy
     */
    public ResiliencePolicy withMaxAttempts(int attempts) {
        return new ResiliencePolicy(
                attempts,
                attemptTimeout,
                callDeadline,
                firstBackoff,
                maxBackoff,
                consistencyWindow,
                rateLimits,
                rateShare,
                recordChangesPerSecond,
                maxConcurrency);
    }

    /**
     * A copy that takes another share of AWS's token buckets.
     *
     * @param share above 0 and at most 1
     * @return the copy
     */
    public ResiliencePolicy withRateShare(double share) {
        return new ResiliencePolicy(
                maxAttempts,
                attemptTimeout,
                callDeadline,
                firstBackoff,
                maxBackoff,
                consistencyWindow,
                rateLimits,
                share,
                recordChangesPerSecond,
                maxConcurrency);
    }

    /**
     * A copy that changes records of Route 53 at another rate.
     *
     * @param changesPerSecond above 0
     * @return the copy
     */
    public ResiliencePolicy withRecordChangesPerSecond(double changesPerSecond) {
        return new ResiliencePolicy(
                maxAttempts,
                attemptTimeout,
                callDeadline,
                firstBackoff,
                maxBackoff,
                consistencyWindow,
                rateLimits,
                rateShare,
                changesPerSecond,
                maxConcurrency);
    }
}
