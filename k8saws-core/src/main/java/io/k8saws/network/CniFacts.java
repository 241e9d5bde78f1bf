package io.k8saws.network;

import io.k8saws.cluster.CniKind;
import io.k8saws.cluster.CniSpec;
import io.k8saws.cluster.Encapsulation;
import io.k8saws.cluster.Encryption;
import io.k8saws.cluster.PortRange;
import io.k8saws.cluster.Protocol;
import java.util.ArrayList;
import java.util.List;

/**
 * What a CNI, as it is configured, needs of the network. A pure function of the specification. Immutable.
 *
 * <p>Sources: the system requirements in the documentation of Cilium, Calico, Flannel, kube-router and the Amazon VPC CNI, each for its
 * newest version in November 2026.
 *
 * @param kind which CNI
 * @param encapsulation how pod packets travel between nodes
 * @param nodePorts what must be open between all nodes
 * @param mtu the MTU of pod interfaces in bytes
 * @param podsOnVpcNetwork whether packets between nodes carry pod addresses, so that security groups see these and not the nodes'
 * @param podsInSubnets whether pods have addresses of the VPC's subnets
 * @param disableSourceDestCheck whether EC2's source/destination check must be off on nodes
 * @param nodeActions IAM actions that nodes need for it
 * @param networkPolicies whether it enforces network policies
 * @param replacesKubeProxy whether it can do kube-proxy's work
 */
