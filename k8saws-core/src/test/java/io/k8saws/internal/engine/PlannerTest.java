package io.k8saws.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.SampleSpecs;
import io.k8saws.internal.blueprint.Blueprint;
import io.k8saws.internal.blueprint.MadeUp;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.graph.ResourceGraph;
import io.k8saws.internal.resource.AutoScalingGroups.AutoScalingGroup;
import io.k8saws.internal.resource.ElasticIps.ElasticIp;
import io.k8saws.internal.resource.ResourceKinds;
import io.k8saws.internal.resource.SecurityGroups.SecurityGroup;
import io.k8saws.internal.resource.Subnets.Subnet;
import io.k8saws.internal.resource.Volumes.Volume;
import io.k8saws.internal.resource.Vpcs.Vpc;
import io.k8saws.plan.Action;
import io.k8saws.plan.Cause;
import io.k8saws.plan.Change;
import io.k8saws.plan.FieldChange;
import io.k8saws.plan.ResourceAddress;
import io.k8saws.plan.Risk;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayName("The planner says what differs, why, and how much that can hurt")
class PlannerTest {
    private static final ResourceKinds KINDS = ResourceKinds.all();
    private static final ResourceGraph PAYMENTS = graph(spec -> spec);
    private static final SettledWorld SETTLED = SettledWorld.of(PAYMENTS);

    private static ResourceGraph graph(UnaryOperator<ClusterSpec> change) {
        ClusterSpec spec = change.apply(SampleSpecs.payments().build());
        return Blueprint.of(
                spec,
                new ClusterScope(spec.name(), "111122223333", spec.region(), "aws"),
                MadeUp.surroundings(spec, Optional.empty()));
    }

    private static ResourceGraph tagged(String key, String value) {
        return graph(spec -> spec.toBuilder().putTag(key, value).build());
    }

    private static Draft plan(ResourceGraph wanted, ResourceGraph last, SettledWorld world) {
        return Planner.converge(KINDS, wanted, last, world.world());
    }

    private static Draft repair(SettledWorld world) {
        return plan(PAYMENTS, PAYMENTS, world);
    }

    private static Change change(Draft draft, String address) {
        List<Change> found = draft.changes().stream()
                .filter(change -> change.resource().toString().equals(address))
                .toList();
        assertThat(found).as("changes of %s in %s", address, draft.changes()).hasSize(1);
        return found.get(0);
    }

    private static List<String> fields(Change change) {
        return change.fields().stream().map(FieldChange::field).toList();
    }

    private static Subnet inRange(Subnet subnet, String cidr) {
        return new Subnet(subnet.vpc(), cidr, subnet.zone(), false, subnet.resourceNames(), subnet.tags());
    }

    private static AutoScalingGroup inSubnet(AutoScalingGroup g, String subnet) {
        return new AutoScalingGroup(
                g.minSize(),
                g.maxSize(),
                Set.of(Ref.id(subnet)),
                g.launchTemplate(),
                g.launchTemplateVersion(),
                g.mixedInstances(),
                g.targetGroups(),
                g.maxInstanceLifetimeSeconds(),
                g.capacityRebalance(),
                g.scaleInProtection(),
                g.healthCheck(),
                g.healthCheckGraceSeconds(),
                g.lifecycleHooks(),
                g.tags());
    }

    private static Volume inZone(Volume disk, String zone) {
        return new Volume(
                zone,
                disk.type(),
                disk.sizeGib(),
                disk.iops(),
                disk.throughputMibps(),
                disk.encrypted(),
                disk.kmsKey(),
                disk.tags());
    }

    private static Map<String, String> plus(Map<String, String> tags, String key, String value) {
        Map<String, String> more = new TreeMap<>(tags);
        more.put(key, value);
        return more;
    }

