package io.k8saws.dns.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.dns.record.Answer;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RecordSet;
import io.k8saws.dns.record.RecordType;
import io.k8saws.dns.record.RoutingPolicy;
import io.k8saws.error.InvalidSpecException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HealthCheckTest {
    @Test
    void itsTextTellsAllOfIt() {
        TargetCheck check = HealthCheck.https().withPath("/healthz").of("api.example.com", "192.0.2.1");
        assertThat(check.text()).isEqualTo("check HTTPS 192.0.2.1 443 /healthz api.example.com 3 30");
        assertThat(TargetCheck.read(check.text()).map(TargetCheck::text)).contains(check.text());
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, check TCP 192.0.2.1 9000 - - 5 10",
        "2001:db8:0:0:0:0:0:1, check TCP 2001:db8:0:0:0:0:0:1 9000 - - 5 10",
        "web.example.net, check TCP web.example.net 9000 - - 5 10"
    })
    void aConnectionHasNoPathAndShowsNoName(String target, String text) {
        TargetCheck check =
                HealthCheck.tcp(9000).withThreshold(5).withInterval(10).of("api.example.com", target);
        assertThat(check.text()).isEqualTo(text);
        assertThat(TargetCheck.read(text).map(TargetCheck::text)).contains(text);
    }

    @Test
    void aNameThatIsWatchedIsShownToItself() {
        assertThat(HealthCheck.http()
                        .withHost("other.example.com")
                        .of("api.example.com", "web.example.net")
                        .text())
                .isEqualTo("check HTTP web.example.net 80 / - 3 30");
        assertThat(HealthCheck.http()
                        .withHost("Other.example.com")
                        .of("api.example.com", "192.0.2.1")
                        .text())
                .isEqualTo("check HTTP 192.0.2.1 80 / other.example.com 3 30");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f",
                "check HTTP 192.0.2.1",
                "check FTP 192.0.2.1 80 / - 3 30",
                "check HTTP 192.0.2.1 x / - 3 30",
                "check HTTP 192.0.2.1 80 / - 3 31"
            })
    void anIdIsNoText(String text) {
        assertThat(TargetCheck.read(text)).isEmpty();
    }

    @Test
    void boundsAreThoseOfRoute53AndAllAreToldAtOnce() {
        assertThatThrownBy(() -> new HealthCheck(HealthCheck.Type.HTTP, Optional.of("a b"), 70000, "healthz", 11, 20))
                .isInstanceOfSatisfying(InvalidSpecException.class, e -> assertThat(e.violations())
                        .hasSize(5));
        assertThatThrownBy(() -> HealthCheck.tcp(0)).isInstanceOf(InvalidSpecException.class);
        assertThatThrownBy(() -> HealthCheck.tcp(80).withPath("/x")).isInstanceOf(InvalidSpecException.class);
        assertThatThrownBy(() -> HealthCheck.http().withPath("/a b")).isInstanceOf(InvalidSpecException.class);
    }

    @Test
    void aReferenceIsTheSameForTheSameAndFitsIntoRoute53() {
        TargetCheck check = HealthCheck.http().of("api.example.com", "192.0.2.1");
        String reference = check.referenceOf("blue", "Z1");
        assertThat(reference)
                .isEqualTo(check.referenceOf("blue", "Z1"))
                .startsWith(TargetCheck.reference("blue", "Z1"))
                .hasSizeLessThanOrEqualTo(64 - 4)
                .isNotEqualTo(check.referenceOf("green", "Z1"))
                .isNotEqualTo(check.referenceOf("blue", "Z2"))
                .isNotEqualTo(HealthCheck.http()
                        .withPath("/x")
                        .of("api.example.com", "192.0.2.1")
                        .referenceOf("blue", "Z1"));
    }

    @Test
    void aTokenInThePathStandsInNoText() {
        HealthCheck wish = HealthCheck.http().withPath("/healthz?token=geheim");
        TargetCheck check = wish.of("api.example.com", "192.0.2.1");
        assertThat(check.toString()).isEqualTo("check HTTP 192.0.2.1 80 /healthz?... api.example.com 3 30");
        assertThat(wish.toString()).isEqualTo("HTTP 80 /healthz?... 3 30");
        assertThat(new RecordSet(
                        DnsName.of("api.example.com"),
                        RecordType.A,
                        Optional.of("one"),
                        new RoutingPolicy.Multivalue(),
                        Optional.of(check.text()),
                        new Answer.Values(Duration.ofMinutes(1), List.of("192.0.2.1"))))
                .hasToString("api.example.com A [one] 192.0.2.1 (60 s), " + check);
        assertThatThrownBy(() -> wish.withPath("healthz?token=geheim")).hasMessageNotContaining("geheim");
    }

    @Test
    void aWildcardIsNoHostAndAnAddressOfVersion6HasOneForm() {
        assertThat(HealthCheck.http().of("*.example.com", "2001:db8::1").text())
                .isEqualTo("check HTTP 2001:db8:0:0:0:0:0:1 80 / - 3 30")
                .isEqualTo(HealthCheck.http()
                        .of("*.example.com", "2001:0DB8::0001")
                        .text());
    }
}
