package io.k8saws.dns.controller;

import io.k8saws.dns.internal.engine.Agenda;
import io.k8saws.dns.internal.route53.HealthChecks;
import io.k8saws.dns.internal.route53.HealthTexts;
import io.k8saws.dns.plan.NamePlan;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.zone.HostedZone;
import io.k8saws.error.AwsCallException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets names wait whose health checks are not there, and makes them in the background, one after the other; other names go on. What cannot be made is told of the names that want it, and tried again after a while. Safe to use from many threads.
 */
final class CheckLookup {
    private static final Logger LOG = LoggerFactory.getLogger(CheckLookup.class);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(2);
    private static final Duration FIRST_PAUSE_OF_REFUSED = Duration.ofMinutes(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

    private final Function<HostedZone, HealthChecks> checks;
    private final Agenda agenda;
    private final Runnable making;
    private final Consumer<DnsName> replan;
    private final Consumer<Collection<DnsName>> failed;

    /** A check for records of a zone. */
    private record Demand(HostedZone zone, String text) {}

    private record Waiting(HostedZone zone, DnsName name) {}

    private record Pause(String why, int failures, long until) {}

    // guarded by this
    private final Map<Waiting, Set<Demand>> waiting = new LinkedHashMap<>(); // with all checks that a name wants
    private final Map<Demand, Set<DnsName>> demands = new LinkedHashMap<>(); // those that are missing
    private final Map<Demand, Pause> refused = new HashMap<>();
    private final Map<HostedZone, Pause> pauses = new HashMap<>();
    private boolean running;
    private long wakes = Long.MAX_VALUE; // when the next look is planned, by the agenda's time
    private boolean closed;

    /**
     * Makes none yet.
     *
     * @param checks those of a zone
     * @param agenda runs the calls
     * @param making runs before a check is made
     * @param replan hears of each name that need not wait any more
     * @param failed hears of names whose checks cannot be made
     */
    CheckLookup(
            Function<HostedZone, HealthChecks> checks,
            Agenda agenda,
            Runnable making,
            Consumer<DnsName> replan,
            Consumer<Collection<DnsName>> failed) {
        this.checks = checks;
        this.agenda = agenda;
        this.making = making;
        this.replan = replan;
        this.failed = failed;
    }

    /** A plan with the ids of its checks; empty when it waits for one, and then the name comes again. */
    Optional<NamePlan> ready(HostedZone zone, NamePlan plan) {
        Map<String, Set<String>> wanted = HealthTexts.wanted(plan);
        Map<String, String> ids = new HashMap<>();
        Set<Demand> all = new HashSet<>();
        Set<Demand> missing = new HashSet<>();
        wanted.forEach((text, had) -> {
            Demand demand = new Demand(zone, text);
            all.add(demand);
            checks.apply(zone).usable(text, had).ifPresentOrElse(id -> ids.put(text, id), () -> missing.add(demand));
        });
        synchronized (this) {
            forget(new Waiting(zone, plan.name()));
            if (closed || missing.isEmpty()) {
                return closed && !missing.isEmpty() ? Optional.empty() : Optional.of(HealthTexts.filled(plan, ids));
            }
            waiting.put(new Waiting(zone, plan.name()), all);
            missing.forEach(demand ->
                    demands.computeIfAbsent(demand, one -> new HashSet<>()).add(plan.name()));
        }
        wake(Duration.ZERO);
        return Optional.empty();
    }

    private void forget(Waiting name) {
        Set<Demand> before = waiting.remove(name);
        if (before != null) {
            before.forEach(demand -> {
                Set<DnsName> names = demands.get(demand);
                if (names != null && names.remove(name.name()) && names.isEmpty()) {
                    demands.remove(demand);
                    refused.remove(demand);
                }
            });
        }
    }

    private void wake(Duration delay) {
        synchronized (this) {
            long at = agenda.nanoTime() + delay.toNanos();
            if (closed || running || at >= wakes) {
                return;
            }
            wakes = at;
        }
        agenda.after(delay, this::run);
    }

    private void run() {
        Demand next;
        synchronized (this) {
            wakes = Long.MAX_VALUE;
            if (closed || running) {
                return;
            }
            next = next();
            running = next != null;
        }
        if (next != null) {
            try {
                make(next);
            } finally {
                synchronized (this) {
                    running = false;
                }
            }
        }
        Optional<Duration> pause = pause();
        pause.ifPresent(this::wake);
    }

    private @Nullable Demand next() {
        long now = agenda.nanoTime();
        return demands.keySet().stream()
                .filter(demand -> until(demand) <= now)
                .findFirst()
                .orElse(null);
    }

    private long until(Demand demand) {
        Pause own = refused.get(demand);
        Pause all = pauses.get(demand.zone());
        return Math.max(own == null ? Long.MIN_VALUE : own.until(), all == null ? Long.MIN_VALUE : all.until());
    }

    /** How long until there is something to do; empty when there is nothing. */
    private synchronized Optional<Duration> pause() {
        long now = agenda.nanoTime();
        return demands.keySet().stream().mapToLong(this::until).min().stream()
                .mapToObj(until -> Duration.ofNanos(Math.max(0, until == Long.MIN_VALUE ? 0 : until - now)))
                .findFirst();
    }

    private void make(Demand demand) {
        Set<DnsName> names;
        try {
            making.run();
            String unused = checks.apply(demand.zone()).ensure(demand.text());
            synchronized (this) {
                pauses.remove(demand.zone());
                refused.remove(demand);
                Set<DnsName> there = demands.remove(demand);
                names = there == null ? Set.of() : Set.copyOf(there);
            }
            names.forEach(name -> Listeners.tell(name + ", whose health check is there", () -> replan.accept(name)));
        } catch (AwsCallException e) {
            fail(noted(demand, String.valueOf(e.getMessage()), HealthChecks.isOfAll(e), e.retryable()));
        } catch (RuntimeException e) { // a mistake in one check is not the others' trouble
            LOG.debug("A health check cannot be made", e);
            fail(noted(demand, String.valueOf(e), false, false));
        }
    }

    private void fail(Collection<DnsName> names) {
        Listeners.tell("names whose health checks cannot be made", () -> failed.accept(names));
    }

    private synchronized Collection<DnsName> noted(Demand demand, String why, boolean all, boolean soon) {
        Pause before = all ? pauses.get(demand.zone()) : refused.get(demand);
        int failures = before == null ? 0 : before.failures() + 1;
        Duration pause = (soon ? FIRST_PAUSE : FIRST_PAUSE_OF_REFUSED).multipliedBy(1L << Math.min(failures, 9));
        Duration taken = pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
        Pause now = new Pause(why, failures, agenda.nanoTime() + taken.toNanos());
        if (all) {
            pauses.put(demand.zone(), now);
            Set<DnsName> names = new TreeSet<>();
            demands.forEach((one, some) -> {
                if (one.zone().equals(demand.zone())) {
                    names.addAll(some);
                }
            });
            return names;
        }
        refused.put(demand, now);
        return new TreeSet<>(demands.getOrDefault(demand, Set.of()));
    }

    /** Whether a name waits, so that nothing is to be written of it. */
    synchronized boolean isWaiting(DnsName name) {
        return waiting.keySet().stream().anyMatch(one -> one.name().equals(name));
    }

    synchronized int waiting() {
        return waiting.size();
    }

    /** Why a name waits, if its check could not be made. */
    synchronized Optional<String> why(DnsName name) {
        return demands.entrySet().stream()
                .filter(one -> one.getValue().contains(name))
                .flatMap(one -> Optional.ofNullable(refused.get(one.getKey()))
                        .or(() -> Optional.ofNullable(pauses.get(one.getKey().zone())))
                        .stream())
                .map(pause -> name + ": its health check cannot be made: " + pause.why())
                .findFirst();
    }

    /** The ids of checks of a zone that waiting names want beside those that are missing. */
    Set<String> inHand(HostedZone zone) {
        Map<String, String> ids = checks.apply(zone).texts().idsByText();
        Set<String> wanted = new HashSet<>();
        synchronized (this) {
            waiting.values().forEach(all -> all.stream()
                    .filter(demand -> demand.zone().equals(zone))
                    .map(demand -> ids.getOrDefault(demand.text(), ""))
                    .forEach(wanted::add));
        }
        return wanted;
    }

    /** What stops all checks of a zone, told once for each. */
    synchronized List<String> problems() {
        List<String> problems = new ArrayList<>();
        pauses.forEach((zone, pause) -> {
            long names = waitingOf(zone);
            if (names > 0) {
                problems.add(
                        names + " names wait for health checks of " + zone + ", which cannot be made: " + pause.why());
            }
        });
        refused.forEach((demand, pause) -> demands.getOrDefault(demand, Set.of())
                .forEach(name -> problems.add(name + ": its health check cannot be made: " + pause.why())));
        return problems;
    }

    private long waitingOf(HostedZone zone) {
        return waiting.keySet().stream().filter(one -> one.zone().equals(zone)).count();
    }

    synchronized void close() {
        closed = true;
        waiting.clear();
        demands.clear();
        refused.clear();
        pauses.clear();
    }
}
