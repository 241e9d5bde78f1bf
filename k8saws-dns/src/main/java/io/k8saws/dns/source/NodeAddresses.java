package io.k8saws.dns.source;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Which addresses of nodes are published. */
final class NodeAddresses {
    /** What an object may ask for. */
    enum Access {
        /** External addresses; where there are none, internal ones. */
        ANY,
        PUBLIC,
        PRIVATE
    }

    private NodeAddresses() {}

    static Access access(Annotations annotations, Problems problems) {
        Optional<String> asked = annotations.get("access");
        if (asked.isEmpty()) {
            return Access.ANY;
        }
        switch (asked.get()) {
            case "public":
                return Access.PUBLIC;
            case "private":
                return Access.PRIVATE;
            default:
                problems.add(
                        "metadata.annotations[" + annotations.path("access") + "]",
                        "'" + asked.get() + "' is unknown, so it counts as if it were not there",
                        "write public or private");
                return Access.ANY;
        }
    }

    static Targets of(Collection<Node> nodes, Access access) {
        List<String> external = new ArrayList<>();
        List<String> internal = new ArrayList<>();
        for (Node node : nodes) {
            external.addAll(addresses(node, "ExternalIP"));
            internal.addAll(addresses(node, "InternalIP"));
        }
        return Targets.of(
                switch (access) {
                    case PUBLIC -> external;
                    case PRIVATE -> internal;
                    case ANY -> external.isEmpty() ? internal : external;
                });
    }

    private static List<String> addresses(Node node, String type) {
        return node.getStatus() == null
                ? List.of()
                : Maps.of(node.getStatus().getAddresses()).stream()
                        .filter(address -> type.equals(address.getType()))
                        .map(NodeAddress::getAddress)
                        .toList();
    }
}
