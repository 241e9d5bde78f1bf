package io.k8saws.internal.resource;

import io.k8saws.internal.graph.Additive;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Disruptive;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.graph.ReplaceOnChange;
import java.util.Map;
import java.util.Set;

/** The port of a load balancer. */
public final class Listeners implements ResourceKind<Listeners.Listener> {
    /** The kind's name. */
    public static final String KIND = "listener";

    /** The fields of this kind. */
    public record Listener(
            @ReplaceOnChange Ref loadBalancer,
            @Disruptive int port,
            @Disruptive String protocol,
            Ref targetGroup,
            @Additive Map<String, String> tags)
            implements Attributes {}

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<Listener> attributes() {
        return Listener.class;
    }

    @Override
    public Found<Listener> read(Reading reading) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made create(Step step, Listener wanted) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made update(Step step, Observed<Listener> observed, Listener wanted, Set<String> fields) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void delete(Step step, Observed<Listener> observed) {
        throw new UnsupportedOperationException();
    }
}
