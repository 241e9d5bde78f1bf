package io.k8saws.internal.resource;

import io.k8saws.internal.graph.Additive;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.ReplaceOnChange;
import java.util.Map;
import java.util.Set;

/** What instances learn by DHCP. */
public final class DhcpOptionSets implements ResourceKind<DhcpOptionSets.DhcpOptions> {
    /** The kind's name. */
    public static final String KIND = "dhcp-options";

    /** The fields of this kind. */
    public record DhcpOptions(
            @ReplaceOnChange String domainName,
            @ReplaceOnChange String nameServers,
            @Additive Map<String, String> tags)
            implements Attributes {}

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<DhcpOptions> attributes() {
        return DhcpOptions.class;
    }

    @Override
    public Found<DhcpOptions> read(Reading reading) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made create(Step step, DhcpOptions wanted) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Made update(Step step, Observed<DhcpOptions> observed, DhcpOptions wanted, Set<String> fields) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void delete(Step step, Observed<DhcpOptions> observed) {
        throw new UnsupportedOperationException();
    }
}
