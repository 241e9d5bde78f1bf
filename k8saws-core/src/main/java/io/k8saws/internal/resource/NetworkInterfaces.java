package io.k8saws.internal.resource;

import io.k8saws.internal.graph.Additive;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.graph.ReplaceOnChange;
import java.util.Map;
import java.util.Set;

/** The fixed address of an etcd member; outlives its instances. */
public final class NetworkInterfaces implements ResourceKind<NetworkInterfaces.NetworkInterface> {
    /** The kind's name. */
    public static final String KIND = "network-interface";

    /** The fields of this kind. */
    public record NetworkInterface(
            @ReplaceOnChange Ref subnet,
            @ReplaceOnChange String privateIp,
            Set<Ref> securityGroups,
            @Additive Map<String, String> tags)
            implements Attributes {}

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<NetworkInterface> attributes() {
        return NetworkInterface.class;
    }

    @Override
    public Found<NetworkInterface> read(Reading reading) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made create(Step step, NetworkInterface wanted) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made update(Step step, Observed<NetworkInterface> observed, NetworkInterface wanted, Set<String> fields) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void delete(Step step, Observed<NetworkInterface> observed) {
        throw new UnsupportedOperationException();
    }
}
