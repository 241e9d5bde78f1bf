package io.k8saws.dns.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.k8saws.aws.AwsAccess;
import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.dns.Records;
import io.k8saws.dns.health.HealthCheck;
import io.k8saws.dns.record.RoutingPolicy;
import io.k8saws.dns.source.SourceSettings;
import io.k8saws.dns.zone.ZoneFilter;
import io.k8saws.testkit.ApiServer;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.AwsKind;
import io.k8saws.testkit.KubernetesApi;
import io.k8saws.testkit.fault.Faults;
import io.k8saws.testkit.fault.FaultyHttpClient;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.route53.Route53Client;
import software.amazon.awssdk.services.route53.model.RRType;
import software.amazon.awssdk.services.route53.model.ResourceRecordSet;

/** A real API server. A killed controller sends nothing any more, and nothing that it still does on its way out reaches Route 53. */
@Timeout(300)
@ParameterizedClass
@EnumSource(AwsKind.class)
@DisplayName("A controller that is killed at any of its calls is followed by one that brings the zone to the plan")
class DnsKillIT {
    private static final int MOST_CALLS = 40;

    private final KubernetesClient client;
    private final AwsEndpoint endpoint;
    private final Route53Client route53;

    DnsKillIT(
            AwsKind kind,
            @ApiServer KubernetesApi kubernetes,
            @AwsEmulator AwsEndpoint moto,
            @AwsEmulator(kind = AwsKind.LOCALSTACK) AwsEndpoint localStack) {
        this.client = kubernetes.client();
        this.endpoint = kind == AwsKind.MOTO ? moto : localStack;
        this.route53 = endpoint.configure(Route53Client.builder()).build();
    }

    @AfterEach
    void close() {
        route53.close();
    }

    private static Records before(String domain) {
        return Records.builder("program")
                .add("stays." + domain, r -> r.addresses("192.0.2.1"))
                .add("moves." + domain, r -> r.addresses("192.0.2.2"))
                .add("goes." + domain, r -> r.addresses("192.0.2.3"))
                .add("turns." + domain, r -> r.host("elsewhere.example.net"))
                .build();
    }

    private static Records after(String domain) {
        return Records.builder("program")
                .add("stays." + domain, r -> r.addresses("192.0.2.1"))
                .add("moves." + domain, r -> r.addresses("192.0.2.12"))
                .add("turns." + domain, r -> r.addresses("192.0.2.4"))
                .add("comes." + domain, r -> r.addresses("192.0.2.5"))
                .add("checked." + domain, r -> r.addresses("192.0.2.6")
                        .routed("one", new RoutingPolicy.Weighted(1))
                        .healthCheck(HealthCheck.http()))
                .build();
    }

    private static final Map<String, String> BEFORE =
            Map.of("stays", "192.0.2.1", "moves", "192.0.2.2", "goes", "192.0.2.3", "turns", "elsewhere.example.net");

    private static final Map<String, String> AFTER = Map.of(
            "stays",
            "192.0.2.1",
            "moves",
            "192.0.2.12",
            "turns",
            "192.0.2.4",
            "comes",
            "192.0.2.5",
            "checked",
            "192.0.2.6");

    /** The values of all names, by their first label, when the right marks and no others stand there; else what there is. */
    private Map<String, String> zone(String id, String domain) {
        Map<String, String> values = new TreeMap<>();
        Set<String> marks = new TreeSet<>();
        Set<String> marked = new TreeSet<>();
        for (ResourceRecordSet set :
                route53.listResourceRecordSets(r -> r.hostedZoneId(id)).resourceRecordSets()) {
            String label = set.name().replace("." + domain + ".", "");
            if (set.type() == RRType.TXT) {
                marks.add(label);
            } else if (set.type() == RRType.A || set.type() == RRType.CNAME) {
                values.put(label, set.resourceRecords().get(0).value().replaceAll("\\.$", ""));
                marked.add(set.typeAsString().toLowerCase(java.util.Locale.ROOT) + "-" + label);
            }
        }
        if (!marks.equals(marked)) {
            values.put("marks", marks.toString());
        }
        return values;
    }

    private DnsController start(FaultyHttpClient http, String domain, Records records) {
        AwsAccess access = endpoint.access(http);
        return DnsController.start(
                access,
                ResiliencePolicy.defaults().forEmulator(),
                client,
                DnsControllerSettings.builder("owner-" + domain)
                        .sources(
                                SourceSettings.defaults().with(s -> s.namespace("nothing-" + domain.replace(".", "-"))))
                        .zones(ZoneFilter.builder().addDomain(domain).build())
                        .records(records.endpoints())
                        .build());
    }

    private static void await(DnsController controller, BooleanSupplier condition, String what) {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                fail(what + ": " + controller.health());
            }
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    /** Whether the run was killed; else it came to the end of its calls. */
    private boolean isKilled(Faults faults, String id, String domain) {
        FaultyHttpClient http = FaultyHttpClient.create(faults);
        DnsController controller = start(http, domain, after(domain));
        try {
            await(controller, () -> http.killed() || zone(id, domain).equals(AFTER), faults.toString());
            return http.killed();
        } finally {
            Thread.currentThread().interrupt(); // who is killed waits for nothing
            controller.close();
            boolean unused = Thread.interrupted();
            http.close();
        }
    }

    private void bringAbout(String id, String domain, Records records, Map<String, String> wanted, String what) {
        try (FaultyHttpClient http = FaultyHttpClient.create(Faults.none());
                DnsController controller = start(http, domain, records)) {
            await(controller, () -> zone(id, domain).equals(wanted), what);
            await(controller, () -> controller.health().waiting() == 0, what);
            assertThat(controller.health().problems()).as(what).isEmpty();
        }
    }

    private void killAtEachCall(IntFunction<Faults> death) {
        int kill = 0;
        boolean killed = true;
        while (killed) {
            kill++;
            assertThat(kill).as("calls").isLessThan(MOST_CALLS);
            String what = "killed at call " + kill;
            String domain = "k" + UUID.randomUUID().toString().substring(0, 8) + ".example.com";
            String id = route53.createHostedZone(r -> r.name(domain).callerReference(domain))
                    .hostedZone()
                    .id();
            bringAbout(id, domain, before(domain), BEFORE, what);
            killed = isKilled(death.apply(kill), id, domain);
            bringAbout(id, domain, after(domain), AFTER, what);
            assertThat(checks(domain)).as("health checks, %s", what).isEqualTo(1);
        }
        assertThat(kill).as("calls of a run").isGreaterThan(5);
    }

    private long checks(String domain) {
        return route53.listHealthChecksPaginator(r -> {}).healthChecks().stream()
                .filter(check ->
                        ("checked." + domain).equals(check.healthCheckConfig().fullyQualifiedDomainName()))
                .count();
    }

    @Test
    void beforeTheServiceHasSeenTheCall() {
        killAtEachCall(call -> Faults.none().killBefore(call));
    }

    @Test
    void afterTheServiceHasDoneWhatItSays() {
        killAtEachCall(call -> Faults.none().killAfter(call));
    }
}
