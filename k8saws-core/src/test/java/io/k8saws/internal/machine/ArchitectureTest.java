package io.k8saws.internal.machine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArchitectureTest {
    @ParameterizedTest
    @CsvSource({
        "a1.large, arm64",
        "m7g.large, arm64",
        "c7gn.xlarge, arm64",
        "im4gn.large, arm64",
        "m8g-flex.large, arm64",
        "m7i-flex.large, amd64",
        "m6a.large, amd64",
        "g5.xlarge, amd64",
        "g5g.xlarge, arm64",
        "t3.medium, amd64",
        "u7i-12tb.224xlarge, amd64",
    })
    void followsTheFamilysName(String instanceType, String architecture) {
        assertThat(Architecture.of(instanceType)).isEqualTo(architecture);
    }
}
