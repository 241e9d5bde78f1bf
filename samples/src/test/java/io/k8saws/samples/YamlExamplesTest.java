package io.k8saws.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.EtcdPlacement;
import io.k8saws.cluster.NatMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class YamlExamplesTest {
    private static final Path FOLDER = Path.of("src/main/yaml");

    static List<Path> examples() throws IOException {
        try (var files = Files.list(FOLDER)) {
            return files.sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void example_isValid_andSurvivesWritingAndReading(Path example) {
        ClusterSpec spec = ClusterSpec.fromYaml(example);

        assertThat(ClusterSpec.fromYaml(spec.toYaml())).isEqualTo(spec);
    }

    @Test
    void examples_areWhatTheirNamesSay() {
        assertThat(ClusterSpec.fromYaml(FOLDER.resolve("ha.yaml")).etcdMemberZones())
                .doesNotHaveDuplicates()
                .hasSize(3);
        assertThat(ClusterSpec.fromYaml(FOLDER.resolve("private.yaml"))
                        .network()
                        .nat())
                .isEqualTo(NatMode.NONE);
        assertThat(ClusterSpec.fromYaml(FOLDER.resolve("stacked.yaml")).etcd().placement())
                .isEqualTo(EtcdPlacement.STACKED);
        assertThat(ClusterSpec.fromYaml(FOLDER.resolve("spot.yaml"))
                        .nodePool("spot")
                        .orElseThrow()
                        .usesSpot())
                .isTrue();
    }
}
