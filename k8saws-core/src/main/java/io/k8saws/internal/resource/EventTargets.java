package io.k8saws.internal.resource;

import io.k8saws.error.K8sAwsException;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Observed.Origin;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.graph.ReplaceOnChange;
import io.k8saws.internal.graph.SeenClosely;
import io.k8saws.plan.Foreign;
import io.k8saws.plan.ResourceAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.Target;

/** Where a rule sends its events. */
public final class EventTargets implements ResourceKind<EventTargets.EventTarget> {
    /** The kind's name. */
    public static final String KIND = "event-target";

    /** The id of our target among those of its rule. */
    private static final String TARGET = "queue";

    /** The fields of this kind. Altered is a target of another id, or one that has more than a queue. */
    public record EventTarget(
            @ReplaceOnChange Ref rule,
            Ref queueArn,
            @SeenClosely Optional<String> alteredTarget) implements Attributes {
        /** A target that nobody has altered by hand. */
        public EventTarget(Ref rule, Ref queueArn) {
            this(rule, queueArn, Optional.empty());
        }
    }

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<EventTarget> attributes() {
        return EventTarget.class;
    }

    @Override
    public Found<EventTarget> read(Reading reading) {
        ClusterScope scope = reading.scope();
        String queue = Queues.arn(scope);
        String prefix = EventRules.prefix(scope);
        EventBridgeClient events = reading.aws().events();
        // The SDK has no paginator for this call.
        var page = events.listRuleNamesByTarget(r -> r.targetArn(queue));
        List<String> rules = new ArrayList<>(page.ruleNames());
        while (page.nextToken() != null) {
            String next = page.nextToken();
            page = events.listRuleNamesByTarget(r -> r.targetArn(queue).nextToken(next));
            rules.addAll(page.ruleNames());
        }
        List<Supplier<Observed<EventTarget>>> found = new ArrayList<>();
        List<Foreign> foreign = new ArrayList<>();
        for (String rule : rules) {
            if (rule.startsWith(prefix)) {
                ResourceAddress address = new ResourceAddress(KIND, rule.substring(prefix.length()));
                Supplier<Optional<List<Target>>> targets = reading.closely(address, () -> targets(events, rule));
                found.add(() -> {
                    List<Target> seen = targets.get().orElse(List.of());
                    seen.stream()
                            .filter(target -> !TARGET.equals(target.id()))
                            .forEach(target -> foreign.add(new Foreign(
                                    new ResourceAddress(EventRules.KIND, address.name()),
                                    "target " + target.arn(),
                                    Owners.UNKNOWN)));
                    return new Observed<>(
                            address,
                            id(rule),
                            Map.of(),
                            new EventTarget(Ref.id(rule), Ref.id(queue), altered(queue, seen)),
                            Origin.OURS);
                });
            } else {
                foreign.add(new Foreign(Queues.ADDRESS, "events of rule " + rule, "unknown"));
            }
        }
        return new Found<>(found.stream().map(Supplier::get).toList(), foreign);
    }

    /** All targets of a rule; a rule has few, and AWS tells them for one rule a call. Empty when the rule is gone. */
    private static Optional<List<Target>> targets(EventBridgeClient events, String rule) {
        return Missing.orEmpty(EventRules.NOT_FOUND, () -> events.listTargetsByRule(r -> r.rule(rule))
                .targets());
    }

    /** Empty when nothing was seen, too, as in a look that is not a close one. */
    private static Optional<String> altered(String queue, List<Target> seen) {
        if (seen.isEmpty()) {
            return Optional.empty();
        }
        Optional<Target> ours =
                seen.stream().filter(target -> TARGET.equals(target.id())).findFirst();
        if (ours.isEmpty()) {
            return Optional.of("removed");
        }
        Set<String> others = new OtherSettings()
                .when(!queue.equals(ours.get().arn()), "target " + ours.get().arn())
                .besides(ours.get(), Set.of("Id", "Arn"))
                .found();
        return Optional.of(others.stream().sorted().collect(Collectors.joining(", ")))
                .filter(text -> !text.isEmpty());
    }

    @Override
    public Made create(Step step, EventTarget wanted) {
        String rule = step.value(wanted.rule());
        put(step, rule, wanted);
        return Made.id(id(rule));
    }

    @Override
    public Made update(Step step, Observed<EventTarget> observed, EventTarget wanted, Set<String> fields) {
        put(step, step.value(wanted.rule()), wanted);
        return Made.id(observed.id());
    }

    @Override
    public void delete(Step step, Observed<EventTarget> observed) {
        String rule = step.value(observed.attributes().rule());
        Missing.orEmpty(EventRules.NOT_FOUND, () -> step.aws()
                        .events()
                        .removeTargets(r -> r.rule(rule).ids(TARGET))
                        .failedEntries())
                .orElse(List.of())
                .stream()
                .filter(failed -> !EventRules.NOT_FOUND.contains(failed.errorCode()))
                .findFirst()
                .ifPresent(failed -> fail("Delete " + step.address(), rule, failed.errorCode(), failed.errorMessage()));
    }

    /** Writes the target; a target with this id is overwritten, so sending it twice makes one. */
    private static void put(Step step, String rule, EventTarget wanted) {
        step
                .aws()
                .events()
                .putTargets(r -> r.rule(rule)
                        .targets(Target.builder()
                                .id(TARGET)
                                .arn(step.value(wanted.queueArn()))
                                .build()))
                .failedEntries()
                .stream()
                .findFirst()
                .ifPresent(failed -> fail("Write " + step.address(), rule, failed.errorCode(), failed.errorMessage()));
    }

    /** EventBridge answers with success and a list of what failed. */
    private static void fail(String tried, String rule, String code, String message) {
        throw new K8sAwsException(
                tried,
                "EventBridge refused the target: " + message,
                "run it again; if it fails again, look at the rule and the queue in AWS",
                Map.of("rule", rule, "code", code),
                null);
    }

    private static String id(String rule) {
        return rule + "/" + TARGET;
    }
}