    @Test
    void inAnEmptyWorld_everythingIsCreated_eachAfterWhatItNeeds() {
        Draft draft = plan(PAYMENTS, ResourceGraph.empty(), SettledWorld.of(ResourceGraph.empty()));

        assertThat(draft.changes()).hasSize(PAYMENTS.size()).allSatisfy(change -> {
            assertThat(change.action()).isEqualTo(Action.CREATE);
            assertThat(change.risk()).isEqualTo(Risk.SAFE);
            assertThat(change.cause().kind()).isEqualTo(Cause.Kind.SPEC);
            assertThat(change.id()).isEmpty();
        });
        Set<ResourceAddress> made = new HashSet<>();
        draft.entries().forEach(entry -> {
            assertThat(made).containsAll(entry.wanted().orElseThrow().needs());
            made.add(entry.address());
        });
        assertThat(draft.unchanged()).isZero();
    }

    @Test
    void inASettledWorld_nothingIsToBeDone() {
        Draft draft = repair(SETTLED);

        assertThat(draft.changes()).isEmpty();
        assertThat(draft.unchanged()).isEqualTo(PAYMENTS.size());
    }

    @Test
    void theSameInputsGiveTheSameDraft() {
        SettledWorld world = SETTLED.without("subnet/private-eu-west-1a").without("queue/notices");

        assertThat(repair(world).changes()).isEqualTo(repair(world).changes());
    }

    @Nested
    @DisplayName("tells causes apart:")
    class Causes {
        @Test
        void whatOthersRemovedHasDrifted() {
            Change change = change(repair(SETTLED.without("queue/notices")), "queue/notices");

            assertThat(change.action()).isEqualTo(Action.CREATE);
            assertThat(change.cause()).isEqualTo(new Cause(Cause.Kind.DRIFT, "removed outside of k8saws"));
        }

        @Test
        void whatOthersChangedHasDrifted() {
            Change change = change(
                    repair(SETTLED.with(
                            "vpc/main",
                            Vpc.class,
                            vpc -> new Vpc(vpc.cidr(), false, vpc.dnsSupport(), vpc.dhcpOptions(), vpc.tags()))),
                    "vpc/main");

            assertThat(change.action()).isEqualTo(Action.UPDATE);
            assertThat(change.risk()).isEqualTo(Risk.SAFE);
            assertThat(change.cause()).isEqualTo(new Cause(Cause.Kind.DRIFT, "changed outside of k8saws"));
            assertThat(change.fields()).containsExactly(new FieldChange("dnsHostnames", "false", "true"));
        }

        @Test
        void whatTheSpecAsksForNamesItsPlaceInTheSpec() {
            ResourceGraph bigger = graph(spec -> spec.withNodePool("general", pool -> pool.maxSize(20)));
            Draft draft = plan(bigger, PAYMENTS, SETTLED);

            assertThat(draft.changes()).hasSize(1);
            Change change = change(draft, "auto-scaling-group/general");
            assertThat(change.cause()).isEqualTo(new Cause(Cause.Kind.SPEC, "nodePools[general]"));
            assertThat(change.fields()).containsExactly(new FieldChange("maxSize", "12", "20"));
        }

        @Test
        void whatAllResourcesHaveFromOnePropertyNamesThatProperty() {
            assertThat(plan(tagged("team", "checkout"), PAYMENTS, SETTLED).changes())
                    .isNotEmpty()
                    .filteredOn(change -> change.fields().stream()
                            .allMatch(field -> field.field().startsWith("tags[")))
                    .isNotEmpty()
                    .allSatisfy(change -> assertThat(change.cause()).isEqualTo(new Cause(Cause.Kind.SPEC, "tags")));
            ResourceGraph bounded = graph(spec -> spec.toBuilder()
                    .permissionsBoundary("arn:aws:iam::111122223333:policy/boundary")
                    .build());
            assertThat(change(plan(bounded, PAYMENTS, SETTLED), "iam-role/etcd").cause())
                    .isEqualTo(new Cause(Cause.Kind.SPEC, "permissionsBoundary"));
            assertThat(change(plan(PAYMENTS, bounded, SettledWorld.of(bounded)), "iam-role/etcd")
                            .cause())
                    .isEqualTo(new Cause(Cause.Kind.SPEC, "permissionsBoundary"));
        }

