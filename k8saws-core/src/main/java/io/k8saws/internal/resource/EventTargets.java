package io.k8saws.internal.resource;

import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.graph.ReplaceOnChange;
import java.util.Set;

/** Where a rule sends its events. */
public final class EventTargets implements ResourceKind<EventTargets.EventTarget> {
    /** The kind's name. */
    public static final String KIND = "event-target";

    /** The fields of this kind. */
    public record EventTarget(
            @ReplaceOnChange Ref rule,
            Ref queueArn)
            implements Attributes {}

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
        throw new UnsupportedOperationException();
    }

    @Override
    public Made create(Step step, EventTarget wanted) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made update(Step step, Observed<EventTarget> observed, EventTarget wanted, Set<String> fields) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void delete(Step step, Observed<EventTarget> observed) {
        throw new UnsupportedOperationException();
    }
}
