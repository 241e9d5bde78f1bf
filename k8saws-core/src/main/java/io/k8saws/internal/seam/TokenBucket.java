package io.k8saws.internal.seam;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * A token bucket that keeps requests below AWS's own, and that shares the account with other programs without being told of them. A throttled answer takes a
 * share of the rate away, and time gives it back at the same pace to everybody. So who sends more loses more, and all who share a bucket come to the same rate,
 * as TCP's connections do (Chiu and Jain, "Analysis of the increase and decrease algorithms for congestion avoidance", 1989). Safe to use from many threads.
 *
 * <p>Whoever wants to send draws a ticket and waits until its turn. Waits follow the rate as it changes, and nobody overtakes.
 */
final class TokenBucket {
    private static final double SLOWEST_SHARE = 0.05;

    /** What is left of the rate after a throttled answer. */
    private static final double CUT = 0.7;

    /** Answers to requests that were on their way together tell the same thing, so they count once. */
    private static final double SECONDS_BETWEEN_CUTS = 2;

    /** How long the way from nothing to the full rate takes. */
    private static final double SECONDS_TO_FULL_RATE = 120;

    /** The share of AWS's burst that is left alone, because requests do not arrive as evenly as they leave. */
    private static final double SLACK = 0.1;

    private final double capacity;
    private final double fullRate;
    private final LongSupplier nanos;
    private final long opened;
    private double rate;
    private double granted;
    private double drawn;
    private double updated;
    private double lastCut = Double.NEGATIVE_INFINITY;

    /**
     * Makes a full bucket.
     *
     * @param capacity how many requests AWS takes at once
     * @param perSecond how many it takes each second
     * @param nanos a clock that never goes back, in nanoseconds
     */
    TokenBucket(double capacity, double perSecond, LongSupplier nanos) {
        this.capacity = Math.max(1, capacity * (1 - SLACK));
        this.fullRate = perSecond;
        this.nanos = nanos;
        this.opened = nanos.getAsLong();
        this.rate = perSecond;
        this.granted = this.capacity;
    }

    /**
     * Draws a ticket.
     *
     * @param tokens how many tokens the request takes, more than 0; if more than the bucket holds, those after it wait the longer
     * @return its number
     */
    synchronized double draw(double tokens) {
        pass();
        drawn += tokens;
        return drawn;
    }

    /**
     * How long a request that can wait should stand back, so that others find tokens when they come.
     *
     * @return zero while half of the bucket is left
     */
    synchronized Duration untilSpare() {
        pass();
        double missing = drawn + capacity / 2 - granted;
        return missing <= 1e-6 ? Duration.ZERO : Duration.ofMillis((long) Math.ceil(missing / rate * 1e3));
    }

    /**
     * How long the request of a ticket still has to wait. Ask again after that time: the rate may have changed.
     *
     * @param ticket the number that {@link #draw} gave
     * @return zero when the request may be sent
     */
    synchronized Duration untilTurn(double ticket) {
        pass();
        double missing = ticket - granted;
        return missing <= 1e-6 ? Duration.ZERO : Duration.ofMillis((long) Math.ceil(missing / rate * 1e3));
    }

    /** AWS said that requests come too fast: whatever burst was left is gone, and the rate falls. */
    synchronized void throttled() {
        pass();
        granted = Math.min(granted, drawn);
        if (updated - lastCut >= SECONDS_BETWEEN_CUTS) {
            lastCut = updated;
            rate = Math.max(rate * CUT, fullRate * SLOWEST_SHARE);
        }
    }

    /** How many requests a second are sent at most. */
    synchronized double rate() {
        pass();
        return rate;
    }

    private void pass() {
        double now = (nanos.getAsLong() - opened) / 1e9;
        double before = rate;
        rate = Math.min(fullRate, rate + fullRate * (now - updated) / SECONDS_TO_FULL_RATE);
        granted = Math.min(drawn + capacity, granted + (now - updated) * (before + rate) / 2);
        updated = now;
    }
}