        @Test
        void whatFollowsAnotherChangeNamesIt() {
            ResourceGraph otherMachine =
                    graph(spec -> spec.withNodePool("general", pool -> pool.rootVolume(v -> v.sizeGib(200))));
            Draft draft = plan(otherMachine, PAYMENTS, SETTLED);

            assertThat(draft.changes())
                    .extracting(change -> change.action() + " " + change.resource())
                    .containsExactly("UPDATE launch-template/general", "UPDATE auto-scaling-group/general");
            Change group = change(draft, "auto-scaling-group/general");
            assertThat(group.cause()).isEqualTo(new Cause(Cause.Kind.DEPENDENCY, "launch-template/general"));
            assertThat(group.fields())
                    .containsExactly(new FieldChange("launchTemplateVersion", "1", FieldChange.KNOWN_AFTER_APPLY));
            assertThat(group.after()).containsExactly(new ResourceAddress("launch-template", "general"));
        }

        @Test
        void whatTheSpecNoLongerNamesIsDeleted() {
            ResourceGraph two = graph(spec -> spec.plusNodePool(
                    p -> p.name("batch").instanceTypes("m6i.large").size(2)));
            Draft draft = plan(PAYMENTS, two, SettledWorld.of(two));

            assertThat(draft.changes())
                    .extracting(change -> change.action() + " " + change.resource())
                    .containsExactlyInAnyOrder(
                            "DELETE auto-scaling-group/batch",
                            "DELETE launch-template/batch",
                            "DELETE bucket-object/pool-batch");
            assertThat(draft.changes())
                    .allSatisfy(change -> assertThat(change.cause().kind()).isEqualTo(Cause.Kind.NO_LONGER_WANTED));
            assertThat(change(draft, "auto-scaling-group/batch").risk()).isEqualTo(Risk.DESTRUCTIVE);
        }

        @Test
        void whatAnUnfinishedApplyNeverMadeHasNotDrifted() {
            ResourceGraph two = graph(spec -> spec.plusNodePool(
                    p -> p.name("batch").instanceTypes("m6i.large").size(2)));
            Draft draft = Planner.converge(KINDS, two, two, PAYMENTS, SETTLED.world());

            assertThat(draft.changes()).hasSize(3).allSatisfy(change -> assertThat(change.cause())
                    .isEqualTo(new Cause(Cause.Kind.SPEC, "nodePools[batch]")));
        }

        @Test
        void whatAnUnfinishedApplyDidNotChangeYetHasNotDrifted() {
            ResourceGraph bigger = graph(spec -> spec.withNodePool("general", pool -> pool.maxSize(20)));

            assertThat(change(
                                    Planner.converge(KINDS, bigger, bigger, PAYMENTS, SETTLED.world()),
                                    "auto-scaling-group/general")
                            .cause()
                            .kind())
                    .isEqualTo(Cause.Kind.SPEC);
        }
    }

    @Nested
    @DisplayName("keeps one of several with the same address:")
    class Duplicates {
        @Test
        void theOneThatIsAsWanted() {
            Draft draft = repair(SETTLED.twin(
                    "vpc/main",
                    "id-of-a-twin",
                    Vpc.class,
                    vpc -> new Vpc("10.99.0.0/16", true, true, vpc.dhcpOptions(), vpc.tags())));

            assertThat(draft.changes()).hasSize(1);
            Change change = draft.changes().get(0);
            assertThat(change.action()).isEqualTo(Action.DELETE);
            assertThat(change.id()).contains("id-of-a-twin");
            assertThat(change.cause()).isEqualTo(new Cause(Cause.Kind.DUPLICATE, "of id-of-vpc/main"));
            assertThat(draft.unchanged()).isEqualTo(PAYMENTS.size());
        }

        /** An empty twin that is as wished must not win over the disk that a member writes to and that somebody has grown by hand. */
        @Test
        void theDiskInUseStays_howeverItDiffers() {
            Observed<?> asWished = SETTLED.at("volume/etcd-main-1");
            Volume disk = (Volume) asWished.attributes();
            Volume grown = new Volume(
                    disk.zone(),
                    disk.type(),
                    disk.sizeGib() + 10,
                    disk.iops(),
                    disk.throughputMibps(),
                    disk.encrypted(),
                    disk.kmsKey(),
                    disk.tags());
            SettledWorld two = SETTLED.without("volume/etcd-main-1")
                    .plus(new Observed<>(asWished.address(), "empty", Map.of(), disk, Observed.Origin.OURS))
                    .plus(new Observed<>(
                            asWished.address(), "used", Map.of("inUse", "true"), grown, Observed.Origin.OURS));

            assertThat(repair(two).changes())
                    .filteredOn(change -> change.action() == Action.DELETE)
                    .extracting(change -> change.id().orElseThrow())
                    .containsExactly("empty");
        }