public record CniFacts(
        CniKind kind,
        Encapsulation encapsulation,
        List<CniPort> nodePorts,
        int mtu,
        boolean podsOnVpcNetwork,
        boolean podsInSubnets,
        boolean disableSourceDestCheck,
        List<String> nodeActions,
        boolean networkPolicies,
        boolean replacesKubeProxy) {

    /** The MTU of network interfaces inside a VPC, in bytes (EC2 user guide, jumbo frames). */
    public static final int VPC_MTU = 9001;

    private static final List<String> VPC_CNI_ACTIONS = List.of(
            "ec2:AssignPrivateIpAddresses",
            "ec2:AttachNetworkInterface",
            "ec2:CreateNetworkInterface",
            "ec2:CreateTags",
            "ec2:DeleteNetworkInterface",
            "ec2:DescribeInstanceTypes",
            "ec2:DescribeInstances",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSubnets",
            "ec2:DescribeTags",
            "ec2:DetachNetworkInterface",
            "ec2:ModifyNetworkInterfaceAttribute",
            "ec2:UnassignPrivateIpAddresses");

    /**
     * Looks up what a CNI needs.
     *
     * @param spec the CNI as it is configured
     * @return the facts
     */
    public static CniFacts of(CniSpec spec) {
        Encapsulation encapsulation = spec.encapsulation().orElse(defaultEncapsulation(spec.kind()));
        boolean nativeRouting = encapsulation == Encapsulation.NATIVE;
        boolean podsInSubnets = spec.kind() == CniKind.AWS_VPC;
        boolean sourceDestCheckOff = spec.kind() == CniKind.KUBE_ROUTER
                || (spec.kind() == CniKind.CUSTOM && spec.disableSourceDestCheck())
                || (nativeRouting && spec.kind() != CniKind.CUSTOM && !podsInSubnets);
        return new CniFacts(
                spec.kind(),
                encapsulation,
                ports(spec, encapsulation),
                spec.mtu().orElse(VPC_MTU - overhead(spec, encapsulation)),
                nativeRouting && spec.kind() != CniKind.CUSTOM,
                podsInSubnets,
                sourceDestCheckOff,
                nodeActions(spec.kind(), sourceDestCheckOff),
                spec.kind() != CniKind.FLANNEL && spec.kind() != CniKind.CUSTOM,
                spec.kind() == CniKind.CILIUM || spec.kind() == CniKind.CALICO || spec.kind() == CniKind.KUBE_ROUTER);
    }

    private static Encapsulation defaultEncapsulation(CniKind kind) {
        switch (kind) {
            case CILIUM:
            case CALICO:
            case FLANNEL:
                return Encapsulation.VXLAN;
            case KUBE_ROUTER:
                return Encapsulation.IPIP;
            default:
                return Encapsulation.NATIVE;
        }
    }

    private static List<CniPort> ports(CniSpec spec, Encapsulation encapsulation) {
        List<CniPort> ports = new ArrayList<>();
        boolean overlay = true;
        switch (spec.kind()) {
            case CILIUM:
                ports.add(new CniPort(PortRange.tcp(4240), "Cilium health checks"));
                ports.add(new CniPort(new PortRange(Protocol.ICMP, 8, 0), "Cilium health checks (echo request)"));
                ports.add(new CniPort(PortRange.tcp(4244), "Cilium Hubble flows"));
                encrypted(spec, ports, "Cilium", 51871);
                break;
            case CALICO:
                ports.add(new CniPort(PortRange.tcp(5473), "Calico Typha"));
                if (encapsulation != Encapsulation.VXLAN) {
                    ports.add(new CniPort(PortRange.tcp(179), "Calico BGP"));
                }
                encrypted(spec, ports, "Calico", 51820);
                break;
            case FLANNEL:
                encrypted(spec, ports, "Flannel", 51820);
                // Flannel's WireGuard backend takes the place of VXLAN.
                overlay = spec.encryption() == Encryption.NONE;
                break;
            case KUBE_ROUTER:
                ports.add(new CniPort(PortRange.tcp(179), "kube-router BGP"));
                break;
            case CUSTOM:
                spec.ports().forEach(p -> ports.add(new CniPort(p, "own CNI")));
                overlay = false;
                break;
            case AWS_VPC:
            default:
                overlay = false;
                break;
        }
        if (overlay) {
            switch (encapsulation) {
                case VXLAN:
                    // Calico keeps the port of the RFC, Cilium and Flannel that of the Linux kernel.
                    ports.add(new CniPort(
                            PortRange.udp(spec.kind() == CniKind.CALICO ? 4789 : 8472), "pod traffic in VXLAN"));
                    break;
                case GENEVE:
                    ports.add(new CniPort(PortRange.udp(6081), "pod traffic in Geneve"));
                    break;
                case IPIP:
                    ports.add(new CniPort(PortRange.all(Protocol.IPIP), "pod traffic in IPIP"));
                    break;
                case NATIVE:
                default:
                    break;
            }
        }
        return List.copyOf(ports);
    }

    private static void encrypted(CniSpec spec, List<CniPort> ports, String name, int wireGuardPort) {
        if (spec.encryption() == Encryption.WIREGUARD) {
            ports.add(new CniPort(PortRange.udp(wireGuardPort), name + " WireGuard"));
        } else if (spec.encryption() == Encryption.IPSEC) {
            ports.add(new CniPort(PortRange.all(Protocol.ESP), name + " IPsec"));
        }
    }

    private static int overhead(CniSpec spec, Encapsulation encapsulation) {
        if (spec.encryption() == Encryption.WIREGUARD && spec.kind() == CniKind.CALICO) {
            return 60;
        }
        if (spec.encryption() == Encryption.WIREGUARD && spec.kind() == CniKind.FLANNEL) {
            return 80;
        }
        int tunnel;
        switch (encapsulation) {
            case VXLAN:
            case GENEVE:
                tunnel = 50;
                break;
            case IPIP:
                tunnel = 20;
                break;
            default:
                tunnel = 0;
                break;
        }
        switch (spec.encryption()) {
            case WIREGUARD:
                return tunnel + 80;
            case IPSEC:
                return tunnel + 77;
            default:
                return tunnel;
        }
    }

    private static List<String> nodeActions(CniKind kind, boolean sourceDestCheckOff) {
        if (kind == CniKind.AWS_VPC) {
            return VPC_CNI_ACTIONS;
        }
        return sourceDestCheckOff ? List.of("ec2:DescribeInstances", "ec2:ModifyInstanceAttribute") : List.of();
    }
}
