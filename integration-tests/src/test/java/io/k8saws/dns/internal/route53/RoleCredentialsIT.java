package io.k8saws.dns.internal.route53;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.dns.zone.ZoneRole;
import io.k8saws.internal.seam.GuardedClients;
import io.k8saws.internal.seam.Sleeper;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.AwsKind;
import io.k8saws.testkit.fault.Faults;
import io.k8saws.testkit.fault.FaultyHttpClient;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

@ParameterizedClass
@EnumSource(AwsKind.class)
@DisplayName("A session of a role is an hour, and a new one begins ten minutes before its end")
class RoleCredentialsIT {
    private static final String ASSUME = "sts:AssumeRole";

    private final AwsEndpoint endpoint;

    RoleCredentialsIT(
            AwsKind kind,
            @AwsEmulator AwsEndpoint moto,
            @AwsEmulator(kind = AwsKind.LOCALSTACK) AwsEndpoint localStack) {
        this.endpoint = kind == AwsKind.MOTO ? moto : localStack;
    }

    @Test
    void oneCallForFiftyMinutes() {
        AtomicLong now = new AtomicLong();
        try (FaultyHttpClient http = FaultyHttpClient.create(Faults.none());
                GuardedClients clients = GuardedClients.open(
                        endpoint.access(http), ResiliencePolicy.defaults().forEmulator(), Sleeper.system())) {
            RoleCredentials credentials =
                    new RoleCredentials(clients, ZoneRole.of("arn:aws:iam::444455556666:role/dns"), now::get);
            AwsSessionCredentials first = (AwsSessionCredentials) credentials.resolveCredentials();
            now.set(Duration.ofMinutes(50).minusNanos(1).toNanos());
            assertThat(credentials.resolveCredentials()).isEqualTo(first);
            assertThat(http.calls().count(ASSUME)).isEqualTo(1);

            now.set(Duration.ofMinutes(50).toNanos());
            AwsCredentials second = credentials.resolveCredentials();

            assertThat(second).isNotEqualTo(first);
            assertThat(http.calls().count(ASSUME)).isEqualTo(2);
            now.set(Duration.ofMinutes(99).toNanos());
            assertThat(credentials.resolveCredentials()).isEqualTo(second);
            assertThat(credentials.toString())
                    .doesNotContain(first.secretAccessKey(), first.sessionToken(), second.secretAccessKey());
        }
    }
}
