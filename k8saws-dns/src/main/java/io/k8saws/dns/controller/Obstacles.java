package io.k8saws.dns.controller;

import io.k8saws.dns.internal.engine.Agenda;
import io.k8saws.dns.plan.Finding;
import io.k8saws.dns.plan.NamePlan;
import io.k8saws.dns.record.DnsName;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Names that cannot be as they are wanted because of what stands in a zone: a record of somebody else's, at the name or in the place of its mark. When something changes where such a record is they are planned again; and it is looked there again by itself, after 15 s and then more and more seldom, up to once an hour, for all of them in one
 * go. While no name is hindered nothing is called. Safe to use from many threads.
 */
final class Obstacles implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Obstacles.class);
    static final Duration FIRST_LOOK = Duration.ofSeconds(15);
    static final Duration LONGEST_PAUSE = Duration.ofHours(1);

    private record Place(String zone, DnsName name) {}

    private final Agenda agenda;
    private final BiFunction<String, Set<DnsName>, CompletableFuture<?>> look;
    private final Consumer<DnsName> replan;

    // guarded by this
    private final Map<Place, Set<DnsName>> places =
            new LinkedHashMap<>(); // what is in the way of a name, by where it is wanted
    private final Map<Place, Set<DnsName>> names = new HashMap<>(); // the other way round
    private Duration pause = FIRST_LOOK; // before the look after the next one
    private long turn; // of the look that is planned or under way; others are not made
    private boolean looking;
    private boolean soon; // a look is planned that is as near as can be
    private boolean closed;

    /**
     * Makes it; no name is hindered.
     *
     * @param agenda when it is looked
     * @param look reads names of a zone again, and has those planned that are not as they were; ends when they are read
     * @param replan hears of each name that is to be planned again
     */
    Obstacles(Agenda agenda, BiFunction<String, Set<DnsName>, CompletableFuture<?>> look, Consumer<DnsName> replan) {
        this.agenda = agenda;
        this.look = look;
        this.replan = replan;
    }

    /** A name was planned in a zone; {@code standing} tells the names near it that have records, its own and those of its marks. */
    void planned(String zone, NamePlan plan, Supplier<Set<DnsName>> standing) {
        boolean isHindered = plan.findings().stream().anyMatch(Finding::isObstacle);
        Set<DnsName> now = isHindered ? standing.get() : Set.of();
        boolean isNew;
        synchronized (this) {
            Set<DnsName> before = places.remove(new Place(zone, plan.name()));
            if (before != null) {
                before.forEach(place -> forget(new Place(zone, place), plan.name()));
            }
            if (closed || now.isEmpty()) {
                return;
            }
            places.put(new Place(zone, plan.name()), Set.copyOf(now));
            now.forEach(place -> names.computeIfAbsent(new Place(zone, place), p -> new HashSet<>())
                    .add(plan.name()));
            isNew = before == null;
        }
        lookLater(isNew);
    }

    private void forget(Place place, DnsName name) {
        Set<DnsName> left = names.get(place);
        if (left != null && left.remove(name) && left.isEmpty()) {
            names.remove(place);
        }
    }

    /** What is at a name of a zone has changed: other names may be free now. */
    void changed(String zone, DnsName place) {
        Set<DnsName> free;
        synchronized (this) {
            free = closed ? Set.of() : Set.copyOf(names.getOrDefault(new Place(zone, place), Set.of()));
        }
        free.forEach(
                name -> Listeners.tell(name + ", where what was in its way has changed", () -> replan.accept(name)));
    }

    /** Plans the next look. What is hindered only now does not wait as long as what has been for days. */
    private void lookLater(boolean isNew) {
        Duration delay;
        long of;
        synchronized (this) {
            if (closed || (looking && (soon || !isNew))) {
                return;
            }
            delay = isNew ? FIRST_LOOK : pause;
            pause = longer(delay);
            looking = true;
            soon = isNew;
            of = ++turn;
        }
        agenda.after(delay, () -> lookNow(of));
    }

    private static Duration longer(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
    }

    private void lookNow(long of) {
        Map<String, Set<DnsName>> all = new LinkedHashMap<>();
        synchronized (this) {
            if (closed || of != turn) {
                return;
            }
            soon = false;
            names.keySet().forEach(place -> all.computeIfAbsent(place.zone(), zone -> new HashSet<>())
                    .add(place.name()));
        }
        AtomicInteger left = new AtomicInteger(all.size());
        if (all.isEmpty()) {
            looked(of);
        }
        all.forEach((zone, some) -> {
            CompletableFuture<?> unused = begin(zone, some).whenComplete((done, failure) -> {
                if (left.decrementAndGet() == 0) {
                    looked(of); // what could not be read is read the next time
                }
            });
        });
    }

    private CompletableFuture<?> begin(String zone, Set<DnsName> some) {
        try {
            return look.apply(zone, some);
        } catch (RuntimeException e) { // it is looked at the next time
            LOG.warn("It is not looked in zone {} for what is in the way of names.", zone, e);
            return CompletableFuture.failedFuture(e);
        }
    }

    private void looked(long of) {
        synchronized (this) {
            if (closed || of != turn) {
                return;
            }
            looking = false;
            if (names.isEmpty()) {
                pause = FIRST_LOOK;
                return;
            }
        }
        lookLater(false);
    }

    @Override
    public synchronized void close() {
        closed = true;
        places.clear();
        names.clear();
    }
}
