package io.k8saws.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.error.InvalidSpecException;
import io.k8saws.testkit.Testbed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
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

    /** Each minor that a spec may have, and its kubeadm, which takes documents of its own version. */
    enum Minor {
        V1_33("1.33.13", "kubeadm-1.33"),
        V1_34("1.34.4", "kubeadm-1.34"),
        V1_35("1.35.4", "kubeadm-1.35"),
        V1_36("1.36.1", "kubeadm");

        private final String version;
        private final String program;

        Minor(String version, String program) {
            this.version = version;
            this.program = program;
        }

        /** The documents are those of any minor but for this line, as a test of core shows. */
        String of(BootDocuments.Document document) {
            return document.filled().replaceFirst("kubernetesVersion: v\\S+", "kubernetesVersion: v" + version);
        }
    }

    static List<Arguments> documentsOfEachMinor() throws IOException {
        return documents().stream()
                .flatMap(document -> Arrays.stream(Minor.values()).map(minor -> Arguments.of(document, minor)))
                .toList();
    }

    @Test
    void allMinorsOfSpecsAreLookedAt() {
        String minors = Arrays.stream(Minor.values())
                .map(minor -> minor.version.substring(0, minor.version.lastIndexOf('.')))
                .collect(Collectors.joining(", "));
        assertThatThrownBy(() -> ClusterSpec.builder()
                        .name("too-old")
                        .region("us-east-1")
                        .kubernetesVersion("1.1.0")
                        .build())
                .isInstanceOf(InvalidSpecException.class)
                .hasMessageContaining("Choose one of " + minors + ".");
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("documentsOfEachMinor")
    void eachIsValid(BootDocuments.Document document, Minor minor) throws Exception {
        Command.Outcome outcome = validate(minor, minor.of(document));

        assertThat(outcome.text()).isEqualTo("ok\n");
        assertThat(outcome.good()).isTrue();
    }

    /** What makes the test above worth something. */
    @ParameterizedTest
    @MethodSource("documents")
    void aWrongFieldIsFound(BootDocuments.Document document) throws Exception {
        Command.Outcome outcome =
                validate(Minor.V1_36, Minor.V1_36.of(document).replaceFirst("criSocket:", "criSokket:"));

        assertThat(outcome.good()).isFalse();
        assertThat(outcome.text()).contains("criSokket");
    }

    private Command.Outcome validate(Minor minor, String document) throws Exception {
        Path discovery = Files.writeString(scratch.resolve("discovery.conf"), "");
        Path file = Files.writeString(
                scratch.resolve("kubeadm.yaml"),
                document.replace("/etc/kubernetes/discovery.conf", discovery.toString()));
        return new Command(Testbed.program(minor.program).toString(), scratch, "install it: testbed/install")
                .run("config", "validate", "--config", file);
    }
}
