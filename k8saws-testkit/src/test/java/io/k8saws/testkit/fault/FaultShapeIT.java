package io.k8saws.testkit.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.SdkGlobalTime;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.retry.ClockSkew;
import software.amazon.awssdk.services.autoscaling.AutoScalingClient;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.route53.Route53Client;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.sts.StsClient;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@DisplayName("The SDK takes every injected fault for what AWS would have said")
class FaultShapeIT {
    private final AwsEndpoint aws;

    FaultShapeIT(@AwsEmulator AwsEndpoint aws) {
        this.aws = aws;
    }

    /** A service, a call to it, its name, and the error codes that it answers with. */
    private record Probe(String name, String throttled, String denied, String expired, String skewed, Call call) {
        @Override
        public String toString() {
            return name;
        }
    }

    private interface Call {
        void on(AwsEndpoint aws, FaultyHttpClient http);
    }

    private static final Probe EC2 = new Probe(
            "ec2:DescribeVpcs",
            "RequestLimitExceeded",
            "UnauthorizedOperation",
            "RequestExpired",
            "RequestExpired",
            (aws, http) -> client(aws, Ec2Client.builder(), http).describeVpcs());

    static Stream<Probe> probes() {
        return Stream.of(
                EC2,
                xml("iam:ListRoles", (aws, http) -> client(aws, IamClient.builder(), http)
                        .listRoles()),
                xml("sts:GetCallerIdentity", (aws, http) -> client(aws, StsClient.builder(), http)
                        .getCallerIdentity()),
                xml("autoscaling:DescribeAutoScalingGroups", (aws, http) -> client(
                                aws, AutoScalingClient.builder(), http)
                        .describeAutoScalingGroups()),
                xml("elasticloadbalancing:DescribeLoadBalancers", (aws, http) -> client(
                                aws, ElasticLoadBalancingV2Client.builder(), http)
                        .describeLoadBalancers()),
                xml("route53:ListHostedZones", (aws, http) -> client(aws, Route53Client.builder(), http)
                        .listHostedZones()),
                new Probe(
                        "s3:ListBuckets",
                        "SlowDown",
                        "AccessDenied",
                        "ExpiredToken",
                        "RequestTimeTooSkewed",
                        (aws, http) -> client(aws, S3Client.builder(), http).listBuckets()),
                json("sqs:ListQueues", (aws, http) -> client(aws, SqsClient.builder(), http)
                        .listQueues()),
                json("events:ListRules", (aws, http) -> client(aws, EventBridgeClient.builder(), http)
                        .listRules(rules -> {})),
                json("ssm:DescribeParameters", (aws, http) -> client(aws, SsmClient.builder(), http)
                        .describeParameters()));
    }

    private static Probe xml(String name, Call call) {
        return new Probe(name, "Throttling", "AccessDenied", "ExpiredToken", "SignatureDoesNotMatch", call);
    }

    private static Probe json(String name, Call call) {
        return new Probe(
                name,
                "ThrottlingException",
                "AccessDeniedException",
                "ExpiredTokenException",
                "InvalidSignatureException",
                call);
    }

    private static <B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>, C> C client(
            AwsEndpoint aws, B builder, FaultyHttpClient http) {
        return aws.configure(builder)
                .httpClient(http)
                .overrideConfiguration(o ->
                        o.retryStrategy(AwsRetryStrategy.doNotRetry()).apiCallAttemptTimeout(Duration.ofSeconds(10)))
                .build();
    }

    @ParameterizedTest
    @MethodSource("probes")
    void call_withoutFaults_isServedAndNamed(Probe probe) {
        try (FaultyHttpClient http = FaultyHttpClient.create(Faults.none())) {
            probe.call().on(aws, http);

            assertThat(http.calls().byOperation()).containsOnlyKeys(probe.name());
            assertThat(http.calls().all()).singleElement().satisfies(recorded -> {
                assertThat(recorded.status()).isEqualTo(200);
                assertThat(recorded.served()).isTrue();
                assertThat(recorded.fault()).isEmpty();
                assertThat(recorded.call().write()).isFalse();
                assertThat(recorded.took()).isPositive();
            });
        }
    }

