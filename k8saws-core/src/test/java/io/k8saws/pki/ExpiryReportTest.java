package io.k8saws.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.cluster.Golden;
import io.k8saws.pki.ExpiryReport.Status;
import io.k8saws.pki.ExpiryReport.Thresholds;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpiryReportTest {
    private static final ClusterPki PKI = ClusterPki.of(PkiSamples.lab());
    private static final Map<AuthorityRole, CertificateAuthority> AUTHORITIES = PKI.createAuthorities(PkiSamples.CLOCK);

    private static X509Certificate validFor(Duration span) {
        CertificateRequest admin = PKI.certificate("scheduler.conf").orElseThrow();
        CertificateRequest request = new CertificateRequest(
                admin.name(),
                admin.machine(),
                admin.subject(),
                admin.altNames(),
                admin.usages(),
                span,
                admin.algorithm(),
                admin.signer(),
                admin.reader(),
                admin.file());
        return AUTHORITIES
                .get(AuthorityRole.KUBERNETES)
                .issue(request, PkiSamples.CLOCK)
                .certificate();
    }

    @ParameterizedTest
    @CsvSource({
        "-PT6M, NOT_YET_VALID",
        "PT0S, FINE",
        "P39DT23H59M, FINE",
        "P40D, SOON",
        "P85DT23H59M, SOON",
        "P86D, URGENT",
        "P99DT23H59M59S, URGENT",
        "P100D, EXPIRED",
        "P200D, EXPIRED",
    })
    void aCertificateOfAHundredDays(Duration later, Status status) {
        ExpiryReport report = ExpiryReport.of(Map.of("x", validFor(Duration.ofDays(100))), PkiSamples.NOW.plus(later));

        assertThat(report.worst()).isEqualTo(status);
        assertThat(report.with(status)).hasSize(1);
    }

    @Test
    void printsAsATable() throws IOException {
        Map<String, X509Certificate> certificates = new LinkedHashMap<>();
        certificates.put("fine", validFor(Duration.ofDays(365)));
        certificates.put("soon", validFor(Duration.ofDays(50)));
        certificates.put("forged\nline", validFor(Duration.ofDays(300)));
        certificates.put("gone", validFor(Duration.ofDays(2)));
        certificates.put("urgent", validFor(Duration.ofHours(90)));
        certificates.put("ca", AUTHORITIES.get(AuthorityRole.KUBERNETES).certificate());

        Golden.assertMatches(
                "pki-expiry.txt", ExpiryReport.of(certificates, PkiSamples.NOW.plus(Duration.ofDays(3))) + "\n");
    }

    @Test
    void nothingIsFine() {
        ExpiryReport report = ExpiryReport.of(new HashMap<>(), PkiSamples.NOW);

        assertThat(report.worst()).isEqualTo(Status.FINE);
        assertThat(report.toString()).contains("none");
    }

    @Test
    void thresholdsAreInOrder() {
        Duration day = Duration.ofDays(1);

        assertThatThrownBy(() -> new Thresholds(day, day.plusSeconds(1))).isInstanceOf(IllegalArgumentException.class);
        ExpiryReport strict = ExpiryReport.of(
                Map.of("x", validFor(Duration.ofDays(3))), PkiSamples.NOW, new Thresholds(day.multipliedBy(2), day));
        assertThat(strict.worst()).isEqualTo(Status.FINE);
    }
}
