package io.k8saws.dns.controller;

import io.k8saws.dns.health.RetiredChecks;
import io.k8saws.dns.health.RetiredChecks.State;
import io.k8saws.dns.internal.engine.Agenda;
import io.k8saws.dns.internal.route53.HealthChecks;
import io.k8saws.dns.internal.route53.Retirement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** Retires health checks while a term lasts: on demand, and a while after a record gave one up, until none is left to go. Safe to use from many threads. */
final class CheckRounds implements AutoCloseable {
    private static final Duration LATER = HealthChecks.GRACE.plusMinutes(1);
    private static final Duration LATEST = Duration.ofHours(24); // each round reads all zones whole

    private final Agenda agenda;
    private final Supplier<Retirement> retirements;
    private final Supplier<CompletableFuture<Void>> reading;
    private final Supplier<Uses> uses;
    private final Map<Long, CompletableFuture<RetiredChecks>> running = new ConcurrentHashMap<>();
    private final AtomicLong rounds = new AtomicLong();

    // guarded by this
    private long next = Long.MAX_VALUE; // when the next round is due, by the agenda's time
    private long wanted = Long.MIN_VALUE; // what a record gave up by now is out of all hands then
    private int fruitless; // rounds in a row that marked and deleted nothing
    private boolean closed;
    private List<String> problems = List.of();

    /**
     * What a reading has found.
     *
     * @param ids the checks that are used
     * @param unread why some zones were not read
     */
    record Uses(Set<String> ids, List<String> unread) {}

    /**
     * Makes none.
     *
     * @param agenda runs the calls
     * @param retirements begins to retire: lists what there is
     * @param reading reads all of them anew
     * @param uses tells what was found, after the reading
     */
    CheckRounds(
            Agenda agenda,
            Supplier<Retirement> retirements,
            Supplier<CompletableFuture<Void>> reading,
            Supplier<Uses> uses) {
        this.agenda = agenda;
        this.retirements = retirements;
        this.reading = reading;
        this.uses = uses;
    }

    /** One round, in which all zones are read in any case. Cancelled when the term ends before. */
    CompletableFuture<RetiredChecks> now() {
        CompletableFuture<RetiredChecks> round = new CompletableFuture<>();
        long number = rounds.incrementAndGet();
        running.put(number, round);
        CompletableFuture<?> unused = round.whenComplete((done, failure) -> running.remove(number));
        if (isClosed()) {
            round.cancel(false);
        }
        agenda.after(Duration.ZERO, () -> begin(round));
        return round;
    }

    /** A record gave a check up: a round follows when the grace is over. */
    void later() {
        synchronized (this) {
            wanted = agenda.nanoTime() + LATER.toNanos();
        }
        plan(LATER);
    }

    /** The sooner of this and what is planned. */
    private void plan(Duration delay) {
        long at;
        synchronized (this) {
            at = agenda.nanoTime() + delay.toNanos();
            if (closed || at >= next) {
                return;
            }
            next = at;
        }
        agenda.after(delay, () -> due(at));
    }

    private void due(long at) {
        Duration rest;
        synchronized (this) {
            if (closed || at != next) {
                return; // another was sooner
            }
            next = Long.MAX_VALUE;
            rest = Duration.ofNanos(wanted > agenda.nanoTime() ? wanted - agenda.nanoTime() : 0);
        }
        if (!rest.isZero()) {
            plan(rest); // what was given up since is in hand still
        }
        CompletableFuture<?> unused = now();
    }

    /** Rounds that do nothing become rare: what is in their way may stay for long. */
    private void planNext(boolean isFruitful) {
        Duration pause = LATER;
        synchronized (this) {
            fruitless = isFruitful ? 0 : fruitless + 1;
            for (int i = 0; i < fruitless && pause.compareTo(LATEST) < 0; i++) {
                pause = pause.multipliedBy(2);
            }
        }
        plan(pause.compareTo(LATEST) < 0 ? pause : LATEST);
    }

    private void begin(CompletableFuture<RetiredChecks> round) {
        if (isClosed()) {
            round.cancel(false);
            return;
        }
        try {
            Retirement retirement = retirements.get();
            CompletableFuture<?> unused = reading.get().whenComplete((read, failure) -> {
                if (failure == null) {
                    agenda.after(Duration.ZERO, () -> end(round, retirement));
                } else if (failure instanceof CancellationException || isClosed()) {
                    round.cancel(false);
                } else {
                    fail(round, failure);
                }
            });
        } catch (RuntimeException e) {
            fail(round, e);
        }
    }

    private void fail(CompletableFuture<RetiredChecks> round, Throwable failure) {
        synchronized (this) {
            problems = List.of("Health checks that no record uses are not looked for: " + failure.getMessage()
                    + ". It is tried again");
        }
        planNext(false);
        round.completeExceptionally(failure);
    }

    private void end(CompletableFuture<RetiredChecks> round, Retirement retirement) {
        try {
            Uses used = uses.get();
            if (isClosed()) {
                round.cancel(false);
                return;
            }
            RetiredChecks done = retirement.end(used.ids(), used.unread());
            List<String> told = new ArrayList<>(done.why());
            done.with(State.FAILED).forEach(one -> told.add("Health check " + one));
            synchronized (this) {
                problems = List.copyOf(told);
            }
            boolean isFruitful = !done.with(State.MARKED).isEmpty()
                    || !done.with(State.DELETED).isEmpty();
            if (isFruitful || !done.with(State.FAILED).isEmpty() || retirement.isToGoOn()) {
                planNext(isFruitful);
            }
            round.complete(done);
        } catch (RuntimeException e) {
            fail(round, e);
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    /** What the last round could not do. */
    synchronized List<String> problems() {
        return problems;
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        List.copyOf(running.values()).forEach(round -> round.cancel(false));
    }
}
