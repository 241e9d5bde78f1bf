package io.k8saws.internal.resource;

import io.k8saws.internal.graph.Additive;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Observed;
import java.util.Map;
import java.util.Set;

/** The queue that takes spot and termination notices. */
public final class Queues implements ResourceKind<Queues.Queue> {
    /** The kind's name. */
    public static final String KIND = "queue";

    /** The fields of this kind. */
    public record Queue(
            int retentionSeconds,
            boolean encrypted,
            String policy,
            @Additive Map<String, String> tags)
            implements Attributes {}

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<Queue> attributes() {
        return Queue.class;
    }

    @Override
    public Found<Queue> read(Reading reading) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made create(Step step, Queue wanted) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made update(Step step, Observed<Queue> observed, Queue wanted, Set<String> fields) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void delete(Step step, Observed<Queue> observed) {
        throw new UnsupportedOperationException();
    }
}
