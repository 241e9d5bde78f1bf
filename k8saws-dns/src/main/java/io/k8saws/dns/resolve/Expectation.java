package io.k8saws.dns.resolve;

import io.k8saws.dns.plan.NamePlan;
import io.k8saws.dns.plan.SetChange;
import io.k8saws.dns.record.Answer;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RecordSet;
import io.k8saws.dns.record.RecordType;
import io.k8saws.dns.record.RoutingPolicy;
import io.k8saws.error.K8sAwsException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a name shall be answered with once its changes are spread. Immutable.
 *
 * <ul>
 *   <li>A record of its own: exactly its values, in any order. The time to live is not compared.
 *   <li>An alias: an address at least, because what its target answers is not ours to know.
 *   <li>A weighted or multivalue set: an answer that is not what a changed member had before. Members that stay as they are answer, too, and which they are is not known here; where all change, because the policy does, it is all values
 *       of one of them.
 *   <li>Any other routing, and a member that gets no weight: nothing is expected, because the answer depends on who asks.
 *   <li>A record that goes: no longer what it was. A wildcard may answer in its place.
 * </ul>
 *
 * @param name the name that is asked for
 * @param type the type
 * @param before the record sets as they were
 * @param after the record sets as they are from now on
 */
public record Expectation(DnsName name, RecordType type, List<RecordSet> before, List<RecordSet> after) {
    /** Copies the lists. */
    public Expectation {
        before = List.copyOf(before);
        after = List.copyOf(after);
    }

    /**
     * What the changes of a name let expect.
     *
     * @param plan of the name
     * @return one for each name and type that changes
     */
    public static List<Expectation> of(NamePlan plan) {
        record Key(DnsName name, RecordType type) {}
        Map<Key, List<RecordSet>> before = new LinkedHashMap<>();
        Map<Key, List<RecordSet>> after = new LinkedHashMap<>();
        for (SetChange change : plan.changes()) {
            RecordSet any = change.after().or(change::before).orElseThrow();
            Key key = new Key(any.name(), any.type());
            change.before().ifPresent(set -> before.computeIfAbsent(key, unused -> new ArrayList<>())
                    .add(set));
            List<RecordSet> next = after.computeIfAbsent(key, unused -> new ArrayList<>());
            change.after().ifPresent(next::add);
        }
        return after.entrySet().stream()
                .map(each -> new Expectation(
                        each.getKey().name(),
                        each.getKey().type(),
                        before.getOrDefault(each.getKey(), List.of()),
                        each.getValue()))
                .toList();
    }

    /**
     * Asks a name server.
     *
     * @param resolver which
     * @return what is not as it shall be; empty when it is
     */
    public Optional<String> lack(Resolver resolver) {
        Set<String> answer;
        try {
            answer = canonical(resolver.ask(name, type));
        } catch (K8sAwsException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
        return isAsPlanned(answer)
                ? Optional.empty()
                : Optional.of(resolver + " answers " + name + " " + type + " with " + answer);
    }

    private boolean isAsPlanned(Set<String> answer) {
        if (after.isEmpty()) {
            boolean simple = before.stream().allMatch(set -> set.routing() instanceof RoutingPolicy.Simple);
            return !simple || answer.isEmpty() || before.stream().noneMatch(set -> answer.equals(values(set)));
        }
        if (after.stream().anyMatch(set -> set.routing() instanceof RoutingPolicy.Simple)) {
            return after.stream().anyMatch(set -> set.isAlias() ? !answer.isEmpty() : answer.equals(values(set)));
        }
        List<RecordSet> shared =
                after.stream().filter(Expectation::isForAnybody).toList();
        return shared.isEmpty()
                || shared.stream().anyMatch(set -> isGiven(set, answer))
                || (!isOfNewPolicy() && !answer.isEmpty() && before.stream().noneMatch(set -> isGiven(set, answer)));
    }

    private boolean isGiven(RecordSet set, Set<String> answer) {
        return !answer.isEmpty() && answer.containsAll(values(set));
    }

    /** All records of a name and a type have one policy, so all of them change with it. */
    private boolean isOfNewPolicy() {
        return before.stream().anyMatch(set -> after.stream()
                .noneMatch(one -> one.routing().getClass() == set.routing().getClass()));
    }

    private static boolean isForAnybody(RecordSet set) {
        return set.healthCheckId().isEmpty()
                && (set.routing() instanceof RoutingPolicy.Multivalue
                        || set.routing() instanceof RoutingPolicy.Weighted weighted && weighted.weight() > 0);
    }

    private Set<String> values(RecordSet set) {
        return set.answer() instanceof Answer.Values values ? canonical(values.values()) : Set.of();
    }

    private Set<String> canonical(List<String> values) {
        return values.stream()
                .map(value ->
                        type == RecordType.TXT ? CharacterStrings.of(value).toString() : Answer.canonical(type, value))
                .collect(Collectors.toSet());
    }
}
