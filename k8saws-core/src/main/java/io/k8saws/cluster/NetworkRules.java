package io.k8saws.cluster;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The rules of addresses: VPC, zones, pods, services, and the CNI. */
final class NetworkRules {

    // API, kubelet, etcd members and SSH; each port of the CNI has one rule for the control plane and one for nodes.
    private static final int CONTROL_PLANE_RULES = 9;

    // The first 16 addresses are kept for AWS and for etcd members, and something must be left.
    private static final int SMALLEST_SUBNET = 27;
    private static final int KEPT_ADDRESSES = 17;
    private static final Set<Integer> MAX_ZONES = Set.of(2, 4, 8);
    private static final List<Cidr> UNUSABLE =
            List.of(Cidr.of("0.0.0.0/8"), Cidr.of("127.0.0.0/8"), Cidr.of("169.254.0.0/16"), Cidr.of("224.0.0.0/3"));
    private static final List<Cidr> PRIVATE_RANGES =
            List.of(Cidr.of("10.0.0.0/8"), Cidr.of("172.16.0.0/12"), Cidr.of("192.168.0.0/16")); // RFC 1918
    private static final Cidr NEVER_ADDED = Cidr.of("198.19.0.0/16");
    private static final Cidr LOWEST = Cidr.of("10.0.0.0/16");
    private static final Cidr BESIDE_LOWEST = Cidr.of("10.0.0.0/15");
    private static final PortRange ETCD_PORTS = PortRange.tcp(2379, 2384);

    /** Add-ons that can take kube-proxy's place; of one's own add-on nothing is known. */
    private static final Set<CniKind> PROXIES =
            Set.of(CniKind.CILIUM, CniKind.CALICO, CniKind.KUBE_ROUTER, CniKind.CUSTOM);

    private final ClusterSpec spec;
    private final NetworkSpec network;
    private final CniSpec cni;
    private final Findings findings;

    private NetworkRules(ClusterSpec spec, Findings findings) {
        this.spec = spec;
        this.network = spec.network();
        this.cni = spec.cni();
        this.findings = findings;
    }

    static void check(ClusterSpec spec, Findings findings) {
        NetworkRules rules = new NetworkRules(spec, findings);
        rules.zones();
        rules.blocks();
        rules.cni();
        rules.overlaps();
        rules.capacity();
    }

    private void zones() {
        findings.require(
                !network.zones().isEmpty(),
                "network.zones",
                "is missing",
                "name one zone, or three for high availability");
        findings.unique("network.zones", network.zones());
        boolean sizeKnown = findings.require(
                MAX_ZONES.contains(network.maxZones()),
                "network.maxZones",
                "is " + network.maxZones(),
                "choose 2, 4 or 8");
        for (int i = 0; i < network.zones().size(); i++) {
            zone("network.zones[" + i + "]", network.zones().get(i), sizeKnown);
        }
    }

    private void notAZone(String path, String zone, String example) {
        if (Syntax.ZONE_ID.matcher(zone).matches()) {
            findings.add(path, "'" + zone + "' is a zone's id", "write its name in your account, such as " + example);
        } else if (Syntax.EDGE_ZONE.matcher(zone).matches()) {
            findings.add(
                    path,
                    "'" + zone + "' is a Local Zone or a Wavelength Zone, which have no place for a cluster",
                    "take an availability zone, such as " + example);
        } else {
            findings.add(
                    path,
                    "'" + zone + "' is not valid",
                    "write the region and one letter, such as " + example + "; the letters known so far are a to f");
        }
    }

    private void zone(String path, String zone, boolean sizeKnown) {
        if (!Syntax.ZONE.matcher(zone).matches()) {
            String example = Syntax.REGION.matcher(spec.region()).matches() ? spec.region() : "eu-west-1";
            notAZone(path, zone, example + "a");
            return;
        }
        String region = zone.substring(0, zone.length() - 1);
        findings.require(
                !Syntax.REGION.matcher(spec.region()).matches() || region.equals(spec.region()),
                path,
                zone + " is in region " + region + ", the cluster in " + spec.region(),
                "use zones of " + spec.region() + "; a cluster is in one region");
        int slot = zone.charAt(zone.length() - 1) - 'a';
        findings.require(
                !sizeKnown || slot < network.maxZones(),
                path,
                "with room for " + network.maxZones() + " zones the last letter is "
                        + (char) ('a' + network.maxZones() - 1),
                "raise network.maxZones (before the cluster is made), or use another zone");
    }

