package io.k8saws.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

@DisplayName("Access and patience are values that refuse what cannot be")
class AwsAccessTest {
    @Test
    void accessNeedsARegion_andNothingElse() {
        assertThatThrownBy(() -> AwsAccess.builder().build()).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> AwsAccess.of(" ")).isInstanceOf(IllegalArgumentException.class);
        assertThat(AwsAccess.of("eu-west-1")).hasToString("AwsAccess[eu-west-1]");
    }

    @Test
    void accessPrintsNoSecret() {
        AwsAccess access = AwsAccess.builder()
                .region("eu-west-1")
                .endpoint(URI.create("http://127.0.0.1:5000"))
                .credentials(StaticCredentialsProvider.create(AwsBasicCredentials.create("id", "hush")))
                .build();

        assertThat(access).hasToString("AwsAccess[eu-west-1 at http://127.0.0.1:5000]");
        assertThat(access.httpClient()).isEmpty();
    }

    private static final ResiliencePolicy DEFAULTS = ResiliencePolicy.defaults();

    static Stream<UnaryOperator<ResiliencePolicy>> impossible() {
        return Stream.of(
                policy -> policy.withMaxAttempts(0),
                policy -> policy.withRateShare(0),
                policy -> policy.withRateShare(1.1),
                policy -> policy.withRateShare(Double.NaN),
                policy -> policy.withTimeouts(Duration.ZERO, Duration.ofSeconds(1)),
                policy -> policy.withTimeouts(Duration.ofSeconds(1), Duration.ofSeconds(-1)));
    }

    @ParameterizedTest
    @MethodSource("impossible")
    void aPolicyRefusesWhatCannotBe(UnaryOperator<ResiliencePolicy> change) {
        assertThatThrownBy(() -> change.apply(DEFAULTS)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aCopyChangesOnlyWhatItSays() {
        assertThat(DEFAULTS.withMaxAttempts(10)).isEqualTo(DEFAULTS);
        assertThat(DEFAULTS.withRateShare(1)).isEqualTo(DEFAULTS);
        assertThat(DEFAULTS.withTimeouts(DEFAULTS.attemptTimeout(), DEFAULTS.callDeadline()))
                .isEqualTo(DEFAULTS);
        assertThat(DEFAULTS.withMaxAttempts(3).maxAttempts()).isEqualTo(3);
        assertThat(DEFAULTS.forEmulator().rateLimits()).isFalse();
        assertThat(DEFAULTS.forEmulator().consistencyWindow()).isEqualTo(DEFAULTS.consistencyWindow());
        assertThat(DEFAULTS.forEmulator().withRateShare(0.5).rateLimits())
                .as("an emulator's policy with a share")
                .isFalse();
    }
}
