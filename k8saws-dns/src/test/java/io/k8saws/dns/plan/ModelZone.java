package io.k8saws.dns.plan;

import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RecordSet;
import io.k8saws.dns.record.RecordType;
import io.k8saws.dns.record.RoutingPolicy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A zone with Route 53's rules, as a value in memory: a batch is done whole or not at all (API reference, ChangeResourceRecordSets). */
public final class ModelZone {
    private Map<String, RecordSet> sets = new LinkedHashMap<>();

    private static String key(RecordSet set) {
        return set.name() + " " + set.type() + " " + set.setIdentifier().orElse("");
    }

    public void put(RecordSet set) {
        sets.put(key(set), set);
    }

    public List<RecordSet> all() {
        return List.copyOf(sets.values());
    }

    public List<RecordSet> at(DnsName name) {
        return sets.values().stream().filter(set -> set.name().equals(name)).toList();
    }

    public ZoneContent content() {
        return ZoneContent.of(all());
    }

    /** What Route 53 has against a batch; empty when it was done. */
    public List<String> change(List<SetChange> changes) {
        Map<String, RecordSet> next = new LinkedHashMap<>(sets);
        List<String> refused = new ArrayList<>();
        for (SetChange change : changes) {
            change.before().ifPresent(set -> {
                if (!set.equals(next.get(key(set)))) {
                    refused.add(words("delete", set, "but it was not found"));
                } else {
                    next.remove(key(set));
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

    private static Optional<String> create(RecordSet set, Map<String, RecordSet> next) {
        if (next.containsKey(key(set))) {
            return Optional.of(words("create", set, "but it already exists"));
        }
        for (RecordSet other : next.values()) {
            if (!other.name().equals(set.name())) {
                continue;
            }
            if (other.type() != set.type() && (other.type() == RecordType.CNAME || set.type() == RecordType.CNAME)) {
                return Optional.of(words("create", set, "but a CNAME excludes others"));
            }
            if (other.type() == set.type()
                    && (other.routing().getClass() != set.routing().getClass()
                            || set.routing() instanceof RoutingPolicy.Simple)) {
                return Optional.of(words("create", set, "but the policies differ"));
            }
        }
        next.put(key(set), set);
        return Optional.empty();
    }

    private static String words(String tried, RecordSet set, String but) {
        return "[Tried to " + tried + " resource record set [name='"
                + set.name().route53() + "', type='" + set.type() + "'] " + but + "]";
    }
}