    private void blocks() {
        vpcBlock("network.cidr", network.cidr());
        if (usable(network.cidr())
                && MAX_ZONES.contains(network.maxZones())
                && network.cidr().prefixLength() <= 28) {
            int zoneBits = Integer.numberOfTrailingZeros(network.maxZones());
            findings.require(
                    network.cidr().prefixLength() + zoneBits + 1 <= SMALLEST_SUBNET,
                    "network.cidr",
                    network.cidr() + " is too small for the subnets of " + network.maxZones() + " zones",
                    "use at least a /" + (SMALLEST_SUBNET - 1 - zoneBits)
                            + (network.maxZones() > 2 ? ", or lower network.maxZones" : ""));
        }
        for (int i = 0; i < network.extraCidrs().size(); i++) {
            String path = "network.extraCidrs[" + i + "]";
            vpcBlock(path, network.extraCidrs().get(i));
            association(path, network.extraCidrs().get(i));
        }
        findings.require(
                network.extraCidrs().size() <= 4,
                "network.extraCidrs",
                "has " + network.extraCidrs().size() + " blocks",
                "name at most 4: AWS's quota is 5 blocks a VPC");
    }

    private void vpcBlock(String path, Cidr cidr) {
        if (!findings.ipv4(path, cidr)) {
            return;
        }
        findings.require(
                cidr.prefixLength() >= 16 && cidr.prefixLength() <= 28,
                path,
                cidr + " has a size that AWS does not take",
                "choose a size of /16 to /28");
        reserved(path, cidr);
    }

    /** Which blocks AWS adds to a VPC: VPC user guide, "IPv4 CIDR block association restrictions". */
    private void association(String path, Cidr extra) {
        Cidr first = network.cidr();
        if (!usable(extra) || !usable(first)) {
            return;
        }
        Optional<Cidr> range = PRIVATE_RANGES.stream().filter(extra::overlaps).findFirst();
        findings.require(
                range.isEmpty() || range.get().overlaps(first),
                path,
                extra + " is in the private range " + range.map(Cidr::toString).orElse("") + ", and network.cidr "
                        + first + " is not, so AWS does not add it to the VPC",
                "use a block of the same private range as network.cidr, or one outside of all three");
        boolean refused = extra.overlaps(NEVER_ADDED)
                || (BESIDE_LOWEST.overlaps(first) && LOWEST.overlaps(extra) && !extra.overlaps(first));
        findings.require(
                !refused, path, "AWS adds no block of this range to a VPC with " + first, "choose another block");
    }

    private void reserved(String path, Cidr cidr) {
        UNUSABLE.stream()
                .filter(cidr::overlaps)
                .findFirst()
                .ifPresent(r -> findings.add(
                        path,
                        cidr + " overlaps " + r + ", which has another purpose",
                        "choose a private block, such as 10.0.0.0/16"));
    }

    private void cni() {
        if (findings.ipv4("cni.serviceCidr", cni.serviceCidr())) {
            int prefix = cni.serviceCidr().prefixLength();
            findings.require(
                    prefix >= 12 && prefix <= 28,
                    "cni.serviceCidr",
                    cni.serviceCidr()
                            + (prefix < 12
                                    ? " is larger than the API server takes"
                                    : " has no tenth address for the cluster's DNS"),
                    "choose a size of /12 to /28");
            reserved("cni.serviceCidr", cni.serviceCidr());
        }
        boolean pods = findings.ipv4("cni.podCidr", cni.podCidr());
        if (cni.kind() == CniKind.AWS_VPC) {
            findings.require(
                    cni.podCidr().equals(CniSpec.DEFAULT_POD_CIDR),
                    "cni.podCidr",
                    "with aws_vpc pods have addresses of the subnets",
                    "remove it, and size network.cidr for the pods");
        } else if (pods) {
            podBlock();
        }
        findings.require(
                encapsulations(cni.kind())
                        .containsAll(cni.encapsulation().stream().toList()),
                "cni.encapsulation",
                Names.lower(cni.kind()) + " does not offer "
                        + cni.encapsulation().map(Names::lower).orElse(""),
                "choose one of " + Names.lower(encapsulations(cni.kind())));
        boolean managed = cni.kind() != CniKind.CUSTOM && cni.kind() != CniKind.AWS_VPC;
        boolean nativeRouting =
                cni.encapsulation().filter(e -> e == Encapsulation.NATIVE).isPresent();
        findings.require(
                !(managed && nativeRouting && network.zones().size() > 1),
                "cni.encapsulation",
                "native routing needs all nodes in one subnet, and there is one subnet a zone",
                "use an encapsulation, a single zone, or the CNI aws_vpc");
        findings.require(
                encryptions(cni.kind()).contains(cni.encryption()),
                "cni.encryption",
                Names.lower(cni.kind()) + " does not offer " + Names.lower(cni.encryption()),
                "choose one of " + Names.lower(encryptions(cni.kind())));
        cni.mtu().ifPresent(mtu -> findings.range("cni.mtu", mtu, 1280, 9001));
        ownCni();
    }

