package io.k8saws.dns.internal.engine;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * How a lane goes. Immutable.
 *
 * @param coalescing how long a changed name waits for others to share its batch
 * @param firstPause the pause after a call that failed and may succeed later; it doubles each time
 * @param longestPause the longest such pause
 * @param firstQuarantine how long a name that Route 53 refuses is left alone; it doubles each time
 * @param longestQuarantine the longest such time
 * @param audit the time from one page that is read to compare the zone with the mirror to the next; empty for no audit, and then no call in an idle hour
 */
public record Pace(
        Duration coalescing,
        Duration firstPause,
        Duration longestPause,
        Duration firstQuarantine,
        Duration longestQuarantine,
        Optional<Duration> audit) {
    /** Checks that no part is missing. */
    public Pace {
        Objects.requireNonNull(coalescing, "coalescing");
        Objects.requireNonNull(firstPause, "firstPause");
        Objects.requireNonNull(longestPause, "longestPause");
        Objects.requireNonNull(firstQuarantine, "firstQuarantine");
        Objects.requireNonNull(longestQuarantine, "longestQuarantine");
        Objects.requireNonNull(audit, "audit");
    }

    /**
     * 200 ms of coalescing, pauses from 2 s to 5 min, quarantines from 1 min to 1 h, no audit.
     *
     * @return the pace
     */
    public static Pace defaults() {
        return new Pace(
                Duration.ofMillis(200),
                Duration.ofSeconds(2),
                Duration.ofMinutes(5),
                Duration.ofMinutes(1),
                Duration.ofHours(1),
                Optional.empty());
    }

    /**
     * A copy that audits.
     *
     * @param between the time from one call to the next; 300 record sets are compared in each
     * @return the copy
     */
    public Pace withAudit(Duration between) {
        return new Pace(coalescing, firstPause, longestPause, firstQuarantine, longestQuarantine, Optional.of(between));
    }

    /** A span that doubles. */
    static Duration doubled(Duration first, Duration longest, int times) {
        Duration span = first.multipliedBy(1L << Math.min(times, 20));
        return span.compareTo(longest) < 0 ? span : longest;
    }
}
