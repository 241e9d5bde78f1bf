package io.k8saws.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.testkit.Testbed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("kubeadm takes the documents of twelve clusters")
class BootKubeadmIT {
    @TempDir
    private Path scratch;

    static List<BootDocuments.Document> documents() throws IOException {
        return BootDocuments.matching("/etc/k8saws/kubeadm.*\\.yaml");
    }

    @Test
    void ofAllRolesOfAllTwelve() throws IOException {
        assertThat(documents()).hasSizeGreaterThan(30);
        assertThat(documents().stream()
                        .filter(document -> document.path().endsWith("/kubeadm.yaml"))
                        .map(BootDocuments.Document::cluster)
                        .distinct())
                .as("the twelve, and the one with Windows beside Linux")
                .hasSize(13);
    }

    /** kubeadm takes the versions of its own minor and the one before; the form of the documents is the same for all that we know. */
    @ParameterizedTest
    @MethodSource("documents")
    void eachIsValid(BootDocuments.Document document) throws Exception {
        Path discovery = Files.writeString(scratch.resolve("discovery.conf"), "");
        Path file = Files.writeString(
                scratch.resolve("kubeadm.yaml"),
                document.filled()
                        .replace("/etc/kubernetes/discovery.conf", discovery.toString())
                        .replace("kubernetesVersion: v1.33.5", "kubernetesVersion: v1.36.1"));

        Command.Outcome outcome = new Command(
                        Testbed.program("kubeadm").toString(), scratch, "install it: testbed/install")
                .run("config", "validate", "--config", file);

        assertThat(outcome.text()).isEqualTo("ok\n");
        assertThat(outcome.good()).isTrue();
    }

    /** What makes the test above worth something. */
    @ParameterizedTest
    @MethodSource("documents")
    void aWrongFieldIsFound(BootDocuments.Document document) throws Exception {
        Path discovery = Files.writeString(scratch.resolve("discovery.conf"), "");
        Path file = Files.writeString(
                scratch.resolve("kubeadm.yaml"),
                document.filled()
                        .replace("/etc/kubernetes/discovery.conf", discovery.toString())
                        .replace("kubernetesVersion: v1.33.5", "kubernetesVersion: v1.36.1")
                        .replaceFirst("criSocket:", "criSokket:"));

        Command.Outcome outcome = new Command(
                        Testbed.program("kubeadm").toString(), scratch, "install it: testbed/install")
                .run("config", "validate", "--config", file);

        assertThat(outcome.good()).isFalse();
        assertThat(outcome.text()).contains("criSokket");
    }
}
