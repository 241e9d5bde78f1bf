package io.k8saws.network;

import static io.k8saws.network.SecurityGroupRole.BASTION;
import static io.k8saws.network.SecurityGroupRole.CONTROL_PLANE;
import static io.k8saws.network.SecurityGroupRole.ETCD;
import static io.k8saws.network.SecurityGroupRole.LOAD_BALANCER;
import static io.k8saws.network.SecurityGroupRole.NODE;

import io.k8saws.cluster.AccessMethod;
import io.k8saws.cluster.Cidr;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.EtcdPlacement;
import io.k8saws.cluster.Exposure;
import io.k8saws.cluster.PortRange;
import io.k8saws.cluster.Protocol;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The security groups of a cluster and their rules, derived from the specification and no more than it needs. A pure function.
 * Immutable.
 *
 * <p>The groups follow the machines: the API's load balancer, the control plane, etcd (only when it is dedicated), nodes, and the
 * bastion (only when there is one). No two groups are open to each other as a whole, but for the AWS VPC CNI, whose pods share the
 * nodes' groups and listen on any port. Nodes and control plane may send anything anywhere, because what pods call is not ours to know;
 * everything else may only send what it needs.
 *
 * @param groups the groups that the cluster has
 * @param rules all rules, by group
 */
public record SecurityRules(Set<SecurityGroupRole> groups, List<SecurityRule> rules) {

    private static final Cidr TIME_SERVICE = Cidr.of("169.254.169.123/32");

    // ICMP type 3, code 4: without it, path MTU discovery fails and large packets vanish.
    private static final PortRange FRAGMENTATION_NEEDED = new PortRange(Protocol.ICMP, 3, 4);

    /**
     * Derives the groups and rules of a cluster.
     *
     * @param spec the specification
     * @return the rules; equal specifications give equal rules in the same order
     */
    public static SecurityRules of(ClusterSpec spec) {
        return new Derivation(spec).derive();
    }

    /**
     * Returns the rules of a group.
     *
     * @param group the group
     * @return its rules in order; empty when the cluster has no such group
     */
    public List<SecurityRule> rules(SecurityGroupRole group) {
        return rules.stream().filter(r -> r.group() == group).toList();
    }

    /** Returns one line a rule. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("Security rules of " + groups.size() + " groups");
        rules.forEach(r -> text.append("\n  ").append(r));
        return text.toString();
    }

    private static final class Derivation {
        private final ClusterSpec spec;
        private final boolean dedicated;
        private final boolean bastion;
        private final CniFacts cni;

        /** Every cluster is ready for nodes, also one that has no pool yet. */
        private final String nodes;

        private final Set<SecurityGroupRole> groups = new LinkedHashSet<>();
        private final List<SecurityRule> rules = new ArrayList<>();

        Derivation(ClusterSpec spec) {
            this.spec = spec;
            this.dedicated = spec.etcd().placement() == EtcdPlacement.DEDICATED;
            this.bastion = spec.access().method() == AccessMethod.BASTION;
            this.cni = CniFacts.of(spec);
            this.nodes = spec.nodePools().isEmpty() ? "name" : "nodePools";
        }

        SecurityRules derive() {
            loadBalancer();
            controlPlane();
            if (dedicated) {
                etcd();
            }
            node();
            if (bastion) {
                bastion();
            }
            return new SecurityRules(java.util.Collections.unmodifiableSet(groups), List.copyOf(rules));
        }

        private void loadBalancer() {
            groups.add(LOAD_BALANCER);
            PortRange api = PortRange.tcp(WellKnownPorts.API);
            if (spec.api().loadBalancer() == Exposure.INTERNAL) {
                in(LOAD_BALANCER, CONTROL_PLANE, api, "Kubernetes API for the control plane", "api");
                in(LOAD_BALANCER, NODE, api, "Kubernetes API for nodes", "api");
                if (bastion) {
                    in(LOAD_BALANCER, BASTION, api, "Kubernetes API through the bastion", "access.bastion");
                }
            } else if (!spec.api().isOpen()) {
                machinesFromOutside(api);
            }
            for (int i = 0; i < spec.api().allowedCidrs().size(); i++) {
                Peer client = new Peer.Block(spec.api().allowedCidrs().get(i));
                String path = "api.allowedCidrs[" + i + "]";
                add(LOAD_BALANCER, Direction.INGRESS, api, client, "Kubernetes API for clients", path);
                add(LOAD_BALANCER, Direction.INGRESS, FRAGMENTATION_NEEDED, client, "path MTU discovery", path);
            }
            out(LOAD_BALANCER, CONTROL_PLANE, api, "Kubernetes API servers", "api");
        }

