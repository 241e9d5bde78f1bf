package io.k8saws.dns.controller;

import io.k8saws.dns.plan.Finding;
import io.k8saws.dns.record.DnsName;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * What is in the way of names, in each zone by itself: what the last plan found there, or why the last change of it was refused. So what goes well in one zone does not hide what is wrong in another one. Safe to use from many threads.
 */
final class Troubles {
    /** Stands for the choice of a zone, which is no zone's. */
    private static final String NO_ZONE = "";

    /** What is told, and to whom alone, as it stands in marks; to all when that is empty. */
    private record Trouble(String text, Optional<String> only) {}

    private final Map<DnsName, Map<String, List<Trouble>>> troubles = new ConcurrentHashMap<>();

    /** A name was planned in a zone, before a change or instead of one: what the plan found is what is in its way there. */
    void planned(DnsName name, String zone, Collection<Finding> findings) {
        put(
                name,
                zone,
                findings.stream()
                        .filter(Finding::isProblem)
                        .map(finding -> new Trouble(finding.toString(), finding.only()))
                        .toList());
    }

    /** A name was not planned, or not changed, in a zone. */
    void failed(DnsName name, String zone, String why) {
        put(name, zone, List.of(new Trouble(name + ": " + why, Optional.empty())));
    }

    /** A zone was looked for, for each wish of a name; empty if all have one. */
    void placed(DnsName name, List<String> problems) {
        put(
                name,
                NO_ZONE,
                problems.stream()
                        .map(text -> new Trouble(text, Optional.empty()))
                        .toList());
    }

    private void put(DnsName name, String zone, List<Trouble> problems) {
        troubles.compute(name, (n, before) -> {
            Map<String, List<Trouble>> now = before == null ? new TreeMap<>() : new TreeMap<>(before);
            if (problems.isEmpty()) {
                now.remove(zone);
            } else {
                now.put(zone, List.copyOf(problems));
            }
            return now.isEmpty() ? null : now;
        });
    }

    /** All that is in the way of a name, each once. */
    Set<String> of(DnsName name) {
        return of(name, only -> true);
    }

    private Set<String> of(DnsName name, Predicate<String> concerned) {
        Set<String> all = new LinkedHashSet<>();
        troubles.getOrDefault(name, Map.of()).values().stream()
                .flatMap(List::stream)
                .filter(trouble -> trouble.only().filter(concerned.negate()).isEmpty())
                .forEach(trouble -> all.add(trouble.text()));
        return all;
    }

    /** What is in the way of a name for one of those who want it, as one text: not what concerns another one alone. */
    Optional<String> why(DnsName name, Set<String> causes) {
        return text(of(name, causes::contains));
    }

    /** What is in the way of a name, as one text. */
    Optional<String> why(DnsName name) {
        return text(of(name));
    }

    private static Optional<String> text(Set<String> all) {
        return all.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", all));
    }

    /** A text for each name that has something in its way, in the order of names. */
    List<String> problems() {
        return new TreeMap<>(troubles)
                .keySet().stream().flatMap(name -> why(name).stream()).toList();
    }
}
