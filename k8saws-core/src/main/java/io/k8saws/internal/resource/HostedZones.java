package io.k8saws.internal.resource;

import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.graph.ReplaceOnChange;
import java.util.Set;

/** A private hosted zone of the cluster, bound to its VPC. */
public final class HostedZones implements ResourceKind<HostedZones.HostedZone> {
    /** The kind's name. */
    public static final String KIND = "hosted-zone";

    /** The fields of this kind. */
    public record HostedZone(
            @ReplaceOnChange String domain,
            @ReplaceOnChange Ref vpc)
            implements Attributes {}

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<HostedZone> attributes() {
        return HostedZone.class;
    }

    @Override
    public Found<HostedZone> read(Reading reading) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made create(Step step, HostedZone wanted) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made update(Step step, Observed<HostedZone> observed, HostedZone wanted, Set<String> fields) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void delete(Step step, Observed<HostedZone> observed) {
        throw new UnsupportedOperationException();
    }
}
