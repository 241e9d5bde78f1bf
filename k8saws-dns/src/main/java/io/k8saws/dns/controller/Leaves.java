package io.k8saws.dns.controller;

import io.k8saws.dns.record.DnsName;
import java.util.HashMap;
import java.util.Map;

/** Which names may lose what they would lose, in which zone: each leave is for one delivery, and ends with that one and no other. Safe to use from many threads. */
final class Leaves {
    private record Place(String zone, DnsName name) {}

    private final Map<Place, Integer> given = new HashMap<>();

    /** Gives leave for a delivery. */
    synchronized void give(String zone, DnsName name) {
        given.merge(new Place(zone, name), 1, Integer::sum);
    }

    /** Whether a name may lose something now. */
    synchronized boolean has(String zone, DnsName name) {
        return given.containsKey(new Place(zone, name));
    }

    /** A delivery for which leave was given has come to its end. */
    synchronized void end(String zone, DnsName name) {
        given.computeIfPresent(new Place(zone, name), (place, count) -> count > 1 ? count - 1 : null);
    }
}