        @Test
        void allOthersGo() {
            SettledWorld three = SETTLED.twin("elastic-ip/nat-eu-west-1a", "b", ElasticIp.class, ip -> ip)
                    .twin("elastic-ip/nat-eu-west-1a", "c", ElasticIp.class, ip -> ip);

            assertThat(repair(three).changes())
                    .as("the one that the NAT gateway uses stays, although its id is the last")
                    .extracting(change -> change.id().orElseThrow() + " " + change.cause())
                    .containsExactlyInAnyOrder(
                            "b duplicate: of id-of-elastic-ip/nat-eu-west-1a",
                            "c duplicate: of id-of-elastic-ip/nat-eu-west-1a");
        }

        @Test
        void aDestroyTakesThemAll() {
            SettledWorld two = SETTLED.twin("vpc/main", "b", Vpc.class, vpc -> vpc);

            assertThat(Planner.destroy(KINDS, two.world()).changes()).hasSize(PAYMENTS.size() + 1);
        }
    }

    @Nested
    @DisplayName("leaves what others added to tags alone:")
    class Tags {
        private SettledWorld vpcTagged(SettledWorld world, String key, String value) {
            return world.with(
                    "vpc/main",
                    Vpc.class,
                    vpc -> new Vpc(
                            vpc.cidr(),
                            vpc.dnsHostnames(),
                            vpc.dnsSupport(),
                            vpc.dhcpOptions(),
                            plus(vpc.tags(), key, value)));
        }

        @Test
        void aForeignTagIsNoDifference() {
            assertThat(repair(vpcTagged(SETTLED, "billing", "7")).changes()).isEmpty();
        }

        @Test
        void aTagThatTheSpecNoLongerNamesIsRemoved() {
            ResourceGraph team = tagged("team", "pay");
            Change change = change(plan(PAYMENTS, team, SettledWorld.of(team)), "vpc/main");

            assertThat(change.fields()).containsExactly(new FieldChange("tags[team]", "pay", ""));
            assertThat(change.cause().kind()).isEqualTo(Cause.Kind.SPEC);
        }

        @Test
        void aTagThatAnUnfinishedApplyMayHaveSetIsRemoved() {
            ResourceGraph team = tagged("team", "pay");
            Draft draft = Planner.converge(
                    KINDS,
                    PAYMENTS,
                    team,
                    PAYMENTS,
                    vpcTagged(SETTLED, "team", "pay").world());

            assertThat(fields(change(draft, "vpc/main"))).containsExactly("tags[team]");
        }

        @Test
        void aTagOfOursWithAnotherValueIsSetAgain() {
            ResourceGraph team = tagged("team", "pay");
            Change change = change(plan(team, team, vpcTagged(SettledWorld.of(team), "team", "x")), "vpc/main");

            assertThat(change.fields()).containsExactly(new FieldChange("tags[team]", "x", "pay"));
            assertThat(change.cause().kind()).isEqualTo(Cause.Kind.DRIFT);
        }
    }

    @Nested
    @DisplayName("carries a replacement to those that point to it:")
    class Replacements {
        private final Draft draft = repair(
                SETTLED.with("subnet/public-eu-west-1a", Subnet.class, subnet -> inRange(subnet, "10.77.0.0/24")));

        @Test
        void whatCannotBeChangedIsReplaced() {
            Change subnet = change(draft, "subnet/public-eu-west-1a");
            assertThat(subnet.action()).isEqualTo(Action.REPLACE);
            assertThat(subnet.id()).contains("id-of-subnet/public-eu-west-1a");
            assertThat(fields(subnet)).containsExactly("cidr");
        }

