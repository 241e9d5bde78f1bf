package io.k8saws.dns.plan;

import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RecordSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** The record sets of a zone at one time, by their names. Immutable. */
public final class ZoneContent {
    private final Map<DnsName, List<RecordSet>> byName;

    private ZoneContent(Map<DnsName, List<RecordSet>> byName) {
        this.byName = byName;
    }

    /**
     * Takes record sets.
     *
     * @param sets all of the zone
     * @return the content
     */
    public static ZoneContent of(Collection<RecordSet> sets) {
        Map<DnsName, List<RecordSet>> byName = new TreeMap<>();
        sets.forEach(set ->
                byName.computeIfAbsent(set.name(), name -> new ArrayList<>(2)).add(set));
        byName.replaceAll((name, all) -> List.copyOf(all));
        return new ZoneContent(byName);
    }

    /**
     * The record sets of a name.
     *
     * @param name the name
     * @return of all types; empty when the name is free
     */
    public List<RecordSet> at(DnsName name) {
        return byName.getOrDefault(name, List.of());
    }

    /**
     * All names.
     *
     * @return in the order of their text
     */
    public Collection<DnsName> names() {
        return byName.keySet();
    }

    /**
     * The health checks that record sets use.
     *
     * @return their ids
     */
    public Set<String> healthChecks() {
        return byName.values().stream()
                .flatMap(List::stream)
                .flatMap(set -> set.healthCheckId().stream())
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * The same with other record sets at each name.
     *
     * @param change makes the record sets of a name
     * @return the content
     */
    public ZoneContent with(UnaryOperator<List<RecordSet>> change) {
        Map<DnsName, List<RecordSet>> others = new TreeMap<>();
        byName.forEach((name, sets) -> others.put(name, List.copyOf(change.apply(sets))));
        return new ZoneContent(others);
    }

    /**
     * Counts record sets.
     *
     * @return 0 or more
     */
    public int size() {
        return byName.values().stream().mapToInt(List::size).sum();
    }

    /** For example {@code 12 record sets of 5 names}. */
    @Override
    public String toString() {
        return size() + " record sets of " + byName.size() + " names";
    }
}
