package io.k8saws.dns.internal.kubernetes;

import java.time.Duration;

/**
 * When a kind that could not be read is tried again: half a minute later, and after each failure in a row twice as long, up to ten minutes. Immutable.
 *
 * @param failures how many in a row
 * @param untilNanos when the pause ends, by the time that measures spans
 */
record ReadPause(int failures, long untilNanos) {
    private static final Duration FIRST = Duration.ofSeconds(30);
    private static final Duration LONGEST = Duration.ofMinutes(10);
    private static final int DOUBLINGS = 5; // more than the longest needs

    static ReadPause first(long nowNanos) {
        return after(1, nowNanos);
    }

    /** After one more failure. */
    ReadPause next(long nowNanos) {
        return after(failures + 1, nowNanos);
    }

    private static ReadPause after(int failures, long nowNanos) {
        return new ReadPause(failures, nowNanos + length(failures).toNanos());
    }

    /** After so many failures in a row. */
    static Duration length(int failures) {
        Duration length = FIRST.multipliedBy(1L << Math.min(failures - 1, DOUBLINGS));
        return length.compareTo(LONGEST) < 0 ? length : LONGEST;
    }

    boolean isOver(long nowNanos) {
        return nowNanos - untilNanos >= 0;
    }
}