        @Test
        void theNatGatewayInItIsReplaced_andTheRouteToThatIsUpdated() {
            Change nat = change(draft, "nat-gateway/eu-west-1a");
            assertThat(nat.action()).isEqualTo(Action.REPLACE);
            assertThat(nat.risk()).isEqualTo(Risk.DESTRUCTIVE);
            assertThat(nat.cause()).isEqualTo(new Cause(Cause.Kind.DEPENDENCY, "subnet/public-eu-west-1a"));
            assertThat(nat.fields())
                    .containsExactly(new FieldChange(
                            "subnet",
                            "subnet/public-eu-west-1a (id-of-subnet/public-eu-west-1a)",
                            FieldChange.KNOWN_AFTER_APPLY));
            Change route = change(draft, "route/private-eu-west-1a-default");
            assertThat(route.action()).isEqualTo(Action.UPDATE);
            assertThat(route.cause()).isEqualTo(new Cause(Cause.Kind.DEPENDENCY, "nat-gateway/eu-west-1a"));
        }

        /** Its machines are to move to a subnet whose way out lies in the very subnet that they are in, made anew. */
        @Test
        void whoHoldsOnToItAndWaitsForItsSuccessorIsReplacedToo() {
            Draft moving =
                    repair(SETTLED.with("subnet/public-eu-west-1a", Subnet.class, s -> inRange(s, "10.77.0.0/24"))
                            .with(
                                    "auto-scaling-group/general",
                                    AutoScalingGroup.class,
                                    group -> inSubnet(group, "id-of-subnet/public-eu-west-1a")));

            Change group = change(moving, "auto-scaling-group/general");
            assertThat(group.action()).isEqualTo(Action.REPLACE);
            assertThat(group.risk()).isEqualTo(Risk.DESTRUCTIVE);
            assertThat(change(moving, "subnet/public-eu-west-1a").after()).contains(group.resource());
        }

        /** A running member has its disk mounted, and a disk in use cannot be detached. */
        @Test
        void theGroupWhoseMachineUsesADiskThatIsMadeAnewLetsGoOfIt() {
            Draft moved = repair(SETTLED.with("volume/etcd-main-2", Volume.class, disk -> inZone(disk, "eu-west-1z")));

            Change disk = change(moved, "volume/etcd-main-2");
            Change group = change(moved, "auto-scaling-group/etcd-2");
            assertThat(disk.action()).isEqualTo(Action.REPLACE);
            assertThat(group.action()).isEqualTo(Action.REPLACE);
            assertThat(group.cause()).isEqualTo(new Cause(Cause.Kind.DEPENDENCY, "volume/etcd-main-2"));
            assertThat(disk.after()).contains(group.resource());
            assertThat(moved.changes())
                    .extracting(change -> change.resource().toString())
                    .containsExactlyInAnyOrder("volume/etcd-main-2", "auto-scaling-group/etcd-2");
        }

        @Test
        void whatDoesNotPointToItStays() {
            assertThat(draft.changes())
                    .extracting(change -> change.resource().toString())
                    .doesNotContain("nat-gateway/eu-west-1b", "auto-scaling-group/general", "vpc/main");
        }
    }

    @Test
    void aFourthZoneMovesNoEtcdMember() {
        for (int members : List.of(3, 5, 7)) {
            ResourceGraph before = graph(spec -> spec.withEtcd(etcd -> etcd.members(members)));
            ResourceGraph after = graph(spec -> spec.withEtcd(etcd -> etcd.members(members))
                    .withNetwork(n -> n.zones("eu-west-1a", "eu-west-1b", "eu-west-1c", "eu-west-1d")));

            assertThat(plan(after, before, SettledWorld.of(before)).changes())
                    .as("%d members", members)
                    .isNotEmpty()
                    .noneMatch(change -> change.action() == Action.REPLACE || change.risk() == Risk.DATA_LOSS);
        }
    }

