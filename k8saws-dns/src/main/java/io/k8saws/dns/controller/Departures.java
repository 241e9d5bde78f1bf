package io.k8saws.dns.controller;

import io.k8saws.dns.plan.NamePlan;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.zone.HostedZone;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/** Decides which names may lose record sets, and keeps what the others would lose until somebody consents. It decides on one thread; questions may come from any. */
final class Departures {
    /** What a name loses in a zone. */
    record Loss(HostedZone zone, NamePlan plan) {}

    private enum Why {
        UNSEEN("and there are kinds of objects that cannot be seen"),
        SILENT("and no object of their kind wants a name any more"),
        MANY("more than the guard lets go within a minute");

        private final String words;

        Why(String words) {
            this.words = words;
        }
    }

    private final DeletionGuard guard;
    private final Function<NamePlan, Set<String>> kinds;
    private final Predicate<String> wants;
    private final BooleanSupplier seesAll;
    private final IntSupplier owned;
    private final LongSupplier nanoTime;
    private final Map<DnsName, Why> held = new ConcurrentSkipListMap<>();

    /**
     * Makes it; nothing is held.
     *
     * @param guard how many may go
     * @param kinds the kinds of objects whose marks a plan takes away
     * @param wants whether any object of a kind wants a name
     * @param seesAll whether all kinds of objects are seen
     * @param owned how many record sets are ours
     * @param nanoTime the time
     */
    Departures(
            DeletionGuard guard,
            Function<NamePlan, Set<String>> kinds,
            Predicate<String> wants,
            BooleanSupplier seesAll,
            IntSupplier owned,
            LongSupplier nanoTime) {
        this.guard = guard;
        this.kinds = kinds;
        this.wants = wants;
        this.seesAll = seesAll;
        this.owned = owned;
        this.nanoTime = nanoTime;
    }

    /**
     * Lets names go, or keeps them.
     *
     * @param going what names would lose
     * @return the names that may
     */
    Set<DnsName> decide(Map<DnsName, ? extends Collection<Loss>> going) {
        if (going.isEmpty()) {
            return Set.of();
        }
        if (guard.takeConsent()) {
            return Set.copyOf(going.keySet());
        }
        if (!seesAll.getAsBoolean()) {
            // what is not served has no objects to see, and its names would seem to be wanted by nobody
            going.keySet().forEach(name -> held.put(name, Why.UNSEEN));
            return Set.of();
        }
        Map<String, Boolean> asked = new TreeMap<>();
        Set<DnsName> rest = new TreeSet<>();
        int sets = 0;
        for (Map.Entry<DnsName, ? extends Collection<Loss>> one : going.entrySet()) {
            boolean silent = one.getValue().stream()
                    .flatMap(loss -> kinds.apply(loss.plan()).stream())
                    .anyMatch(kind -> !asked.computeIfAbsent(kind, wants::test));
            if (silent) {
                held.put(one.getKey(), Why.SILENT);
            } else {
                rest.add(one.getKey());
                sets += one.getValue().stream()
                        .mapToInt(loss -> loss.plan().losses())
                        .sum();
            }
        }
        if (rest.isEmpty() || guard.admits(sets, owned, nanoTime.getAsLong())) {
            return rest;
        }
        rest.forEach(name -> held.put(name, Why.MANY));
        return Set.of();
    }

    /** A name is looked at anew. */
    void forget(DnsName name) {
        held.remove(name);
    }

    boolean holds(DnsName name) {
        return held.containsKey(name);
    }

    Set<DnsName> held() {
        return Set.copyOf(held.keySet());
    }

    int size() {
        return held.size();
    }

    /** Why a name is kept. */
    Optional<String> why(DnsName name) {
        return Optional.ofNullable(held.get(name)).map(why -> name + " would lose records, " + why.words);
    }

    List<String> problems() {
        Map<Why, List<DnsName>> reasons = new TreeMap<>();
        held.forEach((name, why) ->
                reasons.computeIfAbsent(why, w -> new ArrayList<>()).add(name));
        List<String> problems = new ArrayList<>();
        reasons.forEach((why, names) -> problems.add(names.size() + " names would go, " + why.words + ": "
                + names.stream().limit(5).toList() + ". See why, or allow it"));
        return problems;
    }
}
