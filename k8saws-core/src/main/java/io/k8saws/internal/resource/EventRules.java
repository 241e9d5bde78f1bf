package io.k8saws.internal.resource;

import io.k8saws.internal.graph.Additive;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Observed;
import java.util.Map;
import java.util.Set;

/** Which notices go to the queue. */
public final class EventRules implements ResourceKind<EventRules.EventRule> {
    /** The kind's name. */
    public static final String KIND = "event-rule";

    /** The fields of this kind. */
    public record EventRule(
            String pattern,
            @Additive Map<String, String> tags)
            implements Attributes {}

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
        throw new UnsupportedOperationException();
    }

    @Override
    public Made create(Step step, EventRule wanted) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made update(Step step, Observed<EventRule> observed, EventRule wanted, Set<String> fields) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void delete(Step step, Observed<EventRule> observed) {
        throw new UnsupportedOperationException();
    }
}
