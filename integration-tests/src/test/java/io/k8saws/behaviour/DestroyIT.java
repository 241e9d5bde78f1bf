package io.k8saws.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.error.ConflictException;
import io.k8saws.error.InvalidSpecException;
import io.k8saws.plan.ApplyException;
import io.k8saws.plan.Cause;
import io.k8saws.plan.Outcome;
import io.k8saws.plan.Plan;
import io.k8saws.state.ClusterState;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.fault.Faults;
import io.k8saws.testkit.inventory.AwsInventory;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;
import software.amazon.awssdk.services.ec2.model.VolumeType;
import software.amazon.awssdk.services.elasticloadbalancing.ElasticLoadBalancingClient;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.route53.Route53Client;
import software.amazon.awssdk.services.route53.model.ChangeAction;
import software.amazon.awssdk.services.route53.model.RRType;

/** A destroy takes all that the cluster owns, what its own controllers made included, and nothing else. */
@SuppressWarnings("unchecked") // the SDK's builders take their lambdas as varargs
class DestroyIT {
    private static final String OWNED = "kubernetes.io/cluster/pay";

    private final AwsEndpoint aws;

    DestroyIT(@AwsEmulator AwsEndpoint aws) {
        this.aws = aws;
    }

    @BeforeEach
    void forget() {
        aws.reset();
    }

    private static ClusterSpec pay() {
        return Specs.small("pay")
                .dns(d -> d.publicZone(Specs.DOMAIN).apiRecord("pay." + Specs.DOMAIN))
                .build();
    }

    @Test
    void destroy_withLoadBalancersVolumesAndMachinesOfTheClustersControllers_removesThemToo() {
        TwelveSpecsIT.makeHostedZone(aws, Specs.DOMAIN);
        AwsInventory before = AwsInventory.of(aws);
        try (Program program = Program.at(aws)) {
            program.k8s().apply(program.k8s().plan(pay()));
            controllersMakeThings("owned");
            assertThat(program.k8s().plan(pay()).changes())
                    .as("a plan leaves them alone")
                    .isEmpty();

            Plan destroy = program.k8s().planDestroy("pay");
            assertThat(destroy.changes())
                    .filteredOn(change ->
                            change.cause().equals(new Cause(Cause.Kind.DESTROY, "made by a controller of the cluster")))
                    .extracting(change -> change.resource().kind())
                    .contains(
                            "classic-load-balancer",
                            "load-balancer",
                            "target-group",
                            "volume",
                            "security-group",
                            "network-interface",
                            "instance");
            assertThat(program.k8s().apply(destroy).complete()).isTrue();
            assertThat(program.k8s().planDestroy("pay").isEmpty()).isTrue();
        }
        try (ElasticLoadBalancingClient classic =
                aws.configure(ElasticLoadBalancingClient.builder()).build()) {
            assertThat(classic.describeLoadBalancers().loadBalancerDescriptions())
                    .isEmpty();
        }
        AwsInventory after = AwsInventory.of(aws);
        assertThat(after.minus(before).lines()).as("left behind").isEmpty();
        assertThat(before.minus(after).lines()).as("taken from others").isEmpty();
    }

