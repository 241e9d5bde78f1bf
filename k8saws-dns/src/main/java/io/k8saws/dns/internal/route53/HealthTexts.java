package io.k8saws.dns.internal.route53;

import io.k8saws.dns.health.TargetCheck;
import io.k8saws.dns.plan.NamePlan;
import io.k8saws.dns.plan.SetChange;
import io.k8saws.dns.record.RecordSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Ids of health checks in place of their texts, and back. Plans are made of texts, because a plan tells of a check before there is one; Route 53 knows ids. An id that is not here stays an id. Immutable and pure.
 *
 * @param idsByText the ids of the checks that are ours and may be used, by their texts
 * @param textsById the same the other way round
 */
public record HealthTexts(Map<String, String> idsByText, Map<String, String> textsById) {
    /** Nothing is known. */
    public static final HealthTexts NONE = new HealthTexts(Map.of(), Map.of());

    /** Copies the maps. */
    public HealthTexts {
        idsByText = Map.copyOf(idsByText);
        textsById = Map.copyOf(textsById);
    }

    static HealthTexts of(Map<String, String> idsByText) {
        Map<String, String> back = new HashMap<>();
        idsByText.forEach((text, id) -> back.put(id, text));
        return new HealthTexts(idsByText, back);
    }

    /**
     * Record sets as a planner compares them.
     *
     * @param sets as Route 53 has them
     * @return with texts for the ids that are known here
     */
    public List<RecordSet> read(List<RecordSet> sets) {
        return textsById.isEmpty()
                ? sets
                : sets.stream().map(set -> replaced(set, textsById)).toList();
    }

    /**
     * A plan that was made of texts.
     *
     * @param plan the plan
     * @return with what is there as Route 53 has it; what is to come has texts, also where a wish names one of ours by its id
     */
    public NamePlan before(NamePlan plan) {
        return idsByText.isEmpty()
                ? plan
                : changed(plan, set -> replaced(set, idsByText), set -> replaced(set, textsById));
    }

    /**
     * The checks that a plan needs.
     *
     * @param plan the plan
     * @return the texts of what is to come, and with each the ids that its record sets have now; an empty one where there is none
     */
    public static Map<String, Set<String>> wanted(NamePlan plan) {
        Map<String, Set<String>> wanted = new HashMap<>();
        plan.changes().forEach(change -> change.after()
                .flatMap(RecordSet::healthCheckId)
                .filter(HealthTexts::isText)
                .ifPresent(text -> wanted.computeIfAbsent(text, key -> new HashSet<>())
                        .add(change.before().flatMap(RecordSet::healthCheckId).orElse(""))));
        return wanted;
    }

    /**
     * Whether a plan takes a check from a record set.
     *
     * @param plan the plan
     * @return whether one may be without use then
     */
    public static boolean leaves(NamePlan plan) {
        return plan.changes().stream()
                .anyMatch(change ->
                        change.before().flatMap(RecordSet::healthCheckId).isPresent()
                                && !change.before()
                                        .flatMap(RecordSet::healthCheckId)
                                        .equals(change.after().flatMap(RecordSet::healthCheckId)));
    }

    /**
     * A plan that can be sent.
     *
     * @param plan the plan
     * @param idsByText the id of each check that it needs
     * @return with ids alone; what turns out to be there already is left out
     */
    public static NamePlan filled(NamePlan plan, Map<String, String> idsByText) {
        return idsByText.isEmpty() ? plan : changed(plan, UnaryOperator.identity(), set -> replaced(set, idsByText));
    }

    /**
     * Tells a text from an id.
     *
     * @param check either
     * @return whether it is a text
     */
    public static boolean isText(String check) {
        return TargetCheck.read(check).isPresent();
    }

    private static NamePlan changed(NamePlan plan, UnaryOperator<RecordSet> before, UnaryOperator<RecordSet> after) {
        List<SetChange> changes = new ArrayList<>();
        for (SetChange change : plan.changes()) {
            Optional<RecordSet> was = change.before().map(before);
            Optional<RecordSet> shall = change.after().map(after);
            if (!was.equals(shall)) {
                changes.add(new SetChange(was, shall));
            }
        }
        return new NamePlan(plan.name(), changes, plan.causes(), plan.findings());
    }

    private static RecordSet replaced(RecordSet set, Map<String, String> by) {
        Optional<String> other = set.healthCheckId().map(by::get);
        return other.isEmpty()
                ? set
                : new RecordSet(set.name(), set.type(), set.setIdentifier(), set.routing(), other, set.answer());
    }

    /** Without texts of checks, whose paths may hold tokens. */
    @Override
    public String toString() {
        return idsByText.size() + " health checks";
    }
}
