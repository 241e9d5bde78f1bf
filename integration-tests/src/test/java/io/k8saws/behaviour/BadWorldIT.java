package io.k8saws.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.k8saws.K8sAws;
import io.k8saws.aws.AwsAccess;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.error.AccessDeniedException;
import io.k8saws.error.AwsCallException;
import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.plan.Action;
import io.k8saws.plan.ApplyException;
import io.k8saws.plan.Outcome;
import io.k8saws.plan.Plan;
import io.k8saws.progress.ProgressEvent;
import io.k8saws.state.Lock;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.fault.Faults;
import io.k8saws.testkit.inventory.AwsInventory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.route53.Route53Client;
import software.amazon.awssdk.services.route53.model.CreateHostedZoneRequest;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sqs.SqsClient;

/** A world that does not let us: the error says what to do, the next plan sees what is half made, and when the cause is gone an apply converges. */
@SuppressWarnings("unchecked") // the SDK's builders take their lambdas as varargs
class BadWorldIT {
    /** {@code <what was tried>: <why>. <what to do next>. [key=value ...]}. */
    private static final String GRAMMAR = "(?s)[A-Z].+?: .+\\. [A-Z].+\\.( \\[.+=.+])?";

    private static final ClusterSpec SPEC =
            Specs.small("unlucky").dns(d -> d.privateZone("unlucky.internal")).build();

    private final AwsEndpoint aws;

    BadWorldIT(@AwsEmulator AwsEndpoint aws) {
        this.aws = aws;
    }