    private static Set<Encapsulation> encapsulations(CniKind kind) {
        return switch (kind) {
            case CILIUM -> EnumSet.of(Encapsulation.VXLAN, Encapsulation.GENEVE, Encapsulation.NATIVE);
            case CALICO -> EnumSet.of(Encapsulation.VXLAN, Encapsulation.IPIP, Encapsulation.NATIVE);
            case FLANNEL -> EnumSet.of(Encapsulation.VXLAN, Encapsulation.NATIVE);
            case KUBE_ROUTER -> EnumSet.of(Encapsulation.IPIP, Encapsulation.NATIVE);
            case AWS_VPC -> EnumSet.of(Encapsulation.NATIVE);
            case CUSTOM -> EnumSet.allOf(Encapsulation.class);
        };
    }

    private static Set<Encryption> encryptions(CniKind kind) {
        return switch (kind) {
            case CILIUM -> EnumSet.allOf(Encryption.class);
            case CALICO, FLANNEL -> EnumSet.of(Encryption.NONE, Encryption.WIREGUARD);
            case KUBE_ROUTER, AWS_VPC, CUSTOM -> EnumSet.of(Encryption.NONE);
        };
    }

    private void podBlock() {
        int prefix = cni.podCidr().prefixLength();
        reserved("cni.podCidr", cni.podCidr());
        findings.require(
                cni.nodePrefixLength() >= prefix && cni.nodePrefixLength() <= 28,
                "cni.nodePrefixLength",
                "is " + cni.nodePrefixLength(),
                "choose the size of a node's part of " + cni.podCidr() + ", at most /28");
        findings.require(
                cni.nodePrefixLength() - prefix <= 16,
                "cni.podCidr",
                cni.podCidr() + " has more than 65536 parts of /" + cni.nodePrefixLength()
                        + ", more than the controller manager takes",
                "use a smaller block or larger parts");
        long nodes = maxNodes();
        int bits = cni.nodePrefixLength() - prefix;
        findings.require(
                bits < 0 || bits > 31 || nodes <= 1L << bits,
                "cni.podCidr",
                cni.podCidr() + " has parts of /" + cni.nodePrefixLength() + " for "
                        + (bits >= 0 && bits < 32 ? 1L << bits : 0) + " nodes, the cluster may have " + nodes,
                "use a larger block, smaller parts, or smaller pools");
    }

    private long maxNodes() {
        return Math.max(0, spec.controlPlane().maxSize())
                + spec.nodePools().stream()
                        .mapToLong(p -> Math.max(0, p.maxSize()))
                        .sum();
    }

    private void ownCni() {
        if (cni.kind() != CniKind.CUSTOM) {
            findings.require(
                    cni.ports().isEmpty(),
                    "cni.ports",
                    "the ports of " + Names.lower(cni.kind()) + " are known",
                    "remove them");
            findings.require(
                    !cni.disableSourceDestCheck(),
                    "cni.disableSourceDestCheck",
                    "what " + Names.lower(cni.kind()) + " needs is known",
                    "remove it");
        }
        findings.require(
                cni.kubeProxy() || PROXIES.contains(cni.kind()),
                "cni.kubeProxy",
                Names.lower(cni.kind()) + " does not do kube-proxy's work",
                "set it to true, or choose cilium, calico or kube_router");
        findings.unique("cni.ports", cni.ports());
        findings.rules("cni.ports", cni.ports().isEmpty() ? 0 : cni.ports().size() * 2 + CONTROL_PLANE_RULES);
        for (int i = 0; i < cni.ports().size(); i++) {
            port("cni.ports[" + i + "]", cni.ports().get(i));
        }
    }

