package io.k8saws.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.dns.plan.DnsPlan;
import io.k8saws.dns.plan.Finding;
import io.k8saws.dns.plan.NameResult;
import io.k8saws.dns.zone.HostedZone;
import io.k8saws.dns.zone.ZoneFilter;
import io.k8saws.dns.zone.ZoneRole;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.AwsKind;
import io.k8saws.testkit.fault.Faults;
import io.k8saws.testkit.fault.FaultyHttpClient;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.services.route53.Route53Client;
import software.amazon.awssdk.services.route53.model.ResourceRecord;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.model.Credentials;

@ParameterizedClass
@EnumSource(AwsKind.class)
@DisplayName("Zones of other accounts are reached by roles")
class DnsZoneRolesIT {
    private static final String ROLE = "arn:aws:iam::444455556666:role/dns";

    private final AwsEndpoint endpoint;
    private final Route53Client own;
    private final Route53Client other;
    private final String domain = DnsFixture.unique("d") + ".example";
    private final String below = "pay." + domain;
    private String ownZone = "";
    private String otherZone = "";

    DnsZoneRolesIT(
            AwsKind kind,
            @AwsEmulator AwsEndpoint moto,
            @AwsEmulator(kind = AwsKind.LOCALSTACK) AwsEndpoint localStack) {
        this.endpoint = kind == AwsKind.MOTO ? moto : localStack;
        this.own = endpoint.configure(Route53Client.builder()).build();
        try (StsClient sts = endpoint.configure(StsClient.builder()).build()) {
            Credentials told =
                    sts.assumeRole(r -> r.roleArn(ROLE).roleSessionName("test")).credentials();
            this.other = endpoint.configure(Route53Client.builder())
                    .credentialsProvider(StaticCredentialsProvider.create(AwsSessionCredentials.create(
                            told.accessKeyId(), told.secretAccessKey(), told.sessionToken())))
                    .build();
        }
    }

    @BeforeEach
    void makeZones() {
        ownZone = HostedZone.bareId(DnsFixture.zone(own, domain));
        otherZone = HostedZone.bareId(DnsFixture.zone(other, below));
        assertThat(ids(own))
                .as("the emulator keeps accounts apart")
                .contains(ownZone)
                .doesNotContain(otherZone);
    }

    private static List<String> ids(Route53Client route53) {
        return route53.listHostedZonesPaginator().hostedZones().stream()
                .map(zone -> HostedZone.bareId(zone.id()))
                .toList();
    }

    @AfterEach
    void close() {
        own.close();
        other.close();
    }

    private Dns dns(FaultyHttpClient http, ZoneRole role) {
        return DnsFixture.dns(
                endpoint.access(http),
                "blue",
                ZoneFilter.builder().addDomain(domain).addRole(role).build());
    }

    private Records records() {
        return Records.builder("program")
                .add("www." + domain, r -> r.addresses("192.0.2.1"))
                .add("www." + below, r -> r.addresses("192.0.2.2"))
                .build();
    }

    private static List<String> addresses(Route53Client route53, String zone) {
        return route53.listResourceRecordSets(r -> r.hostedZoneId(zone)).resourceRecordSets().stream()
                .filter(set -> set.typeAsString().equals("A"))
                .flatMap(set -> set.resourceRecords().stream())
                .map(ResourceRecord::value)
                .toList();
    }

    @Test
    void eachNameGoesIntoItsZoneAndItsAccount() {
        try (FaultyHttpClient http = FaultyHttpClient.create(Faults.none());
                Dns dns = dns(http, ZoneRole.of(ROLE).withExternalId("payments").forDomain(below))) {
            assertThat(dns.zones()).extracting(HostedZone::id).contains(ownZone, otherZone);
            DnsReport report = dns.apply(dns.plan(records())).requireDone();
            dns.waitUntilInSync(report, Duration.ofSeconds(30));

            assertThat(addresses(own, ownZone)).containsExactly("192.0.2.1");
            assertThat(addresses(other, otherZone)).containsExactly("192.0.2.2");
            DnsPlan again = dns.plan(records());
            assertThat(again.isEmpty()).as(again.toString()).isTrue();
            assertThat(http.calls().count("sts:AssumeRole")).isEqualTo(1);
        }
    }

    @Test
    void aRoleThatIsDeniedHoldsItsOwnNamesAndNoOthers() {
        try (FaultyHttpClient http = FaultyHttpClient.create(Faults.none().deny("sts:AssumeRole"));
                Dns dns = dns(http, ZoneRole.of(ROLE).forDomain(below))) {
            DnsPlan plan = dns.plan(records());
            assertThat(plan.problems())
                    .allMatch(finding -> finding.kind() == Finding.Kind.ZONE
                            && finding.text().contains(ROLE))
                    .extracting(finding -> finding.name().text())
                    .containsExactlyInAnyOrder(below, "www." + below);
            DnsReport report = dns.apply(plan).requireDone();

            assertThat(report.with(NameResult.State.DONE)).hasSize(1);
            assertThat(addresses(own, ownZone)).containsExactly("192.0.2.1");
            assertThat(addresses(other, otherZone)).isEmpty();
        }
    }

    @Test
    void aZoneIsNamedByItsIdAlone() {
        String third = HostedZone.bareId(DnsFixture.zone(other, "other." + domain));
        try (FaultyHttpClient http = FaultyHttpClient.create(Faults.none());
                Dns dns = dns(http, ZoneRole.of(ROLE).forZone(otherZone))) {
            assertThat(dns.zones())
                    .extracting(HostedZone::id)
                    .contains(otherZone)
                    .doesNotContain(third);
        }
    }
}
