package io.k8saws.internal.resource;

import io.k8saws.internal.graph.Additive;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.graph.ReplaceOnChange;
import java.util.Map;
import java.util.Set;

/** The way out for private subnets. */
public final class NatGateways implements ResourceKind<NatGateways.NatGateway> {
    /** The kind's name. */
    public static final String KIND = "nat-gateway";

    /** The fields of this kind. */
    public record NatGateway(
            @ReplaceOnChange Ref subnet,
            @ReplaceOnChange Ref elasticIp,
            @Additive Map<String, String> tags)
            implements Attributes {}

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<NatGateway> attributes() {
        return NatGateway.class;
    }

    @Override
    public Found<NatGateway> read(Reading reading) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made create(Step step, NatGateway wanted) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made update(Step step, Observed<NatGateway> observed, NatGateway wanted, Set<String> fields) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void delete(Step step, Observed<NatGateway> observed) {
        throw new UnsupportedOperationException();
    }
}
