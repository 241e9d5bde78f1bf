package io.k8saws.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.dns.health.HealthCheck;
import io.k8saws.dns.owner.OwnerMarks;
import io.k8saws.dns.plan.DnsPlan;
import io.k8saws.dns.record.RoutingPolicy;
import io.k8saws.dns.zone.ZoneFilter;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.AwsKind;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.route53.Route53Client;
import software.amazon.awssdk.services.route53.model.HealthCheckType;
import software.amazon.awssdk.services.route53.model.TagResourceType;

@ParameterizedClass
@EnumSource(AwsKind.class)
@DisplayName("Health checks come with the records that want them, and go with the last of them")
class HealthChecksIT {
    private final Route53Client route53;
    private final AwsEndpoint endpoint;
    private final String domain = "d" + UUID.randomUUID().toString().substring(0, 8) + ".example";
    private String zone = "";

    HealthChecksIT(
            AwsKind kind,
            @AwsEmulator AwsEndpoint moto,
            @AwsEmulator(kind = AwsKind.LOCALSTACK) AwsEndpoint localStack) {
        this.endpoint = kind == AwsKind.MOTO ? moto : localStack;
        this.route53 = endpoint.configure(Route53Client.builder()).build();
    }

    @BeforeEach
    void makeZone() {
        zone = route53.createHostedZone(r -> r.name(domain).callerReference(domain))
                .hostedZone()
                .id();
    }

    @AfterEach
    void close() {
        route53.close();
    }

    private Dns dns() {
        return Dns.builder(endpoint.access(), OwnerMarks.of("blue-" + domain))
                .filter(ZoneFilter.builder().addDomain(domain).build())
                .build();
    }

    private Records records(String path) {
        return Records.builder("program")
                .add("api." + domain, r -> r.addresses("192.0.2.1")
                        .routed("one", new RoutingPolicy.Weighted(1))
                        .healthCheck(HealthCheck.http().withPath(path)))
                .build();
    }

    private List<String> idsInUse() {
        return route53.listResourceRecordSets(r -> r.hostedZoneId(zone)).resourceRecordSets().stream()
                .filter(set -> set.healthCheckId() != null)
                .map(set -> set.healthCheckId())
                .toList();
    }

    private List<String> checks() {
        return route53.listHealthChecksPaginator(r -> {}).healthChecks().stream()
                .filter(one -> ("api." + domain).equals(one.healthCheckConfig().fullyQualifiedDomainName()))
                .map(one -> one.id())
                .toList();
    }

    @Test
    void aCheckComesBeforeItsRecordIsTaggedAndGoesAfterTheLast() {
        try (Dns dns = dns()) {
            DnsPlan plan = dns.plan(records("/healthz"));
            assertThat(plan.toString()).contains("check HTTP 192.0.2.1 80 /healthz api." + domain + " 3 30");
            assertThat(checks()).isEmpty();

            dns.apply(plan).requireDone();

            assertThat(idsInUse()).hasSize(1).isEqualTo(checks());
            String id = idsInUse().get(0);
            assertThat(route53.getHealthCheck(r -> r.healthCheckId(id))
                            .healthCheck()
                            .healthCheckConfig())
                    .matches(config -> config.type() == HealthCheckType.HTTP
                            && config.ipAddress().equals("192.0.2.1")
                            && config.resourcePath().equals("/healthz")
                            && config.failureThreshold() == 3);
            assertThat(route53.listTagsForResource(r ->
                                    r.resourceType(TagResourceType.HEALTHCHECK).resourceId(id))
                            .resourceTagSet()
                            .tags())
                    .anyMatch(tag ->
                            tag.key().equals("k8saws:dns-owner") && tag.value().equals("blue-" + domain));
        }
        try (Dns again = dns()) {
            DnsPlan same = again.plan(records("/healthz"));
            assertThat(same.isEmpty()).as(same.toString()).isTrue();

            again.apply(again.plan(records("/other"))).requireDone();
            assertThat(checks()).hasSize(1).isEqualTo(idsInUse());

            again.apply(again.plan(Records.none())).requireDone();
            assertThat(again.healthCheckProblems()).isEmpty();
            assertThat(idsInUse()).isEmpty();
            assertThat(checks()).isEmpty();
        }
    }

    @Test
    void oneThatIsThereIsUsedByItsIdAndStays() {
        String mine = route53.createHealthCheck(
                        r -> r.callerReference(UUID.randomUUID().toString())
                                .healthCheckConfig(c -> c.type(HealthCheckType.HTTP)
                                        .ipAddress("192.0.2.7")
                                        .fullyQualifiedDomainName("api." + domain)
                                        .port(80)
                                        .resourcePath("/mine")))
                .healthCheck()
                .id();
        Records records = Records.builder("program")
                .add("api." + domain, r -> r.addresses("192.0.2.1")
                        .routed("one", new RoutingPolicy.Weighted(1))
                        .healthCheck(mine))
                .build();
        try (Dns dns = dns()) {
            dns.apply(dns.plan(records)).requireDone();
            assertThat(idsInUse()).containsExactly(mine);
            assertThat(dns.plan(records).isEmpty()).isTrue();
            dns.apply(dns.plan(Records.none())).requireDone();
            assertThat(checks()).containsExactly(mine);
        }
    }
}
