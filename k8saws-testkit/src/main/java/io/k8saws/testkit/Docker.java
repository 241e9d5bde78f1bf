package io.k8saws.testkit;

import java.util.Map;
import org.testcontainers.k3s.K3sContainer;
import org.testcontainers.localstack.LocalStackContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * The testbed in containers, chosen by {@code K8SAWS_TESTBED=docker}: LocalStack for both emulators, k3s for Kubernetes.
 *
 * <p>Testcontainers is an optional dependency: only who chooses Docker needs it.
 */
final class Docker {
    /** The last version that starts without a token. */
    private static final DockerImageName LOCALSTACK = DockerImageName.parse("localstack/localstack:4.14.0");

    private static final DockerImageName K3S = DockerImageName.parse("rancher/k3s:v1.33.4-k3s1");

    private Docker() {}

    static AwsEndpoint localstack() {
        return withContainers("LocalStack", () -> {
            LocalStackContainer container = new LocalStackContainer(LOCALSTACK);
            container.start();
            return Emulators.emulator(container.getEndpoint(), container::stop);
        });
    }

    static KubernetesApi k3s(int kwokNodes) {
        if (kwokNodes > 0) {
            throw new TestbedException(
                    "Start k3s in Docker with " + kwokNodes + " nodes",
                    "kwok only runs with the testbed's own API server",
                    "Unset " + Surroundings.TESTBED);
        }
        return withContainers("k3s", () -> {
            K3sContainer container = new K3sContainer(K3S);
            container.start();
            return new KubernetesApi(container.getKubeConfigYaml(), null, container::stop);
        });
    }

    private interface Start<T> {
        T run();
    }

    private static <T> T withContainers(String name, Start<T> start) {
        try {
            return start.run();
        } catch (NoClassDefFoundError e) {
            throw new TestbedException(
                    "Start " + name + " in Docker",
                    "Testcontainers is not on the class path",
                    "Add testcontainers-localstack and testcontainers-k3s of org.testcontainers to the test dependencies",
                    Map.of(),
                    e);
        } catch (RuntimeException e) {
            throw new TestbedException(
                    "Start " + name + " in Docker",
                    TestbedException.why(e),
                    "Start Docker, or unset " + Surroundings.TESTBED + " and run 'testbed/install'",
                    Map.of(),
                    e);
        }
    }
}
