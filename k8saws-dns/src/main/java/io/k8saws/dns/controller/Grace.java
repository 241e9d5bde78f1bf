package io.k8saws.dns.controller;

import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.source.ObjectKey;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/** Since when names wait for objects that have nothing to lead to. Each object has its own time, so that one that never gets an address does not use up that of another. Safe to use from many threads. */
final class Grace {
    private final Duration span;
    private final LongSupplier nanoTime;
    private final Map<DnsName, Map<ObjectKey, Long>> since = new HashMap<>();

    Grace(Duration span, LongSupplier nanoTime) {
        this.span = span;
        this.nanoTime = nanoTime;
    }

    /** Begins anew: time that passed under another leader was not waited here. */
    synchronized void clear() {
        since.clear();
    }

    /** Whether a name keeps what it has for now. An object's time begins when it is first among those that the name waits for, and is forgotten when it is not. */
    synchronized boolean holds(DnsName name, Set<ObjectKey> waitsFor) {
        if (waitsFor.isEmpty()) {
            since.remove(name);
            return false;
        }
        long now = nanoTime.getAsLong();
        Map<ObjectKey, Long> times = since.computeIfAbsent(name, n -> new HashMap<>());
        times.keySet().retainAll(waitsFor);
        waitsFor.forEach(object -> times.putIfAbsent(object, now));
        return times.values().stream().anyMatch(then -> now - then < span.toNanos());
    }

    /** After which time the first of those that wait now waits no more; empty when none does. */
    synchronized Optional<Duration> left() {
        long now = nanoTime.getAsLong();
        return since.values().stream()
                .flatMap(times -> times.values().stream())
                .map(then -> span.toNanos() - (now - then))
                .filter(left -> left > 0)
                .min(Comparator.naturalOrder())
                .map(Duration::ofNanos)
                .map(left -> left.plusMillis(1)); // timers go by whole ones
    }

    /** The names for which the time of an object is over. */
    synchronized Set<DnsName> over() {
        long now = nanoTime.getAsLong();
        Set<DnsName> over = new HashSet<>();
        since.forEach((name, times) -> {
            if (times.values().stream().anyMatch(then -> now - then >= span.toNanos())) {
                over.add(name);
            }
        });
        return over;
    }
}
