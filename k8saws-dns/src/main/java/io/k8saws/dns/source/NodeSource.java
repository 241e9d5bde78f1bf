package io.k8saws.dns.source;

import io.fabric8.kubernetes.api.model.Node;
import java.util.List;

/** The names of a node, by templates. Pure. */
final class NodeSource {
    private NodeSource() {}

    static Derivation of(Node node, SourceSettings settings) {
        Deriving deriving = new Deriving(node, SourceKind.NODE, settings);
        boolean closed = node.getSpec() != null && Maps.is(node.getSpec().getUnschedulable());
        if (deriving.annotations().isForAnother() || (closed && !settings.unschedulableNodes())) {
            return Derivation.nothing();
        }
        Targets targets = deriving.asked()
                .orElseGet(() -> NodeAddresses.of(
                        List.of(node), NodeAddresses.access(deriving.annotations(), deriving.problems())));
        deriving.want(deriving.templated(false), targets, Deriving.TEMPLATE);
        return deriving.done();
    }
}