    /** What the cloud controller manager, the EBS driver and Karpenter make, in the cluster's own subnet. */
    private void controllersMakeThings(String value) {
        try (Ec2Client ec2 = aws.configure(Ec2Client.builder()).build();
                ElasticLoadBalancingV2Client elb =
                        aws.configure(ElasticLoadBalancingV2Client.builder()).build();
                ElasticLoadBalancingClient classic =
                        aws.configure(ElasticLoadBalancingClient.builder()).build()) {
            var subnet = ec2.describeSubnets(
                            r -> r.filters(f -> f.name("tag:KubernetesCluster").values("pay")))
                    .subnets()
                    .get(0);
            String group = ec2.createSecurityGroup(r -> r.groupName("k8s-elb-a1b2")
                            .description("Security group for Kubernetes ELB a1b2")
                            .vpcId(subnet.vpcId())
                            .tagSpecifications(tagged(ResourceType.SECURITY_GROUP, value)))
                    .groupId();
            String peer = ec2.createSecurityGroup(r -> r.groupName("k8s-traffic")
                            .description("[k8s] Shared Backend SecurityGroup for LoadBalancer")
                            .vpcId(subnet.vpcId())
                            .tagSpecifications(tagged(ResourceType.SECURITY_GROUP, value)))
                    .groupId();
            allow(ec2, group, peer);
            allow(ec2, peer, group);
            classic.createLoadBalancer(r -> r.loadBalancerName("a1b2")
                    .subnets(subnet.subnetId())
                    .securityGroups(group)
                    .listeners(l -> l.protocol("TCP").loadBalancerPort(80).instancePort(30080))
                    .tags(t -> t.key(OWNED).value(value)));
            elb.createLoadBalancer(r -> r.name("k8s-default-web")
                    .type("network")
                    .subnets(subnet.subnetId())
                    .tags(t -> t.key(OWNED).value(value)));
            elb.createTargetGroup(r -> r.name("k8s-default-web")
                    .protocol("TCP")
                    .port(80)
                    .vpcId(subnet.vpcId())
                    .tags(t -> t.key(OWNED).value(value)));
            ec2.createVolume(r -> r.availabilityZone(subnet.availabilityZone())
                    .size(10)
                    .volumeType(VolumeType.GP3)
                    .tagSpecifications(tagged(ResourceType.VOLUME, value)));
            ec2.createNetworkInterface(r -> r.subnetId(subnet.subnetId())
                    .description("aws-K8S-i-0123")
                    .tagSpecifications(tagged(ResourceType.NETWORK_INTERFACE, value)));
            List<String> machines = ec2
                    .runInstances(r -> r.imageId("ami-12c6146b")
                            .minCount(2)
                            .maxCount(2)
                            .subnetId(subnet.subnetId())
                            .tagSpecifications(tagged(ResourceType.INSTANCE, value)))
                    .instances()
                    .stream()
                    .map(instance -> instance.instanceId())
                    .toList();
            ec2.stopInstances(r -> r.instanceIds(machines.get(0)));
        }
    }

    private static void allow(Ec2Client ec2, String group, String from) {
        ec2.authorizeSecurityGroupIngress(r -> r.groupId(group)
                .ipPermissions(
                        p -> p.ipProtocol("tcp").fromPort(80).toPort(80).userIdGroupPairs(g -> g.groupId(from))));
    }

    private static TagSpecification tagged(ResourceType type, String value) {
        return TagSpecification.builder()
                .resourceType(type)
                .tags(Tag.builder().key(OWNED).value(value).build())
                .build();
    }

    @Test
    void destroy_besideOtherClustersAndSharedResources_leavesThemAsTheyAre() {
        String zone = TwelveSpecsIT.makeHostedZone(aws, Specs.DOMAIN);
        ClusterSpec payments = Specs.small("payments")
                .dns(d -> d.publicZone(Specs.DOMAIN).apiRecord("payments." + Specs.DOMAIN))
                .build();
        try (Program program = Program.at(aws);
                Ec2Client ec2 = aws.configure(Ec2Client.builder()).build();
                Route53Client route53 = aws.configure(Route53Client.builder()).build()) {
            String shared = ec2.createVpc(
                            r -> r.cidrBlock("10.99.0.0/16").tagSpecifications(tagged(ResourceType.VPC, "shared")))
                    .vpc()
                    .vpcId();
            ec2.createSubnet(r ->
                    r.vpcId(shared).cidrBlock("10.99.1.0/24").tagSpecifications(tagged(ResourceType.SUBNET, "shared")));
            ec2.createVolume(r ->
                    r.availabilityZone("us-east-1a").size(10).tagSpecifications(tagged(ResourceType.VOLUME, "shared")));
            Map.of("www." + Specs.DOMAIN, "192.0.2.1", "a.pay." + Specs.DOMAIN, "192.0.2.2")
                    .forEach((name, address) -> route53.changeResourceRecordSets(r -> r.hostedZoneId(zone)
                            .changeBatch(b ->
                                    b.changes(c -> c.action(ChangeAction.CREATE).resourceRecordSet(s -> s.name(name)
                                            .type(RRType.A)
                                            .ttl(60L)
                                            .resourceRecords(x -> x.value(address)))))));
            program.k8s().apply(program.k8s().plan(payments));
            AwsInventory others = AwsInventory.of(aws);

            program.k8s().apply(program.k8s().plan(pay()));
            assertThat(program.k8s().plan(payments).changes()).isEmpty();
            assertThat(program.k8s().apply(program.k8s().planDestroy("pay")).complete())
                    .isTrue();

            assertThat(AwsInventory.of(aws)).isEqualTo(others);
            assertThat(program.k8s().plan(payments).changes()).isEmpty();
            assertThat(program.k8s().clusters()).containsExactly("payments");
        }
    }

