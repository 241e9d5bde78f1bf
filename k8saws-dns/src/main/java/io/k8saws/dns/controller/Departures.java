package io.k8saws.dns.controller;

import io.k8saws.dns.plan.NamePlan;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.zone.HostedZone;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
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
        TAKEN("and their marks are of an owner whom this one takes over"),
        SILENT("and no object of their kind wants a name any more"),
        MANY("more than the guard lets go within a minute");

        private final String words;

        Why(String words) {
            this.words = words;
        }
    }

    private final DeletionGuard guard;
    private final Function<NamePlan, Set<String>> kinds;
    private final Predicate<NamePlan> takes;
    private final Predicate<String> wants;
    private final BooleanSupplier seesAll;
    private final IntSupplier owned;
    private final LongSupplier nanoTime;
    private final Map<DnsName, Why> held = new ConcurrentSkipListMap<>();
    private final Map<DnsName, Integer> tooMany =
            new HashMap<>(); // the record sets of those that are too many together
    private final Set<DnsName> anew = new HashSet<>(); // of these, those that are looked at anew

    /**
     * Makes it; nothing is held.
     *
     * @param guard how many may go
     * @param kinds the kinds of objects whose marks a plan takes away
     * @param takes whether a plan takes away what an owner before has marked
     * @param wants whether any object of a kind wants a name
     * @param seesAll whether all kinds of objects are seen
     * @param owned how many record sets are ours
     * @param nanoTime the time
     */
    Departures(
            DeletionGuard guard,
            Function<NamePlan, Set<String>> kinds,
            Predicate<NamePlan> takes,
            Predicate<String> wants,
            BooleanSupplier seesAll,
            IntSupplier owned,
            LongSupplier nanoTime) {
        this.guard = guard;
        this.kinds = kinds;
        this.takes = takes;
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
        Set<DnsName> before = Set.copyOf(anew);
        tooMany.keySet().removeAll(before);
        anew.clear();
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
        Map<DnsName, Integer> fresh = new TreeMap<>();
        Map<DnsName, Integer> kept = new TreeMap<>();
        for (Map.Entry<DnsName, ? extends Collection<Loss>> one : going.entrySet()) {
            if (one.getValue().stream().anyMatch(loss -> takes.test(loss.plan()))) {
                held.put(one.getKey(), Why.TAKEN); // nobody has seen a plan of them
                continue;
            }
            boolean silent = one.getValue().stream()
                    .flatMap(loss -> kinds.apply(loss.plan()).stream())
                    .anyMatch(kind -> !asked.computeIfAbsent(kind, wants::test));
            if (silent) {
                held.put(one.getKey(), Why.SILENT);
            } else {
                int sets = one.getValue().stream()
                        .mapToInt(loss -> loss.plan().losses())
                        .sum();
                (before.contains(one.getKey()) ? kept : fresh).put(one.getKey(), sets);
            }
        }
        Set<DnsName> allowed = new TreeSet<>();
        // those that were too many together do not slip through one by one
        int others = tooMany.values().stream().mapToInt(Integer::intValue).sum();
        allowed.addAll(admitted(fresh, 0));
        allowed.addAll(admitted(kept, others));
        return allowed;
    }

    private Set<DnsName> admitted(Map<DnsName, Integer> names, int others) {
        int sets = names.values().stream().mapToInt(Integer::intValue).sum();
        if (names.isEmpty() || guard.admits(sets, others, owned, nanoTime.getAsLong())) {
            return names.keySet();
        }
        names.forEach((name, count) -> {
            held.put(name, Why.MANY);
            tooMany.put(name, count);
        });
        return Set.of();
    }

    /** A name is looked at anew. */
    void forget(DnsName name) {
        held.remove(name);
        if (tooMany.containsKey(name)) {
            anew.add(name);
        }
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
        reasons.forEach((why, names) -> problems.add((names.size() == 1 ? "1 name" : names.size() + " names")
                + " would go, " + why.words + ": "
                + names.stream().limit(5).toList() + (names.size() > 5 ? " and more" : "")
                + ". See why with explain(name), or let them go with allowDeletions()"));
        return problems;
    }
}
