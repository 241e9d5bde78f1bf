package io.k8saws.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.SampleSpecs;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The longest life of a token follows from the API server's flags")
class TokenLifeTest {
    private static final String LONGEST = "service-account-max-token-expiration";

    private static ClusterSpec with(String flag, String value) {
        return SampleSpecs.payments()
                .kubernetes(k -> k.putApiServerFlag(flag, value))
                .build();
    }

    @Test
    void aDayUnlessSaidOtherwise() {
        assertThat(TokenLife.longest(SampleSpecs.payments().build())).isEqualTo(Duration.ofHours(24));
    }

    @ParameterizedTest
    @CsvSource({"1h, PT1H", "1h30m, PT1H30M", "48h0m0s, PT48H", "90m, PT1H30M", "forever, P365D"})
    void whatTheSpecSays(String flag, Duration life) {
        assertThat(TokenLife.longest(with(LONGEST, flag))).isEqualTo(life);
    }

    @Test
    void aYearWhenTokensOfPodsAreExtended() {
        assertThat(TokenLife.longest(with("service-account-extend-token-expiration", "true")))
                .isEqualTo(Duration.ofDays(365));
    }
}
