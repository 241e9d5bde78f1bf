package io.k8saws.dns.internal.engine;

import io.k8saws.dns.plan.NamePlan;
import io.k8saws.dns.plan.SetChange;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.zone.HostedZone;
import io.k8saws.error.AwsCallException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way into one zone. Names become dirty, wait a moment for others, are planned against the mirror, and leave in one call; one call is in flight at a time, and
 * what gets dirty meanwhile is the next batch. Steps run one after the other on the agenda. Safe to use from many threads.
 */
final class Lane {
    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);

    /** How many names are looked at for one batch. */
    private static final int LOOK_AHEAD = 1000;

    /** How often in a row others may be faster with a name before it is left alone for a while. */
    private static final int MOST_CONTESTS = 5;

    private final HostedZone zone;
    private final ZoneCalls calls;
    private final Planning planning;
    private final Consumer<DnsName> unasked;
    private final Agenda agenda;
    private final Pace pace;
    private final ZoneMirror mirror;
    private final Quarantine quarantine;
    private final ZoneReading reading;
    private final ZoneReading auditing;

    private record Errand<T>(Callable<T> what, CompletableFuture<T> future) {
        void run() {
            try {
                future.complete(what.call());
            } catch (Exception e) {
                future.completeExceptionally(e);
            } catch (Error e) {
                future.completeExceptionally(e);
                throw e;
            }
        }
    }

    // guarded by this
    private final Set<DnsName> dirty = new LinkedHashSet<>();
    private final Map<DnsName, List<CompletableFuture<Applied>>> waiting = new HashMap<>();
    private final Map<DnsName, List<CompletableFuture<Applied>>> inHand = new LinkedHashMap<>();
    private final Queue<Errand<?>> errands = new ArrayDeque<>();
    private final Queue<Errand<?>> looks = new ArrayDeque<>(); // what changes do not wait for
    private boolean scheduled;
    private boolean closed;

    // used by steps, which never run at once
    private boolean filled;
    private boolean lookNext;
    private int failures;
    private final Map<DnsName, Integer> contests = new HashMap<>();
    private final Map<DnsName, NamePlan> unanswered = new HashMap<>(); // sent, and nobody said yes to it
    private Optional<ZoneCalls.Position> auditAt = Optional.empty();

    /** Makes an empty lane; {@code unasked} hears of each name that came to an end when nobody waited for it, well or badly. */
    Lane(HostedZone zone, ZoneCalls calls, Planning planning, Consumer<DnsName> unasked, Agenda agenda, Pace pace) {
        this.zone = zone;
        this.calls = calls;
        this.planning = planning;
        this.unasked = unasked;
        this.agenda = agenda;
        this.pace = pace;
        this.mirror = new ZoneMirror(zone.name());
        this.quarantine = new Quarantine(pace);
        this.reading = new ZoneReading(calls, mirror);
        this.auditing = new ZoneReading(calls.inBackground(), mirror);
        pace.audit().ifPresent(this::auditLater);
    }

    ZoneMirror mirror() {
        return mirror;
    }

    /** Says that names may need a change. When the lane is closed, before or after, the futures of what is not done are cancelled. */
    Map<DnsName, CompletableFuture<Applied>> submit(Collection<DnsName> names) {
        Map<DnsName, CompletableFuture<Applied>> futures = new LinkedHashMap<>();
        synchronized (this) {
            for (DnsName name : names) {
                CompletableFuture<Applied> future = new CompletableFuture<>();
                futures.put(name, future);
                if (closed) {
                    future.cancel(false);
                    continue;
                }
                waiting.computeIfAbsent(name, unused -> new ArrayList<>(1)).add(future);
                dirty.add(name);
            }
        }
        schedule(pace.coalescing());
        return futures;
    }

    /** Runs something between two calls of this lane; its future fails with what it throws, and is cancelled when the lane is closed before. */
    <T> CompletableFuture<T> between(Callable<T> errand) {
        return queued(errands, errand);
    }

    private <T> CompletableFuture<T> queued(Queue<Errand<?>> queue, Callable<T> errand) {
        CompletableFuture<T> future = new CompletableFuture<>();
        synchronized (this) {
            if (closed) {
                future.cancel(false);
                return future;
            }
            queue.add(new Errand<>(errand, future));
        }
        schedule(Duration.ZERO);
        return future;
    }

    /** Fills the mirror, unless it is filled. */
    CompletableFuture<ZoneMirror> fill() {
        return between(() -> {
            fillIfEmpty();
            return mirror;
        });
    }

    /** Reads all of the zone again, a page at a time, so that a change waits for one page at most; what differs becomes dirty. */
    CompletableFuture<Integer> auditNow() {
        CompletableFuture<Integer> whole = new CompletableFuture<>();
        auditFrom(true, 0, whole);
        return whole;
    }

    private void auditFrom(boolean first, int found, CompletableFuture<Integer> whole) {
        CompletableFuture<?> unused = queued(looks, () -> {
                    if (first) {
                        auditAt = Optional.empty();
                    }
                    return auditPage();
                })
                .whenComplete((some, failure) -> {
                    if (failure instanceof CancellationException) {
                        whole.cancel(false);
                    } else if (failure != null) {
                        whole.completeExceptionally(failure);
                    } else if (auditAt.isPresent()) {
                        auditFrom(false, found + some, whole);
                    } else {
                        filled = true;
                        whole.complete(found + some);
                    }
                });
    }

    /** Reads names again, a page at a time, so that a change waits for one page at most; what differs becomes dirty. */
    CompletableFuture<Void> look(Collection<DnsName> names) {
        if (names.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        Set<DnsName> left = ZoneReading.ordered(names);
        return queued(looks, () -> found(auditing.some(left))).thenCompose(found -> look(left));
    }

    /** Takes no more steps; what waits is cancelled. What is in hand ends with its call. */
    void close() {
        List<CompletableFuture<?>> left = new ArrayList<>();
        synchronized (this) {
            closed = true;
            waiting.values().forEach(left::addAll);
            waiting.clear();
            errands.forEach(errand -> left.add(errand.future()));
            errands.clear();
            looks.forEach(look -> left.add(look.future()));
            looks.clear();
            dirty.clear();
        }
        left.forEach(future -> future.cancel(false));
    }

    private void schedule(Duration delay) {
        synchronized (this) {
            if (scheduled || closed) {
                return;
            }
            scheduled = true;
        }
        agenda.after(delay, this::step);
    }

    /** One call or errand, and then another step if there is more to do. */
    private void step() {
        Duration next = pace.firstPause();
        try {
            Errand<?> errand;
            synchronized (this) {
                errand = closed ? null : errands.poll();
            }
            if (errand != null) {
                errand.run();
            } else if (lookNext || !hasDirty()) {
                lookNext = false; // batches and looks take turns
                look();
            } else {
                lookNext = hasLooks();
                fillIfEmpty();
                batch();
            }
            failures = 0;
            next = Duration.ZERO;
        } catch (RuntimeException e) {
            next = Pace.doubled(pace.firstPause(), pace.longestPause(), failures++);
            LOG.debug("Zone {}: pause of {} after {}", zone, next, e.toString());
            failWhoCannotWait(e);
        } finally {
            boolean more;
            List<CompletableFuture<?>> left = new ArrayList<>();
            synchronized (this) {
                if (closed) {
                    inHand.values().forEach(left::addAll);
                    inHand.clear();
                } else {
                    giveBack();
                }
                scheduled = false;
                more = !closed && !(dirty.isEmpty() && errands.isEmpty() && looks.isEmpty());
            }
            left.forEach(future -> future.cancel(false));
            if (more) {
                schedule(next);
            }
        }
    }

    private void look() {
        Errand<?> look;
        synchronized (this) {
            look = closed ? null : looks.poll();
        }
        if (look != null) {
            look.run();
        }
    }

    private synchronized boolean hasLooks() {
        return !looks.isEmpty();
    }

    private synchronized boolean hasDirty() {
        return !closed && !dirty.isEmpty();
    }

    private void fillIfEmpty() {
        if (!filled) {
            reading.all();
            filled = true;
        }
    }

    /** Who waits hears of a failure that waiting does not heal; the names stay dirty, because somebody may heal it. */
    private void failWhoCannotWait(RuntimeException failure) {
        if (failure instanceof AwsCallException call && call.retryable()) {
            return;
        }
        List<CompletableFuture<Applied>> told = new ArrayList<>();
        synchronized (this) {
            if (closed) {
                return; // who waits is cancelled
            }
            giveBack();
            waiting.values().forEach(told::addAll);
            waiting.clear();
        }
        told.forEach(future -> future.completeExceptionally(failure));
    }

    private void batch() {
        List<NamePlan> plans = plans();
        List<NamePlan> suspects = plans.stream().filter(quarantine::suspects).toList();
        List<NamePlan> trusted =
                plans.stream().filter(plan -> !quarantine.suspects(plan)).toList();
        List<NamePlan> batch = Batches.first(trusted.isEmpty() ? suspects : trusted);
        if (batch.isEmpty()) {
            return;
        }
        batch.forEach(plan -> unanswered.put(plan.name(), plan));
        List<NamePlan> refused = new ArrayList<>();
        Map<NamePlan, AwsCallException> why = new HashMap<>();
        new Delivery(
                        this::change,
                        (done, changeId) -> {
                            done.forEach(plan -> mirror.apply(plan.changes()));
                            done.forEach(plan -> succeeded(plan, Optional.of(changeId)));
                        },
                        (bad, failure) -> {
                            refused.addAll(bad);
                            bad.forEach(plan -> why.put(plan, failure));
                        })
                .deliver(batch);
        if (!refused.isEmpty()) {
            lookAgain(refused, why);
        }
    }

    /** Who is closed begins no further call, not even to find the one that spoils a batch: another may write by now. */
    private String change(List<SetChange> changes) {
        synchronized (this) {
            if (closed) {
                throw new CancellationException("The zone is closed.");
            }
        }
        return calls.change(changes);
    }

    /** The plans of dirty names, those first that take something away; what needs nothing is done. */
    private List<NamePlan> plans() {
        List<DnsName> names;
        synchronized (this) {
            names = dirty.stream().limit(LOOK_AHEAD).toList();
            names.forEach(this::take);
        }
        List<NamePlan> plans = new ArrayList<>();
        for (DnsName name : names) {
            plan(name).ifPresent(plans::add);
        }
        plans.sort(Comparator.comparing(plan -> !plan.isDeletion()));
        return plans;
    }

    private Optional<NamePlan> plan(DnsName name) {
        Optional<NamePlan> first = planned(name);
        NamePlan sent = unanswered.get(name);
        if (first.filter(NamePlan::isEmpty).isPresent() && sent != null && !isShown(sent)) {
            // a wish that was taken back fits the mirror, and perhaps no longer the zone: nobody said whether the
            // change was made
            reading.names(Refusals.touched(sent).collect(Collectors.toSet()));
            first = planned(name);
        }
        if (first.isEmpty()) {
            return first;
        }
        NamePlan plan = first.get();
        if (plan.isEmpty()) {
            succeeded(plan, Optional.empty());
            return Optional.empty();
        }
        if (!Batches.fits(plan)) {
            failed(plan, NameRefusedException.tooLarge(plan, zone.id()));
            return Optional.empty();
        }
        Optional<NameRefusedException> held = quarantine.holds(plan, agenda.nanoTime());
        held.ifPresent(why -> failed(plan, why));
        return held.isPresent() ? Optional.empty() : Optional.of(plan);
    }

    /** A plan by what the mirror has; empty, and told, when there can be none. */
    private Optional<NamePlan> planned(DnsName name) {
        try {
            return Optional.of(planning.plan(name, mirror::at));
        } catch (RuntimeException e) { // a mistake in one name is not the others' trouble
            LOG.debug("Zone {}: no plan for {}", zone, name, e);
            finish(name, future -> future.completeExceptionally(e));
            return Optional.empty();
        }
    }

    /** Reads what was refused: perhaps the zone is not what the mirror says. If the plan stays the same, it is at fault. */
    private void lookAgain(List<NamePlan> refused, Map<NamePlan, AwsCallException> why) {
        reading.names(refused.stream().flatMap(Refusals::touched).collect(Collectors.toSet()));
        for (NamePlan plan : refused) {
            NamePlan again = planning.plan(plan.name(), mirror::at);
            boolean tooOften = contests.merge(plan.name(), 1, Integer::sum) >= MOST_CONTESTS;
            if (again.changes().equals(plan.changes()) || tooOften) {
                quarantined(plan, why.get(plan));
            } // else it stays in hand, and leaves with the next batch
        }
    }

    private void quarantined(NamePlan plan, @Nullable AwsCallException cause) {
        NameRefusedException problem = new NameRefusedException(
                plan, zone.id(), "Route 53 refuses them" + (cause == null ? "" : ": " + cause.getMessage()), cause);
        contests.remove(plan.name());
        Duration span = quarantine.add(plan, problem, agenda.nanoTime());
        failed(plan, problem);
        agenda.after(span, () -> retry(plan.name()));
    }

    private void retry(DnsName name) {
        synchronized (this) {
            dirty.add(name);
        }
        schedule(Duration.ZERO);
    }

    private void succeeded(NamePlan plan, Optional<String> changeId) {
        NamePlan sent = unanswered.remove(plan.name());
        NamePlan done = sent != null && changeId.isEmpty() && isShown(sent)
                ? new NamePlan(plan.name(), sent.changes(), plan.causes(), plan.findings())
                : plan;
        quarantine.release(plan.name());
        contests.remove(plan.name());
        finish(plan.name(), future -> future.complete(new Applied(done, changeId, !done.isEmpty())));
    }

    /** Whether the zone is as a plan would have it, that was sent and perhaps not answered. */
    private boolean isShown(NamePlan sent) {
        return sent.changes().stream()
                .allMatch(change -> change.after().isPresent()
                        ? mirror.at(change.after().get().name())
                                .contains(change.after().get())
                        : !mirror.at(change.before().orElseThrow().name())
                                .contains(change.before().get()));
    }

    private void failed(NamePlan plan, RuntimeException why) {
        unanswered.remove(plan.name());
        finish(plan.name(), future -> future.completeExceptionally(why));
    }

    /** A name is taken before it is planned, so that a wish that comes later makes it dirty again. */
    private synchronized void take(DnsName name) {
        dirty.remove(name);
        List<CompletableFuture<Applied>> futures = waiting.remove(name);
        inHand.put(name, futures == null ? List.of() : futures);
    }

    /** What is still in hand was not settled. */
    private synchronized void giveBack() {
        inHand.forEach((name, futures) -> {
            dirty.add(name);
            if (!futures.isEmpty()) {
                waiting.computeIfAbsent(name, unused -> new ArrayList<>(1)).addAll(futures);
            }
        });
        inHand.clear();
    }

    private void finish(DnsName name, Consumer<CompletableFuture<Applied>> end) {
        List<CompletableFuture<Applied>> futures;
        synchronized (this) {
            futures = inHand.remove(name);
        }
        if (futures == null || futures.isEmpty()) {
            try {
                unasked.accept(name);
            } catch (RuntimeException e) { // the zone and its other names go on
                LOG.warn("Zone {}: who hears of {} has failed.", zone, name, e);
            }
        } else {
            futures.forEach(end);
        }
    }

    private void auditLater(Duration between) {
        agenda.after(between, () -> {
            synchronized (this) {
                if (closed) {
                    return;
                }
            }
            CompletableFuture<?> unused =
                    queued(looks, () -> filled ? auditPage() : 0).whenComplete((found, failure) -> auditLater(between));
        });
    }

    private int auditPage() {
        ZoneReading.Compared compared = auditing.page(auditAt);
        auditAt = compared.next();
        return found(compared.changed());
    }

    private int found(Collection<DnsName> changed) {
        synchronized (this) {
            dirty.addAll(changed);
        }
        return changed.size();
    }
}
