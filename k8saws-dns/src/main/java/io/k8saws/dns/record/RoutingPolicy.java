package io.k8saws.dns.record;

import java.util.Optional;

/** How Route 53 chooses among the records of a name and a type. Immutable. */
public sealed interface RoutingPolicy {
    /** One record for all. */
    record Simple() implements RoutingPolicy {}

    /**
     * By weight.
     *
     * @param weight from 0 to 255
     */
    record Weighted(long weight) implements RoutingPolicy {}

    /**
     * By the time that packets take.
     *
     * @param region where the target is
     */
    record Latency(String region) implements RoutingPolicy {}

    /**
     * By health.
     *
     * @param role which of the two
     */
    record Failover(Role role) implements RoutingPolicy {
        /** Which of the two. */
        public enum Role {
            /** Answers as long as it is healthy. */
            PRIMARY,
            /** Answers else. */
            SECONDARY
        }
    }

    /**
     * By where who asks is.
     *
     * @param continent its code
     * @param country its code; {@code *} for all others
     * @param subdivision its code
     */
    record Geolocation(Optional<String> continent, Optional<String> country, Optional<String> subdivision)
            implements RoutingPolicy {}

    /**
     * By how far who asks is.
     *
     * @param region of the target
     * @param localZoneGroup of the target
     * @param coordinates of the target, as {@code latitude,longitude}
     * @param bias from -99 to 99
     */
    record Geoproximity(
            Optional<String> region, Optional<String> localZoneGroup, Optional<String> coordinates, int bias)
            implements RoutingPolicy {}

    /** Up to eight of those that are healthy. */
    record Multivalue() implements RoutingPolicy {}

    /**
     * A policy that this library carries and does not write.
     *
     * @param text what it is
     */
    record Foreign(String text) implements RoutingPolicy {}
}
