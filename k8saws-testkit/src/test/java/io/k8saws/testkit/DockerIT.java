package io.k8saws.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.testcontainers.DockerClientFactory;
import software.amazon.awssdk.services.s3.S3Client;

@DisplayName("The testbed in Docker works where Docker does, and fails with the reason where it does not")
class DockerIT {
    private static final Surroundings DOCKER = new Surroundings(Map.of(Surroundings.TESTBED, "docker"));

    @Test
    void localstack() {
        if (!DockerClientFactory.instance().isDockerAvailable()) {
            assertThatThrownBy(() -> Emulators.start(AwsKind.MOTO, DOCKER))
                    .isInstanceOf(TestbedException.class)
                    .hasMessageContaining("Start LocalStack in Docker")
                    .hasMessageContaining("Start Docker, or unset K8SAWS_TESTBED");
            return;
        }
        try (AwsEndpoint aws = Emulators.start(AwsKind.MOTO, DOCKER);
                S3Client s3 = aws.configure(S3Client.builder()).build()) {
            s3.createBucket(bucket -> bucket.bucket("in-docker"));
            assertThat(s3.listBuckets().buckets()).hasSize(1);
        }
    }

    @Test
    void k3s() {
        if (!DockerClientFactory.instance().isDockerAvailable()) {
            assertThatThrownBy(() -> Kubernetes.start(true, 0, DOCKER))
                    .isInstanceOf(TestbedException.class)
                    .hasMessageContaining("Start k3s in Docker")
                    .hasMessageContaining("Start Docker, or unset K8SAWS_TESTBED");
            return;
        }
        try (KubernetesApi kubernetes = Kubernetes.start(true, 0, DOCKER)) {
            assertThat(kubernetes.client().namespaces().withName("default").get())
                    .isNotNull();
        }
    }

    @Test
    void kwokNodes_areRefused_becauseK3sHasNone() {
        assertThatThrownBy(() -> Kubernetes.start(true, 3, DOCKER))
                .isInstanceOf(TestbedException.class)
                .hasMessageContaining("kwok only runs with the testbed's own API server");
    }
}
