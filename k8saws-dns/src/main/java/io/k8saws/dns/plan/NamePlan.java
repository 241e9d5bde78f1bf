package io.k8saws.dns.plan;

import io.k8saws.dns.owner.OwnerMarks;
import io.k8saws.dns.owner.Ownership;
import io.k8saws.dns.record.Answer;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RecordSet;
import io.k8saws.dns.record.RecordType;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What happens to a name in a zone: all of it, or nothing. So a record never stands without its mark, and a change of type or policy is never half done. Immutable.
 *
 * @param name the name
 * @param changes of its record sets and their marks
 * @param causes the objects that want it; empty when nobody does any more
 * @param findings what is in the way
 */
public record NamePlan(DnsName name, List<SetChange> changes, List<String> causes, List<Finding> findings) {
    /** Copies the lists. */
    public NamePlan {
        Objects.requireNonNull(name, "name");
        changes = List.copyOf(changes);
        causes = List.copyOf(causes);
        findings = List.copyOf(findings);
    }

    /**
     * Whether nothing happens.
     *
     * @return whether there is no change
     */
    public boolean isEmpty() {
        return changes.isEmpty();
    }

    /**
     * Whether the name goes: records are deleted, and none comes.
     *
     * @return whether nobody finds it any more
     */
    public boolean isDeletion() {
        return !changes.isEmpty()
                && changes.stream().allMatch(change -> change.after().isEmpty());
    }

    /**
     * Where record sets change: at the name itself, and where its marks are.
     *
     * @return the names, each once
     */
    public Set<DnsName> places() {
        Set<DnsName> places = new TreeSet<>();
        for (SetChange change : changes) {
            change.before().ifPresent(set -> places.add(set.name()));
            change.after().ifPresent(set -> places.add(set.name()));
        }
        return places;
    }

    /**
     * How many record sets the name loses, beside their marks: those that are deleted, less those that come in their place. An address, an alias and a CNAME can take each other's place, other types only their own.
     *
     * @return 0 or more
     */
    public int losses() {
        Map<String, Integer> lost = new TreeMap<>();
        for (SetChange change : changes) {
            if (change.before().isEmpty() || change.after().isEmpty()) {
                RecordSet set = change.before().or(change::after).orElseThrow();
                if (set.name().equals(name) && !isMark(set)) {
                    lost.merge(family(set.type()), change.after().isEmpty() ? 1 : -1, Integer::sum);
                }
            }
        }
        return lost.values().stream().mapToInt(count -> Math.max(0, count)).sum();
    }

    private static String family(RecordType type) {
        return switch (type) {
            case A, AAAA, CNAME -> "where it leads";
            default -> type.name();
        };
    }

    /** Of marks, only plain ones of the oldest form stand at the name itself; an encrypted one counts as a record, which errs on the safe side. */
    private static boolean isMark(RecordSet set) {
        return set.type() == RecordType.TXT
                && set.answer() instanceof Answer.Values values
                && values.values().stream()
                        .anyMatch(value -> Ownership.parse(value).isPresent());
    }

    /**
     * The kinds of the objects whose marks go.
     *
     * @param marks reads them
     * @return as they stand in marks, such as {@code service}
     */
    public Set<String> kindsThatGo(OwnerMarks marks) {
        return objectsThatGo(marks).stream().map(NamePlan::kind).collect(Collectors.toCollection(TreeSet::new));
    }

    /** The objects whose marks go, as they stand in marks. */
    Set<String> objectsThatGo(OwnerMarks marks) {
        return changes.stream()
                .filter(change -> change.after().isEmpty())
                .flatMap(change -> change.before().stream())
                .flatMap(set -> marks.read(set).stream())
                .flatMap(mark -> mark.ownership().resource().stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * The owners whose records go, by the marks that count for them.
     *
     * @param marks reads them
     * @return the ids, such as that of a program that this one takes over from
     */
    public Set<String> ownersThatGo(OwnerMarks marks) {
        Set<String> owners = new TreeSet<>();
        for (SetChange change : changes) {
            RecordSet record = change.before().orElse(null);
            if (record != null
                    && change.after().isEmpty()
                    && record.name().equals(name)
                    && marks.read(record).isEmpty()) {
                marks.places(record).stream()
                        .flatMap(place -> changes.stream()
                                .flatMap(one -> one.before().stream())
                                .filter(set -> set.name().equals(place)))
                        .filter(set -> set.setIdentifier().equals(record.setIdentifier()))
                        .flatMap(set -> marks.read(set).stream())
                        .findFirst()
                        .ifPresent(mark -> owners.add(mark.ownership().owner()));
            }
        }
        return owners;
    }

    private static String kind(String resource) {
        int slash = resource.indexOf('/');
        return slash < 0 ? resource : resource.substring(0, slash);
    }

    /**
     * How many of the 1,000 values of a batch it takes.
     *
     * @return 0 or more
     */
    public int elements() {
        return changes.stream().mapToInt(SetChange::elements).sum();
    }

    /**
     * How many of the 32,000 characters of a batch it takes.
     *
     * @return 0 or more
     */
    public int characters() {
        return changes.stream().mapToInt(SetChange::characters).sum();
    }
}
