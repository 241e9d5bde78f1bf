package io.k8saws.dns.internal.engine;

import io.k8saws.dns.internal.engine.ZoneCalls.Page;
import io.k8saws.dns.internal.engine.ZoneCalls.Position;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RecordSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** Reads a zone into its mirror, in as few pages as can be, and tells which names were others than the mirror knew. Used by the lane alone. */
final class ZoneReading {
    private final ZoneCalls calls;
    private final ZoneMirror mirror;

    /**
     * What a page showed.
     *
     * @param changed the names that differ from what the mirror had
     * @param next where to go on; empty after the zone's end
     */
    record Compared(Set<DnsName> changed, Optional<Position> next) {}

    ZoneReading(ZoneCalls calls, ZoneMirror mirror) {
        this.calls = calls;
        this.mirror = mirror;
    }

    /** Reads all pages. */
    Set<DnsName> all() {
        Set<DnsName> changed = new LinkedHashSet<>();
        Optional<Position> at = Optional.empty();
        do {
            Compared compared = page(at);
            changed.addAll(compared.changed());
            at = compared.next();
        } while (at.isPresent());
        return changed;
    }

    /** Reads a page; with the last one, what was in no page of this round is gone. */
    Compared page(Optional<Position> from) {
        if (from.isEmpty()) {
            mirror.newRound();
        }
        Map<DnsName, List<RecordSet>> names = new LinkedHashMap<>();
        Optional<Position> next = read(from, names);
        Set<DnsName> changed = compare(names);
        if (next.isEmpty()) {
            for (DnsName gone : mirror.notOfThisRound()) {
                mirror.put(gone, List.of());
                changed.add(gone);
            }
        }
        return new Compared(changed, next);
    }

    /** Reads names. Neighbours come in one page, so there are never more calls than pages. */
    Set<DnsName> names(Collection<DnsName> wanted) {
        Set<DnsName> left = ordered(wanted);
        Set<DnsName> changed = new HashSet<>();
        while (!left.isEmpty()) {
            changed.addAll(some(left));
        }
        return changed;
    }

    /** Names in Route 53's order, for {@link #some}. */
    static SortedSet<DnsName> ordered(Collection<DnsName> names) {
        SortedSet<DnsName> ordered = new TreeSet<>(Comparator.comparing(name -> reversed(name.route53())));
        ordered.addAll(names);
        return ordered;
    }

    /** Reads the first of some names, and takes it out of them with those that came in its page. */
    Set<DnsName> some(Set<DnsName> left) {
        DnsName first = left.iterator().next();
        Map<DnsName, List<RecordSet>> names = new LinkedHashMap<>();
        names.put(first, List.of());
        Optional<Position> next = read(Optional.of(Position.of(first)), names);
        for (DnsName name : left) {
            if (next.isEmpty()
                    || isBetween(first.route53(), name.route53(), next.get().name())) {
                names.putIfAbsent(name, List.of());
            }
        }
        names.keySet().retainAll(left);
        left.removeAll(names.keySet());
        return compare(names);
    }

    /** Adds all record sets of the names of a page; of a name that goes on in the next page, that page is read, too. Returns where whole names end. */
    private Optional<Position> read(Optional<Position> from, Map<DnsName, List<RecordSet>> names) {
        Map<DnsName, List<RecordSet>> found = new LinkedHashMap<>();
        Optional<Position> at = from;
        do {
            Page page = calls.list(at);
            page.sets().forEach(set -> found.computeIfAbsent(set.name(), name -> new ArrayList<>(2))
                    .add(set));
            at = page.next();
        } while (at.isPresent() && goesOn(found, at.get()));
        names.putAll(found);
        return at;
    }

    private static boolean goesOn(Map<DnsName, List<RecordSet>> found, Position next) {
        return found.keySet().stream().anyMatch(name -> name.route53().equals(next.name()));
    }

    private Set<DnsName> compare(Map<DnsName, List<RecordSet>> names) {
        Set<DnsName> changed = new LinkedHashSet<>();
        names.forEach((name, sets) -> {
            if (Set.copyOf(mirror.at(name)).equals(Set.copyOf(sets))) {
                mirror.seen(name);
            } else {
                mirror.put(name, sets);
                changed.add(name);
            }
        });
        return changed;
    }

    /** Whether a name would have been in the page, whichever way Route 53 compares a hyphen with a dot. */
    private static boolean isBetween(String first, String name, String end) {
        return ordered(reversed(first), reversed(name), reversed(end))
                && ordered(
                        reversed(first).replace('.', '\0'),
                        reversed(name).replace('.', '\0'),
                        reversed(end).replace('.', '\0'));
    }

    private static boolean ordered(String first, String name, String end) {
        return first.compareTo(name) <= 0 && name.compareTo(end) < 0;
    }

    /** {@code com.example.www.}: Route 53 sorts names by their labels from the right (API reference, ListResourceRecordSets). */
    static String reversed(String name) {
        String[] labels = name.split("\\.");
        StringBuilder reversed = new StringBuilder();
        for (int i = labels.length - 1; i >= 0; i--) {
            reversed.append(labels[i]).append('.');
        }
        return reversed.toString();
    }
}