    private void port(String path, PortRange port) {
        if (port.protocol().hasPorts()) {
            findings.require(
                    port.from() >= 0 && port.to() <= 65535 && port.from() <= port.to(),
                    path,
                    "the range is " + port.from() + " to " + port.to(),
                    "choose 0 to 65535, the lower one first");
        } else if (port.protocol() == Protocol.ICMP) {
            findings.require(
                    port.from() >= -1 && port.from() <= 255 && port.to() >= -1 && port.to() <= 255,
                    path,
                    "type and code are " + port.from() + " and " + port.to(),
                    "choose 0 to 255, or leave them out for all");
        } else {
            findings.require(
                    port.equals(PortRange.all(port.protocol())),
                    path,
                    Names.lower(port.protocol()) + " has no ports",
                    "leave from and to out");
        }
        boolean etcd = port.protocol() == Protocol.ALL
                || (port.protocol() == Protocol.TCP
                        && port.from() <= ETCD_PORTS.to()
                        && port.to() >= ETCD_PORTS.from());
        findings.require(
                !etcd,
                path,
                port + " would open etcd's ports " + ETCD_PORTS + " to every node",
                "name ranges beside them");
    }

    private void overlaps() {
        Map<String, Cidr> blocks = new LinkedHashMap<>();
        blocks.put("network.cidr", network.cidr());
        for (int i = 0; i < network.extraCidrs().size(); i++) {
            blocks.put("network.extraCidrs[" + i + "]", network.extraCidrs().get(i));
        }
        if (cni.kind() != CniKind.AWS_VPC) {
            blocks.put("cni.podCidr", cni.podCidr());
        }
        blocks.put("cni.serviceCidr", cni.serviceCidr());
        List<Map.Entry<String, Cidr>> list = new ArrayList<>(blocks.entrySet());
        for (int i = 0; i < list.size(); i++) {
            for (int j = 0; j < i; j++) {
                Cidr later = list.get(i).getValue();
                Cidr earlier = list.get(j).getValue();
                if (usable(later) && usable(earlier)) {
                    findings.require(
                            !later.overlaps(earlier),
                            list.get(i).getKey(),
                            later + " overlaps " + list.get(j).getKey() + " " + earlier,
                            "choose blocks that share no address");
                }
            }
        }
    }

    /** Checks that the machines of the largest size fit into the subnets. */
    private void capacity() {
        int prefix = network.cidr().isWellFormed() ? network.cidr().prefixLength() : 0;
        int zoneCount = network.zones().size();
        if (!usable(network.cidr()) || !MAX_ZONES.contains(network.maxZones()) || zoneCount == 0) {
            return;
        }
        int subnetPrefix = prefix + Integer.numberOfTrailingZeros(network.maxZones()) + 1;
        if (prefix < 16 || subnetPrefix > SMALLEST_SUBNET) {
            return;
        }
        int usable = (1 << (32 - subnetPrefix)) - KEPT_ADDRESSES;
        for (String zone : network.zones().stream().distinct().toList()) {
            long machines = share(spec.controlPlane().maxSize(), zoneCount);
            for (NodePoolSpec pool : spec.nodePools()) {
                List<String> zones = pool.effectiveZones(network);
                machines += zones.contains(zone) ? share(pool.maxSize(), zones.size()) : 0;
            }
            if (!findings.require(
                    machines <= usable,
                    "network.cidr",
                    "zone " + zone + " may get " + machines + " machines, and its subnet of /" + subnetPrefix + " has "
                            + usable + " addresses for them",
                    "use a larger block, a smaller network.maxZones, or smaller pools")) {
                return;
            }
        }
    }

    private static long share(int size, int zones) {
        return size <= 0 ? 0 : (size + zones - 1L) / zones;
    }

    private static boolean usable(Cidr cidr) {
        return cidr.isWellFormed() && !cidr.isIpv6();
    }
}
