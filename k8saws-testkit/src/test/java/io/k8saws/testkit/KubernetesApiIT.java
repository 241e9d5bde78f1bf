package io.k8saws.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A started Kubernetes API is a real one")
class KubernetesApiIT {
    private static final Duration LIMIT = Duration.ofMinutes(1);

    @Test
    void apiServer_alone_keepsObjects(@ApiServer KubernetesApi kubernetes) {
        KubernetesClient client = kubernetes.client();
        client.configMaps()
                .inNamespace("default")
                .resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName("color")
                        .endMetadata()
                        .addToData("color", "blue")
                        .build())
                .create();

        assertThat(client.getKubernetesVersion().getGitVersion()).startsWith("v1.");
        assertThat(kubernetes.etcd().orElseThrow().etcdctl("get", "/registry/configmaps/default/color", "--keys-only"))
                .contains("/registry/configmaps/default/color");
        assertThat(kubernetes.toString()).doesNotContain("token");
    }

    @Test
    void controllersAndKwok_bringAPodsLife(
            @ApiServer(controllers = true, kwokNodes = 3, shared = false) KubernetesApi kubernetes) {
        KubernetesClient client = kubernetes.client();
        assertThat(client.nodes().list().getItems())
                .extracting(node -> node.getMetadata().getName())
                .containsExactlyInAnyOrder("kwok-0", "kwok-1", "kwok-2");
        assertThat(client.nodes().list().getItems())
                .as("pods can go to every node")
                .allSatisfy(node -> assertThat(node.getSpec().getTaints()).isEmpty());

        client.apps()
                .deployments()
                .inNamespace("default")
                .resource(new DeploymentBuilder()
                        .withNewMetadata()
                        .withName("web")
                        .endMetadata()
                        .withNewSpec()
                        .withReplicas(6)
                        .withNewSelector()
                        .addToMatchLabels("app", "web")
                        .endSelector()
                        .withNewTemplate()
                        .withNewMetadata()
                        .addToLabels("app", "web")
                        .endMetadata()
                        .withNewSpec()
                        // without it a scheduler that has not yet heard of every node may fill the first
                        .addNewTopologySpreadConstraint()
                        .withMaxSkew(1)
                        .withTopologyKey("kubernetes.io/hostname")
                        .withWhenUnsatisfiable("DoNotSchedule")
                        .withNewLabelSelector()
                        .addToMatchLabels("app", "web")
                        .endLabelSelector()
                        .endTopologySpreadConstraint()
                        .addNewContainer()
                        .withName("web")
                        .withImage("web:1")
                        .endContainer()
                        .endSpec()
                        .endTemplate()
                        .endSpec()
                        .build())
                .create();

        assertThat(Waiting.until(() -> running(client).size() == 6, LIMIT))
                .as("pods of %s", client.pods().inNamespace("default").list().getItems())
                .isTrue();
        assertThat(running(client))
                .extracting(pod -> pod.getSpec().getNodeName())
                .containsOnly("kwok-0", "kwok-1", "kwok-2");
    }

    private static List<Pod> running(KubernetesClient client) {
        return client.pods().inNamespace("default").list().getItems().stream()
                .filter(pod -> "Running".equals(pod.getStatus().getPhase()))
                .toList();
    }

    @Test
    void kubeconfigOfTheEnvironment_winsOverStarting(@ApiServer KubernetesApi running, @TempDir Path directory)
            throws IOException {
        Path file = Files.writeString(directory.resolve("config"), running.kubeconfig());
        Surroundings given =
                new Surroundings(Map.of(Surroundings.KUBECONFIG, file.toString(), Surroundings.HOME, "/nowhere"));

        try (KubernetesApi kubernetes = Kubernetes.start(true, 0, given)) {
            assertThat(kubernetes.uri()).isEqualTo(running.uri());
            assertThat(kubernetes.etcd()).isEmpty();
            assertThat(kubernetes.client().namespaces().withName("default").get())
                    .isNotNull();
        }
        assertThat(running.client().namespaces().withName("default").get()).isNotNull();
        assertThatThrownBy(() -> Kubernetes.start(true, 5, given))
                .isInstanceOf(TestbedException.class)
                .hasMessageContaining("5 nodes are asked for");
    }
}
