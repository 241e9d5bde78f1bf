package io.k8saws.dns.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.dns.DnsFixture;
import io.k8saws.dns.health.RetiredChecks;
import io.k8saws.dns.health.RetiredChecks.State;
import io.k8saws.testkit.ApiServer;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.KubernetesApi;
import io.k8saws.testkit.fault.Faults;
import io.k8saws.testkit.fault.FaultyHttpClient;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.services.route53.Route53Client;
import software.amazon.awssdk.services.route53.model.HealthCheck;
import software.amazon.awssdk.services.route53.model.ResourceRecordSet;
import software.amazon.awssdk.services.route53.model.TagResourceType;

/** A real API server and moto: objects want health checks, and get them; who gets none hinders nobody. */
@Timeout(300)
class HealthChecksOfObjectsIT {
    private static final Duration LIMIT =
            Duration.ofMinutes(2); // a check that was refused is tried again after a minute

    private final KubernetesClient client;
    private final AwsEndpoint endpoint;
    private final Route53Client route53;
    private final String namespace = DnsFixture.unique("dns-");
    private final String domain = namespace + ".example.com";
    private final AtomicBoolean denied = new AtomicBoolean();
    private final FaultyHttpClient http = FaultyHttpClient.create(
            Faults.none().when(call -> denied.get(), faults -> faults.deny("route53:CreateHealthCheck")));
    private String zone = "";

    HealthChecksOfObjectsIT(@ApiServer KubernetesApi kubernetes, @AwsEmulator AwsEndpoint endpoint) {
        this.client = kubernetes.client();
        this.endpoint = endpoint;
        this.route53 = endpoint.configure(Route53Client.builder()).build();
    }

    @BeforeEach
    void makeNamespaceAndZone() {
        ClusterFixture.makeNamespace(client, namespace);
        zone = DnsFixture.zone(route53, domain);
    }

    @AfterEach
    void close() {
        client.namespaces().withName(namespace).delete();
        route53.close();
        http.close();
    }

    private DnsController start() {
        return start(ClusterFixture.settings(namespace, domain));
    }

    private DnsController start(DnsControllerSettings.Builder settings) {
        return DnsController.start(
                endpoint.access(http), ResiliencePolicy.defaults().forEmulator(), client, settings.build());
    }

    private void service(String name, String target, Map<String, String> more) {
        ClusterFixture.makeService(client, namespace, name, name + "." + domain, target, more);
    }

    private static Map<String, String> checked(String path) {
        return Map.of(
                "set-identifier", "one", "aws-weight", "1", "aws-health-check", "HTTP", "aws-health-check-path", path);
    }

    private static void await(BooleanSupplier condition, Supplier<String> told) {
        ClusterFixture.await(LIMIT, condition, told);
    }

    private boolean hasRecord(String name) {
        return sets().stream().anyMatch(set -> set.name().equals(name + "." + domain + "."));
    }

    private List<ResourceRecordSet> sets() {
        return route53.listResourceRecordSetsPaginator(r -> r.hostedZoneId(zone)).resourceRecordSets().stream()
                .toList();
    }

    private List<String> checks() {
        return route53.listHealthChecksPaginator(r -> {}).healthChecks().stream()
                .filter(one -> ("api." + domain).equals(one.healthCheckConfig().fullyQualifiedDomainName()))
                .map(HealthCheck::id)
                .toList();
    }

    private boolean hasEvent(String object, String text) {
        return client.v1().events().inNamespace(namespace).list().getItems().stream()
                .anyMatch(event -> event.getInvolvedObject().getName().equals(object)
                        && event.getReason().equals("RecordError")
                        && event.getMessage().contains(text));
    }

