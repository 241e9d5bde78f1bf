package io.k8saws.internal.resource;

import io.k8saws.internal.graph.Additive;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.graph.ReplaceOnChange;
import java.util.Map;
import java.util.Set;

/** A virtual private cloud. */
public final class Vpcs implements ResourceKind<Vpcs.Vpc> {
    /** The kind's name. */
    public static final String KIND = "vpc";

    /** The fields of this kind. */
    public record Vpc(
            @ReplaceOnChange String cidr,
            boolean dnsHostnames,
            boolean dnsSupport,
            Ref dhcpOptions,
            @Additive Map<String, String> tags)
            implements Attributes {}

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<Vpc> attributes() {
        return Vpc.class;
    }

    @Override
    public Found<Vpc> read(Reading reading) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made create(Step step, Vpc wanted) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made update(Step step, Observed<Vpc> observed, Vpc wanted, Set<String> fields) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void delete(Step step, Observed<Vpc> observed) {
        throw new UnsupportedOperationException();
    }
}
