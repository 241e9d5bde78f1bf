package io.k8saws.dns.plan;

import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RecordSet;
import io.k8saws.dns.record.RecordType;
import io.k8saws.dns.record.RoutingPolicy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A zone with Route 53's rules, as a value in memory: a batch is done whole or not at all, by comparing and setting, within its limits; a CNAME is alone and not at the head; records of a name and a type have one policy (API reference,
 * ChangeResourceRecordSets). Used by one thread.
 */
public final class ModelZone {
    private static final int MOST_VALUES = 1000;
    private static final int MOST_CHARACTERS = 32_000;

    /** Where a record set stands in Route 53's order: by the labels of the name from the right. */
    private record Place(String labels, RecordType type, String set) implements Comparable<Place> {
        private static final Comparator<Place> ORDER =
                Comparator.comparing(Place::labels).thenComparing(Place::type).thenComparing(Place::set);

        static Place of(RecordSet set) {
            return new Place(
                    reversed(set.name().route53()),
                    set.type(),
                    set.setIdentifier().orElse(""));
        }

        static String reversed(String name) {
            String reversed = "";
            for (String label : name.split("\\.")) {
                reversed = label + "." + reversed;
            }
            return reversed;
        }

        @Override
        public int compareTo(Place other) {
            return ORDER.compare(this, other);
        }
    }

    private final DnsName zone;
    private NavigableMap<Place, RecordSet> sets = new TreeMap<>();

    public ModelZone(String zone) {
        this.zone = DnsName.of(zone);
    }

    /** As others write. */
    public void put(RecordSet set) {
        sets.put(Place.of(set), set);
    }

    public void remove(DnsName name) {
        at(name).forEach(set -> sets.remove(Place.of(set)));
    }

    public List<RecordSet> all() {
        return List.copyOf(sets.values());
    }

    public List<RecordSet> at(DnsName name) {
        return at(name, sets);
    }

    private static List<RecordSet> at(DnsName name, NavigableMap<Place, RecordSet> sets) {
        Place first = new Place(Place.reversed(name.route53()), RecordType.values()[0], "");
        return sets.tailMap(first, true).values().stream()
                .takeWhile(set -> set.name().equals(name))
                .toList();
    }

    /** What stands at a place or behind it. */
    public Collection<RecordSet> from(String name, Optional<RecordType> type, Optional<String> set) {
        return sets.tailMap(new Place(Place.reversed(name), type.orElse(RecordType.values()[0]), set.orElse("")))
                .values();
    }

    public ZoneContent content() {
        return ZoneContent.of(all());
    }

    /** What Route 53 has against a batch; empty when it was done. */
    public List<String> change(List<SetChange> changes) {
        NavigableMap<Place, RecordSet> next = new TreeMap<>(sets);
        List<String> refused = new ArrayList<>();
        int values = changes.stream().mapToInt(SetChange::elements).sum();
        int characters = changes.stream().mapToInt(SetChange::characters).sum();
        if (values > MOST_VALUES || characters > MOST_CHARACTERS) {
            refused.add("Number of records or characters limit exceeded: " + values + ", " + characters);
        }
        for (SetChange change : changes) {
            change.before().ifPresent(set -> {
                RecordSet there = next.remove(Place.of(set));
                if (there == null) {
                    refused.add(words("delete", set, "but it was not found"));
                } else if (!there.equals(set)) {
                    refused.add(words("delete", set, "but the values provided do not match the current values"));
                }
            });
        }
        for (SetChange change : changes) {
            change.after().ifPresent(set -> create(set, next).ifPresent(refused::add));
        }
        if (refused.isEmpty()) {
            sets = next;
        }
        return refused;
    }

    private Optional<String> create(RecordSet set, NavigableMap<Place, RecordSet> next) {
        if (next.containsKey(Place.of(set))) {
            return Optional.of(words("create", set, "but it already exists"));
        }
        if (set.type() == RecordType.CNAME && set.name().equals(zone)) {
            return Optional.of(loneliness(set));
        }
        for (RecordSet other : at(set.name(), next)) {
            if (other.type() != set.type() && (other.type() == RecordType.CNAME || set.type() == RecordType.CNAME)) {
                return Optional.of(loneliness(set));
            }
            if (other.type() == set.type()
                    && (other.routing().getClass() != set.routing().getClass()
                            || set.routing() instanceof RoutingPolicy.Simple)) {
                return Optional.of(words("create", set, "but the policies differ"));
            }
        }
        next.put(Place.of(set), set);
        return Optional.empty();
    }

    private static String loneliness(RecordSet set) {
        return "RRSet of type " + set.type() + " with DNS name " + set.name().route53()
                + " is not permitted: a CNAME is alone, and not at the head";
    }

    private static String words(String tried, RecordSet set, String but) {
        return "[Tried to " + tried + " resource record set [name='"
                + set.name().route53() + "', type='" + set.type() + "'] " + but + "]";
    }
}