    @ParameterizedTest
    @MethodSource("probes")
    void throttled_isSeenAsThrottling(Probe probe) {
        AwsServiceException error = failure(probe, Faults.none().throttle(1));

        assertThat(error.isThrottlingException()).isTrue();
        assertThat(error.awsErrorDetails().errorCode()).isEqualTo(probe.throttled());
        assertThat(error.requestId()).isNotBlank();
    }

    static Stream<Arguments> probesAndServerErrors() {
        return probes().flatMap(probe -> Stream.of(Arguments.of(probe, 500), Arguments.of(probe, 503)));
    }

    @ParameterizedTest
    @MethodSource("probesAndServerErrors")
    void failed_isSeenAsServerError(Probe probe, int status) {
        AwsServiceException error = failure(probe, Faults.none().fail(1, status));

        assertThat(error.statusCode()).isEqualTo(status);
        assertThat(error.isThrottlingException()).isFalse();
        assertThat(error.awsErrorDetails().errorCode()).isNotBlank();
    }

    @ParameterizedTest
    @MethodSource("probes")
    void denied_namesTheAction(Probe probe) {
        AwsServiceException error =
                failure(probe, Faults.none().deny("none:None", probe.name().replaceAll(":.*", ":*")));

        assertThat(error.awsErrorDetails().errorCode()).isEqualTo(probe.denied());
        assertThat(error.awsErrorDetails().errorMessage()).contains("not authorized to perform: " + probe.name());
    }

    @ParameterizedTest
    @MethodSource("probes")
    void expiredToken_hasTheServicesCode(Probe probe) {
        assertThat(failure(probe, Faults.none().expiredToken())
                        .awsErrorDetails()
                        .errorCode())
                .isEqualTo(probe.expired());
    }

    @BeforeEach
    void forgetTheClockCorrectionOfTheSdk() {
        // The SDK keeps it for the whole JVM.
        SdkGlobalTime.setGlobalTimeOffset(0);
    }

    @ParameterizedTest
    @MethodSource("probes")
    void clockSkew_hasTheServicesCode_andTellsTheServersTime(Probe probe) {
        AwsServiceException error = failure(probe, Faults.none().clockSkew(Duration.ofHours(1)));

        assertThat(error.awsErrorDetails().errorCode()).isEqualTo(probe.skewed());
        Instant serverTime = ClockSkew.getServerTime(error.awsErrorDetails().sdkHttpResponse())
                .orElseThrow();
        assertThat(serverTime).isCloseTo(Instant.now().plus(Duration.ofHours(1)), within(1, ChronoUnit.MINUTES));
        // A wrong signature has other reasons, too; the SDK only takes the two clear codes for a skewed clock.
        assertThat(error.isClockSkewException())
                .isEqualTo(List.of("RequestExpired", "RequestTimeTooSkewed").contains(probe.skewed()));
    }

    @Test
    void clockSkew_letsAClientThrough_thatCorrectsItself() {
        try (FaultyHttpClient http = FaultyHttpClient.create(Faults.none().clockSkew(Duration.ofHours(-2)))) {
            Ec2Client ec2 = aws.configure(Ec2Client.builder()).httpClient(http).build();

            assertThat(ec2.describeVpcs().vpcs()).isNotEmpty();
            assertThat(http.calls().all()).extracting(RecordedCall::status).containsExactly(400, 200);
        }
    }

    @ParameterizedTest
    @MethodSource("probes")
    void cutBeforeSent_isAClientError_andNothingWasServed(Probe probe) {
        try (FaultyHttpClient http = FaultyHttpClient.create(Faults.none().cutBeforeSent(1))) {
            assertThatThrownBy(() -> probe.call().on(aws, http))
                    .isInstanceOf(SdkClientException.class)
                    .hasMessageContaining("before the request was sent")
                    .hasMessageContaining("seed=");
            assertThat(http.calls().all()).singleElement().satisfies(recorded -> {
                assertThat(recorded.served()).isFalse();
                assertThat(recorded.status()).isZero();
            });
        }
    }

