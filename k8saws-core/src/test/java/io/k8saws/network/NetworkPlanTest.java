package io.k8saws.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.cluster.Cidr;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.CniKind;
import io.k8saws.cluster.CniSpec;
import io.k8saws.cluster.EtcdPlacement;
import io.k8saws.cluster.Golden;
import io.k8saws.cluster.SampleSpecs;
import io.k8saws.cluster.SpecGenerator;
import io.k8saws.cluster.Topology;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class NetworkPlanTest {

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
            Golden.assertMatches("network-" + spec.name() + ".txt", NetworkPlan.of(spec) + "\n");
        }
    }

    @Property(tries = 300)
    void subnetsLieInTheVpcAndShareNoAddress(@ForAll("specs") ClusterSpec spec) {
        NetworkPlan plan = NetworkPlan.of(spec);
        List<Cidr> blocks = new ArrayList<>(plan.freeBlocks());
        plan.subnets().forEach(s -> blocks.add(s.cidr()));

        assertThat(blocks)
                .allSatisfy(b -> assertThat(spec.network().cidr().contains(b)).isTrue());
        assertThat(plan.subnets())
                .allSatisfy(s -> assertThat(s.cidr().prefixLength()).isBetween(16, 28));
        for (int i = 0; i < blocks.size(); i++) {
            for (int j = 0; j < i; j++) {
                assertThat(blocks.get(i).overlaps(blocks.get(j)))
                        .as("%s and %s", blocks.get(i), blocks.get(j))
                        .isFalse();
            }
        }
        assertThat(plan.subnets()).extracting(PlannedSubnet::name).doesNotHaveDuplicates();
    }

    @Property(tries = 300)
    void everyZoneHasItsSubnets(@ForAll("specs") ClusterSpec spec) {
        NetworkPlan plan = NetworkPlan.of(spec);

        assertThat(plan.machineSubnets())
                .extracting(PlannedSubnet::zone)
                .containsExactlyElementsOf(spec.network().zones());
        assertThat(plan.subnets(SubnetRole.PUBLIC))
                .extracting(PlannedSubnet::zone)
                .containsExactlyElementsOf(spec.network().zones());
        assertThat(plan.subnets(SubnetRole.PRIVATE).isEmpty())
                .isEqualTo(spec.network().topology() == Topology.PUBLIC);
        assertThat(plan.freeBlocks())
                .hasSize(spec.network().maxZones() - spec.network().zones().size());
    }

    @Property(tries = 300)
    void nothingMovesWhenZonesComeGoOrChangePlaces(@ForAll("specs") ClusterSpec spec, @ForAll long seed) {
        List<String> zones = new ArrayList<>();
        for (int i = 0; i < spec.network().maxZones(); i++) {
            zones.add(spec.region() + (char) ('a' + i));
        }
        Collections.shuffle(zones, new Random(seed));
        // Pinning the members is what the documentation tells to do.
        List<String> members = spec.etcdMemberZones().stream().distinct().toList();
        ClusterSpec grown = spec.toBuilder()
                .network(n -> n.zones(zones))
                .etcd(e -> e.zones(members))
                .cni(CniSpec.of(CniKind.AWS_VPC))
                .build();

        NetworkPlan before = NetworkPlan.of(spec);
        NetworkPlan after = NetworkPlan.of(grown);

        assertThat(after.subnets()).containsAll(before.subnets());
        assertThat(after.etcdMembers()).isEqualTo(before.etcdMembers());
    }

    @Property(tries = 300)
    void aZoneAddedAtTheEndMovesNoMember_whenThereAreThreeOrMoreAlready(@ForAll("specs") ClusterSpec spec) {
        List<String> zones = spec.network().zones();
        Assume.that(zones.size() >= 3
                && zones.size() < spec.network().maxZones()
                && spec.etcd().zones().isEmpty());
        List<String> more = new ArrayList<>(zones);
        for (int i = 0; more.size() == zones.size(); i++) {
            String zone = spec.region() + (char) ('a' + i);
            if (!zones.contains(zone)) {
                more.add(zone);
            }
        }
        ClusterSpec grown = spec.toBuilder()
                .network(n -> n.zones(more))
                .etcd(e -> e.surviveZoneLoss(false))
                .cni(CniSpec.of(CniKind.AWS_VPC))
                .build();

        assertThat(NetworkPlan.of(grown).etcdMembers())
                .isEqualTo(NetworkPlan.of(spec).etcdMembers());
    }

    @Property(tries = 300)
    void membersHaveAddressesOfTheirOwnInTheirZone(@ForAll("specs") ClusterSpec spec) {
        NetworkPlan plan = NetworkPlan.of(spec);

        assertThat(plan.etcdMembers()).hasSize(spec.etcd().members());
        assertThat(new HashSet<>(plan.etcdMembers().stream()
                        .map(PlannedEtcdMember::address)
                        .toList()))
                .hasSize(spec.etcd().members());
        for (PlannedEtcdMember member : plan.etcdMembers()) {
            PlannedSubnet subnet = plan.machineSubnets().stream()
                    .filter(s -> s.name().equals(member.subnet()))
                    .findFirst()
                    .orElseThrow();
            assertThat(subnet.zone()).isEqualTo(member.zone());
            assertThat(subnet.cidr().part(28, 0).contains(member.address())).isTrue();
            assertThat(List.of(0L, 1L, 2L, 3L))
                    .noneMatch(i -> subnet.cidr().address(i).equals(member.address()));
            assertThat(subnet.cidr().address(subnet.cidr().size().longValueExact() - 1))
                    .isNotEqualTo(member.address());
        }
    }

    @Property(tries = 300)
    void moreMembersLeaveTheOthersAlone(@ForAll("specs") ClusterSpec spec) {
        ClusterSpec more = spec.toBuilder()
                .etcd(e -> e.members(7).surviveZoneLoss(false).placement(EtcdPlacement.DEDICATED))
                .build();

        assertThat(NetworkPlan.of(more).etcdMembers())
                .startsWith(NetworkPlan.of(spec).etcdMembers().toArray(PlannedEtcdMember[]::new));
    }

    @Property(tries = 300)
    void natGatewaysServeEveryPrivateZone(@ForAll("specs") ClusterSpec spec) {
        NetworkPlan plan = NetworkPlan.of(spec);

        List<String> zones = spec.network().zones();
        if (spec.network().topology() == Topology.PUBLIC) {
            assertThat(plan.natGateways()).isEmpty();
            return;
        }
        switch (spec.network().nat()) {
            case PER_ZONE ->
                assertThat(plan.natGateways()).hasSize(zones.size()).allSatisfy((z, n) -> assertThat(n)
                        .isEqualTo(z));
            case SINGLE ->
                assertThat(plan.natGateways()).containsOnlyKeys(zones).allSatisfy((z, n) -> assertThat(n)
                        .isEqualTo(zones.get(0)));
            case NONE -> assertThat(plan.natGateways()).isEmpty();
        }
    }
}
