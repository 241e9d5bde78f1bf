package io.k8saws.testkit.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.services.autoscaling.AutoScalingClient;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.Subnet;
import software.amazon.awssdk.services.ec2.model.Vpc;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancer;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancerTypeEnum;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.Rule;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;
import software.amazon.awssdk.services.iam.model.Role;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.Bucket;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueDoesNotExistException;

@DisplayName("What was just created is not there yet")
@SuppressWarnings("unchecked") // the SDK takes lambdas as generic varargs
class EventualConsistencyIT {
    private final AwsEndpoint aws;
    private FaultyHttpClient http = FaultyHttpClient.create(Faults.none().consistentAfterSightings(2));

    EventualConsistencyIT(@AwsEmulator AwsEndpoint aws) {
        this.aws = aws;
    }

    @AfterEach
    void closeClient() {
        http.close();
    }

    private <B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>, C> C client(B builder) {
        return aws.configure(builder)
                .httpClient(http)
                .overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.doNotRetry()))
                .build();
    }

    private static void assertCode(String code, Runnable call) {
        assertThatThrownBy(call::run).isInstanceOfSatisfying(AwsServiceException.class, error -> assertThat(
                        error.awsErrorDetails().errorCode())
                .isEqualTo(code));
    }

    @Test
    void vpc_isMissingFromTheList_asOftenAsSaid() {
        Ec2Client ec2 = client(Ec2Client.builder());
        int before = ec2.describeVpcs().vpcs().size();
        String id = ec2.createVpc(vpc -> vpc.cidrBlock("10.80.0.0/16")).vpc().vpcId();
        Supplier<List<String>> ids =
                () -> ec2.describeVpcs().vpcs().stream().map(Vpc::vpcId).toList();

        assertThat(ids.get()).hasSize(before).doesNotContain(id);
        assertThat(ids.get()).hasSize(before).doesNotContain(id);
        assertThat(ids.get()).hasSize(before + 1).contains(id);
    }

    @Test
    void vpc_namedInAReadAndInAWrite_isNotFound() {
        Ec2Client ec2 = client(Ec2Client.builder());
        String id = ec2.createVpc(vpc -> vpc.cidrBlock("10.81.0.0/16")).vpc().vpcId();

        assertCode("InvalidVpcID.NotFound", () -> ec2.describeVpcs(v -> v.vpcIds(id)));
        assertCode(
                "InvalidVpcID.NotFound", () -> ec2.createSubnet(s -> s.vpcId(id).cidrBlock("10.81.0.0/24")));
        ec2.createSubnet(s -> s.vpcId(id).cidrBlock("10.81.0.0/24"));
    }

    @Test
    void filters_thatNameTheNewThing_findNothing_withoutAnError() {
        Ec2Client ec2 = client(Ec2Client.builder());
        String id = ec2.createVpc(vpc -> vpc.cidrBlock("10.82.0.0/16")).vpc().vpcId();

        assertThat(ec2.describeVpcs(v -> v.filters(f -> f.name("vpc-id").values(id)))
                        .vpcs())
                .isEmpty();
    }

    @Test
    void child_ofAVisibleParent_isHiddenAlone() {
        Ec2Client ec2 = client(Ec2Client.builder());
        String vpc;
        try (Ec2Client direct = aws.configure(Ec2Client.builder()).build()) {
            vpc = direct.createVpc(v -> v.cidrBlock("10.83.0.0/16")).vpc().vpcId();
            direct.createSubnet(s -> s.vpcId(vpc).cidrBlock("10.83.0.0/24"));
        }
        String created = ec2.createSubnet(s -> s.vpcId(vpc).cidrBlock("10.83.1.0/24"))
                .subnet()
                .subnetId();

        assertThat(ec2.describeSubnets(s -> s.filters(f -> f.name("vpc-id").values(vpc)))
                        .subnets())
                .hasSize(1)
                .extracting(Subnet::subnetId)
                .doesNotContain(created);
        assertThat(ec2.describeVpcs(v -> v.vpcIds(vpc)).vpcs()).hasSize(1);
    }

    @Test
    void instance_isMissingWithItsReservation() {
        Ec2Client ec2 = client(Ec2Client.builder());
        String image;
        String subnet;
        try (Ec2Client direct = aws.configure(Ec2Client.builder()).build()) {
            image = direct.describeImages().images().get(0).imageId();
            String vpc =
                    direct.createVpc(v -> v.cidrBlock("10.86.0.0/16")).vpc().vpcId();
            subnet = direct.createSubnet(s -> s.vpcId(vpc).cidrBlock("10.86.0.0/24"))
                    .subnet()
                    .subnetId();
        }
        String id = ec2.runInstances(r -> r.imageId(image)
                        .subnetId(subnet)
                        .minCount(1)
                        .maxCount(1)
                        .instanceType("t3.micro"))
                .instances()
                .get(0)
                .instanceId();

        assertThat(ec2.describeInstances().reservations()).allSatisfy(reservation -> assertThat(reservation.instances())
                .isNotEmpty()
                .extracting(Instance::instanceId)
                .doesNotContain(id));
        assertCode("InvalidInstanceID.NotFound", () -> ec2.describeInstances(i -> i.instanceIds(id)));
        assertThat(ec2.describeInstances(i -> i.instanceIds(id)).reservations()).hasSize(1);
    }

    @Test
    void role_isHidden_butNotTheProfileOfTheSameName() {
        IamClient iam = client(IamClient.builder());
        iam.createRole(r -> r.roleName("twin").assumeRolePolicyDocument("{}"));
        try (IamClient direct = aws.configure(IamClient.builder()).build()) {
            direct.createInstanceProfile(p -> p.instanceProfileName("twin"));
        }

        assertThatThrownBy(() -> iam.getRole(r -> r.roleName("twin"))).isInstanceOf(NoSuchEntityException.class);
        assertThat(iam.listRoles().roles()).extracting(Role::roleName).doesNotContain("twin");
        assertThat(iam.getInstanceProfile(p -> p.instanceProfileName("twin"))
                        .instanceProfile()
                        .instanceProfileName())
                .isEqualTo("twin");
        assertThat(iam.getRole(r -> r.roleName("twin")).role().roleName()).isEqualTo("twin");
    }

    @Test
    void subnet_namedToAnotherService_isRefusedInThatServicesWords() {
        Ec2Client ec2 = client(Ec2Client.builder());
        ElasticLoadBalancingV2Client elb = client(ElasticLoadBalancingV2Client.builder());
        AutoScalingClient autoScaling = client(AutoScalingClient.builder());
        String vpc;
        try (Ec2Client direct = aws.configure(Ec2Client.builder()).build()) {
            vpc = direct.createVpc(v -> v.cidrBlock("10.84.0.0/16")).vpc().vpcId();
        }
        String subnet = ec2.createSubnet(s -> s.vpcId(vpc).cidrBlock("10.84.0.0/24"))
                .subnet()
                .subnetId();

        assertCode(
                "SubnetNotFound",
                () -> elb.createLoadBalancer(
                        l -> l.name("later").type(LoadBalancerTypeEnum.NETWORK).subnets(subnet)));
        assertCode(
                "ValidationError",
                () -> autoScaling.createAutoScalingGroup(g -> g.autoScalingGroupName("later")
                        .minSize(0)
                        .maxSize(0)
                        .vpcZoneIdentifier("subnet-00000000," + subnet)));
        String arn = elb.createLoadBalancer(
                        l -> l.name("now").type(LoadBalancerTypeEnum.NETWORK).subnets(subnet))
                .loadBalancers()
                .get(0)
                .loadBalancerArn();
        assertThat(elb.describeLoadBalancers().loadBalancers())
                .extracting(LoadBalancer::loadBalancerArn)
                .doesNotContain(arn);
        assertCode("LoadBalancerNotFound", () -> elb.describeLoadBalancers(l -> l.loadBalancerArns(arn)));
        assertThat(elb.describeLoadBalancers(l -> l.loadBalancerArns(arn)).loadBalancers())
                .hasSize(1);
    }

    @Test
    void queue_isMissingByUrlByNameAndInTheList() {
        SqsClient sqs = client(SqsClient.builder());
        String url = sqs.createQueue(q -> q.queueName("notices")).queueUrl();

        assertThatThrownBy(() -> sqs.getQueueAttributes(q -> q.queueUrl(url)))
                .isInstanceOf(QueueDoesNotExistException.class);
        assertThatThrownBy(() -> sqs.getQueueUrl(q -> q.queueName("notices")))
                .isInstanceOf(QueueDoesNotExistException.class);
        assertThat(sqs.listQueues().queueUrls()).doesNotContain(url);
        assertThat(sqs.listQueues().queueUrls()).contains(url);
    }

    @Test
    void rule_isMissing_butCanBeWrittenAgain() {
        EventBridgeClient events = client(EventBridgeClient.builder());
        events.putRule(r -> r.name("spot").eventPattern("{\"source\":[\"aws.ec2\"]}"));

        assertCode("ResourceNotFoundException", () -> events.describeRule(r -> r.name("spot")));
        assertThat(events.listRules(r -> {}).rules()).extracting(Rule::name).doesNotContain("spot");
        events.putRule(r -> r.name("spot").eventPattern("{\"source\":[\"aws.ec2\"]}"));
        assertThat(events.listRules(r -> {}).rules()).extracting(Rule::name).contains("spot");
    }

    @Test
    void bucket_isMissing() {
        S3Client s3 = client(S3Client.builder());
        s3.createBucket(b -> b.bucket("not-yet"));

        assertThatThrownBy(() -> s3.headBucket(b -> b.bucket("not-yet"))).isInstanceOf(NoSuchBucketException.class);
        assertThat(s3.listBuckets().buckets()).extracting(Bucket::name).doesNotContain("not-yet");
        s3.headBucket(b -> b.bucket("not-yet"));
    }

    @Test
    void time_endsTheDelay() {
        http.close();
        http = FaultyHttpClient.create(Faults.none().consistentAfter(Duration.ofMillis(400)));
        Ec2Client ec2 = client(Ec2Client.builder());
        String id = ec2.createVpc(vpc -> vpc.cidrBlock("10.85.0.0/16")).vpc().vpcId();

        assertCode("InvalidVpcID.NotFound", () -> ec2.describeVpcs(v -> v.vpcIds(id)));
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        int found = 0;
        while (found == 0 && System.nanoTime() < deadline) {
            found = (int) ec2.describeVpcs().vpcs().stream()
                    .filter(vpc -> vpc.vpcId().equals(id))
                    .count();
        }
        assertThat(found).isEqualTo(1);
    }
}
