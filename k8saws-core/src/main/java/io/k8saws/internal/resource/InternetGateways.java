package io.k8saws.internal.resource;

import io.k8saws.internal.graph.Additive;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Ref;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The way to and from the internet; attached to its VPC. */
public final class InternetGateways implements ResourceKind<InternetGateways.InternetGateway> {
    /** The kind's name. */
    public static final String KIND = "internet-gateway";

    /** The fields of this kind. */
    public record InternetGateway(
            Optional<Ref> vpc,
            @Additive Map<String, String> tags)
            implements Attributes {}

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<InternetGateway> attributes() {
        return InternetGateway.class;
    }

    @Override
    public Found<InternetGateway> read(Reading reading) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made create(Step step, InternetGateway wanted) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made update(Step step, Observed<InternetGateway> observed, InternetGateway wanted, Set<String> fields) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void delete(Step step, Observed<InternetGateway> observed) {
        throw new UnsupportedOperationException();
    }
}
