package io.k8saws.dns.internal.engine;

import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.zone.HostedZone;
import io.k8saws.error.WaitTimeoutException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;

/**
 * Brings changed names into their zones, several zones at once and one call at a time in each. A name costs one call and no read, many names cost as many calls as
 * their size needs, and without changes there is no call. Safe to use from many threads.
 */
public final class ChangeEngine implements AutoCloseable {
    private static final Duration FIRST_LOOK = Duration.ofSeconds(5);
    private static final Duration LONGEST_LOOK = Duration.ofSeconds(30);
    private static final Duration LONGEST_SPREAD = Duration.ofMinutes(15);

    private final Agenda agenda;
    private final Pace pace;
    private final ConcurrentMap<String, Lane> lanes = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, CompletableFuture<Void>> spreading = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, ZoneCalls> zones = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /**
     * Makes an engine without zones.
     *
     * @param agenda runs the calls; the caller ends it after {@link #close}
     * @param pace how it goes
     */
    public ChangeEngine(Agenda agenda, Pace pace) {
        this.agenda = agenda;
        this.pace = pace;
    }

    /**
     * Opens a zone, once; reads nothing yet.
     *
     * @param zone the zone
     * @param calls reaches it
     * @param planning says what a name of it needs
     */
    public void open(HostedZone zone, ZoneCalls calls, Planning planning) {
        open(zone, calls, planning, name -> {});
    }

    /**
     * Opens a zone, once, and hears of names for which nobody waits; reads nothing yet.
     *
     * @param zone the zone
     * @param calls reaches it
     * @param planning says what a name of it needs
     * @param unasked hears of each name that came to an end, well or badly, when nobody waited for it: one that others have changed, or that was tried again by itself. Must not block
     */
    public void open(HostedZone zone, ZoneCalls calls, Planning planning, Consumer<DnsName> unasked) {
        zones.put(zone.id(), calls);
        lanes.computeIfAbsent(zone.id(), unused -> new Lane(zone, calls, planning, unasked, agenda, pace));
        if (closed) {
            close(); // it was closed meanwhile
        }
    }

    /**
     * Reads a zone into its mirror, unless that is done.
     *
     * @param zoneId the zone's id
     * @return the mirror; fails with what the call failed with
     */
    public CompletableFuture<ZoneMirror> fill(String zoneId) {
        return lane(zoneId).fill();
    }

    /**
     * Says that names may need a change.
     *
     * @param zoneId the zone's id
     * @param names the names
     * @return for each name when it is applied; fails with {@link NameRefusedException} if Route 53 does not take it, with the failure of the call if nothing can
     *     be written; it goes on by itself after what waiting heals
     */
    public Map<DnsName, CompletableFuture<Applied>> submit(String zoneId, Collection<DnsName> names) {
        return lane(zoneId).submit(names);
    }

    /**
     * Reads all of a zone and plans again what others have changed.
     *
     * @param zoneId the zone's id
     * @return how many names differed from the mirror; cancelled when the engine is closed before
     */
    public CompletableFuture<Integer> auditNow(String zoneId) {
        return lane(zoneId).auditNow();
    }

    /**
     * Reads some names of a zone again, as part of the audit's budget, and plans again what others have changed.
     *
     * @param zoneId the zone's id
     * @param names the names; neighbours come in one call
     * @return completes when they are read; fails with what a call failed with, also when the engine is closed before
     */
    public CompletableFuture<Void> look(String zoneId, Collection<DnsName> names) {
        return lane(zoneId).look(names);
    }

    /**
     * Waits until a change has reached all name servers. All who wait for a change share its calls.
     *
     * @param zoneId the zone's id
     * @param changeId the change
     * @return completes then; fails with {@link WaitTimeoutException} after a quarter of an hour; is cancelled when the engine is closed
     */
    public CompletableFuture<Void> inSync(String zoneId, String changeId) {
        CompletableFuture<Void> made = new CompletableFuture<>();
        CompletableFuture<Void> known = spreading.putIfAbsent(changeId, made);
        if (known != null) {
            return known.copy();
        }
        ask(zoneId, changeId, made, agenda.nanoTime(), FIRST_LOOK);
        CompletableFuture<?> unused = made.whenComplete((done, failure) -> spreading.remove(changeId, made));
        CompletableFuture<Void> copy = made.copy();
        if (closed) {
            made.cancel(false);
        }
        return copy;
    }

    private void ask(
            String zoneId, String changeId, CompletableFuture<Void> future, long startedNanos, Duration pause) {
        agenda.after(pause, () -> {
            if (future.isDone()) {
                return;
            }
            try {
                Duration waited = Duration.ofNanos(agenda.nanoTime() - startedNanos);
                if (calls(zoneId).isInSync(changeId)) {
                    future.complete(null);
                } else if (waited.compareTo(LONGEST_SPREAD) > 0) {
                    future.completeExceptionally(new WaitTimeoutException(
                            "change " + changeId + " on all name servers",
                            waited,
                            "PENDING",
                            Map.of("zone", zoneId, "change", changeId)));
                } else {
                    ask(zoneId, changeId, future, startedNanos, Pace.doubled(pause, LONGEST_LOOK, 1));
                }
            } catch (RuntimeException e) {
                future.completeExceptionally(e);
            }
        });
    }

    private Lane lane(String zoneId) {
        Lane lane = lanes.get(zoneId);
        if (lane == null) {
            throw new IllegalArgumentException("No zone " + zoneId + " is open.");
        }
        return lane;
    }

    private ZoneCalls calls(String zoneId) {
        ZoneCalls calls = zones.get(zoneId);
        if (calls == null) {
            throw new IllegalArgumentException("No zone " + zoneId + " is open.");
        }
        return calls;
    }

    /** Takes no more steps; the call in flight comes to its end, and what waits is cancelled. */
    @Override
    public void close() {
        closed = true;
        lanes.values().forEach(Lane::close);
        List.copyOf(spreading.values()).forEach(future -> future.cancel(false));
    }
}
