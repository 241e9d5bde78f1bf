package io.k8saws.internal.resource;

import io.k8saws.internal.graph.Additive;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.graph.ReplaceOnChange;
import java.util.Map;
import java.util.Set;

/** A subnet in one zone. */
public final class Subnets implements ResourceKind<Subnets.Subnet> {
    /** The kind's name. */
    public static final String KIND = "subnet";

    /** The fields of this kind. */
    public record Subnet(
            @ReplaceOnChange Ref vpc,
            @ReplaceOnChange String cidr,
            @ReplaceOnChange String zone,
            boolean publicIpOnLaunch,
            boolean resourceNames,
            @Additive Map<String, String> tags)
            implements Attributes {}

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<Subnet> attributes() {
        return Subnet.class;
    }

    @Override
    public Found<Subnet> read(Reading reading) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made create(Step step, Subnet wanted) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made update(Step step, Observed<Subnet> observed, Subnet wanted, Set<String> fields) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void delete(Step step, Observed<Subnet> observed) {
        throw new UnsupportedOperationException();
    }
}
