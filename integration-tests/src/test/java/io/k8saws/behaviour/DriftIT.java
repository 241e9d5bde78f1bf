package io.k8saws.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.plan.Action;
import io.k8saws.plan.Cause;
import io.k8saws.plan.Drift;
import io.k8saws.plan.Foreign;
import io.k8saws.plan.Plan;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.fault.CallLog;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.autoscaling.AutoScalingClient;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.RouteTable;
import software.amazon.awssdk.services.ec2.model.SecurityGroup;
import software.amazon.awssdk.services.ec2.model.SecurityGroupRule;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancer;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroup;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.Rule;
import software.amazon.awssdk.services.eventbridge.model.Target;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.Role;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** What people change by hand: drift names it and whose it is, a repair makes it as the spec says, what is not ours stays. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("unchecked") // the SDK's builders take their lambdas as varargs
class DriftIT {
    private static final ClusterSpec SPEC =
            Specs.plain("touched").putTag("team", "pay").build();

    private final AwsEndpoint aws;
    private final Program program;
    private final Ec2Client ec2;

    DriftIT(@AwsEmulator(shared = false) AwsEndpoint aws) {
        this.aws = aws;
        this.program = Program.at(aws);
        this.ec2 = aws.configure(Ec2Client.builder()).build();
    }

    @BeforeAll
    void apply() {
        program.k8s().apply(program.k8s().plan(SPEC));
    }

    @AfterAll
    void close() {
        ec2.close();
        program.close();
    }

    /**
     * A change by hand.
     *
     * @param resource the resource that drift must name
     * @param action what repairs it
     * @param field a field that drift must name; empty for all
     * @param change makes the change
     */
    record Touch(String resource, Action action, String field, Consumer<DriftIT> change) {
        @Override
        public String toString() {
            return action + " " + resource + " " + field;
        }
    }

    static Stream<Touch> touches() {
        return Stream.of(
                new Touch("security-group-rule/", Action.CREATE, "", DriftIT::removeRule),
                new Touch(
                        "route/private-us-east-1a-default",
                        Action.CREATE,
                        "",
                        test -> test.ec2.deleteRoute(r -> r.routeTableId(
                                        test.table("private-us-east-1a").routeTableId())
                                .destinationCidrBlock("0.0.0.0/0"))),
                new Touch("route/private-us-east-1b-default", Action.UPDATE, "nat", DriftIT::changeRoute),
                new Touch(
                        "subnet/private-us-east-1a",
                        Action.UPDATE,
                        "tags[team]",
                        test -> test.ec2.deleteTags(r ->
                                r.resources(test.subnet("private-us-east-1a")).tags(t -> t.key("team")))),
                new Touch(
                        "subnet/public-us-east-1a",
                        Action.UPDATE,
                        "ublic",
                        test -> test.ec2.modifySubnetAttribute(r -> r.subnetId(test.subnet("public-us-east-1a"))
                                .mapPublicIpOnLaunch(v -> v.value(!test.ec2
                                        .describeSubnets(s -> s.subnetIds(test.subnet("public-us-east-1a")))
                                        .subnets()
                                        .get(0)
                                        .mapPublicIpOnLaunch())))),
                new Touch("iam-role-policy/nodes", Action.UPDATE, "", DriftIT::changeRolePolicy),
                new Touch("auto-scaling-group/general", Action.UPDATE, "maxSize", DriftIT::changeGroup),
                new Touch("auto-scaling-group/general", Action.UPDATE, "alteredHooks[drain]", DriftIT::removeHook),
                new Touch(
                        "auto-scaling-group/control-plane", Action.UPDATE, "alteredHooks[drain]", DriftIT::changeHook),
                new Touch(
                        "launch-template/general",
                        Action.UPDATE,
                        "alteredTags[team]",
                        test -> test.ec2.deleteTags(
                                r -> r.resources(test.template("general")).tags(t -> t.key("team")))),
                new Touch("bucket-object/control-plane", Action.UPDATE, "alteredContent", DriftIT::writeOver),
                new Touch("event-target/spot", Action.UPDATE, "alteredTarget", DriftIT::changeEventTarget),
                new Touch("event-rule/spot", Action.UPDATE, "alteredTags[team]", DriftIT::untagEventRule),
                new Touch("target-group/api", Action.UPDATE, "otherSettings", DriftIT::changeHealthCheck),
                new Touch("bucket/cluster", Action.UPDATE, "versioned", DriftIT::suspendVersions),
                new Touch("volume/etcd-main-1", Action.UPDATE, "encryptionTag", DriftIT::forgetEncryption),
                new Touch(
                        "vpc/main",
                        Action.UPDATE,
                        "dnsSupport",
                        test -> test.ec2.modifyVpcAttribute(
                                r -> r.vpcId(test.vpc()).enableDnsSupport(v -> v.value(false)))),
                new Touch("nat-gateway/us-east-1c", Action.CREATE, "", DriftIT::deleteNatGateway),
                new Touch("load-balancer/api", Action.UPDATE, "rossZone", DriftIT::changeLoadBalancer),
                new Touch("target-group/api", Action.UPDATE, "eregistrationDelay", DriftIT::changeTargetGroup),
                new Touch("queue/notices", Action.UPDATE, "etention", DriftIT::changeQueue),
                new Touch(
                        "vpc/main",
                        Action.UPDATE,
                        "ostnames",
                        test -> test.ec2.modifyVpcAttribute(
                                r -> r.vpcId(test.vpc()).enableDnsHostnames(v -> v.value(false)))));
    }

