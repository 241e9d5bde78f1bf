package io.k8saws.internal.blueprint;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.DnsKind;
import io.k8saws.cluster.Exposure;
import io.k8saws.cluster.Topology;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.resource.HostedZones;
import io.k8saws.internal.resource.InternetGateways;
import io.k8saws.internal.resource.Listeners;
import io.k8saws.internal.resource.LoadBalancers;
import io.k8saws.internal.resource.RecordSets;
import io.k8saws.internal.resource.TargetGroups;
import io.k8saws.network.SecurityGroupRole;
import io.k8saws.network.SubnetRole;
import io.k8saws.network.WellKnownPorts;
import io.k8saws.plan.ResourceAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The load balancer of the Kubernetes API and its name in DNS. */
final class ApiResources {
    static final String NAME = "api";
    private static final int DEREGISTRATION_DELAY_SECONDS = 30;

    private ApiResources() {}

    /** The target group that control-plane machines join. */
    static Ref targetGroup() {
        return Drawing.ref(TargetGroups.KIND, NAME);
    }

    static void draw(Drawing drawing) {
        ClusterSpec spec = drawing.spec();
        boolean open = spec.api().loadBalancer() == Exposure.PUBLIC;
        boolean closedSubnets = !open && spec.network().topology() == Topology.PRIVATE;
        Set<Ref> subnets = drawing.network().subnets(closedSubnets ? SubnetRole.PRIVATE : SubnetRole.PUBLIC).stream()
                .map(NetworkResources::ref)
                .collect(Collectors.toSet());
        Ref balancer = drawing.add(
                LoadBalancers.KIND,
                NAME,
                new LoadBalancers.LoadBalancer(
                        open ? "internet-facing" : "internal",
                        subnets,
                        Set.of(SecurityResources.group(SecurityGroupRole.LOAD_BALANCER)),
                        true,
                        drawing.tags()),
                "api.loadBalancer",
                before(drawing, open));
        Ref targets = drawing.add(
                TargetGroups.KIND,
                NAME,
                new TargetGroups.TargetGroup(
                        NetworkResources.VPC,
                        "TCP",
                        WellKnownPorts.API,
                        "HTTPS",
                        Optional.of("/readyz"),
                        DEREGISTRATION_DELAY_SECONDS,
                        false, // a group deregisters a machine before its API server hears that it goes, which then
                        // lets its clients go in good order
                        false, // with it, a control-plane machine cannot reach itself through the load balancer
                        drawing.tags()),
                "api.loadBalancer");
        drawing.add(
                Listeners.KIND,
                NAME,
                new Listeners.Listener(balancer, WellKnownPorts.API, "TCP", targets, drawing.tags()),
                "api.loadBalancer");
        drawDns(drawing);
    }

    /** The members' fixed addresses come first, because AWS gives a load balancer any free address of its subnets. */
    private static List<ResourceAddress> before(Drawing drawing, boolean open) {
        List<ResourceAddress> before = new ArrayList<>(EtcdResources.addresses(drawing));
        if (open) {
            before.add(new ResourceAddress(InternetGateways.KIND, "main"));
        }
        return before;
    }

    private static void drawDns(Drawing drawing) {
        ClusterSpec spec = drawing.spec();
        if (spec.dns().kind() == DnsKind.NONE) {
            return;
        }
        Ref zone = spec.dns().kind() == DnsKind.PRIVATE
                ? drawing.add(
                        HostedZones.KIND,
                        "private",
                        new HostedZones.HostedZone(spec.dns().zone().orElseThrow(), NetworkResources.VPC),
                        "dns.zone")
                : Ref.id(drawing.surroundings()
                        .hostedZoneId()
                        .orElseThrow(
                                () -> new IllegalArgumentException("A public zone needs the id of its hosted zone.")));
        drawing.add(
                RecordSets.KIND,
                NAME,
                new RecordSets.RecordSet(
                        zone,
                        spec.apiHostName().orElseThrow(),
                        Drawing.ref(LoadBalancers.KIND, NAME, "dnsName"),
                        Drawing.ref(LoadBalancers.KIND, NAME, "zoneId")),
                "dns.apiRecord");
    }
}
