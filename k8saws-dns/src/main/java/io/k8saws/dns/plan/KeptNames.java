package io.k8saws.dns.plan;

import io.k8saws.dns.owner.OwnerMarks;
import io.k8saws.dns.record.DnsName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Names that objects want, and for which they ask nothing that could be written: they keep what they have, and so do the records back of their addresses. Immutable.
 *
 * @param held names for which an object asks what cannot be, with the objects and what is wrong with them; nothing of them changes
 * @param awaiting names for which an object has nothing to lead to, with the objects; nothing of them goes, and what other objects want of them changes
 * @param unsure objects of which it is not known what they want, as they stand in marks, such as {@code service/default/web}, each with why; nothing goes that is marked as theirs
 * @param kinds the kinds of all these objects, as they stand in marks, such as {@code service}
 */
public record KeptNames(
        Map<DnsName, Set<String>> held,
        Map<DnsName, Set<String>> awaiting,
        Map<String, String> unsure,
        Set<String> kinds) {
    private static final KeptNames NONE = new KeptNames(Map.of(), Map.of(), Map.of(), Set.of());

    /** Copies what is given. */
    public KeptNames {
        held = copy(held);
        awaiting = copy(awaiting);
        unsure = Map.copyOf(unsure);
        kinds = Set.copyOf(kinds);
    }

    private static Map<DnsName, Set<String>> copy(Map<DnsName, Set<String>> names) {
        return names.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, one -> Set.copyOf(one.getValue())));
    }

    /**
     * No names.
     *
     * @return an empty value
     */
    public static KeptNames none() {
        return NONE;
    }

    /** What is told of each name that an object wants. */
    List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        new TreeMap<>(held).forEach((name, why) -> findings.add(held(name, why)));
        new TreeMap<>(awaiting)
                .forEach((name, who) -> findings.add(new Finding(
                        name,
                        Finding.Kind.WAITING,
                        "it keeps what it has, because these have no address to which it could lead: "
                                + String.join(", ", new TreeSet<>(who)))));
        return findings;
    }

    private static Finding held(DnsName name, Set<String> why) {
        return new Finding(
                name,
                Finding.Kind.HELD,
                "it stays as it is until this is corrected: " + String.join("; ", new TreeSet<>(why)));
    }

    /** Of a name that would lose what is marked as that of these objects: why it may not; empty when it may. */
    List<Finding> whyUnsure(NamePlan plan, OwnerMarks marks) {
        if (unsure.isEmpty()) {
            return List.of();
        }
        Set<String> why = new TreeSet<>();
        plan.objectsThatGo(marks).forEach(object -> {
            if (unsure.containsKey(object)) {
                why.add(unsure.getOrDefault(object, ""));
            }
        });
        return why.isEmpty() ? List.of() : List.of(held(plan.name(), why));
    }

    boolean holds(DnsName name, ZoneContent content) {
        return isOf(held.keySet(), name, content);
    }

    boolean spares(DnsName name, ZoneContent content) {
        return isOf(awaiting.keySet(), name, content);
    }

    /** Whether a name is one of these, or leads back to one of them. */
    private static boolean isOf(Set<DnsName> names, DnsName name, ZoneContent content) {
        return names.contains(name)
                || ReverseNames.pointedAt(content.at(name)).stream().anyMatch(names::contains);
    }
}