    @ParameterizedTest
    @MethodSource("touches")
    void drift_afterAChangeByHand_namesItAndARepairUndoesIt(Touch touch) {
        assertThat(program.k8s().plan(SPEC).changes()).as("before the change").isEmpty();
        touch.change().accept(this);

        Drift drift = program.k8s().cluster(SPEC.name()).drift();
        assertThat(drift.changes()).as("%s", drift).anySatisfy(change -> {
            assertThat(change.resource().toString()).startsWith(touch.resource());
            assertThat(change.action()).isEqualTo(touch.action());
            assertThat(change.cause().kind()).isEqualTo(Cause.Kind.DRIFT);
            if (!touch.field().isEmpty()) {
                assertThat(change.fields())
                        .extracting(field -> field.field())
                        .anyMatch(field -> field.contains(touch.field()));
            }
        });
        assertThat(drift.changes())
                .as("%s", drift)
                .allMatch(change -> change.cause().kind() == Cause.Kind.DRIFT
                        || change.cause().kind() == Cause.Kind.DEPENDENCY);

        Plan repair = program.k8s().cluster(SPEC.name()).planRepair();
        assertThat(program.k8s().apply(repair).complete()).isTrue();
        assertThat(program.k8s().cluster(SPEC.name()).drift().changes()).isEmpty();
    }

    @Test
    void drift_withThingsOfOthersInOurs_namesTheirOwnersAndARepairLeavesThem() {
        SecurityGroup group = group("node");
        ec2.authorizeSecurityGroupIngress(r -> r.groupId(group.groupId())
                .ipPermissions(
                        p -> p.ipProtocol("tcp").fromPort(30080).toPort(30080).ipRanges(i -> i.cidrIp("192.0.2.0/24")
                                .description("kubernetes.io/rule/nlb/client=a1b2"))));
        ec2.authorizeSecurityGroupIngress(r -> r.groupId(group.groupId())
                .ipPermissions(
                        p -> p.ipProtocol("tcp").fromPort(22).toPort(22).ipRanges(i -> i.cidrIp("198.51.100.7/32")
                                .description("me at home")))
                .tagSpecifications(t -> t.resourceType("security-group-rule")
                        .tags(x -> x.key("owner").value("ana"))));
        ec2.createRoute(r -> r.routeTableId(table("private-us-east-1a").routeTableId())
                .destinationCidrBlock("172.31.0.0/16")
                .natGatewayId(natGateway("us-east-1a")));
        ec2.createTags(r -> r.resources(subnet("private-us-east-1b"))
                .tags(t -> t.key("billing").value("7")));
        Role role = role("nodes");
        try (IamClient iam = aws.configure(IamClient.builder()).build()) {
            iam.putRolePolicy(
                    r -> r.roleName(role.roleName())
                            .policyName("handmade")
                            .policyDocument(
                                    "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"s3:*\",\"Resource\":\"*\"}]}"));

            Drift drift = program.k8s().cluster(SPEC.name()).drift();
            assertThat(drift.changes()).as("%s", drift).isEmpty();
            assertThat(drift.foreign())
                    .extracting(Foreign::owner)
                    .contains("cloud-controller-manager", "ana", "unknown");
            assertThat(drift.foreign().toString()).contains("30080", "172.31.0.0/16", "handmade");

            removeRule(this);
            program.k8s().apply(program.k8s().cluster(SPEC.name()).planRepair());
            assertThat(program.k8s().cluster(SPEC.name()).drift().foreign())
                    .as("foreign things after a repair")
                    .isEqualTo(drift.foreign());
            iam.deleteRolePolicy(r -> r.roleName(role.roleName()).policyName("handmade"));
        }
    }

