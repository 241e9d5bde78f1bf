package io.k8saws.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.cluster.Golden;
import io.k8saws.error.K8sAwsException;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class RenewalPlanTest {
    private static final ClusterPki PKI = ClusterPki.of(PkiSamples.payments());
    private static final Map<AuthorityRole, CertificateAuthority> AUTHORITIES = PKI.createAuthorities(PkiSamples.CLOCK);
    private static final Map<String, X509Certificate> ISSUED = certificates(PKI.issue(AUTHORITIES, PkiSamples.CLOCK));

    private static Map<String, X509Certificate> certificates(List<IssuedCertificate> issued) {
        Map<String, X509Certificate> result = new LinkedHashMap<>();
        issued.forEach(i -> result.put(i.request().id(), i.certificate()));
        return result;
    }

    private static Map<AuthorityRole, X509Certificate> certificates(
            Map<AuthorityRole, CertificateAuthority> authorities) {
        return authorities.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().certificate()));
    }

    private static RenewalPlan plan(ClusterPki wanted, Map<String, X509Certificate> existing, Instant now) {
        return RenewalPlan.of(wanted, existing, certificates(AUTHORITIES), now);
    }

    private static List<String> ids(RenewalPlan plan) {
        return plan.renewals().stream().map(r -> r.request().id()).toList();
    }

    @Test
    void whatIsFreshNeedsNothing() {
        RenewalPlan plan = plan(PKI, ISSUED, PkiSamples.NOW);

        assertThat(plan.isEmpty()).isTrue();
        assertThat(plan).hasToString("Renewals at 2026-11-23T12:00:00Z: nothing to do");
        assertThat(plan.isDisruptive()).isFalse();
        assertThat(plan(PKI, ISSUED, PkiSamples.NOW.plus(Duration.ofDays(243))).isEmpty())
                .isTrue();
    }

    @Test
    void aThirdOfItsLifeBeforeTheEndEachIsRenewedButTheKubelets() throws IOException {
        RenewalPlan plan = plan(PKI, ISSUED, PkiSamples.NOW.plus(Duration.ofDays(244)));

        assertThat(ids(plan))
                .isEqualTo(PKI.certificates().stream()
                        .filter(c -> !c.renewsItself())
                        .map(CertificateRequest::id)
                        .toList());
        assertThat(plan.authoritiesDue()).isEmpty();
        Golden.assertMatches("pki-renewals.txt", plan + "\n");
    }

    @Test
    void afterRenewalThereIsNothingToDo() {
        Instant later = PkiSamples.NOW.plus(Duration.ofDays(300));
        Map<String, X509Certificate> world = new HashMap<>(ISSUED);

        RenewalPlan plan = plan(PKI, world, later);
        world.putAll(certificates(plan.issue(AUTHORITIES, PkiSamples.in(Duration.ofDays(300)))));

        assertThat(plan(PKI, world, later).isEmpty()).isTrue();
    }

    @Test
    void wrongNamesDoNotSurvive() {
        PkiSpec moved = PkiSamples.payments().toBuilder()
                .apiNames(List.of("k8s.example.com"))
                .build();
        RenewalPlan plan = plan(ClusterPki.of(moved), ISSUED, PkiSamples.NOW);

        assertThat(ids(plan)).containsExactly("apiserver@i-0a1b2c3d4e5f60001", "apiserver@i-0a1b2c3d4e5f60002");
        assertThat(plan.renewals().get(0).reasons())
                .containsExactly(
                        "it lacks the names k8s.example.com",
                        "it has names too many: api.payments.example.com, payments-api-0123456789abcdef.elb.eu-west-1.amazonaws.com");
        assertThat(plan.renewals().get(0).disruptive()).isTrue();
    }

    @Test
    void addressesAreComparedHoweverTheyAreWritten() {
        ClusterPki lab = ClusterPki.of(PkiSamples.lab());
        Map<AuthorityRole, CertificateAuthority> authorities = lab.createAuthorities(PkiSamples.CLOCK);

        assertThat(RenewalPlan.of(
                                lab,
                                certificates(lab.issue(authorities, PkiSamples.CLOCK)),
                                certificates(authorities),
                                PkiSamples.NOW)
                        .isEmpty())
                .isTrue();
    }

    @Test
    void eachDifferenceIsAReason() {
        Map<String, X509Certificate> mixed = new HashMap<>(ISSUED);
        mixed.put("admin.conf", ISSUED.get("super-admin.conf"));
        mixed.put("scheduler.conf", ISSUED.get("etcd/server@etcd-1"));
        mixed.remove("controller-manager.conf");
        RenewalPlan plan = plan(
                ClusterPki.of(PkiSamples.payments().toBuilder()
                        .putKeyAlgorithm("front-proxy-client", KeyAlgorithm.RSA_2048)
                        .build()),
                mixed,
                PkiSamples.NOW);

        assertThat(plan.renewals().stream()
                        .collect(Collectors.toMap(r -> r.request().id(), RenewalPlan.Renewal::reasons)))
                .isEqualTo(Map.of(
                        "admin.conf",
                        List.of("its subject is CN=kubernetes-super-admin,O=system:masters,"
                                + " not O=kubeadm:cluster-admins, CN=kubernetes-admin"),
                        "scheduler.conf",
                        List.of(
                                "another authority has signed it",
                                "its subject is CN=etcd-1, not CN=system:kube-scheduler",
                                "it has names too many: 10.0.0.4, 127.0.0.1, ::1, etcd-1, localhost",
                                "its usages are not exactly client"),
                        "controller-manager.conf",
                        List.of("it is missing"),
                        "front-proxy-client",
                        List.of("its key is ECDSA-P256, not RSA-2048")));
    }

    @Test
    void aNewAuthorityAsksForAllThatItSigns() {
        Map<AuthorityRole, X509Certificate> authorities = certificates(AUTHORITIES);
        authorities.put(
                AuthorityRole.FRONT_PROXY,
                PKI.createAuthorities(PkiSamples.CLOCK)
                        .get(AuthorityRole.FRONT_PROXY)
                        .certificate());

        RenewalPlan plan = RenewalPlan.of(PKI, ISSUED, authorities, PkiSamples.NOW);

        assertThat(ids(plan)).containsExactly("front-proxy-client");
        assertThat(plan.renewals().get(0).reasons()).containsExactly("another authority has signed it");
    }

    @Test
    void anAuthorityIsDueWhenItWouldCutShortWhatItSigns() {
        assertThat(plan(PKI, ISSUED, PkiSamples.NOW.plus(Duration.ofDays(3650 - 365)))
                        .authoritiesDue())
                .isEmpty();
        RenewalPlan plan = plan(PKI, ISSUED, PkiSamples.NOW.plus(Duration.ofDays(3650 - 364)));

        assertThat(plan.authoritiesDue()).hasSize(4);
        assertThat(plan.toString()).contains("4 authorities to rotate", "ends in 364 d");
        assertThat(plan(PKI, ISSUED, PkiSamples.NOW.plus(Duration.ofDays(3652))).authoritiesDue())
                .allMatch(due -> due.reason().equals("it has ended 2 d ago"));
        assertThat(RenewalPlan.of(PKI, ISSUED, Map.of(), PkiSamples.NOW).authoritiesDue())
                .allMatch(due -> due.reason().equals("it is missing"));
    }

    @Test
    void whatNobodyServesWithIsSafe() {
        Map<String, X509Certificate> world = new HashMap<>(ISSUED);
        world.remove("admin.conf");
        world.remove("super-admin.conf");
        world.remove("etcd/healthcheck-client");

        RenewalPlan plan = plan(PKI, world, PkiSamples.NOW);

        assertThat(plan.renewals())
                .hasSize(3)
                .allMatch(r -> !r.disruptive() && r.then().isEmpty());
        world.remove("kubelet.conf@i-0a1b2c3d4e5f60001");
        assertThat(plan(PKI, world, PkiSamples.NOW).renewals())
                .filteredOn(r -> r.request().renewsItself())
                .extracting(r -> r.then().orElseThrow())
                .containsExactly("restart the kubelet on i-0a1b2c3d4e5f60001");
    }

    @Test
    void withoutAnAuthorityNothingIsIssued() {
        RenewalPlan plan = plan(PKI, Map.of(), PkiSamples.NOW);

        assertThatThrownBy(() -> plan.issue(Map.of(), PkiSamples.CLOCK))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("Give one");
    }
}
