package io.k8saws.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.k8saws.aws.AwsAccess;
import io.k8saws.dns.controller.DnsController;
import io.k8saws.dns.controller.DnsControllerSettings;
import io.k8saws.dns.controller.LeaseSettings;
import io.k8saws.dns.health.HealthCheck;
import io.k8saws.dns.owner.OwnerCipher;
import io.k8saws.dns.owner.OwnerMarks;
import io.k8saws.dns.owner.OwnerNames;
import io.k8saws.dns.plan.ChangePolicy;
import io.k8saws.dns.plan.DnsPlan;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RoutingPolicy;
import io.k8saws.dns.resolve.Resolver;
import io.k8saws.dns.source.SourceKind;
import io.k8saws.dns.source.SourceSettings;
import io.k8saws.dns.zone.ZoneFilter;
import io.k8saws.dns.zone.ZoneRole;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The code of docs/dns.md. What calls AWS is only compiled here; the component tests run the same calls. */
class DnsPageTest {
    static void namesOfAProgram() {
        // snippet: program
        try (Dns dns = Dns.of(AwsAccess.of("eu-west-1"), "payments")) {
            DnsPlan plan = dns.plan(Records.builder("payments")
                    .add("api.example.com", r -> r.addresses("192.0.2.1", "192.0.2.2"))
                    .add("www.example.com", r -> r.host("web-1.eu-west-1.elb.amazonaws.com"))
                    .build());
            System.out.println(plan);
            DnsReport report = dns.apply(plan.requireFewDeletions(5, 0.1)).requireDone();
            dns.waitUntilInSync(report, Duration.ofMinutes(5));
        }
        // end: program
    }

    static void namesOfACluster(Dns dns, KubernetesClient client) {
        // snippet: cluster
        ClusterRecords wanted = ClusterRecords.read(client, SourceSettings.defaults());
        wanted.problems().forEach(System.out::println);
        DnsPlan plan = dns.plan(wanted).requireFewDeletions(5, 0.1);
        System.out.println(plan); // what is kept is a finding of its own
        // end: cluster
    }

    static void untilNamesAreFound(Dns dns, DnsPlan plan, DnsReport report) {
        // snippet: inside
        Resolver inside = Resolver.at(List.of(new InetSocketAddress("10.0.0.2", 53)));
        dns.resolves(plan, report, Duration.ofMinutes(5), zone -> List.of(inside))
                .join();
        // end: inside
    }

    static void takingOver(AwsAccess access, String key, Records records) {
        // snippet: takeover
        OwnerMarks marks = OwnerMarks.of("payments")
                .withNames(OwnerNames.withPrefix("txt-%{record_type}."))
                .withCipher(OwnerCipher.of(key))
                .takingOver("external-dns-payments");
        try (Dns dns =
                Dns.builder(access, marks).policy(ChangePolicy.UPSERT_ONLY).build()) {
            DnsPlan plan = dns.plan(records);
            System.out.println(plan); // what stays by the policy is a finding of its own
        }
        // end: takeover
    }

    static void controller(AwsAccess access, KubernetesClient client) {
        // snippet: controller
        DnsControllerSettings settings = DnsControllerSettings.builder("payments")
                .zones(ZoneFilter.builder().addDomain("example.com").build())
                .sources(SourceSettings.builder()
                        .kinds(SourceKind.SERVICE, SourceKind.INGRESS, SourceKind.HTTP_ROUTE)
                        .build())
                .lease(LeaseSettings.of("dns", "dns-sync", "pod-1"))
                .audit(Duration.ofMinutes(1)) // one page of a zone each minute; off unless it is named
                .build();
        try (DnsController controller = DnsController.start(access, client, settings)) {
            System.out.println(controller.health()); // the state, and all that is wrong
            System.out.println(controller.explain(DnsName.of("www.example.com")));
            if (isAgreed(controller.health().problems())) {
                controller.allowDeletions(); // what the guard holds may go, once
            }
        }
        // end: controller
    }

    private static boolean isAgreed(List<String> problems) {
        return problems.isEmpty();
    }

    @Test
    void recordsHaveChecks() {
        Records.Builder records = Records.builder("payments");
        // snippet: health
        records.add("api.example.com", r -> r.addresses("192.0.2.1")
                .routed("one", new RoutingPolicy.Weighted(10))
                .healthCheck(HealthCheck.https().withPath("/healthz")));
        // end: health

        assertThat(records.build().toString()).contains("api.example.com");
    }

    @Test
    void zonesAreInOtherAccounts() {
        // snippet: roles
        ZoneFilter zones = ZoneFilter.builder()
                .addRole(ZoneRole.of("arn:aws:iam::444455556666:role/dns")
                        .withExternalId("payments")
                        .forDomain("payments.example.com"))
                .build();
        // end: roles

        assertThat(zones.toString()).contains("role/dns");
    }

    @Test
    void marksAreChangedOneByOne() {
        OwnerMarks marks = OwnerMarks.of("payments")
                .withNames(OwnerNames.withPrefix("txt."))
                .withCipher(OwnerCipher.of("0123456789abcdef0123456789abcdef"))
                .takingOver("old", "older");

        assertThat(marks.owner()).isEqualTo("payments");
        assertThat(marks.names()).isEqualTo(OwnerNames.withPrefix("txt."));
        assertThat(marks.cipher()).isPresent();
        assertThat(marks.takesOver()).isEqualTo(Set.of("old", "older"));
    }
}