    @Test
    void drift_withAHookAndATagOfOthers_namesTheHookAndARepairLeavesBoth() {
        try (AutoScalingClient scaling =
                aws.configure(AutoScalingClient.builder()).build()) {
            scaling.putLifecycleHook(r -> r.autoScalingGroupName("etcd-1.touched")
                    .lifecycleHookName("theirs")
                    .lifecycleTransition("autoscaling:EC2_INSTANCE_LAUNCHING"));
            ec2.createTags(r ->
                    r.resources(template("general")).tags(t -> t.key("billing").value("7")));

            Drift drift = program.k8s().cluster(SPEC.name()).drift();
            assertThat(drift.changes()).as("%s", drift).isEmpty();
            assertThat(drift.foreign())
                    .extracting(Foreign::toString)
                    .anyMatch(thing -> thing.startsWith("auto-scaling-group/etcd-1: lifecycle hook theirs"));

            removeHook(this);
            program.k8s().apply(program.k8s().cluster(SPEC.name()).planRepair());
            assertThat(program.k8s().cluster(SPEC.name()).drift()).isEqualTo(drift);
            assertThat(ec2.describeLaunchTemplates(r -> r.launchTemplateIds(template("general")))
                            .launchTemplates()
                            .get(0)
                            .tags())
                    .anyMatch(tag -> tag.key().equals("billing"));
            scaling.deleteLifecycleHook(
                    r -> r.autoScalingGroupName("etcd-1.touched").lifecycleHookName("theirs"));
        }
    }

    @Test
    void drift_costsACallAGroupMoreThanAPlan() {
        program.forgetCalls();
        program.k8s().plan(SPEC);
        CallLog plan = program.calls();
        assertThat(plan.count()).as("%s", plan).isLessThan(40);

        program.forgetCalls();
        program.k8s().cluster(SPEC.name()).drift();
        CallLog drift = program.calls();
        Map<String, Integer> close = Map.of(
                "autoscaling:DescribeLifecycleHooks", 5, // control plane, three etcd members, one pool
                "ec2:DescribeLaunchTemplates", 1,
                "events:ListTagsForResource", 4,
                "events:ListTargetsByRule", 4,
                "iam:ListInstanceProfileTags", 3,
                "s3:HeadObject", 5);
        assertThat(close).allSatisfy((operation, calls) -> assertThat(drift.count(operation))
                .as("%s of %s", operation, drift)
                .isEqualTo(calls));
        assertThat(plan.byOperation().keySet()).doesNotContainAnyElementsOf(close.keySet());
    }

    @Test
    void planRepair_appliedAfterAnotherHookWentToo_repairsWhatItShows() {
        removeHook(this);
        Plan repair = program.k8s().cluster(SPEC.name()).planRepair();
        changeHook(this);
        assertThat(program.k8s().apply(repair).complete()).isTrue();

        Drift left = program.k8s().cluster(SPEC.name()).drift();
        assertThat(left.changes())
                .extracting(change -> change.resource().toString())
                .containsExactly("auto-scaling-group/control-plane");
        program.k8s().apply(program.k8s().cluster(SPEC.name()).planRepair());
        assertThat(program.k8s().cluster(SPEC.name()).drift().changes()).isEmpty();
    }

