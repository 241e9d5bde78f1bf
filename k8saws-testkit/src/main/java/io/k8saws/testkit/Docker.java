package io.k8saws.testkit;

/** The testbed in containers, chosen by {@code K8SAWS_TESTBED=docker}. */
final class Docker {
    private Docker() {}

    static AwsEndpoint localstack() {
        throw new TestbedException("not yet");
    }

    static KubernetesApi k3s(int nodes) {
        throw new TestbedException("not yet");
    }
}
