package io.k8saws.internal.blueprint;

import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.resource.ElasticIps;
import io.k8saws.internal.resource.SecurityGroupRules;
import io.k8saws.internal.resource.SecurityGroups;
import io.k8saws.network.Direction;
import io.k8saws.network.Peer;
import io.k8saws.network.SecurityGroupRole;
import io.k8saws.network.SecurityRule;
import io.k8saws.plan.ResourceAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Security groups and their rules, one resource a rule. */
final class SecurityResources {
    private SecurityResources() {}

    static void draw(Drawing drawing) {
        for (SecurityGroupRole role : drawing.security().groups()) {
            drawing.add(
                    SecurityGroups.KIND,
                    name(role),
                    new SecurityGroups.SecurityGroup(
                            NetworkResources.VPC,
                            "k8saws " + name(role) + " of " + drawing.spec().name(),
                            drawing.tags()),
                    specPath(drawing, role));
        }
        for (SecurityRule rule : drawing.security().rules()) {
            drawRule(drawing, rule);
        }
    }

    private static String specPath(Drawing drawing, SecurityGroupRole group) {
        return Arrays.stream(MachineRole.values())
                .filter(role -> role.group() == group)
                .map(role -> role.specPath(drawing.spec()))
                .findFirst()
                .orElse("api"); // the load balancer has no machines
    }

    static Ref group(SecurityGroupRole role) {
        return Drawing.ref(SecurityGroups.KIND, name(role));
    }

    /** The rules of a group, which must be there before its machines start to talk. */
    static List<ResourceAddress> rulesOf(Drawing drawing, SecurityGroupRole role) {
        return drawing.drawn(SecurityGroupRules.KIND).stream()
                .filter(address -> address.name().startsWith(name(role) + "-in-")
                        || address.name().startsWith(name(role) + "-out-"))
                .toList();
    }

    private static void drawRule(Drawing drawing, SecurityRule rule) {
        String direction = rule.direction() == Direction.INGRESS ? "in" : "out";
        String protocol = rule.ports().protocol().ec2Name();
        String ports = rule.ports().protocol().hasPorts()
                ? "-" + rule.ports().from()
                        + (rule.ports().to() == rule.ports().from()
                                ? ""
                                : "-" + rule.ports().to())
                : "";
        Optional<Ref> peerGroup =
                rule.peer() instanceof Peer.Group peer ? Optional.of(group(peer.role())) : Optional.empty();
        String protocolName = protocol.equals("-1") ? "all" : protocol;
        drawing.add(
                SecurityGroupRules.KIND,
                name(rule.group()) + "-" + direction + "-" + protocolName + ports + "-"
                        + rule.peer().toString().replace('/', '_'),
                new SecurityGroupRules.SecurityGroupRule(
                        group(rule.group()),
                        rule.direction().name().toLowerCase(Locale.ROOT),
                        protocol,
                        rule.ports().from(),
                        rule.ports().to(),
                        peerGroup,
                        addresses(rule.peer()),
                        rule.reason(),
                        drawing.tags()),
                rule.specPath());
    }

    private static Optional<Ref> addresses(Peer peer) {
        if (peer instanceof Peer.NatGateway gateway) {
            return Optional.of(
                    Drawing.ref(ElasticIps.KIND, NetworkResources.natAddress(gateway.zone()), ElasticIps.PUBLIC_CIDR));
        }
        return peer instanceof Peer.Block block
                ? Optional.of(Ref.id(block.cidr().toString()))
                : Optional.empty();
    }

    private static String name(SecurityGroupRole role) {
        return role.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