    private static void removeHook(DriftIT test) {
        try (AutoScalingClient scaling =
                test.aws.configure(AutoScalingClient.builder()).build()) {
            scaling.deleteLifecycleHook(
                    r -> r.autoScalingGroupName("general.touched").lifecycleHookName("drain"));
        }
    }

    private static void changeHook(DriftIT test) {
        try (AutoScalingClient scaling =
                test.aws.configure(AutoScalingClient.builder()).build()) {
            scaling.putLifecycleHook(r -> r.autoScalingGroupName("control-plane.touched")
                    .lifecycleHookName("drain")
                    .lifecycleTransition("autoscaling:EC2_INSTANCE_TERMINATING")
                    .heartbeatTimeout(30)
                    .defaultResult("ABANDON"));
        }
    }

    private static void removeRule(DriftIT test) {
        SecurityGroup group = test.group("control-plane");
        SecurityGroupRule rule = test
                .ec2
                .describeSecurityGroupRules(r -> r.filters(filter("group-id", group.groupId())))
                .securityGroupRules()
                .stream()
                .filter(one -> !one.isEgress() && one.fromPort() == 6443)
                .findFirst()
                .orElseThrow();
        test.ec2.revokeSecurityGroupIngress(
                r -> r.groupId(group.groupId()).securityGroupRuleIds(rule.securityGroupRuleId()));
    }

    private static void changeRoute(DriftIT test) {
        test.ec2.replaceRoute(
                r -> r.routeTableId(test.table("private-us-east-1b").routeTableId())
                        .destinationCidrBlock("0.0.0.0/0")
                        .natGatewayId(test.natGateway("us-east-1a")));
    }

    private static void changeRolePolicy(DriftIT test) {
        Role role = test.role("nodes");
        try (IamClient iam = test.aws.configure(IamClient.builder()).build()) {
            String policy = iam.listRolePolicies(r -> r.roleName(role.roleName()))
                    .policyNames()
                    .get(0);
            iam.putRolePolicy(
                    r -> r.roleName(role.roleName())
                            .policyName(policy)
                            .policyDocument(
                                    "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}"));
        }
    }

    private static void changeGroup(DriftIT test) {
        try (AutoScalingClient scaling =
                test.aws.configure(AutoScalingClient.builder()).build()) {
            scaling.updateAutoScalingGroup(
                    r -> r.autoScalingGroupName("general.touched").maxSize(30));
        }
    }

    private static void suspendVersions(DriftIT test) {
        try (S3Client s3 = test.aws.configure(S3Client.builder()).build()) {
            String bucket = s3.listBuckets().buckets().get(0).name();
            s3.putBucketVersioning(
                    r -> r.bucket(bucket).versioningConfiguration(v -> v.status(BucketVersioningStatus.SUSPENDED)));
        }
    }

    private static void forgetEncryption(DriftIT test) {
        test.ec2.deleteTags(r -> r.resources(test.volume("etcd-main-1")).tags(t -> t.key("k8saws.io/encryption")));
    }

    private static void deleteNatGateway(DriftIT test) {
        test.ec2.deleteNatGateway(r -> r.natGatewayId(test.natGateway("us-east-1c")));
    }

    private static void changeLoadBalancer(DriftIT test) {
        try (ElasticLoadBalancingV2Client elb =
                test.aws.configure(ElasticLoadBalancingV2Client.builder()).build()) {
            LoadBalancer balancer = elb.describeLoadBalancers().loadBalancers().get(0);
            elb.modifyLoadBalancerAttributes(r -> r.loadBalancerArn(balancer.loadBalancerArn())
                    .attributes(a -> a.key("load_balancing.cross_zone.enabled").value("false")));
        }
    }

    private static void changeTargetGroup(DriftIT test) {
        try (ElasticLoadBalancingV2Client elb =
                test.aws.configure(ElasticLoadBalancingV2Client.builder()).build()) {
            TargetGroup group = elb.describeTargetGroups().targetGroups().get(0);
            elb.modifyTargetGroupAttributes(r -> r.targetGroupArn(group.targetGroupArn())
                    .attributes(
                            a -> a.key("deregistration_delay.timeout_seconds").value("7")));
        }
    }

