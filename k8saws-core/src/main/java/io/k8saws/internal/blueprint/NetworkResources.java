package io.k8saws.internal.blueprint;

import io.k8saws.cluster.Cidr;
import io.k8saws.cluster.NatMode;
import io.k8saws.cluster.Topology;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.resource.DhcpOptionSets;
import io.k8saws.internal.resource.ElasticIps;
import io.k8saws.internal.resource.InternetGateways;
import io.k8saws.internal.resource.NatGateways;
import io.k8saws.internal.resource.RouteTableAssociations;
import io.k8saws.internal.resource.RouteTables;
import io.k8saws.internal.resource.Routes;
import io.k8saws.internal.resource.Subnets;
import io.k8saws.internal.resource.VpcCidrs;
import io.k8saws.internal.resource.Vpcs;
import io.k8saws.network.NetworkPlan;
import io.k8saws.network.PlannedSubnet;
import io.k8saws.network.SubnetRole;
import io.k8saws.plan.ResourceAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * VPC, subnets, gateways and routes. Each zone has a private route table of its own, so that going from one NAT gateway a zone to a shared one changes
 * routes and nothing else.
 */
final class NetworkResources {
    static final Ref VPC = Drawing.ref(Vpcs.KIND, "main");
    private static final ResourceAddress INTERNET_GATEWAY = new ResourceAddress(InternetGateways.KIND, "main");

    private NetworkResources() {}

    static void draw(Drawing drawing) {
        drawVpc(drawing);
        for (PlannedSubnet subnet : drawing.network().subnets()) {
            drawSubnet(drawing, subnet);
        }
        drawGateways(drawing);
        drawRoutes(drawing);
    }

    /** The subnet that machines in a zone live in. */
    static Ref machineSubnet(Drawing drawing, String zone) {
        return drawing.network().machineSubnets().stream()
                .filter(subnet -> subnet.zone().equals(zone))
                .map(NetworkResources::ref)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("Zone " + zone + " has no subnet for machines."));
    }

    /** The name of the public address of a zone's NAT gateway. */
    static String natAddress(String zone) {
        return "nat-" + zone;
    }

    static Ref ref(PlannedSubnet subnet) {
        return Drawing.ref(Subnets.KIND, subnet.name());
    }

    /** What must exist before a machine can reach the internet: the routes out of the cluster's subnets. */
    static List<ResourceAddress> waysOut(Drawing drawing) {
        var ways = new java.util.ArrayList<>(drawing.drawn(Routes.KIND));
        ways.addAll(drawing.drawn(RouteTableAssociations.KIND));
        return ways;
    }

    private static void drawVpc(Drawing drawing) {
        String region = drawing.scope().region();
        // EC2's own default names (VPC user guide, "DHCP option sets")
        String domain = region.equals("us-east-1") ? "ec2.internal" : region + ".compute.internal";
        Ref dhcp = drawing.add(
                DhcpOptionSets.KIND,
                "main",
                new DhcpOptionSets.DhcpOptions(domain, "AmazonProvidedDNS", drawing.tags()),
                "network");
        drawing.add(
                Vpcs.KIND,
                "main",
                new Vpcs.Vpc(drawing.network().cidr().toString(), true, true, dhcp, drawing.tags()),
                "network.cidr");
        for (Cidr extra : drawing.network().extraCidrs()) {
            drawing.add(
                    VpcCidrs.KIND,
                    extra.toString().replace('/', '-'),
                    new VpcCidrs.VpcCidr(VPC, extra.toString()),
                    "network.extraCidrs");
        }
        drawing.add(
                InternetGateways.KIND,
                "main",
                new InternetGateways.InternetGateway(Optional.of(VPC), drawing.tags()),
                "network.topology");
    }

    private static void drawSubnet(Drawing drawing, PlannedSubnet subnet) {
        boolean open = subnet.role() == SubnetRole.PUBLIC;
        boolean publicIp = open && drawing.spec().network().topology() == Topology.PUBLIC;
        Map<String, String> tags = drawing.tags(balancers(open, drawing.network()));
        List<ResourceAddress> ranges =
                drawing.network().cidr().contains(subnet.cidr()) ? List.of() : drawing.drawn(VpcCidrs.KIND);
        Ref self = drawing.add(
                Subnets.KIND,
                subnet.name(),
                new Subnets.Subnet(VPC, subnet.cidr().toString(), subnet.zone(), publicIp, true, tags),
                "network.zones[" + subnet.zone() + "]",
                ranges);
        Ref table = Drawing.ref(RouteTables.KIND, open ? "public" : "private-" + subnet.zone());
        drawing.add(
                RouteTableAssociations.KIND,
                subnet.name(),
                new RouteTableAssociations.RouteTableAssociation(table, self),
                "network.zones[" + subnet.zone() + "]");
    }

    /** Which load balancers Kubernetes may put there; internal ones stand in public subnets only where there are no private ones. */
    private static Map<String, String> balancers(boolean open, NetworkPlan network) {
        Map<String, String> roles = new TreeMap<>();
        if (open) {
            roles.put("kubernetes.io/role/elb", "1");
        }
        if (!open || network.subnets(SubnetRole.PRIVATE).isEmpty()) {
            roles.put("kubernetes.io/role/internal-elb", "1");
        }
        return roles;
    }

    private static void drawGateways(Drawing drawing) {
        for (String zone : new TreeSet<>(drawing.network().natGateways().values())) {
            Ref address = drawing.add(
                    ElasticIps.KIND, natAddress(zone), new ElasticIps.ElasticIp(drawing.tags()), "network.nat");
            Ref subnet = Drawing.ref(Subnets.KIND, "public-" + zone);
            drawing.add(
                    NatGateways.KIND,
                    zone,
                    new NatGateways.NatGateway(subnet, address, drawing.tags()),
                    "network.nat",
                    List.of(INTERNET_GATEWAY));
        }
    }

    private static void drawRoutes(Drawing drawing) {
        Ref open = drawing.add(
                RouteTables.KIND, "public", new RouteTables.RouteTable(VPC, drawing.tags()), "network.topology");
        drawing.add(
                Routes.KIND,
                "public-default",
                new Routes.Route(open, "0.0.0.0/0", Optional.of(Ref.to(INTERNET_GATEWAY)), Optional.empty()),
                "network.topology");
        for (PlannedSubnet subnet : drawing.network().subnets(SubnetRole.PRIVATE)) {
            Ref table = drawing.add(
                    RouteTables.KIND,
                    "private-" + subnet.zone(),
                    new RouteTables.RouteTable(VPC, drawing.tags()),
                    "network.zones[" + subnet.zone() + "]");
            String nat = drawing.network().natGateways().get(subnet.zone());
            if (drawing.spec().network().nat() != NatMode.NONE && nat != null) {
                drawing.add(
                        Routes.KIND,
                        "private-" + subnet.zone() + "-default",
                        new Routes.Route(
                                table, "0.0.0.0/0", Optional.empty(), Optional.of(Drawing.ref(NatGateways.KIND, nat))),
                        "network.nat");
            }
        }
    }
}
