package io.k8saws.dns.controller;

import io.k8saws.dns.record.DnsName;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/** Since when names have nothing to lead to. Safe to use from many threads. */
final class Grace {
    private final Duration span;
    private final LongSupplier nanoTime;
    private final Map<DnsName, Long> since = new HashMap<>();

    Grace(Duration span, LongSupplier nanoTime) {
        this.span = span;
        this.nanoTime = nanoTime;
    }

    /** Whether a name stays as it is for now. The first time that it is asked, its time begins. */
    synchronized boolean holds(DnsName name) {
        long now = nanoTime.getAsLong();
        return now - since.computeIfAbsent(name, n -> now) < span.toNanos();
    }

    /** A name has something to lead to again, or nobody wants it. */
    synchronized void forget(DnsName name) {
        since.remove(name);
    }

    /** The names whose time is over. */
    synchronized Set<DnsName> over() {
        long now = nanoTime.getAsLong();
        Set<DnsName> over = new HashSet<>();
        since.forEach((name, then) -> {
            if (now - then >= span.toNanos()) {
                over.add(name);
            }
        });
        return over;
    }
}
