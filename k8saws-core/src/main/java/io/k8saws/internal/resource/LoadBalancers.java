package io.k8saws.internal.resource;

import io.k8saws.internal.graph.Additive;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.graph.ReplaceOnChange;
import java.util.Map;
import java.util.Set;

/** A network load balancer. */
public final class LoadBalancers implements ResourceKind<LoadBalancers.LoadBalancer> {
    /** The kind's name. */
    public static final String KIND = "load-balancer";

    /** The fields of this kind. */
    public record LoadBalancer(
            @ReplaceOnChange String scheme,
            Set<Ref> subnets,
            Set<Ref> securityGroups,
            boolean crossZone,
            @Additive Map<String, String> tags)
            implements Attributes {}

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<LoadBalancer> attributes() {
        return LoadBalancer.class;
    }

    @Override
    public Found<LoadBalancer> read(Reading reading) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made create(Step step, LoadBalancer wanted) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made update(Step step, Observed<LoadBalancer> observed, LoadBalancer wanted, Set<String> fields) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void delete(Step step, Observed<LoadBalancer> observed) {
        throw new UnsupportedOperationException();
    }
}