        // A group stands for private addresses only (VPC user guide, "Security group rules"), and machines reach a
        // public load
        // balancer from the public addresses of their NAT gateways.
        private void machinesFromOutside(PortRange api) {
            for (String zone :
                    new TreeSet<>(NetworkPlan.natGateways(spec.network()).values())) {
                Peer gateway = new Peer.NatGateway(zone);
                String reason = "Kubernetes API for machines behind the NAT gateway";
                add(LOAD_BALANCER, Direction.INGRESS, api, gateway, reason, "api.allowedCidrs");
                add(
                        LOAD_BALANCER,
                        Direction.INGRESS,
                        FRAGMENTATION_NEEDED,
                        gateway,
                        "path MTU discovery",
                        "api.allowedCidrs");
            }
        }

        private void controlPlane() {
            groups.add(CONTROL_PLANE);
            PortRange api = PortRange.tcp(WellKnownPorts.API);
            in(CONTROL_PLANE, LOAD_BALANCER, api, "Kubernetes API from its load balancer", "api");
            in(CONTROL_PLANE, LOAD_BALANCER, FRAGMENTATION_NEEDED, "path MTU discovery", "api");
            in(CONTROL_PLANE, CONTROL_PLANE, api, "Kubernetes API by its service address", "controlPlane");
            in(CONTROL_PLANE, NODE, api, "Kubernetes API by its service address", nodes);
            kubelet(CONTROL_PLANE, "controlPlane");
            if (!dedicated) {
                etcdMembers(CONTROL_PLANE);
            }
            cni(CONTROL_PLANE);
            ssh(CONTROL_PLANE);
            anywhere(CONTROL_PLANE, "controlPlane");
        }

        private void etcd() {
            groups.add(ETCD);
            in(ETCD, CONTROL_PLANE, PortRange.tcp(WellKnownPorts.ETCD_CLIENT), "etcd clients", "etcd");
            if (spec.etcd().events().isPresent()) {
                PortRange events = PortRange.tcp(WellKnownPorts.ETCD_EVENTS_CLIENT);
                in(ETCD, CONTROL_PLANE, events, "etcd clients for events", "etcd.events");
            }
            etcdMembers(ETCD);
            ssh(ETCD);
            out(
                    ETCD,
                    ETCD,
                    PortRange.tcp(WellKnownPorts.ETCD_CLIENT, WellKnownPorts.ETCD_PEER),
                    "etcd members",
                    "etcd");
            if (spec.etcd().events().isPresent()) {
                PortRange events = PortRange.tcp(WellKnownPorts.ETCD_EVENTS_CLIENT, WellKnownPorts.ETCD_EVENTS_PEER);
                out(ETCD, ETCD, events, "etcd members for events", "etcd.events");
            }
            Peer vpc = new Peer.Block(spec.network().cidr());
            add(
                    ETCD,
                    Direction.EGRESS,
                    PortRange.tcp(443),
                    new Peer.Block(Cidr.ANYWHERE),
                    "AWS and image registries",
                    "etcd");
            packages(ETCD, "etcd");
            add(ETCD, Direction.EGRESS, PortRange.udp(53), vpc, "DNS", "network.cidr");
            add(ETCD, Direction.EGRESS, PortRange.tcp(53), vpc, "DNS", "network.cidr");
            add(
                    ETCD,
                    Direction.EGRESS,
                    PortRange.udp(123),
                    new Peer.Block(TIME_SERVICE),
                    "Amazon time service",
                    "etcd");
        }

        private void etcdMembers(SecurityGroupRole group) {
            PortRange main = PortRange.tcp(WellKnownPorts.ETCD_CLIENT, WellKnownPorts.ETCD_PEER);
            in(group, group, main, "etcd members", "etcd");
            if (spec.etcd().events().isPresent()) {
                PortRange events = PortRange.tcp(WellKnownPorts.ETCD_EVENTS_CLIENT, WellKnownPorts.ETCD_EVENTS_PEER);
                in(group, group, events, "etcd members for events", "etcd.events");
            }
        }

        private void node() {
            groups.add(NODE);
            kubelet(NODE, nodes);
            for (int i = 0; i < spec.access().nodePortCidrs().size(); i++) {
                Peer client = new Peer.Block(spec.access().nodePortCidrs().get(i));
                String path = "access.nodePortCidrs[" + i + "]";
                add(NODE, Direction.INGRESS, WellKnownPorts.NODE_PORTS_TCP, client, "node ports", path);
                add(NODE, Direction.INGRESS, WellKnownPorts.NODE_PORTS_UDP, client, "node ports", path);
            }
            cni(NODE);
            ssh(NODE);
            anywhere(NODE, nodes);
        }

        private void kubelet(SecurityGroupRole group, String path) {
            PortRange kubelet = PortRange.tcp(WellKnownPorts.KUBELET);
            in(group, CONTROL_PLANE, kubelet, "kubelet for API servers: logs, exec, port-forward", path);
            in(group, NODE, kubelet, "kubelet for metrics-server, which runs on nodes", path);
        }

