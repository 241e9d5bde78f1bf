package io.k8saws.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.s3.S3Client;

@DisplayName("An AWS endpoint comes from an emulator or from the environment")
class AwsEndpointIT {

    private static int vpcs(AwsEndpoint aws) {
        try (Ec2Client ec2 = aws.configure(Ec2Client.builder()).build()) {
            return ec2.describeVpcs().vpcs().size();
        }
    }

    @Test
    void sharedParameters_areOneEmulator_andCloseDoesNotEndIt(
            @AwsEmulator AwsEndpoint one, @AwsEmulator AwsEndpoint two) {
        assertThat(one.uri()).isEqualTo(two.uri());
        one.close();
        assertThat(vpcs(two)).isPositive();
    }

    @Test
    void freshParameter_isAnEmulatorOfItsOwn_andResets(
            @AwsEmulator AwsEndpoint shared, @AwsEmulator(shared = false) AwsEndpoint own) {
        assertThat(own.uri()).isNotEqualTo(shared.uri());
        int before = vpcs(own);
        try (Ec2Client ec2 = own.configure(Ec2Client.builder()).build();
                S3Client s3 = own.configure(S3Client.builder()).build()) {
            ec2.createVpc(vpc -> vpc.cidrBlock("10.60.0.0/16"));
            s3.createBucket(bucket -> bucket.bucket("k8saws-state"));
            s3.putObject(
                    object -> object.bucket("k8saws-state").key("a"),
                    software.amazon.awssdk.core.sync.RequestBody.fromString("1"));
            assertThat(vpcs(own)).isEqualTo(before + 1);

            own.reset();

            assertThat(vpcs(own)).isEqualTo(before);
            assertThat(s3.listBuckets().buckets()).isEmpty();
        }
    }

    @Test
    void localstack_isTheSecondEmulator_andResets(
            @AwsEmulator(kind = AwsKind.LOCALSTACK, shared = false) AwsEndpoint aws) {
        try (S3Client s3 = aws.configure(S3Client.builder()).build()) {
            s3.createBucket(bucket -> bucket.bucket("k8saws-state"));
            assertThat(s3.listBuckets().buckets()).hasSize(1);

            aws.reset();

            assertThat(s3.listBuckets().buckets()).isEmpty();
        }
    }

    @Test
    void endpointOfTheEnvironment_winsOverStarting(@AwsEmulator AwsEndpoint running) {
        Surroundings given = new Surroundings(Map.of(
                Surroundings.AWS_ENDPOINT,
                running.uri().toString(),
                Surroundings.HOME,
                "/nowhere",
                "AWS_REGION",
                "eu-west-1"));
        try (AwsEndpoint aws = Emulators.start(AwsKind.LOCALSTACK, given)) {
            assertThat(aws.uri()).isEqualTo(running.uri());
            assertThat(aws.region()).isEqualTo("eu-west-1");
        }
        assertThat(vpcs(running)).isPositive();
    }

    @Test
    void reset_ofWhatIsNoEmulator_isRefused() throws IOException {
        HttpServer stranger = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        stranger.createContext("/", exchange -> {
            exchange.sendResponseHeaders(404, -1);
            exchange.close();
        });
        stranger.start();
        try (AwsEndpoint aws = Emulators.start(
                AwsKind.MOTO,
                new Surroundings(Map.of(
                        Surroundings.AWS_ENDPOINT,
                        "http://127.0.0.1:" + stranger.getAddress().getPort())))) {
            assertThatThrownBy(aws::reset)
                    .isInstanceOf(TestbedException.class)
                    .hasMessageContaining("Only moto, and LocalStack when the testbed starts it, can be reset");
        } finally {
            stranger.stop(0);
        }
    }

    @Test
    void toString_hidesTheSecret() {
        try (AwsEndpoint aws = Emulators.start(
                AwsKind.MOTO,
                new Surroundings(Map.of(
                        Surroundings.AWS_ENDPOINT, "http://127.0.0.1:1", "AWS_SECRET_ACCESS_KEY", "hush-hush")))) {
            assertThat(aws.secretAccessKey()).isEqualTo("hush-hush");
            assertThat(aws.toString()).doesNotContain("hush");
        }
    }
}
