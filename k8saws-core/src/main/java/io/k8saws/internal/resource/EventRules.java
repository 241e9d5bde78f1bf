package io.k8saws.internal.resource;

import io.k8saws.error.AwsCallException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.internal.graph.Additive;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Observed.Origin;
import io.k8saws.internal.graph.SeenClosely;
import io.k8saws.plan.ResourceAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.Rule;
import software.amazon.awssdk.services.eventbridge.model.RuleState;
import software.amazon.awssdk.services.eventbridge.model.Tag;
import software.amazon.awssdk.services.eventbridge.model.Target;

/** Which notices go to the queue. */
public final class EventRules implements ResourceKind<EventRules.EventRule> {
    /** The kind's name. */
    public static final String KIND = "event-rule";

    /** The output that holds the ARN; the id is the rule's name. */
    public static final String ARN = "arn";

    static final Set<String> NOT_FOUND = Set.of("ResourceNotFoundException");
    private static final int NAME_LIMIT = 64;
    private static final int PREFIX_LIMIT = 32;

    /** EventBridge tells the tags of one rule a call, so the description, which the list of rules holds, repeats them; a close look compares the two. */
    private static final String TAGS = "Made by k8saws with tags ";

    private static final String TOO_MANY_TAGS = "Made by k8saws with tags too long to repeat here";
    private static final int DESCRIPTION_LIMIT = 512;

    /**
     * The fields of this kind.
     *
     * @param enabled whether the rule works; someone may have switched it off
     * @param pattern which events match, as JSON
     * @param tags the tags besides those that say whose it is
     * @param alteredTags what the rule has instead of a tag that was set, by the tag's key
     */
    public record EventRule(
            boolean enabled,
            String pattern,
            @Additive Map<String, String> tags,
            @SeenClosely Map<String, String> alteredTags)
            implements Attributes {
        /** Writes the pattern in the one way in which it is compared. */
        public EventRule {
            pattern = CanonicalJson.pattern(pattern);
            alteredTags = Map.copyOf(alteredTags);
        }

        /**
         * A rule that works.
         *
         * @param pattern which events match, as JSON
         * @param tags the tags besides those that say whose it is
         */
        public EventRule(String pattern, Map<String, String> tags) {
            this(true, pattern, tags);
        }

        /** A rule whose tags nobody has altered by hand. */
        public EventRule(boolean enabled, String pattern, Map<String, String> tags) {
            this(enabled, pattern, tags, Map.of());
        }
    }

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<EventRule> attributes() {
        return EventRule.class;
    }

    @Override
    public Found<EventRule> read(Reading reading) {
        ClusterScope scope = reading.scope();
        String prefix = prefix(scope);
        EventBridgeClient events = reading.aws().events();
        List<Supplier<Optional<Observed<EventRule>>>> found = new ArrayList<>();
        // The SDK has no paginator for this call.
        var page = events.listRules(r -> r.namePrefix(prefix));
        page.rules().forEach(rule -> found.add(observed(reading, scope, rule)));
        while (page.nextToken() != null) {
            String next = page.nextToken();
            page = events.listRules(r -> r.namePrefix(prefix).nextToken(next));
            page.rules().forEach(rule -> found.add(observed(reading, scope, rule)));
        }
        return Found.of(found.stream().flatMap(rule -> rule.get().stream()).toList());
    }

    /** Writes the rule. AWS has no token here; sent twice, the second call changes nothing, since the name is the identity. */
    @Override
    public Made create(Step step, EventRule wanted) {
        String name = ruleName(step.scope(), step.address().name());
        putRule(step, name, wanted);
        return made(step.scope(), name);
    }

    @Override
    public Made update(Step step, Observed<EventRule> observed, EventRule wanted, Set<String> fields) {
        EventBridgeClient events = step.aws().events();
        String arn = arn(step.scope(), observed.id());
        TagChange tags = TagChange.of(step, wanted.tags(), AlteredTags.asTags(fields, wanted.tags()));
        // Tags before the description that repeats them, so that a run killed in between shows.
        if (!tags.set().isEmpty()) {
            events.tagResource(r -> r.resourceARN(arn).tags(list(tags.set())));
        }
        if (!tags.removed().isEmpty()) {
            events.untagResource(r -> r.resourceARN(arn).tagKeys(tags.removed()));
        }
        Map<String, String> all = new TreeMap<>(observed.attributes().tags());
        all.keySet().removeAll(tags.removed());
        all.putAll(wanted.tags());
        putRule(step, observed.id(), new EventRule(wanted.enabled(), wanted.pattern(), all));
        return made(step.scope(), observed.id());
    }