    @BeforeEach
    void forget() {
        aws.reset();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"InvalidClientTokenId", "AuthFailure", "SignatureDoesNotMatch", "UnrecognizedClientException"})
    void plan_withWrongCredentials_saysWhatToCheck(String code) {
        assertPlanFails(
                Faults.none().refuse(code, 403, "The security token included in the request is invalid."),
                "check that the key id and the secret belong together".substring(6));
    }

    @Test
    void plan_withAnExpiredToken_asksForNewCredentials() {
        assertPlanFails(Faults.none().expiredToken(), "get new credentials");
    }

    @Test
    void plan_whenTheClockStaysWrong_asksToSetIt() {
        assertPlanFails(
                Faults.none()
                        .refuse(
                                "RequestTimeTooSkewed",
                                403,
                                "The difference between the request time and the current time is too large."),
                "clock");
    }

    @Test
    void plan_whenTheClockIsOff_correctsItselfOnce() {
        try (Program program = Program.at(aws, Faults.none().clockSkew(Duration.ofMinutes(20)))) {
            assertThat(program.k8s().plan(SPEC).isEmpty()).isFalse();
        }
        // The SDK keeps what it learned for the whole process: let it learn the right time again.
        try (Program program = Program.at(aws, Faults.none().clockSkew(Duration.ofSeconds(1)))) {
            assertThat(program.k8s().plan(SPEC).isEmpty()).isFalse();
        }
    }

    @Test
    void plan_inARegionThatIsOff_saysToSwitchItOn() {
        assertPlanFails(
                Faults.none().refuse("OptInRequired", 403, "You are not subscribed to this service."),
                "witch the region");
    }

    private void assertPlanFails(Faults faults, String remedy) {
        try (Program program = Program.at(aws, faults, Program.impatient())) {
            assertThatThrownBy(() -> program.k8s().plan(SPEC))
                    .isInstanceOf(AwsCallException.class)
                    .hasMessageContaining(remedy)
                    .hasMessageMatching(GRAMMAR);
        }
    }

    @Test
    void plan_whenTheEndpointIsDown_saysThatNoAnswerCame() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        AwsAccess access = AwsAccess.builder()
                .region(aws.region())
                .endpoint(URI.create("http://127.0.0.1:" + free))
                .credentials(aws.credentials())
                .build();
        try (K8sAws k8s =
                K8sAws.builder().access(access).resilience(Program.impatient()).build()) {
            assertThatThrownBy(() -> k8s.plan(SPEC))
                    .isInstanceOf(AwsCallException.class)
                    .hasMessageContaining("no answer came")
                    .hasMessageMatching(GRAMMAR);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "sts:GetCallerIdentity, sts:GetCallerIdentity",
        "ec2:DescribeVpcs, ec2:DescribeVpcs",
        "iam:ListInstanceProfiles, iam:ListInstanceProfiles",
        "s3:GetObject, s3:GetObject",
        "autoscaling:DescribeAutoScalingGroups, autoscaling:DescribeAutoScalingGroups"
    })
    void plan_whenAReadIsDenied_namesTheMissingAction(String operation, String action) {
        try (Program program = Program.at(aws, Faults.none().deny(operation))) {
            assertThatThrownBy(() -> program.k8s().plan(SPEC))
                    .isInstanceOfSatisfying(AccessDeniedException.class, denied -> assertThat(denied.missingAction())
                            .isEqualTo(action))
                    .hasMessageContaining("llow " + action)
                    .hasMessageMatching(GRAMMAR);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ec2:CreateVpc, ec2:CreateVpc",
        "ec2:CreateSubnet, ec2:CreateSubnet",
        "ec2:AuthorizeSecurityGroupIngress, ec2:AuthorizeSecurityGroupIngress",
        "ec2:CreateVolume, ec2:CreateVolume",
        "ec2:CreateLaunchTemplate, ec2:CreateLaunchTemplate",
        "iam:CreateRole, iam:CreateRole",
        "iam:PutRolePolicy, iam:PutRolePolicy",
        "autoscaling:CreateAutoScalingGroup, autoscaling:CreateAutoScalingGroup",
        "elasticloadbalancing:CreateLoadBalancer, elasticloadbalancing:CreateLoadBalancer",
        "s3:PutBucketVersioning, s3:PutBucketVersioning",
        "s3:PutBucketPolicy, s3:PutBucketPolicy",
        "sqs:CreateQueue, sqs:CreateQueue",
        "events:PutRule, events:PutRule",
        "route53:CreateHostedZone, route53:CreateHostedZone",
        "route53:ChangeResourceRecordSets, route53:ChangeResourceRecordSets"
    })
    void apply_whenAnActionIsDenied_namesItAndTheNextApplyConverges(String operation, String action) {
        K8sAwsException cause = applyFails(Faults.none().deny(operation));
        assertThat(cause)
                .isInstanceOfSatisfying(AccessDeniedException.class, denied -> assertThat(denied.missingAction())
                        .isEqualTo(action))
                .hasMessageContaining("llow " + action);
        assertConverges();
    }

    @ParameterizedTest
    @CsvSource({
        "ec2:CreateVpc, VpcLimitExceeded",
        "ec2:CreateVolume, VolumeLimitExceeded",
        "iam:CreateRole, LimitExceeded",
        "elasticloadbalancing:CreateLoadBalancer, TooManyLoadBalancers",
        "autoscaling:CreateAutoScalingGroup, LimitExceeded"
    })
    void apply_whenAQuotaIsReached_saysToRaiseItAndTheNextApplyConverges(String operation, String code) {
        K8sAwsException cause = applyFails(Faults.none()
                .when(
                        call -> call.name().equals(operation),
                        some -> some.refuse(code, 400, "The maximum number has been reached.")));
        assertThat(cause).isInstanceOf(AwsCallException.class).hasMessageContaining("aise the quota");
        assertConverges();
    }

    /** Applies in a world that refuses something; returns why, after checks that hold for every such failure. */
    private K8sAwsException applyFails(Faults faults) {
        try (Program program = Program.at(aws, faults, Program.impatient())) {
            Plan plan = program.k8s().plan(SPEC);
            Throwable failure = catchThrowable(() -> program.k8s().apply(plan));
            assertThat(failure).isInstanceOf(ApplyException.class);
            assertThat(failure.getMessage()).matches(GRAMMAR);
            ApplyException apply = (ApplyException) failure;
            assertThat(apply.report().with(Outcome.FAILED)).isNotEmpty();
            assertThat(apply.report().with(Outcome.UNKNOWN)).isEmpty();
            assertThat(apply.getCause()).isInstanceOf(K8sAwsException.class);
            assertThat(apply.getCause().getMessage()).matches(GRAMMAR);
            return (K8sAwsException) apply.getCause();
        }
    }

    /** The next plan shows only what is left, and applying it without the fault makes the same as an undisturbed apply. */
    private void assertConverges() {
        try (Program program = Program.at(aws)) {
            Plan rest = program.k8s().plan(SPEC);
            assertThat(rest.isEmpty()).isFalse();
            assertThat(rest.changes(Action.REPLACE)).isEmpty();
            assertThat(rest.changes(Action.DELETE))
                    .as("all that was made is of use")
                    .allSatisfy(change -> assertThat(change.resource().name()).contains("default-egress"));
            assertThat(program.k8s().apply(rest).complete()).isTrue();
            assertThat(program.k8s().plan(SPEC).changes()).isEmpty();
        }
        assertThat(AwsInventory.of(aws).lines().stream()
                        .filter(line -> line.matches(".* #\\d+"))
                        .filter(line -> !line.startsWith("s3/old-version"))
                        .filter(line -> !line.startsWith("s3/delete-marker")))
                .as("what is there twice")
                .isEmpty();
    }

    @Test
    void apply_whenAnotherAccountOwnsTheBucket_saysToTakeAnotherName() {
        String bucket = bucketOfAnUndisturbedRun();
        try (S3Client s3 = S3Client.builder()
                .endpointOverride(aws.uri())
                .region(software.amazon.awssdk.regions.Region.of(aws.region()))
                .credentialsProvider(TwoWritersIT.otherAccount(aws))
                .forcePathStyle(true)
                .build()) {
            s3.createBucket(r -> r.bucket(bucket));
            try (Program program = Program.at(aws)) {
                assertThatThrownBy(() -> program.k8s().apply(program.k8s().plan(SPEC)))
                        .isInstanceOf(AccessDeniedException.class)
                        .hasMessageContaining(bucket)
                        .hasMessageContaining("nother account")
                        .hasMessageMatching(GRAMMAR);
            }
            s3.deleteBucket(r -> r.bucket(bucket));
        }
        assertConverges();
    }

    private String bucketOfAnUndisturbedRun() {
        return undisturbed(() -> {
            try (S3Client s3 = aws.configure(S3Client.builder()).build()) {
                return s3.listBuckets().buckets().get(0).name();
            }
        });
    }

    /** What an undisturbed run shows; the account is empty afterwards. */
    private String undisturbed(java.util.function.Supplier<String> look) {
        try (Program program = Program.at(aws)) {
            program.k8s().apply(program.k8s().plan(SPEC));
            String seen = look.get();
            aws.reset();
            return seen;
        }
    }

    @Test
    void apply_whenARoleOfSomebodyElseHasTheName_namesItAndLeavesItAlone() {
        try (IamClient iam = aws.configure(IamClient.builder()).build()) {
            String name = undisturbed(() -> iam.listRoles(r -> r.pathPrefix("/k8saws/")).roles().stream()
                    .map(role -> role.roleName())
                    .filter(role -> role.startsWith("nodes"))
                    .findFirst()
                    .orElseThrow());
            iam.createRole(
                    r -> r.roleName(name).assumeRolePolicyDocument("{\"Version\":\"2012-10-17\",\"Statement\":[]}"));
            assertThat(applyFails(Faults.none())).hasMessageContaining(name);
            assertThat(iam.getRole(r -> r.roleName(name)).role().path()).isEqualTo("/");
            iam.deleteRole(r -> r.roleName(name));
        }
        assertConverges();
    }

    @Test
    void apply_whenAQueueOfSomebodyElseHasTheName_namesItAndLeavesItAlone() {
        try (SqsClient sqs = aws.configure(SqsClient.builder()).build()) {
            String name = undisturbed(() -> sqs.listQueues().queueUrls().get(0).replaceAll(".*/", ""));
            String url = sqs.createQueue(r -> r.queueName(name)).queueUrl();
            assertThat(applyFails(Faults.none())).hasMessageContaining(name);
            assertThat(sqs.listQueueTags(r -> r.queueUrl(url)).tags()).isEmpty();
            sqs.deleteQueue(r -> r.queueUrl(url));
        }
        assertConverges();
    }

    @Test
    void apply_whenASecurityGroupOfSomebodyElseHasTheName_namesItAndLeavesItAlone() {
        applyFails(Faults.none().deny("ec2:CreateSecurityGroup"));
        try (Ec2Client ec2 = aws.configure(Ec2Client.builder()).build()) {
            String vpc = ec2.describeVpcs(
                            r -> r.filters(f -> f.name("tag:KubernetesCluster").values("unlucky")))
                    .vpcs()
                    .get(0)
                    .vpcId();
            String group = ec2.createSecurityGroup(
                            r -> r.groupName("node.unlucky").description("mine").vpcId(vpc))
                    .groupId();
            assertThat(applyFails(Faults.none())).hasMessageContaining(group);
            ec2.deleteSecurityGroup(r -> r.groupId(group));
        }
        assertConverges();
    }

    @Test
    void apply_whenALoadBalancerOfSomebodyElseHasTheName_namesItAndLeavesItAlone() {
        try (ElasticLoadBalancingV2Client elb =
                        aws.configure(ElasticLoadBalancingV2Client.builder()).build();
                Ec2Client ec2 = aws.configure(Ec2Client.builder()).build()) {
            String name = undisturbed(
                    () -> elb.describeLoadBalancers().loadBalancers().get(0).loadBalancerName());
            String subnet = ec2.describeSubnets().subnets().get(0).subnetId();
            String arn = elb.createLoadBalancer(
                            r -> r.name(name).subnets(subnet).type("network"))
                    .loadBalancers()
                    .get(0)
                    .loadBalancerArn();
            assertThat(applyFails(Faults.none())).hasMessageContaining(name);
            elb.deleteLoadBalancer(r -> r.loadBalancerArn(arn));
        }
        assertConverges();
    }

    @Test
    void plan_withoutTheHostedZone_saysToCreateIt() {
        ClusterSpec spec =
                Specs.small("unlucky").dns(d -> d.publicZone("nowhere.example")).build();
        try (Program program = Program.at(aws)) {
            assertThatThrownBy(() -> program.k8s().plan(spec))
                    .isInstanceOf(K8sAwsException.class)
                    .hasMessageContaining("nowhere.example")
                    .hasMessageMatching(GRAMMAR);
            TwelveSpecsIT.makeHostedZone(aws, "nowhere.example");
            assertThat(program.k8s().plan(spec).isEmpty()).isFalse();
        }
    }

    @Test
    void plan_withTwoHostedZonesOfOneName_asksWhichIsMeant() {
        String one = TwelveSpecsIT.makeHostedZone(aws, "twin.example");
        String two = TwelveSpecsIT.makeHostedZone(aws, "twin.example");
        ClusterSpec spec =
                Specs.small("unlucky").dns(d -> d.publicZone("twin.example")).build();
        try (Program program = Program.at(aws)) {
            assertThatThrownBy(() -> program.k8s().plan(spec))
                    .isInstanceOf(K8sAwsException.class)
                    .hasMessageContaining("dns.hostedZoneId")
                    .hasMessageContaining(one)
                    .hasMessageContaining(two)
                    .hasMessageMatching(GRAMMAR);
        }
    }

    @Test
    void plan_withTheIdOfAnotherHostedZone_isRefused() {
        String meant = publicZone("meant.example");
        String other = publicZone("other.example");
        String inside = privateZone("meant.example");
        try (Program program = Program.at(aws)) {
            Map<String, String> wrong = Map.of(
                    "Z0MISTYPED",
                    "no hosted zone Z0MISTYPED",
                    other,
                    other + " is the public zone other.example, not the public zone meant.example",
                    inside,
                    inside + " is the private zone meant.example");
            wrong.forEach((id, why) -> assertThatThrownBy(() -> program.k8s().plan(inZone(id)))
                    .isInstanceOf(InvalidSpecException.class)
                    .hasMessageContaining("dns.hostedZoneId")
                    .hasMessageContaining(why)
                    .hasMessageContaining("rite the id of the public zone meant.example")
                    .hasMessageMatching(GRAMMAR));
            program.forgetCalls();
            assertThat(program.k8s().plan(inZone(meant)).isEmpty()).isFalse();
            assertThat(program.calls().count("route53:ListHostedZones"))
                    .as("what is asked for all the same")
                    .isEqualTo(1);
        }
    }

    private static ClusterSpec inZone(String id) {
        return Specs.small("unlucky")
                .dns(d -> d.publicZone("meant.example").hostedZoneId(id))
                .build();
    }

    private String publicZone(String domain) {
        return zone(r -> r.name(domain));
    }

    private String privateZone(String domain) {
        try (Ec2Client ec2 = aws.configure(Ec2Client.builder()).build()) {
            String vpc = ec2.createVpc(r -> r.cidrBlock("10.9.0.0/16")).vpc().vpcId();
            return zone(r -> r.name(domain).vpc(v -> v.vpcId(vpc).vpcRegion(aws.region())));
        }
    }

    /** Makes zones until one has an id as Route 53's are: with a Z in front. moto's begin with any letter or digit. */
    private String zone(Consumer<CreateHostedZoneRequest.Builder> request) {
        try (Route53Client route53 = aws.configure(Route53Client.builder()).build()) {
            while (true) {
                String id = route53.createHostedZone(r -> request.accept(r.callerReference("z" + System.nanoTime())))
                        .hostedZone()
                        .id()
                        .replace("/hostedzone/", "");
                if (id.startsWith("Z")) {
                    return id;
                }
                route53.deleteHostedZone(r -> r.id(id));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 40})
    void apply_whenInterrupted_endsWhatRunsAndGivesTheLockBack(int step) {
        try (Program program = Program.at(aws)) {
            Plan plan = program.k8s().plan(SPEC);
            AtomicInteger started = new AtomicInteger();
            assertThatThrownBy(() -> program.k8s().apply(plan, event -> {
                        if (event instanceof ProgressEvent.StepStarted && started.incrementAndGet() == step) {
                            Thread.currentThread().interrupt();
                        }
                    }))
                    .isInstanceOf(OperationCancelledException.class)
                    .hasMessageMatching(GRAMMAR);
            assertThat(Thread.interrupted()).as("the interrupt flag").isTrue();
            assertThat(program.k8s().cluster(SPEC.name()).lock().filter(Lock::held))
                    .isEmpty();
        }
        assertConverges();
    }
}
