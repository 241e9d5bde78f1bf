package io.k8saws.benchmarks;

import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.client.builder.SdkSyncClientBuilder;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.autoscaling.AutoScalingClient;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.route53.Route53Client;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.sts.StsClient;

/**
 * What the SDK alone costs in a fresh process: a program without this library that sends the requests of a plan of a new cluster with plain clients, as many at
 * once as it can, and does nothing with the answers. No program on this SDK can plan faster.
 */
final class PlainSdk {
    private static final String BUCKET = "bench-no-such-bucket";
    private static final String IMAGE =
            "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id";

    private final URI endpoint;
    private final SdkHttpClient http;
    private final Executor threads;

    private PlainSdk(URI endpoint, SdkHttpClient http, Executor threads) {
        this.endpoint = endpoint;
        this.http = http;
        this.threads = threads;
    }

    /**
     * The program.
     *
     * @param args the endpoint, the number of pools, which does not matter here, the milliseconds that are added to each call
     */
    public static void main(String[] args) {
        long started = System.nanoTime();
        ExecutorService threads = Executors.newCachedThreadPool();
        try (SdkHttpClient http = ColdStart.http(Duration.ofMillis(Long.parseLong(args[2])))) {
            PlainSdk sdk = new PlainSdk(URI.create(args[0]), http, threads);
            sdk.build(StsClient.builder()).getCallerIdentity();
            sdk.sideBySide(
                    sdk::network,
                    () -> sdk.build(AutoScalingClient.builder()).describeAutoScalingGroups(),
                    sdk::loadBalancers,
                    sdk::events,
                    sdk::roles,
                    () -> sdk.build(Route53Client.builder()).listHostedZones(),
                    sdk::bucket,
                    () -> sdk.build(SqsClient.builder()).listQueues(),
                    () -> sdk.build(SsmClient.builder()).getParameters(r -> r.names(IMAGE)));
            ColdStart.report(started);
        } finally {
            threads.shutdown();
        }
    }

    private void network() {
        Ec2Client ec2 = build(Ec2Client.builder());
        sideBySide(
                ec2::describeAddresses,
                ec2::describeDhcpOptions,
                ec2::describeInternetGateways,
                ec2::describeKeyPairs,
                () -> ec2.describeLaunchTemplateVersions(r -> r.versions("$Latest", "$Default")),
                ec2::describeNatGateways,
                ec2::describeNetworkInterfaces,
                ec2::describeRouteTables,
                ec2::describeSecurityGroups,
                ec2::describeSubnets,
                ec2::describeVolumes,
                ec2::describeVpcs);
    }

    private void loadBalancers() {
        ElasticLoadBalancingV2Client balancing = build(ElasticLoadBalancingV2Client.builder());
        sideBySide(balancing::describeLoadBalancers, balancing::describeTargetGroups);
    }

    private void events() {
        EventBridgeClient events = build(EventBridgeClient.builder());
        sideBySide(
                () -> events.listRules(r -> r.limit(100)),
                () -> events.listRuleNamesByTarget(r -> r.targetArn("arn:aws:sqs:us-east-1:123456789012:bench")));
    }

    private void roles() {
        IamClient iam = build(IamClient.builder());
        sideBySide(iam::getAccountAuthorizationDetails, iam::listInstanceProfiles);
    }

    private void bucket() {
        S3Client s3 = build(S3Client.builder().forcePathStyle(true));
        sideBySide(
                () -> absent(() -> s3.getObjectAsBytes(r -> r.bucket(BUCKET).key("state/current"))),
                () -> absent(() -> s3.listObjectsV2(r -> r.bucket(BUCKET))),
                () -> absent(() -> s3.getBucketTagging(r -> r.bucket(BUCKET))));
    }

    private static void absent(Runnable read) {
        try {
            read.run();
            throw new IllegalStateException("The bucket " + BUCKET + " is there.");
        } catch (S3Exception e) {
            if (e.statusCode() != 404) {
                throw e;
            }
        }
    }

    private void sideBySide(Runnable... reads) {
        Arrays.stream(reads)
                .map(read -> CompletableFuture.runAsync(read, threads))
                .toList()
                .forEach(CompletableFuture::join);
    }

    private <C, B extends AwsClientBuilder<B, C> & SdkSyncClientBuilder<B, C>> C build(B builder) {
        return builder.endpointOverride(endpoint)
                .region(Region.of(BenchmarkCluster.REGION))
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
                .httpClient(http)
                .build();
    }
}