    @Test
    void destroy_besideAClusterOfTheSameNameByAnotherTool_leavesThatAlone_andItsNameIsNotFreeToTake() {
        ClusterSpec spec = Specs.small("pay").build();
        try (Program program = Program.at(aws);
                Ec2Client ec2 = aws.configure(Ec2Client.builder()).build()) {
            program.k8s().apply(program.k8s().plan(spec));
            var theirs = ec2.createVpc(r -> r.cidrBlock("10.99.0.0/16")).vpc().vpcId();
            var subnet = ec2.createSubnet(r -> r.vpcId(theirs).cidrBlock("10.99.1.0/24"))
                    .subnet()
                    .subnetId();
            ec2.createSecurityGroup(r -> r.groupName("eks-cluster-sg-pay")
                    .description("EKS created security group")
                    .vpcId(theirs)
                    .tagSpecifications(tagged(ResourceType.SECURITY_GROUP, "owned")));
            ec2.createNetworkInterface(
                    r -> r.subnetId(subnet).tagSpecifications(tagged(ResourceType.NETWORK_INTERFACE, "owned")));
            String disk = ec2.createVolume(r -> r.availabilityZone("us-east-1a")
                            .size(10)
                            .tagSpecifications(tagged(ResourceType.VOLUME, "owned")))
                    .volumeId();

            Plan destroy = program.k8s().planDestroy("pay");
            assertThat(destroy.foreign())
                    .extracting(Object::toString)
                    .anyMatch(line -> line.startsWith("volume/" + disk))
                    .anyMatch(line -> line.contains("in " + theirs))
                    .allMatch(line -> line.contains("another cluster of this name"));
            assertThat(program.k8s().apply(destroy).complete()).isTrue();

            assertThat(ec2.describeVolumes(r -> r.volumeIds(disk)).volumes()).hasSize(1);
            assertThat(ec2.describeSecurityGroups(
                                    r -> r.filters(f -> f.name("vpc-id").values(theirs)))
                            .securityGroups())
                    .hasSize(2);
            assertThat(program.k8s().planDestroy("pay").isEmpty()).isTrue();
            assertThatThrownBy(() -> program.k8s().plan(spec))
                    .isInstanceOfSatisfying(InvalidSpecException.class, e -> assertThat(e.violations())
                            .singleElement()
                            .asString()
                            .contains("name", "another cluster of this account", theirs));
        }
    }

    @Test
    void destroy_whenAForeignSecurityGroupNamesOneOfOurs_saysWhichRuleToRemoveAndDoesNotWait() {
        TwelveSpecsIT.makeHostedZone(aws, Specs.DOMAIN);
        AwsInventory before = AwsInventory.of(aws);
        try (Program program = Program.at(aws);
                Ec2Client ec2 = aws.configure(Ec2Client.builder()).build()) {
            program.k8s().apply(program.k8s().plan(pay()));
            var ours = ec2.describeSecurityGroups(
                            r -> r.filters(f -> f.name("group-name").values("node.pay")))
                    .securityGroups()
                    .get(0);
            String foreign = ec2.createSecurityGroup(r -> r.groupName("database")
                            .description("of another team")
                            .vpcId(ours.vpcId()))
                    .groupId();
            allow(ec2, foreign, ours.groupId());
            program.forgetCalls();

            assertThatThrownBy(() -> program.k8s().apply(program.k8s().planDestroy("pay")))
                    .hasMessageContaining(foreign + " (database)")
                    .hasMessageContaining("emove that rule");

            assertThat(program.calls().count("ec2:DeleteSecurityGroup"))
                    .as("%s", program.calls())
                    .isLessThanOrEqualTo(3 + 1);
            assertThat(ec2.describeSecurityGroups(r -> r.groupIds(foreign))
                            .securityGroups()
                            .get(0)
                            .ipPermissions())
                    .hasSize(1);
            assertThat(program.k8s().planDestroy("pay").changes())
                    .as("what is left")
                    .extracting(change -> change.resource().toString())
                    .contains("security-group/node", "vpc/main");

            ec2.deleteSecurityGroup(r -> r.groupId(foreign));
            assertThat(program.k8s().apply(program.k8s().planDestroy("pay")).complete())
                    .isTrue();
        }
        assertThat(AwsInventory.of(aws).minus(before).lines()).isEmpty();
    }

