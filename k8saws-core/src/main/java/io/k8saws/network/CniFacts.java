package io.k8saws.network;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.CniKind;
import io.k8saws.cluster.CniSpec;
import io.k8saws.cluster.Encapsulation;
import io.k8saws.cluster.Encryption;
import io.k8saws.cluster.OperatingSystem;
import io.k8saws.cluster.PortRange;
import io.k8saws.cluster.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
 * @param podsOnVpcNetwork whether packets between some nodes carry pod addresses, so that security groups see these and not the nodes'
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
            "ec2:DescribeSecurityGroups",
            "ec2:DescribeSubnets",
            "ec2:DescribeTags",
            "ec2:DetachNetworkInterface",
            "ec2:ModifyNetworkInterfaceAttribute",
            "ec2:UnassignPrivateIpAddresses");

    private static final Map<String, String> AWS_REGISTRIES = Map.of(
            "us-gov-west-1",
            "013241004608.dkr.ecr.us-gov-west-1.amazonaws.com",
            "us-gov-east-1",
            "151742754352.dkr.ecr.us-gov-east-1.amazonaws.com",
            "cn-north-1",
            "918309763551.dkr.ecr.cn-north-1.amazonaws.com.cn",
            "cn-northwest-1",
            "961992271922.dkr.ecr.cn-northwest-1.amazonaws.com.cn");

    private static final String AWS_REGISTRY = "602401143452.dkr.ecr.us-west-2.amazonaws.com";

    /**
     * Looks up where AWS keeps the images of its CNI: in a few regions there, else, as its own manifest does, in Oregon (amazon-vpc-cni-k8s, released manifests).
     *
     * @param region the cluster's
     * @return a registry of AWS's account, which a machine's role must be allowed to pull from
     */
    public static String awsRegistry(String region) {
        return AWS_REGISTRIES.getOrDefault(region, AWS_REGISTRY);
    }

    /**
     * Looks up what a CNI needs.
     *
     * @param spec the CNI as it is configured
     * @return the facts
     */
    public static CniFacts of(CniSpec spec) {
        return of(spec, false);
    }

    /**
     * Looks up what a cluster's CNI needs.
     *
     * @param spec the cluster; with Windows nodes Flannel's VXLAN has the port that Windows knows
     * @return the facts
     */
    public static CniFacts of(ClusterSpec spec) {
        return of(spec.cni(), spec.nodePools().stream().anyMatch(pool -> pool.os() == OperatingSystem.WINDOWS));
    }

    private static CniFacts of(CniSpec spec, boolean windows) {
        Encapsulation encapsulation = spec.encapsulation().orElse(defaultEncapsulation(spec.kind()));
        boolean nativeRouting = encapsulation == Encapsulation.NATIVE;
        boolean podsInSubnets = spec.kind() == CniKind.AWS_VPC;
        boolean sourceDestCheckOff = spec.kind() == CniKind.KUBE_ROUTER
                || (spec.kind() == CniKind.CUSTOM && spec.disableSourceDestCheck())
                || (nativeRouting && spec.kind() != CniKind.CUSTOM && !podsInSubnets);
        return new CniFacts(
                spec.kind(),
                encapsulation,
                ports(spec, encapsulation, windows),
                spec.mtu().orElse(VPC_MTU - overhead(spec, encapsulation)),
                // kube-router tunnels between subnets only, unless its overlay type is "full" (its documentation,
                // "Tunnels")
                spec.kind() == CniKind.KUBE_ROUTER || (nativeRouting && spec.kind() != CniKind.CUSTOM),
                podsInSubnets,
                sourceDestCheckOff,
                nodeActions(spec.kind(), sourceDestCheckOff),
                spec.kind() != CniKind.FLANNEL && spec.kind() != CniKind.CUSTOM,
                spec.kind() == CniKind.CILIUM || spec.kind() == CniKind.CALICO || spec.kind() == CniKind.KUBE_ROUTER);
    }

    private static Encapsulation defaultEncapsulation(CniKind kind) {
        return switch (kind) {
            case CILIUM, CALICO, FLANNEL -> Encapsulation.VXLAN;
            case KUBE_ROUTER -> Encapsulation.IPIP;
            case AWS_VPC, CUSTOM -> Encapsulation.NATIVE;
        };
    }

    private static List<CniPort> ports(CniSpec spec, Encapsulation encapsulation, boolean windows) {
        List<CniPort> ports = new ArrayList<>();
        switch (spec.kind()) {
            case CILIUM -> {
                ports.add(new CniPort(PortRange.tcp(4240), "Cilium health checks"));
                ports.add(new CniPort(new PortRange(Protocol.ICMP, 8, 0), "Cilium health checks (echo request)"));
                ports.add(new CniPort(PortRange.tcp(4244), "Cilium Hubble flows"));
                encrypted(spec, ports, "Cilium", 51871);
            }
            case CALICO -> {
                ports.add(new CniPort(PortRange.tcp(5473), "Calico Typha"));
                if (encapsulation != Encapsulation.VXLAN) {
                    ports.add(new CniPort(PortRange.tcp(179), "Calico BGP"));
                }
                encrypted(spec, ports, "Calico", 51820);
            }
            case FLANNEL -> encrypted(spec, ports, "Flannel", 51820);
            case KUBE_ROUTER -> ports.add(new CniPort(PortRange.tcp(179), "kube-router BGP"));
            case CUSTOM -> spec.ports().forEach(p -> ports.add(new CniPort(p, "own CNI")));
            case AWS_VPC -> {}
        }
        // Flannel's WireGuard backend takes the place of VXLAN.
        boolean wireGuardOnly = spec.kind() == CniKind.FLANNEL && spec.encryption() != Encryption.NONE;
        if (spec.kind() != CniKind.CUSTOM && !wireGuardOnly) {
            tunnel(spec.kind(), encapsulation, windows).ifPresent(ports::add);
        }
        return List.copyOf(ports);
    }

    private static Optional<CniPort> tunnel(CniKind kind, Encapsulation encapsulation, boolean windows) {
        // Calico keeps the port of the RFC, Cilium and Flannel that of the Linux kernel; Windows knows that of the RFC
        // only.
        int vxlan = kind == CniKind.CALICO || windows ? 4789 : 8472;
        return switch (encapsulation) {
            case VXLAN -> Optional.of(new CniPort(PortRange.udp(vxlan), "pod traffic in VXLAN"));
            case GENEVE -> Optional.of(new CniPort(PortRange.udp(6081), "pod traffic in Geneve"));
            case IPIP -> Optional.of(new CniPort(PortRange.all(Protocol.IPIP), "pod traffic in IPIP"));
            case NATIVE -> Optional.empty();
        };
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
        int tunnel =
                switch (encapsulation) {
                    case VXLAN, GENEVE -> 50;
                    case IPIP -> 20;
                    case NATIVE -> 0;
                };
        return switch (spec.encryption()) {
            case WIREGUARD -> tunnel + 80;
            case IPSEC -> tunnel + 77;
            case NONE -> tunnel;
        };
    }

    private static List<String> nodeActions(CniKind kind, boolean sourceDestCheckOff) {
        if (kind == CniKind.AWS_VPC) {
            return VPC_CNI_ACTIONS;
        }
        if (!sourceDestCheckOff) {
            return List.of();
        }
        // Calico's Felix changes the first network interface, the others the instance.
        String action = kind == CniKind.CALICO ? "ec2:ModifyNetworkInterfaceAttribute" : "ec2:ModifyInstanceAttribute";
        return List.of("ec2:DescribeInstances", action);
    }
}