    private static void changeHealthCheck(DriftIT test) {
        try (ElasticLoadBalancingV2Client elb =
                test.aws.configure(ElasticLoadBalancingV2Client.builder()).build()) {
            TargetGroup group = elb.describeTargetGroups().targetGroups().get(0);
            elb.modifyTargetGroup(r -> r.targetGroupArn(group.targetGroupArn()).healthCheckIntervalSeconds(30));
        }
    }

    private static void writeOver(DriftIT test) {
        try (S3Client s3 = test.aws.configure(S3Client.builder()).build()) {
            String bucket = s3.listBuckets().buckets().get(0).name();
            String key = s3.listObjectsV2(r -> r.bucket(bucket).prefix("nodes/control-plane/"))
                    .contents()
                    .get(0)
                    .key();
            s3.putObject(r -> r.bucket(bucket).key(key), RequestBody.fromString("by hand"));
        }
    }

    private static void changeEventTarget(DriftIT test) {
        try (EventBridgeClient events =
                test.aws.configure(EventBridgeClient.builder()).build()) {
            String rule = spotRule(events);
            Target ours = events.listTargetsByRule(r -> r.rule(rule)).targets().get(0);
            events.putTargets(r ->
                    r.rule(rule).targets(ours.toBuilder().inputPath("$.detail").build()));
        }
    }

    private static void untagEventRule(DriftIT test) {
        try (EventBridgeClient events =
                test.aws.configure(EventBridgeClient.builder()).build()) {
            String rule = spotRule(events);
            String arn = events.describeRule(r -> r.name(rule)).arn();
            events.untagResource(r -> r.resourceARN(arn).tagKeys("team"));
        }
    }

    private static String spotRule(EventBridgeClient events) {
        return events.listRules(r -> r.namePrefix("k8saws-touched-")).rules().stream()
                .map(Rule::name)
                .filter(name -> name.endsWith("-spot"))
                .findFirst()
                .orElseThrow();
    }

    private static void changeQueue(DriftIT test) {
        try (SqsClient sqs = test.aws.configure(SqsClient.builder()).build()) {
            String url = sqs.listQueues().queueUrls().get(0);
            sqs.setQueueAttributes(
                    r -> r.queueUrl(url).attributes(Map.of(QueueAttributeName.MESSAGE_RETENTION_PERIOD, "60")));
        }
    }

    private static Filter filter(String name, String value) {
        return Filter.builder().name(name).values(value).build();
    }

    private static Filter address(String address) {
        return filter("tag:k8saws.io/resource", address);
    }

    private RouteTable table(String name) {
        return ec2.describeRouteTables(r -> r.filters(address("route-table/" + name)))
                .routeTables()
                .get(0);
    }

    private String subnet(String name) {
        return ec2.describeSubnets(r -> r.filters(address("subnet/" + name)))
                .subnets()
                .get(0)
                .subnetId();
    }

    private String volume(String name) {
        return ec2.describeVolumes(r -> r.filters(address("volume/" + name)))
                .volumes()
                .get(0)
                .volumeId();
    }

    private SecurityGroup group(String name) {
        return ec2.describeSecurityGroups(r -> r.filters(address("security-group/" + name)))
                .securityGroups()
                .get(0);
    }

    private String template(String name) {
        return ec2.describeLaunchTemplates(r -> r.launchTemplateNames(name + ".touched"))
                .launchTemplates()
                .get(0)
                .launchTemplateId();
    }

    private String vpc() {
        return ec2.describeVpcs(r -> r.filters(address("vpc/main")))
                .vpcs()
                .get(0)
                .vpcId();
    }

    private String natGateway(String zone) {
        return ec2.describeNatGateways(
                        r -> r.filter(List.of(address("nat-gateway/" + zone), filter("state", "available"))))
                .natGateways()
                .get(0)
                .natGatewayId();
    }

    private Role role(String name) {
        try (IamClient iam = aws.configure(IamClient.builder()).build()) {
            return iam.listRoles(r -> r.pathPrefix("/k8saws/")).roles().stream()
                    .filter(role -> role.roleName().startsWith(name + "."))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
