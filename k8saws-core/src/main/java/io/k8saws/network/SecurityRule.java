package io.k8saws.network;

import io.k8saws.cluster.PortRange;
import io.k8saws.cluster.Protocol;
import java.util.Locale;

/**
 * One rule of a security group. Immutable.
 *
 * @param group the group that has the rule
 * @param direction into or out of its machines
 * @param ports protocol and ports; for ICMP {@code from} is the type and {@code to} the code, as in the EC2 API
 * @param peer the other side
 * @param reason why the rule exists, at most 255 of the characters that EC2 takes in a description
 * @param specPath the property of the specification from which it follows
 */
public record SecurityRule(
        SecurityGroupRole group, Direction direction, PortRange ports, Peer peer, String reason, String specPath) {

    /** Returns one line, such as {@code node <- control-plane tcp/10250 (kubelet)}. */
    @Override
    public String toString() {
        return group.name().toLowerCase(Locale.ROOT).replace('_', '-')
                + (direction == Direction.INGRESS ? " <- " : " -> ")
                + peer
                + " "
                + (ports.protocol() == Protocol.ALL ? "all" : ports)
                + " ("
                + reason
                + ")";
    }
}
