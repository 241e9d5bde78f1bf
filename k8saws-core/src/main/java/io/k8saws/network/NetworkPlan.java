package io.k8saws.network;

import io.k8saws.cluster.Cidr;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.CniKind;
import io.k8saws.cluster.NatMode;
import io.k8saws.cluster.NetworkSpec;
import io.k8saws.cluster.Topology;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * The addresses of a cluster: subnets, etcd members, services and pods. A pure function of the specification. Immutable.
 *
 * <p><b>How the VPC is cut.</b> It is cut into {@link NetworkSpec#maxZones()} equal blocks. The letter of a zone chooses its block, so
 * a zone's subnets are the same whatever other zones there are and however they are ordered, and every letter without a zone is room
 * for one. The first half of a block is the subnet of the machines (private or public by topology). In the private topology the last
 * eighth, but at least a /28, is the public (utility) subnet. The rest stays free for later kinds of subnets.
 *
 * <p><b>Etcd members.</b> Member {@code n} has address {@code 3 + n} of its zone's machine subnet: the first four addresses belong to
 * AWS. Addresses therefore do not depend on how many members or zones there are. They are held by the members' network interfaces, which
 * are made before anything else takes addresses; those of members that are yet to come are not reserved.
 *
 * @param cidr the block of the VPC
 * @param extraCidrs further blocks of the VPC
 * @param subnets all subnets, by zone in the order of the specification, in a zone the machines' subnet first
 * @param freeBlocks the blocks that no zone uses yet
 * @param natGateways for each zone with private machines the zone of the NAT gateway that it uses; empty without NAT
 * @param etcdMembers the etcd members in the order of their numbers
 * @param podCidr the addresses of pods; with the AWS VPC CNI the VPC's
 * @param serviceCidr the addresses of services
 * @param apiServiceAddress the address of the service {@code kubernetes}: the first of {@code serviceCidr} after its start
 * @param dnsServiceAddress the address of the cluster's DNS: the tenth
 */
public record NetworkPlan(
        Cidr cidr,
        List<Cidr> extraCidrs,
        List<PlannedSubnet> subnets,
        List<Cidr> freeBlocks,
        Map<String, String> natGateways,
        List<PlannedEtcdMember> etcdMembers,
        Cidr podCidr,
        Cidr serviceCidr,
        String apiServiceAddress,
        String dnsServiceAddress) {

    private static final int FIRST_USABLE = 4;
    private static final int SMALLEST_SUBNET = 28;

    /**
     * Plans the network of a cluster.
     *
     * @param spec the specification
     * @return the plan; equal specifications give equal plans
     */
    public static NetworkPlan of(ClusterSpec spec) {
        NetworkSpec network = spec.network();
        boolean isPrivate = network.topology() == Topology.PRIVATE;
        int blockPrefix = network.cidr().prefixLength() + Integer.numberOfTrailingZeros(network.maxZones());
        List<PlannedSubnet> subnets = new ArrayList<>();
        List<Cidr> free = new ArrayList<>();
        for (int i = 0; i < network.maxZones(); i++) {
            free.add(network.cidr().part(blockPrefix, i));
        }
        for (String zone : network.zones()) {
            Cidr block = network.cidr().part(blockPrefix, zone.charAt(zone.length() - 1) - 'a');
            free.remove(block);
            subnets.add(new PlannedSubnet(
                    zone, isPrivate ? SubnetRole.PRIVATE : SubnetRole.PUBLIC, block.part(blockPrefix + 1, 0)));
            if (isPrivate) {
                int prefix = Math.min(SMALLEST_SUBNET, blockPrefix + 3);
                subnets.add(new PlannedSubnet(
                        zone, SubnetRole.PUBLIC, block.part(prefix, (1L << (prefix - blockPrefix)) - 1)));
            }
        }
        return new NetworkPlan(
                network.cidr(),
                network.extraCidrs(),
                List.copyOf(subnets),
                List.copyOf(free),
                natGateways(network),
                etcdMembers(spec, subnets),
                spec.cni().kind() == CniKind.AWS_VPC
                        ? network.cidr()
                        : spec.cni().podCidr(),
                spec.cni().serviceCidr(),
                spec.cni().serviceCidr().address(1),
                spec.cni().serviceCidr().address(10));
    }

    /** For each zone with private machines the zone of its NAT gateway. */
    static Map<String, String> natGateways(NetworkSpec network) {
        Map<String, String> result = new LinkedHashMap<>();
        if (network.topology() == Topology.PRIVATE && network.nat() != NatMode.NONE) {
            for (String zone : network.zones()) {
                result.put(
                        zone,
                        network.nat() == NatMode.PER_ZONE
                                ? zone
                                : network.zones().get(0));
            }
        }
        return java.util.Collections.unmodifiableMap(result);
    }

    private static List<PlannedEtcdMember> etcdMembers(ClusterSpec spec, List<PlannedSubnet> subnets) {
        List<PlannedEtcdMember> members = new ArrayList<>();
        for (String zone : spec.etcdMemberZones()) {
            PlannedSubnet subnet = subnets.stream()
                    .filter(s -> s.zone().equals(zone))
                    .findFirst()
                    .orElseThrow(() -> new NoSuchElementException("no subnet in zone " + zone));
            int number = members.size() + 1;
            members.add(new PlannedEtcdMember(
                    number, zone, subnet.cidr().address(FIRST_USABLE + number - 1L), subnet.name()));
        }
        return List.copyOf(members);
    }

    /**
     * Returns the subnets in which machines stand, one a zone.
     *
     * @return private ones in the private topology, public ones in the public topology
     */
    public List<PlannedSubnet> machineSubnets() {
        boolean anyPrivate = subnets.stream().anyMatch(s -> s.role() == SubnetRole.PRIVATE);
        return subnets(anyPrivate ? SubnetRole.PRIVATE : SubnetRole.PUBLIC);
    }

    /**
     * Returns the subnets of a role, one a zone.
     *
     * @param role the role
     * @return the subnets in the order of the zones; possibly empty
     */
    public List<PlannedSubnet> subnets(SubnetRole role) {
        return subnets.stream().filter(s -> s.role() == role).toList();
    }

    /**
     * Finds a subnet.
     *
     * @param zone the availability zone
     * @param role the role
     * @return the subnet, or empty when the plan has none
     */
    public Optional<PlannedSubnet> subnet(String zone, SubnetRole role) {
        return subnets(role).stream().filter(s -> s.zone().equals(zone)).findFirst();
    }

    /**
     * Returns the address of the VPC's DNS resolver.
     *
     * @return the second address of the VPC after its start
     */
    public String resolverAddress() {
        return cidr.address(2);
    }

    /** Returns the plan as lines: addresses, subnets, free blocks, NAT gateways and etcd members. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("Network " + cidr + (extraCidrs.isEmpty() ? "" : " +" + extraCidrs));
        text.append("\n  pods     ").append(podCidr);
        text.append("\n  services ")
                .append(serviceCidr)
                .append(" api=")
                .append(apiServiceAddress)
                .append(" dns=")
                .append(dnsServiceAddress);
        subnets.forEach(s -> text.append("\n  subnet   ").append(s));
        freeBlocks.forEach(b -> text.append("\n  free     ").append(b));
        natGateways.forEach((zone, nat) ->
                text.append("\n  nat      ").append(zone).append(" -> ").append(nat));
        etcdMembers.forEach(m -> text.append("\n  member   ").append(m));
        return text.toString();
    }
}
