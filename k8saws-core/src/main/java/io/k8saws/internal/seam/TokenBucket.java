package io.k8saws.internal.seam;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * A token bucket that keeps requests below AWS's own, and that shares the account with other programs: a throttled answer halves the rate, each good answer
 * raises it a little, as TCP does. Safe to use from many threads.
 */
final class TokenBucket {
    private static final double SLOWEST_SHARE = 0.05;
    private static final double RECOVERY_STEPS = 50;

    private final double capacity;
    private final double fullRate;
    private final LongSupplier nanos;
    private double rate;
    private double tokens;
    private long updated;

    /**
     * Makes a full bucket.
     *
     * @param capacity how many requests may be sent at once
     * @param perSecond how many come back each second
     * @param nanos a clock that never goes back, in nanoseconds
     */
    TokenBucket(double capacity, double perSecond, LongSupplier nanos) {
        this.capacity = capacity;
        this.fullRate = perSecond;
        this.nanos = nanos;
        this.rate = perSecond;
        this.tokens = capacity;
        this.updated = nanos.getAsLong();
    }

    /**
     * Takes a token, now or from the future.
     *
     * @return how long to wait before the request may be sent
     */
    synchronized Duration take() {
        refill();
        tokens -= 1;
        return tokens >= 0 ? Duration.ZERO : Duration.ofNanos((long) (-tokens / rate * 1e9));
    }

    /** AWS said that requests come too fast: whatever burst was left is gone, and the rate is halved. */
    synchronized void throttled() {
        refill();
        tokens = Math.min(tokens, 0);
        rate = Math.max(rate / 2, fullRate * SLOWEST_SHARE);
    }

    /** A request was served. */
    synchronized void served() {
        rate = Math.min(fullRate, rate + fullRate / RECOVERY_STEPS);
    }

    synchronized double rate() {
        return rate;
    }

    private void refill() {
        long now = nanos.getAsLong();
        tokens = Math.min(capacity, tokens + (now - updated) / 1e9 * rate);
        updated = now;
    }
}
