package io.k8saws.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.internal.engine.Draft.Entry;
import io.k8saws.internal.engine.Schedule.Node;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.graph.Resource;
import io.k8saws.internal.resource.DhcpOptionSets.DhcpOptions;
import io.k8saws.internal.resource.NetworkInterfaces.NetworkInterface;
import io.k8saws.internal.resource.ResourceKinds;
import io.k8saws.internal.resource.SecurityGroups.SecurityGroup;
import io.k8saws.internal.resource.Subnets.Subnet;
import io.k8saws.internal.resource.Vpcs.Vpc;
import io.k8saws.plan.Action;
import io.k8saws.plan.Cause;
import io.k8saws.plan.Change;
import io.k8saws.plan.ResourceAddress;
import io.k8saws.plan.Risk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A step waits for what it needs and for nothing else")
class ScheduleTest {
    private static final ResourceAddress DHCP = new ResourceAddress("dhcp-options", "main");
    private static final ResourceAddress VPC = new ResourceAddress("vpc", "main");
    private static final ResourceAddress SUBNET = new ResourceAddress("subnet", "public-a");
    private static final ResourceAddress GROUP = new ResourceAddress("security-group", "node");

    private static final ResourceAddress CARD = new ResourceAddress("network-interface", "etcd-1");

    private static final DhcpOptions DHCP_OPTIONS = new DhcpOptions("internal", "AmazonProvidedDNS", Map.of());

    private static Vpc vpc(Ref dhcp) {
        return new Vpc("10.0.0.0/16", true, true, dhcp, Map.of());
    }

    private static Subnet subnet(Ref vpc) {
        return new Subnet(vpc, "10.0.0.0/24", "a", false, true, Map.of());
    }

    private static SecurityGroup group(Ref vpc) {
        return new SecurityGroup(vpc, "nodes", Map.of());
    }

    private static NetworkInterface card(Ref group) {
        return new NetworkInterface(Ref.id("subnet-1"), "10.0.0.9", Set.of(group), Map.of());
    }

    private static Entry entry(
            Action action,
            ResourceAddress address,
            @Nullable Attributes wanted,
            @Nullable String id,
            @Nullable Attributes seen) {
        Change change = new Change(
                address,
                action,
                Risk.SAFE,
                new Cause(Cause.Kind.SPEC, ""),
                Optional.ofNullable(id),
                List.of(),
                List.of());
        return new Entry(
                change,
                ResourceKinds.all().named(address.kind()),
                Optional.ofNullable(wanted).map(fields -> new Resource(address, fields, "", Set.of())),
                Optional.ofNullable(seen)
                        .map(fields ->
                                new Observed<>(address, String.valueOf(id), Map.of(), fields, Observed.Origin.OURS)));
    }

    private static List<String> steps(Entry... entries) {
        return Schedule.of(List.of(entries)).stream().map(Node::toString).toList();
    }

    private static List<String> needs(String step, Entry... entries) {
        return Schedule.of(List.of(entries)).stream()
                .filter(node -> node.toString().equals(step))
                .flatMap(node -> node.needs().stream())
                .map(Node::toString)
                .sorted()
                .toList();
    }

    @Test
    void whatIsMadeWaitsForWhatItPointsTo() {
        Entry vpc = entry(Action.CREATE, VPC, vpc(Ref.id("dopt-1")), null, null);
        Entry subnet = entry(Action.CREATE, SUBNET, subnet(Ref.to(VPC)), null, null);

        assertThat(steps(subnet, vpc)).containsExactly("make vpc/main", "make subnet/public-a");
    }

    @Test
    void whatIsRemovedWaitsForWhatPointsToIt() {
        Entry vpc = entry(Action.DELETE, VPC, null, "vpc-1", vpc(Ref.id("dopt-1")));
        Entry subnet = entry(Action.DELETE, SUBNET, null, "subnet-1", subnet(Ref.id("vpc-1")));
        Entry dhcp = entry(Action.DELETE, DHCP, null, "dopt-1", DHCP_OPTIONS);

        assertThat(steps(dhcp, vpc, subnet))
                .containsExactly("remove subnet/public-a", "remove vpc/main", "remove dhcp-options/main");
    }

    @Test
    void whatIsRemovedWaitsUntilOthersPointElsewhere() {
        Entry dhcp = entry(Action.DELETE, DHCP, null, "dopt-1", DHCP_OPTIONS);
        Entry vpc = entry(Action.UPDATE, VPC, vpc(Ref.id("dopt-2")), "vpc-1", vpc(Ref.id("dopt-1")));

        assertThat(steps(dhcp, vpc)).containsExactly("make vpc/main", "remove dhcp-options/main");
    }

    @Test
    void whatHoldsOnInOtherWaysGoesFirst() {
        Entry vpc = entry(Action.DELETE, VPC, null, "vpc-1", vpc(Ref.id("dopt-1")));
        Entry group = entry(Action.DELETE, GROUP, null, "sg-1", group(Ref.id("another-vpc")));

        assertThat(steps(vpc, group)).containsExactly("remove security-group/node", "remove vpc/main");
    }

    @Test
    void aReplacementRemovesFirstWhereNameOrAddressIsTaken_andSoDoWhatPointsToIt() {
        Entry vpc = entry(Action.REPLACE, VPC, vpc(Ref.id("dopt-1")), "vpc-1", vpc(Ref.id("dopt-1")));
        Entry subnet = entry(Action.REPLACE, SUBNET, subnet(Ref.to(VPC)), "subnet-1", subnet(Ref.id("vpc-1")));

        assertThat(steps(vpc, subnet))
                .containsExactly("remove subnet/public-a", "remove vpc/main", "make vpc/main", "make subnet/public-a");
    }