    private static RetiredChecks round(DnsController controller) throws Exception {
        return controller.retireHealthChecks().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void oneThatCannotBeMadeHoldsItsOwnNameAndIsMadeLater() {
        denied.set(true);
        service("api", "192.0.2.1", checked("/"));
        try (DnsController controller = start()) {
            await(() -> hasEvent("api", "route53:CreateHealthCheck"), () -> "no event; " + controller.health());
            service("www", "192.0.2.2", Map.of());
            await(() -> hasRecord("www"), () -> "no record; " + controller.health());
            assertThat(hasRecord("api")).isFalse();
            assertThat(controller.health().problems())
                    .singleElement()
                    .asString()
                    .contains("1 names wait for health checks of " + domain, "route53:CreateHealthCheck");

            denied.set(false);
            await(() -> hasRecord("api"), () -> "no record; " + controller.health());
            await(() -> controller.health().isHealthy(), () -> String.valueOf(controller.health()));
        }
    }

    @Test
    void whoLeadsNextHearsByTheLeaseThatACheckWasMade() {
        LeaseSettings lease = ClusterFixture.lease(namespace, "one");
        LeaseNote note = new LeaseNote(client, lease);
        service("www", "192.0.2.2", Map.of());
        try (DnsController controller =
                start(ClusterFixture.settings(namespace, domain).lease(lease))) {
            await(() -> hasRecord("www"), () -> String.valueOf(controller.health()));
            assertThat(note.isThere()).as("before one is wanted").isFalse();

            service("api", "192.0.2.1", checked("/"));
            await(() -> hasRecord("api"), () -> String.valueOf(controller.health()));
            assertThat(note.isThere()).isTrue();

            var then = renewed(lease);
            await(() -> !renewed(lease).equals(then), () -> "the Lease is not renewed");
            assertThat(note.isThere()).as("after a renewal").isTrue();
            assertThat(controller.health().state()).isEqualTo(DnsHealth.State.LEADING);
        }
        assertThat(note.isThere()).as("after the Lease was given back").isTrue();
    }

    private ZonedDateTime renewed(LeaseSettings lease) {
        return client.resources(Lease.class)
                .inNamespace(lease.namespace())
                .withName(lease.name())
                .get()
                .getSpec()
                .getRenewTime();
    }

    @Test
    void aCheckComesWithItsRecordAndIsRetiredInTwoRounds() throws Exception {
        service("api", "192.0.2.1", checked("/"));
        service("www", "192.0.2.2", Map.of());
        String id;
        try (DnsController controller = start()) {
            await(() -> hasRecord("api") && hasRecord("www"), () -> String.valueOf(controller.health()));
            id = checks().get(0);
            assertThat(sets())
                    .filteredOn(set -> set.name().equals("api." + domain + "."))
                    .extracting(ResourceRecordSet::healthCheckId)
                    .containsOnly(id);
            await(() -> controller.health().waiting() == 0, () -> String.valueOf(controller.health()));
            http.forgetCalls();
            controller.audit().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            assertThat(http.calls().writes().count())
                    .as(http.calls().toString())
                    .isZero();
            assertThat(checks()).containsExactly(id);
        }
        client.services().inNamespace(namespace).withName("api").delete();
        try (DnsController controller = start()) { // another one, that has given nothing away
            await(() -> !hasRecord("api"), () -> String.valueOf(controller.health()));
            assertThat(round(controller).with(State.MARKED))
                    .extracting(RetiredChecks.One::id)
                    .containsExactly(id);
            assertThat(round(controller).checks()).isEmpty();
            route53.changeTagsForResource(r -> r.resourceType(TagResourceType.HEALTHCHECK)
                    .resourceId(id)
                    .addTags(tag -> tag.key("k8saws:dns-unused-since")
                            .value(Instant.now().minus(Duration.ofMinutes(31)).toString())));
            assertThat(round(controller).with(State.DELETED))
                    .extracting(RetiredChecks.One::id)
                    .containsExactly(id);
            assertThat(checks()).isEmpty();
            assertThat(hasRecord("www")).isTrue();
        }
    }
}