    @Nested
    @DisplayName("names the risk:")
    class Risks {
        @Test
        void aReplacedVolumeLosesItsData() {
            Change change = change(
                    repair(SETTLED.with(
                            "volume/etcd-main-1",
                            Volume.class,
                            v -> new Volume(
                                    v.zone(),
                                    v.type(),
                                    v.sizeGib(),
                                    v.iops(),
                                    v.throughputMibps(),
                                    false,
                                    v.kmsKey(),
                                    v.encryptionTag(),
                                    v.tags()))),
                    "volume/etcd-main-1");

            assertThat(change.action()).isEqualTo(Action.REPLACE);
            assertThat(change.risk()).isEqualTo(Risk.DATA_LOSS);
        }

        @Test
        void aSmallerGroupMayEndInstances() {
            ResourceGraph smaller = graph(spec -> spec.withNodePool("general", pool -> pool.maxSize(5)));

            assertThat(change(plan(smaller, PAYMENTS, SETTLED), "auto-scaling-group/general")
                            .risk())
                    .isEqualTo(Risk.DISRUPTIVE);
        }

        @Test
        void aFieldMarkedAsDisruptiveMakesItsUpdateSo() {
            Change change = change(
                    repair(SETTLED.with(
                            "auto-scaling-group/general",
                            AutoScalingGroup.class,
                            group -> inSubnet(group, "subnet-of-others"))),
                    "auto-scaling-group/general");

            assertThat(fields(change)).containsExactly("subnets");
            assertThat(change.action()).isEqualTo(Action.UPDATE);
            assertThat(change.risk()).isEqualTo(Risk.DISRUPTIVE);
        }

        /** Without its tag nothing tells how the disk was encrypted but what was wanted before; and that was another key. */
        @Test
        void aDiskWithoutItsTagIsReplacedForAnotherKey_andGetsItsTagBackForTheSame() {
            String key = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
            ResourceGraph former = graph(spec -> spec.withEtcd(etcd -> etcd.volume(v -> v.kmsKey(key))));
            SettledWorld world = SettledWorld.of(former)
                    .with(
                            "volume/etcd-main-1",
                            Volume.class,
                            disk -> new Volume(
                                    disk.zone(),
                                    disk.type(),
                                    disk.sizeGib(),
                                    disk.iops(),
                                    disk.throughputMibps(),
                                    true,
                                    Optional.of(key),
                                    Optional.empty(),
                                    disk.tags()));

            Change back = change(plan(former, former, world), "volume/etcd-main-1");
            assertThat(back.action()).isEqualTo(Action.UPDATE);
            assertThat(fields(back)).containsExactly("encryptionTag");
            Change another = change(plan(PAYMENTS, former, world), "volume/etcd-main-1");
            assertThat(another.action()).isEqualTo(Action.REPLACE);
            assertThat(another.risk()).isEqualTo(Risk.DATA_LOSS);
        }

        @Test
        void aDestroyOfDisksLosesData() {
            assertThat(Planner.destroy(KINDS, SETTLED.world()).changes())
                    .filteredOn(change -> change.risk() == Risk.DATA_LOSS)
                    .extracting(change -> change.resource().kind())
                    .contains("volume")
                    .isSubsetOf("volume", "bucket", "bucket-object", "key");
        }
    }

    @Nested
    @DisplayName("treats what the cluster's own controllers made as theirs:")
    class Controllers {
        private final SettledWorld world = SETTLED.plus(new Observed<>(
                new ResourceAddress("security-group", "sg-k8s"),
                "sg-k8s",
                Map.of(),
                new SecurityGroup(Ref.id("id-of-vpc/main"), "for a Service", Map.of()),
                Observed.Origin.CONTROLLERS));

        @Test
        void itIsNoConcernOfAnApply() {
            assertThat(repair(world).changes()).isEmpty();
        }

        @Test
        void itGoesWithTheCluster_beforeWhatItHoldsOnTo() {
            Draft draft = Planner.destroy(KINDS, world.world());
            Change group = change(draft, "security-group/sg-k8s");

            assertThat(group.cause()).isEqualTo(new Cause(Cause.Kind.DESTROY, "made by a controller of the cluster"));
            assertThat(draft.changes().indexOf(group))
                    .isLessThan(draft.changes().indexOf(change(draft, "vpc/main")));
        }
    }
}