    @Test
    void destroy_whenAnotherMakesTheClusterAnewAsTheBucketGoes_leavesTheNewOneAlone() {
        ClusterSpec spec = Specs.small("phoenix").build();
        try (Program other = Program.at(aws)) {
            other.k8s().apply(other.k8s().plan(spec));
            Faults raced = Faults.none()
                    .when(
                            call -> call.operation().equals("DeleteBucket"),
                            last -> last.meanwhile(
                                    1, () -> other.k8s().apply(other.k8s().plan(spec))));
            try (Program destroyer = Program.at(aws, raced)) {
                Plan destroy = destroyer.k8s().planDestroy(spec.name());

                assertThatThrownBy(() -> destroyer.k8s().apply(destroy))
                        .isInstanceOfSatisfying(ApplyException.class, e -> {
                            assertThat(e.report().with(Outcome.FAILED))
                                    .extracting(step -> step.resource().toString())
                                    .containsExactly("bucket/cluster");
                            assertThat(e.getCause()).isInstanceOf(ConflictException.class);
                        });
            }
            assertThat(other.k8s().plan(spec).changes())
                    .as("what the new cluster lacks")
                    .isEmpty();
            assertThat(other.k8s().cluster(spec.name()).state().status()).isEqualTo(ClusterState.Status.APPLIED);
        }
    }

    @Test
    void destroy_whenSomethingElseCannotGo_keepsTheBucketWithTheState() {
        ClusterSpec spec = Specs.small("sticky").build();
        Faults denied = Faults.none().deny("ec2:DeleteVpc");
        try (Program program = Program.at(aws, denied)) {
            program.k8s().apply(program.k8s().plan(spec));

            assertThatThrownBy(() -> program.k8s().apply(program.k8s().planDestroy(spec.name())))
                    .isInstanceOfSatisfying(
                            ApplyException.class, e -> assertThat(e.report().with(Outcome.SKIPPED))
                                    .extracting(step -> step.resource().toString())
                                    .contains("bucket/cluster"));

            assertThat(program.k8s().cluster(spec.name()).state().status()).isEqualTo(ClusterState.Status.FAILED);
        }
        try (Program allowed = Program.at(aws)) {
            assertThat(allowed.k8s()
                            .apply(allowed.k8s().planDestroy(spec.name()))
                            .complete())
                    .isTrue();
        }
    }

    /** Nothing in AWS tells that a record stands in a zone of the user's: the state must remember it, however often it was cut off. */
    @Test
    void destroy_afterAnUnfinishedApplyAndAnUnfinishedDestroy_stillFindsTheRecordInAPublicZone() {
        TwelveSpecsIT.makeHostedZone(aws, Specs.DOMAIN);
        AwsInventory before = AwsInventory.of(aws);
        try (Program first = Program.at(aws, Faults.none().deny("autoscaling:CreateAutoScalingGroup"))) {
            Plan plan = first.k8s().plan(pay());
            assertThatThrownBy(() -> first.k8s().apply(plan)).isInstanceOf(ApplyException.class);
        }
        try (Program second = Program.at(aws, Faults.none().deny("route53:ChangeResourceRecordSets"))) {
            Plan plan = second.k8s().planDestroy("pay");
            assertThat(plan.changes())
                    .anyMatch(change -> change.resource().kind().equals("record-set"));
            assertThatThrownBy(() -> second.k8s().apply(plan)).isInstanceOf(ApplyException.class);
        }
        try (Program third = Program.at(aws)) {
            assertThat(third.k8s().apply(third.k8s().planDestroy("pay")).complete())
                    .isTrue();
        }
        assertThat(AwsInventory.of(aws)).isEqualTo(before);
    }
}