    @Test
    void cutAfterServed_hasMadeTheChange() {
        String cidr = "10.71.0.0/16";
        try (FaultyHttpClient http = FaultyHttpClient.create(Faults.none().cutAfterServed(1))) {
            assertThatThrownBy(() -> client(aws, Ec2Client.builder(), http).createVpc(vpc -> vpc.cidrBlock(cidr)))
                    .isInstanceOf(SdkClientException.class)
                    .hasMessageContaining("after the request was served");
            assertThat(http.calls().all()).singleElement().matches(RecordedCall::served);
        }
        assertThat(vpcs(cidr)).isEqualTo(1);
    }

    @Test
    void blackHole_endsWithTheSdksOwnTimeout() {
        try (FaultyHttpClient http = FaultyHttpClient.create(Faults.none().blackHole(1))) {
            Ec2Client ec2 = aws.configure(Ec2Client.builder())
                    .httpClient(http)
                    .overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.doNotRetry())
                            .apiCallAttemptTimeout(Duration.ofMillis(200)))
                    .build();

            assertThatThrownBy(ec2::describeVpcs).isInstanceOf(ApiCallAttemptTimeoutException.class);
            assertThat(Thread.interrupted()).isFalse();
        }
    }

    @Test
    void delay_isPartOfEachCall() {
        Duration delay = Duration.ofMillis(60);
        try (FaultyHttpClient http = FaultyHttpClient.create(Faults.none().delay(delay))) {
            EC2.call().on(aws, http);

            assertThat(http.calls().all().get(0).took()).isGreaterThanOrEqualTo(delay);
        }
    }

    @Test
    void killBefore_serviceHasSeenOneCallLess() {
        assertKilled("10.72.0.0/16", Faults.none().killBefore(2), 0);
    }

    @Test
    void killAfter_serviceHasSeenTheCall() {
        assertKilled("10.73.0.0/16", Faults.none().killAfter(2), 1);
    }

    @Test
    void kill_insideWhen_countsOnlyTheseCalls() {
        assertKilled(
                "10.74.0.0/16",
                Faults.none().when(call -> call.operation().equals("CreateVpc"), f -> f.killBefore(1)),
                0);
    }

    /** One read, then a create at which the run dies; then nothing gets through any more. */
    private void assertKilled(String cidr, Faults faults, int made) {
        try (FaultyHttpClient http = FaultyHttpClient.create(faults)) {
            Ec2Client ec2 = client(aws, Ec2Client.builder(), http);
            ec2.describeVpcs();
            Consumer<Ec2Client> create = client -> client.createVpc(vpc -> vpc.cidrBlock(cidr));
            assertThatThrownBy(() -> create.accept(ec2))
                    .isInstanceOf(RunKilledError.class)
                    .hasMessageContaining("ec2:CreateVpc");
            assertThat(http.killed()).isTrue();
            assertThatThrownBy(() -> create.accept(ec2)).isInstanceOf(RunKilledError.class);
            assertThatThrownBy(() -> client(aws, IamClient.builder(), http).listRoles())
                    .isInstanceOf(RunKilledError.class);
            assertThat(http.calls().count()).isEqualTo(2);
        }
        assertThat(vpcs(cidr)).isEqualTo(made);
    }

    private long vpcs(String cidr) {
        try (Ec2Client ec2 = aws.configure(Ec2Client.builder()).build()) {
            return ec2.describeVpcs().vpcs().stream()
                    .filter(vpc -> vpc.cidrBlock().equals(cidr))
                    .count();
        }
    }

    private AwsServiceException failure(Probe probe, Faults faults) {
        try (FaultyHttpClient http = FaultyHttpClient.create(faults)) {
            AwsServiceException error = catchThrowableOfType(
                    AwsServiceException.class, () -> probe.call().on(aws, http));
            assertThat(error).as("the failure of %s under %s", probe, faults).isNotNull();
            assertThat(http.calls().all()).singleElement().satisfies(recorded -> {
                assertThat(recorded.call().name()).isEqualTo(probe.name());
                assertThat(recorded.status()).isEqualTo(error.statusCode());
                assertThat(recorded.served()).isFalse();
                assertThat(recorded.fault()).isPresent();
            });
            return error;
        }
    }
}