        private void bastion() {
            groups.add(BASTION);
            PortRange ssh = PortRange.tcp(WellKnownPorts.SSH);
            for (int i = 0; i < spec.access().bastion().allowedCidrs().size(); i++) {
                Peer client =
                        new Peer.Block(spec.access().bastion().allowedCidrs().get(i));
                add(BASTION, Direction.INGRESS, ssh, client, "SSH", "access.bastion.allowedCidrs[" + i + "]");
            }
            for (SecurityGroupRole group : groups) {
                if (group != LOAD_BALANCER && group != BASTION) {
                    out(BASTION, group, ssh, "SSH", "access.bastion");
                }
            }
            if (spec.api().loadBalancer() == Exposure.INTERNAL) {
                PortRange api = PortRange.tcp(WellKnownPorts.API);
                out(BASTION, LOAD_BALANCER, api, "Kubernetes API through the bastion", "access.bastion");
            }
            Peer anywhere = new Peer.Block(Cidr.ANYWHERE);
            add(BASTION, Direction.EGRESS, PortRange.tcp(443), anywhere, "AWS", "access.bastion");
            packages(BASTION, "access.bastion");
        }

        private void cni(SecurityGroupRole group) {
            for (CniPort port : cni.nodePorts()) {
                in(group, CONTROL_PLANE, port.ports(), port.reason(), "cni");
                in(group, NODE, port.ports(), port.reason(), "cni");
            }
            if (cni.podsInSubnets()) {
                podsOfSubnets(group);
            } else if (cni.podsOnVpcNetwork()) {
                podsOfOwnBlock(group);
            }
        }

        private void podsOfSubnets(SecurityGroupRole group) {
            if (group == NODE) {
                in(NODE, NODE, PortRange.all(Protocol.ALL), "pods among themselves", "cni");
                in(NODE, CONTROL_PLANE, PortRange.all(Protocol.ALL), "API servers to webhooks and pods", "cni");
            } else {
                in(CONTROL_PLANE, CONTROL_PLANE, PortRange.all(Protocol.ALL), "pods among themselves", "cni");
                in(CONTROL_PLANE, NODE, PortRange.udp(53), "cluster DNS on the control plane", "cni");
                in(CONTROL_PLANE, NODE, PortRange.tcp(53), "cluster DNS on the control plane", "cni");
            }
        }

        // Pod addresses belong to no network interface, so that only their block can stand in a rule.
        private void podsOfOwnBlock(SecurityGroupRole group) {
            Peer pods = new Peer.Block(spec.cni().podCidr());
            String reason = "pods among themselves";
            if (group == NODE || dedicated) {
                add(group, Direction.INGRESS, PortRange.all(Protocol.ALL), pods, reason, "cni.podCidr");
                return;
            }
            add(
                    group,
                    Direction.INGRESS,
                    PortRange.tcp(0, WellKnownPorts.ETCD_CLIENT - 1),
                    pods,
                    reason,
                    "cni.podCidr");
            PortRange aboveEtcd = PortRange.tcp(WellKnownPorts.ETCD_EVENTS_PEER + 1, 65535);
            add(group, Direction.INGRESS, aboveEtcd, pods, reason, "cni.podCidr");
            add(group, Direction.INGRESS, PortRange.all(Protocol.UDP), pods, reason, "cni.podCidr");
            add(group, Direction.INGRESS, PortRange.all(Protocol.ICMP), pods, reason, "cni.podCidr");
        }

        private void ssh(SecurityGroupRole group) {
            if (bastion) {
                in(group, BASTION, PortRange.tcp(WellKnownPorts.SSH), "SSH from the bastion", "access.bastion");
            }
        }

        // Ubuntu's archives, also those in EC2, are reached by HTTP; apt checks the signatures of what it gets.
        private void packages(SecurityGroupRole group, String path) {
            Peer anywhere = new Peer.Block(Cidr.ANYWHERE);
            add(group, Direction.EGRESS, PortRange.tcp(80), anywhere, "package updates, which are signed", path);
        }

        private void anywhere(SecurityGroupRole group, String path) {
            Peer anywhere = new Peer.Block(Cidr.ANYWHERE);
            add(group, Direction.EGRESS, PortRange.all(Protocol.ALL), anywhere, "whatever pods call", path);
        }

        private void in(SecurityGroupRole group, SecurityGroupRole peer, PortRange ports, String reason, String path) {
            add(group, Direction.INGRESS, ports, new Peer.Group(peer), reason, path);
        }

        private void out(SecurityGroupRole group, SecurityGroupRole peer, PortRange ports, String reason, String path) {
            add(group, Direction.EGRESS, ports, new Peer.Group(peer), reason, path);
        }

        private void add(
                SecurityGroupRole group, Direction direction, PortRange ports, Peer peer, String reason, String path) {
            // EC2 refuses the same rule twice; a CNI of one's own may name a port that is open anyway.
            boolean known = rules.stream()
                    .anyMatch(r -> r.group() == group
                            && r.direction() == direction
                            && r.ports().equals(ports)
                            && r.peer().equals(peer));
            if (!known) {
                rules.add(new SecurityRule(group, direction, ports, peer, reason, path));
            }
        }
    }
}