    @Test
    void aReplacementMakesFirstWhereBothCanBe_andRemovesWhenOthersPointToTheNewOne() {
        Entry dhcp = entry(Action.REPLACE, DHCP, DHCP_OPTIONS, "dopt-1", DHCP_OPTIONS);
        Entry vpc = entry(Action.UPDATE, VPC, vpc(Ref.to(DHCP)), "vpc-1", vpc(Ref.id("dopt-1")));

        assertThat(steps(dhcp, vpc))
                .containsExactly("make dhcp-options/main", "make vpc/main", "remove dhcp-options/main");
    }

    @Test
    void theOldOneOfWhatIsMadeFirstGoesWhenAllThatNeedTheNewOneHaveIt() {
        Entry options = entry(Action.REPLACE, DHCP, DHCP_OPTIONS, "dopt-1", DHCP_OPTIONS);
        Entry newcomer = entry(Action.CREATE, VPC, vpc(Ref.to(DHCP)), null, null);

        assertThat(steps(options, newcomer))
                .containsExactly("make dhcp-options/main", "make vpc/main", "remove dhcp-options/main");
    }

    @Test
    void theOldOneThatACutOffRunHasLeftGoesWhenAllThatNeedTheNewOneHaveIt() {
        Entry old = entry(Action.DELETE, DHCP, null, "dopt-1", DHCP_OPTIONS);
        Entry newcomer = entry(Action.CREATE, VPC, vpc(Ref.to(DHCP)), null, null);

        assertThat(steps(old, newcomer)).containsExactly("make vpc/main", "remove dhcp-options/main");
    }

    @Test
    void whatMakesRoomWaitsForWhatMovesAwayInPlace() {
        Entry group = entry(Action.REPLACE, GROUP, group(Ref.id("vpc-2")), "sg-1", group(Ref.id("vpc-1")));
        Entry away = entry(Action.UPDATE, CARD, card(Ref.id("sg-2")), "eni-1", card(Ref.id("sg-1")));

        assertThat(steps(group, away))
                .containsExactly(
                        "make network-interface/etcd-1", "remove security-group/node", "make security-group/node");
    }

    @Test
    void whatHasNothingToDoWithEachOtherDoesNotWait() {
        Entry one = entry(Action.CREATE, VPC, vpc(Ref.id("dopt-1")), null, null);
        Entry other = entry(Action.CREATE, DHCP, DHCP_OPTIONS, null, null);

        assertThat(needs("make vpc/main", one, other)).isEmpty();
        assertThat(needs("make dhcp-options/main", one, other)).isEmpty();
    }

    @Test
    void aChangeSaysWhatItWaitsFor_butNotForItself() {
        Entry vpc = entry(Action.REPLACE, VPC, vpc(Ref.id("dopt-1")), "vpc-1", vpc(Ref.id("dopt-1")));
        Entry subnet = entry(Action.REPLACE, SUBNET, subnet(Ref.to(VPC)), "subnet-1", subnet(Ref.id("vpc-1")));

        assertThat(Schedule.order(List.of(subnet, vpc)))
                .extracting(
                        entry -> entry.address() + " after " + entry.change().after())
                .containsExactly("vpc/main after [subnet/public-a]", "subnet/public-a after [vpc/main]");
    }

    @Test
    void whatMustGoFirstGoesInTheOrderOfTheChanges_soThatEqualWorldsGiveEqualPlans() {
        List<Entry> entries = new ArrayList<>();
        entries.add(entry(Action.DELETE, VPC, null, "vpc-1", vpc(Ref.id("dopt-1"))));
        for (char name = 'a'; name <= 'p'; name++) {
            entries.add(entry(
                    Action.DELETE,
                    new ResourceAddress("security-group", String.valueOf(name)),
                    null,
                    "sg-" + name,
                    group(Ref.id("another-vpc"))));
        }

        assertThat(Schedule.order(entries))
                .extracting(entry -> entry.address().name())
                .containsExactly(
                        "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "main");
    }

    @Test
    void stepsThatWaitForEachOtherAreRefused() {
        Entry one = entry(Action.DELETE, VPC, null, "vpc-1", vpc(Ref.id("sg-1")));
        Entry other = entry(Action.DELETE, GROUP, null, "sg-1", group(Ref.id("vpc-1")));

        assertThatThrownBy(() -> Schedule.of(List.of(one, other)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("circle")
                .hasMessageContaining("remove vpc/main")
                .hasMessageContaining("remove security-group/node");
    }

    @Test
    void theCriticalPathIsTheLongestChain() {
        Entry vpc = entry(Action.CREATE, VPC, vpc(Ref.id("dopt-1")), null, null);
        Entry subnet = entry(Action.CREATE, SUBNET, subnet(Ref.to(VPC)), null, null);
        Entry dhcp = entry(Action.CREATE, DHCP, DHCP_OPTIONS, null, null);
        List<Node> nodes = Schedule.of(List.of(vpc, subnet, dhcp));

        assertThat(Estimates.criticalPath(
                        nodes, node -> Duration.ofSeconds(node.entry().address().equals(DHCP) ? 5 : 3)))
                .isEqualTo(Duration.ofSeconds(6));
        assertThat(Estimates.criticalPath(List.of(), node -> Duration.ofSeconds(1)))
                .isZero();
        assertThat(nodes).allSatisfy(node -> assertThat(Estimates.of(node)).isPositive());
    }
}
