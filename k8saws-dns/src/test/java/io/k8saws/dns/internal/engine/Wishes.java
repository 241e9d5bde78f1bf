package io.k8saws.dns.internal.engine;

import io.k8saws.dns.plan.NamePlan;
import io.k8saws.dns.plan.SetChange;
import io.k8saws.dns.record.Answer;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RecordSet;
import io.k8saws.dns.record.RecordType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** Record sets that are wanted, all others of the name are not. No owners: those are the planner's matter. */
final class Wishes implements Planning {
    private final Map<DnsName, List<RecordSet>> wanted = new TreeMap<>();

    static RecordSet a(String name, String... addresses) {
        return RecordSet.simple(
                DnsName.of(name), RecordType.A, new Answer.Values(Duration.ofMinutes(5), Arrays.asList(addresses)));
    }

    static RecordSet cname(String name, String target) {
        return RecordSet.simple(
                DnsName.of(name), RecordType.CNAME, new Answer.Values(Duration.ofMinutes(5), List.of(target)));
    }

    static RecordSet txt(String name, String text) {
        return RecordSet.simple(
                DnsName.of(name),
                RecordType.TXT,
                new Answer.Values(Duration.ofMinutes(5), List.of("\"" + text + "\"")));
    }

    DnsName want(String name, RecordSet... sets) {
        DnsName key = DnsName.of(name);
        wanted.put(key, List.of(sets));
        return key;
    }

    List<DnsName> names() {
        return List.copyOf(wanted.keySet());
    }

    List<RecordSet> of(DnsName name) {
        return wanted.getOrDefault(name, List.of());
    }

    @Override
    public NamePlan plan(DnsName name, Function<DnsName, List<RecordSet>> current) {
        List<RecordSet> want = of(name);
        List<RecordSet> have = current.apply(name);
        List<SetChange> changes = new ArrayList<>();
        for (RecordSet set : have) {
            if (!want.contains(set)) {
                Optional<RecordSet> after = want.stream()
                        .filter(other -> other.type() == set.type()
                                && other.setIdentifier().equals(set.setIdentifier()))
                        .findFirst();
                changes.add(new SetChange(Optional.of(set), after));
            }
        }
        for (RecordSet set : want) {
            boolean replaces =
                    changes.stream().anyMatch(change -> change.after().equals(Optional.of(set)));
            if (!have.contains(set) && !replaces) {
                changes.add(new SetChange(Optional.empty(), Optional.of(set)));
            }
        }
        return new NamePlan(name, changes, List.of(), List.of());
    }
}
