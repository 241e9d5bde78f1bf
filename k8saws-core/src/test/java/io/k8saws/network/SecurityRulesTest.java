package io.k8saws.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.cluster.AccessMethod;
import io.k8saws.cluster.Cidr;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.CniKind;
import io.k8saws.cluster.EtcdPlacement;
import io.k8saws.cluster.Exposure;
import io.k8saws.cluster.Golden;
import io.k8saws.cluster.NatMode;
import io.k8saws.cluster.Protocol;
import io.k8saws.cluster.SampleSpecs;
import io.k8saws.cluster.SpecGenerator;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class SecurityRulesTest {

    @Provide
    Arbitrary<ClusterSpec> specs() {
        return SpecGenerator.specs();
    }

    @Example
    void goldenFiles() throws IOException {
        for (ClusterSpec spec : List.of(
                SampleSpecs.payments().build(),
                SampleSpecs.shop().build(),
                SampleSpecs.lab().build(),
                SampleSpecs.everyProperty())) {
            Golden.assertMatches("rules-" + spec.name() + ".txt", SecurityRules.of(spec) + "\n");
        }
    }

    private static boolean namesItsPorts(ClusterSpec spec) {
        CniFacts facts = CniFacts.of(spec.cni());
        return facts.kind() != CniKind.CUSTOM && !facts.podsInSubnets() && !facts.podsOnVpcNetwork();
    }

    private static boolean opens(SecurityRule rule, int port) {
        return rule.direction() == Direction.INGRESS
                && (rule.ports().protocol() == Protocol.ALL
                        || (rule.ports().protocol() == Protocol.TCP
                                && rule.ports().from() <= port
                                && rule.ports().to() >= port));
    }

    /** Where machines of the cluster seem to come from when they call the API's load balancer. */
    private static Set<Peer> machinesBeforeTheApi(ClusterSpec spec) {
        if (spec.api().loadBalancer() == Exposure.INTERNAL) {
            return Set.of(new Peer.Group(SecurityGroupRole.CONTROL_PLANE), new Peer.Group(SecurityGroupRole.NODE));
        }
        if (spec.api().isOpen()) {
            return Set.of(new Peer.Block(Cidr.ANYWHERE));
        }
        return NetworkPlan.of(spec).natGateways().values().stream()
                .map(Peer.NatGateway::new)
                .collect(Collectors.toSet());
    }

    @Property(tries = 300)
    void theClusterOwnMachinesAlwaysReachTheApi(@ForAll("specs") ClusterSpec spec) {
        assertThat(SecurityRules.of(spec).rules(SecurityGroupRole.LOAD_BALANCER))
                .filteredOn(r -> opens(r, WellKnownPorts.API))
                .extracting(SecurityRule::peer)
                .containsAll(machinesBeforeTheApi(spec));
        assertThat(machinesBeforeTheApi(spec)).isNotEmpty();
    }

    @Property(tries = 300)
    void noGroupStandsForMachinesBeforeAPublicApi(@ForAll("specs") ClusterSpec spec) {
        Assume.that(spec.api().loadBalancer() == Exposure.PUBLIC);
        assertThat(SecurityRules.of(spec).rules(SecurityGroupRole.LOAD_BALANCER))
                .filteredOn(r -> r.direction() == Direction.INGRESS)
                .extracting(SecurityRule::peer)
                .noneMatch(Peer.Group.class::isInstance);
    }

    @Example
    void aClosedPublicApiLetsEachNatGatewayIn() {
        ClusterSpec closed = SampleSpecs.payments()
                .api(a -> a.allowedCidrs("203.0.113.0/24"))
                .build();

        assertThat(SecurityRules.of(closed).rules(SecurityGroupRole.LOAD_BALANCER).stream()
                        .map(SecurityRule::toString))
                .contains(
                        "load-balancer <- nat-gateway-eu-west-1a tcp/6443 (Kubernetes API for machines behind the NAT gateway)",
                        "load-balancer <- nat-gateway-eu-west-1c tcp/6443 (Kubernetes API for machines behind the NAT gateway)");
        assertThat(SecurityRules.of(closed.withNetwork(n -> n.nat(NatMode.SINGLE))).rules().stream()
                        .map(SecurityRule::peer)
                        .filter(Peer.NatGateway.class::isInstance))
                .containsOnly(new Peer.NatGateway("eu-west-1a"));
    }

    @Property(tries = 300)
    void etcdIsOpenOnlyToTheControlPlaneAndItsMembers(@ForAll("specs") ClusterSpec spec) {
        boolean dedicated = spec.etcd().placement() == EtcdPlacement.DEDICATED;
        SecurityGroupRole holder = dedicated ? SecurityGroupRole.ETCD : SecurityGroupRole.CONTROL_PLANE;
        List<Peer> allowed = List.of(new Peer.Group(SecurityGroupRole.CONTROL_PLANE), new Peer.Group(holder));

        for (int port = WellKnownPorts.ETCD_CLIENT; port <= WellKnownPorts.ETCD_EVENTS_PEER; port++) {
            int at = port;
            assertThat(SecurityRules.of(spec).rules(holder))
                    .filteredOn(r -> opens(r, at))
                    .allSatisfy(r -> assertThat(allowed).contains(r.peer()));
        }
        assertThat(SecurityRules.of(spec).rules(holder))
                .filteredOn(r -> opens(r, WellKnownPorts.ETCD_PEER))
                .extracting(SecurityRule::peer)
                .containsOnly(new Peer.Group(holder));
    }

    @Property(tries = 300)
    void kubeletsAnswerTheControlPlaneAndNodesAndNobodyElse(@ForAll("specs") ClusterSpec spec) {
        // What a CNI needs may be wider: the VPC CNI's pods share the nodes' groups, and one's own CNI names its ports
        // itself.
        Assume.that(namesItsPorts(spec));
        for (SecurityGroupRole group : SecurityGroupRole.values()) {
            boolean runsPods = group == SecurityGroupRole.CONTROL_PLANE || group == SecurityGroupRole.NODE;
            List<Peer> callers = runsPods
                    ? List.of(new Peer.Group(SecurityGroupRole.CONTROL_PLANE), new Peer.Group(SecurityGroupRole.NODE))
                    : List.of();
            assertThat(SecurityRules.of(spec).rules(group))
                    .filteredOn(r -> opens(r, WellKnownPorts.KUBELET))
                    .extracting(SecurityRule::peer)
                    .containsExactlyInAnyOrderElementsOf(callers);
        }
    }

    @Property(tries = 300)
    void onlyWhatTheSpecificationNamesIsOpenToAddresses(@ForAll("specs") ClusterSpec spec) {
        assertThat(SecurityRules.of(spec).rules())
                .filteredOn(r -> r.direction() == Direction.INGRESS && r.peer() instanceof Peer.Block)
                .allSatisfy(r -> {
                    Cidr cidr = ((Peer.Block) r.peer()).cidr();
                    switch (r.group()) {
                        case LOAD_BALANCER ->
                            assertThat(spec.api().allowedCidrs()).contains(cidr);
                        case NODE ->
                            assertThat(spec.access().nodePortCidrs().contains(cidr)
                                            || cidr.equals(spec.cni().podCidr()))
                                    .isTrue();
                        case BASTION ->
                            assertThat(spec.access().bastion().allowedCidrs()).contains(cidr);
                        case CONTROL_PLANE ->
                            assertThat(cidr).isEqualTo(spec.cni().podCidr());
                        case ETCD ->
                            assertThat(r).as("etcd is open to addresses").isNull();
                    }
                });
    }

    @Property(tries = 300)
    void rulesAreWhatEc2Takes(@ForAll("specs") ClusterSpec spec) {
        SecurityRules rules = SecurityRules.of(spec);

        assertThat(rules.rules()).allSatisfy(r -> {
            assertThat(r.reason()).matches("[a-zA-Z0-9 ._\\-:/()#,@\\[\\]+=&;{}!$*]{1,255}");
            assertThat(rules.groups()).contains(r.group());
            if (r.peer() instanceof Peer.Group group) {
                assertThat(rules.groups()).contains(group.role());
            }
        });
        assertThat(rules.rules().stream().map(r -> List.of(r.group(), r.direction(), r.ports(), r.peer())))
                .doesNotHaveDuplicates();
        for (SecurityGroupRole group : rules.groups()) {
            assertThat(rules.rules(group).stream().filter(r -> r.direction() == Direction.INGRESS))
                    .hasSizeLessThanOrEqualTo(60);
            assertThat(rules.rules(group).stream().filter(r -> r.direction() == Direction.EGRESS))
                    .isNotEmpty();
        }
    }

    @Property(tries = 300)
    void groupsFollowTheMachines(@ForAll("specs") ClusterSpec spec) {
        Set<SecurityGroupRole> groups = SecurityRules.of(spec).groups();

        assertThat(groups.contains(SecurityGroupRole.ETCD))
                .isEqualTo(spec.etcd().placement() == EtcdPlacement.DEDICATED);
        assertThat(groups.contains(SecurityGroupRole.BASTION))
                .isEqualTo(spec.access().method() == AccessMethod.BASTION);
        assertThat(groups)
                .contains(SecurityGroupRole.LOAD_BALANCER, SecurityGroupRole.CONTROL_PLANE, SecurityGroupRole.NODE);
    }

    @Property(tries = 300)
    void sshIsOpenOnlyThroughTheBastion(@ForAll("specs") ClusterSpec spec) {
        Assume.that(namesItsPorts(spec));
        assertThat(SecurityRules.of(spec).rules())
                .filteredOn(r -> opens(r, WellKnownPorts.SSH) && r.group() != SecurityGroupRole.BASTION)
                .allSatisfy(r -> assertThat(r.peer()).isEqualTo(new Peer.Group(SecurityGroupRole.BASTION)));
    }
}