    /**
     * Deletes the rule; its target is a resource of its own, which goes first.
     *
     * @throws K8sAwsException if someone added targets of their own
     */
    @Override
    public void delete(Step step, Observed<EventRule> observed) {
        EventBridgeClient events = step.aws().events();
        try {
            Missing.done(NOT_FOUND, () -> events.deleteRule(r -> r.name(observed.id())));
        } catch (AwsCallException e) {
            List<String> targets = Missing.orEmpty(
                            NOT_FOUND, () -> events.listTargetsByRule(r -> r.rule(observed.id())).targets().stream()
                                    .map(Target::arn)
                                    .toList())
                    .orElse(List.of());
            if (!e.code().equals("ValidationException") || targets.isEmpty()) {
                throw e;
            }
            throw new K8sAwsException(
                    "Delete " + step.address(),
                    "the rule has targets that this cluster did not make: " + String.join(", ", targets),
                    "remove these targets, then run it again",
                    Map.of("rule", observed.id()),
                    e);
        }
    }

    /**
     * What the names of all rules of a cluster begin with, and those of no other cluster.
     *
     * @param scope the cluster
     * @return at most 33 characters
     */
    public static String prefix(ClusterScope scope) {
        return scope.hyphenated("k8saws", PREFIX_LIMIT) + "-";
    }

    /**
     * The name that AWS knows a rule by.
     *
     * @param scope the cluster
     * @param name the name in the rule's address
     * @return at most 64 characters
     * @throws IllegalArgumentException if the name is too long
     */
    public static String ruleName(ClusterScope scope, String name) {
        String ruleName = prefix(scope) + name;
        if (ruleName.length() > NAME_LIMIT) {
            throw new IllegalArgumentException("The event rule name \"" + name + "\" is too long by "
                    + (ruleName.length() - NAME_LIMIT) + " characters.");
        }
        return ruleName;
    }

    private static void putRule(Step step, String name, EventRule wanted) {
        // AWS reads tags only when this call makes the rule (API reference, PutRule).
        step.aws().events().putRule(r -> r.name(name)
                .eventPattern(wanted.pattern())
                .state(wanted.enabled() ? RuleState.ENABLED : RuleState.DISABLED)
                .description(description(wanted.tags()))
                .tags(list(step.tags(wanted.tags()))));
    }

    private static Supplier<Optional<Observed<EventRule>>> observed(Reading reading, ClusterScope scope, Rule rule) {
        String name = rule.name();
        ResourceAddress address =
                new ResourceAddress(KIND, name.substring(prefix(scope).length()));
        EventBridgeClient events = reading.aws().events();
        Supplier<Optional<Map<String, String>>> present = reading.closely(address, () -> present(events, rule));
        return () -> tags(events, scope, rule).map(tags -> {
            Made made = made(scope, name);
            return new Observed<>(
                    address,
                    made.id(),
                    made.outputs(),
                    new EventRule(
                            rule.state() != RuleState.DISABLED,
                            Optional.ofNullable(rule.eventPattern()).orElse(""),
                            tags,
                            present.get()
                                    .map(seen -> AlteredTags.of(scope.tagsOf(address, tags), seen))
                                    .orElse(Map.of())),
                    Origin.OURS);
        });
    }

    /** The rule's tags as its description repeats them; only when they are too many for that, from AWS. Empty when the rule is gone. */
    private static Optional<Map<String, String>> tags(EventBridgeClient events, ClusterScope scope, Rule rule) {
        String description = Optional.ofNullable(rule.description()).orElse("");
        if (description.equals(TOO_MANY_TAGS)) {
            return present(events, rule).map(scope::ownTags);
        }
        return Optional.of(
                description.startsWith(TAGS) ? CanonicalJson.map(description.substring(TAGS.length())) : Map.of());
    }

    /** The tags that the rule really has; empty when it is gone. */
    private static Optional<Map<String, String>> present(EventBridgeClient events, Rule rule) {
        return Missing.orEmpty(
                NOT_FOUND, () -> events.listTagsForResource(r -> r.resourceARN(rule.arn())).tags().stream()
                        .collect(Collectors.toMap(Tag::key, Tag::value)));
    }

    private static String description(Map<String, String> tags) {
        String description = TAGS + CanonicalJson.ofMap(tags);
        return description.length() <= DESCRIPTION_LIMIT ? description : TOO_MANY_TAGS;
    }

    private static Made made(ClusterScope scope, String name) {
        return new Made(name, Map.of(ARN, arn(scope, name)));
    }

    private static String arn(ClusterScope scope, String name) {
        return scope.arn("events", "rule/" + name);
    }

    private static List<Tag> list(Map<String, String> tags) {
        return tags.entrySet().stream()
                .map(tag ->
                        Tag.builder().key(tag.getKey()).value(tag.getValue()).build())
                .toList();
    }
}
