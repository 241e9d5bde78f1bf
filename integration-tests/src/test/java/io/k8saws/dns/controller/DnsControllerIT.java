package io.k8saws.dns.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.LoadBalancerIngressBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.IngressBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.source.SourceSettings;
import io.k8saws.dns.zone.ZoneFilter;
import io.k8saws.testkit.ApiServer;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.KubernetesApi;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.services.route53.Route53Client;
import software.amazon.awssdk.services.route53.model.RRType;

/** A real API server and moto: the zone comes to what the objects want. */
@Timeout(180)
class DnsControllerIT {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final String HOSTNAME = SourceSettings.PREFIX + "hostname";
    private static final String TARGET = SourceSettings.PREFIX + "target";

    private final KubernetesClient client;
    private final AwsEndpoint endpoint;
    private final Route53Client route53;
    private final String namespace = "dns-" + UUID.randomUUID().toString().substring(0, 8);
    private final String domain = namespace + ".example.com";
    private String zone = "";

    DnsControllerIT(@ApiServer KubernetesApi kubernetes, @AwsEmulator AwsEndpoint endpoint) {
        this.client = kubernetes.client();
        this.endpoint = endpoint;
        this.route53 = endpoint.configure(Route53Client.builder()).build();
    }

    @BeforeEach
    void makeNamespaceAndZone() {
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(namespace)
                        .endMetadata()
                        .build())
                .create();
        zone = route53.createHostedZone(r -> r.name(domain).callerReference(namespace))
                .hostedZone()
                .id();
    }

    @AfterEach
    void close() {
        client.namespaces().withName(namespace).delete();
        route53.close();
    }

    private DnsControllerSettings settings() {
        return DnsControllerSettings.of("owner-1")
                .withSources(SourceSettings.defaults().with(s -> s.namespace(namespace)))
                .withZones(ZoneFilter.builder().addDomain(domain).build())
                .withDeletions(1000);
    }

    private DnsController start(DnsControllerSettings settings) {
        return DnsController.start(
                endpoint.access(), ResiliencePolicy.defaults().forEmulator(), client, settings);
    }

    private LeaseSettings lease(String identity) {
        return new LeaseSettings(
                namespace, "dns", identity, Duration.ofSeconds(3), Duration.ofSeconds(2), Duration.ofMillis(300));
    }

    private void service(String name, String host, String target) {
        client.resource(new ServiceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(namespace)
                        .withAnnotations(Map.of(HOSTNAME, host, TARGET, target))
                        .endMetadata()
                        .withNewSpec()
                        .withType("LoadBalancer")
                        .addNewPort()
                        .withPort(80)
                        .endPort()
                        .endSpec()
                        .build())
                .create();
    }

    private void retarget(String name, String target) {
        client.services().inNamespace(namespace).withName(name).edit(service -> new ServiceBuilder(service)
                .editMetadata()
                .addToAnnotations(TARGET, target)
                .endMetadata()
                .build());
    }

    private void ingress(String name, String host, String target) {
        client.resource(new IngressBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(namespace)
                        .withAnnotations(Map.of(TARGET, target))
                        .endMetadata()
                        .withNewSpec()
                        .withNewDefaultBackend()
                        .withNewService()
                        .withName("any")
                        .withNewPort()
                        .withNumber(80)
                        .endPort()
                        .endService()
                        .endDefaultBackend()
                        .addNewRule()
                        .withHost(host)
                        .endRule()
                        .endSpec()
                        .build())
                .create();
    }

    private void status(String name, Optional<String> address) {
        client.services().inNamespace(namespace).withName(name).editStatus(service -> {
            Service changed = new ServiceBuilder(service)
                    .withNewStatus()
                    .withNewLoadBalancer()
                    .endLoadBalancer()
                    .endStatus()
                    .build();
            address.ifPresent(ip -> changed.getStatus()
                    .getLoadBalancer()
                    .getIngress()
                    .add(new LoadBalancerIngressBuilder().withIp(ip).build()));
            return changed;
        });
    }

    /** The zone's addresses by their names, without the domain. */
    private Map<String, String> addresses() {
        Map<String, String> found = new TreeMap<>();
        route53.listResourceRecordSetsPaginator(r -> r.hostedZoneId(zone)).resourceRecordSets().stream()
                .filter(set -> set.type() == RRType.A)
                .forEach(set -> found.put(
                        set.name().replace("." + domain + ".", ""),
                        set.resourceRecords().get(0).value()));
        return found;
    }

    private static void await(BooleanSupplier condition, Supplier<String> told) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                fail(told.get());
            }
            LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
        }
    }

    private void awaitZone(DnsController controller, Map<String, String> wanted) {
        await(
                () -> controller.health().waiting() == 0 && addresses().equals(wanted),
                () -> controller.health() + "\nwanted " + wanted + "\nfound  " + addresses());
    }

    @Test
    void objectsComeChangeAndGo_andABadOneHindersNobody() {
        Map<String, String> wanted = new TreeMap<>();
        for (int i = 0; i < 60; i++) {
            service("early-" + i, "early-" + i + "." + domain, "10.0.0." + i);
            wanted.put("early-" + i, "10.0.0." + i);
        }
        try (DnsController controller = start(settings())) {
            awaitZone(controller, wanted);
            service("bad", "x".repeat(64) + "." + domain, "10.9.9.9");
            for (int i = 0; i < 60; i++) {
                ingress("late-" + i, "late-" + i + "." + domain, "10.1.0." + i);
                wanted.put("late-" + i, "10.1.0." + i);
                if (i % 2 == 0) {
                    retarget("early-" + i, "10.2.0." + i);
                    wanted.put("early-" + i, "10.2.0." + i);
                } else {
                    client.services()
                            .inNamespace(namespace)
                            .withName("early-" + i)
                            .delete();
                    wanted.remove("early-" + i);
                }
            }
            awaitZone(controller, wanted);
            await(() -> event("bad", "RecordError").isPresent(), () -> "no event; " + controller.health());
            assertThat(event("bad", "RecordError"))
                    .hasValueSatisfying(event -> assertThat(event.getMessage()).contains("64 characters"));
            await(() -> event("late-1", "RecordReady").isPresent(), () -> "no event; " + controller.health());
            assertThat(controller.health().state()).isEqualTo(DnsHealth.State.LEADING);
            assertThat(controller.health().problems())
                    .singleElement()
                    .asString()
                    .contains("64 characters");
            assertThat(controller.explain(DnsName.of("late-1." + domain)))
                    .contains("Ingress " + namespace + "/late-1", "nothing to do");
        }
        retarget("early-0", "10.3.0.0");
        wanted.put("early-0", "10.3.0.0");
        client.network()
                .v1()
                .ingresses()
                .inNamespace(namespace)
                .withName("late-3")
                .delete();
        wanted.remove("late-3");
        try (DnsController again = start(settings())) {
            awaitZone(again, wanted);
        }
    }

    private Optional<Event> event(String object, String reason) {
        return client.v1().events().inNamespace(namespace).list().getItems().stream()
                .filter(event -> event.getInvolvedObject().getName().equals(object) && reason.equals(event.getReason()))
                .findFirst();
    }

    @Test
    void ofTwo_oneLeads_andTheOtherTakesOver() {
        Map<String, String> wanted = new TreeMap<>(Map.of("one", "10.0.0.1"));
        service("one", "one." + domain, "10.0.0.1");
        List<DnsController> both = List.of(
                start(settings().withLease(lease("first"))), start(settings().withLease(lease("second"))));
        try {
            await(() -> both.stream().anyMatch(DnsControllerIT::isLeading), () -> healths(both));
            DnsController leader =
                    both.stream().filter(DnsControllerIT::isLeading).findFirst().orElseThrow();
            DnsController other =
                    both.stream().filter(one -> one != leader).findFirst().orElseThrow();
            awaitZone(leader, wanted);
            assertThat(other.health().state()).isEqualTo(DnsHealth.State.STANDBY);

            leader.close();
            service("two", "two." + domain, "10.0.0.2");
            wanted.put("two", "10.0.0.2");

            await(() -> isLeading(other), () -> healths(both));
            awaitZone(other, wanted);
        } finally {
            both.forEach(DnsController::close);
        }
    }

    private static String healths(List<DnsController> all) {
        return all.stream().map(one -> one.health().toString()).collect(Collectors.joining("\n"));
    }

    private static boolean isLeading(DnsController controller) {
        return controller.health().state() == DnsHealth.State.LEADING;
    }

    @Test
    void manyNames_doNotGoWithoutConsent() {
        Map<String, String> wanted = new TreeMap<>();
        for (int i = 0; i < 10; i++) {
            service("s-" + i, "s-" + i + "." + domain, "10.0.0." + i);
            wanted.put("s-" + i, "10.0.0." + i);
        }
        try (DnsController controller = start(settings())) {
            awaitZone(controller, wanted);
        }
        client.services().inNamespace(namespace).delete();
        try (DnsController careful = start(settings().withDeletions(2).withDeletedShare(0))) {
            await(() -> careful.health().held() == 10, () -> String.valueOf(careful.health()));
            assertThat(addresses()).isEqualTo(wanted);
            assertThat(careful.health().problems()).singleElement().asString().contains("10 names would go");

            careful.allowDeletions();

            awaitZone(careful, Map.of());
            assertThat(careful.health().isHealthy()).isTrue();
        }
    }

    @Test
    void aLoadBalancerWithoutAddress_keepsItsNameForAWhile() {
        client.resource(new ServiceBuilder()
                        .withNewMetadata()
                        .withName("lb")
                        .withNamespace(namespace)
                        .withAnnotations(Map.of(HOSTNAME, "lb." + domain))
                        .endMetadata()
                        .withNewSpec()
                        .withType("LoadBalancer")
                        .addNewPort()
                        .withPort(80)
                        .endPort()
                        .endSpec()
                        .build())
                .create();
        status("lb", Optional.of("10.0.0.1"));
        try (DnsController patient = start(settings())) {
            awaitZone(patient, Map.of("lb", "10.0.0.1"));
            status("lb", Optional.empty());
            service("other", "other." + domain, "10.0.0.2");
            awaitZone(patient, Map.of("lb", "10.0.0.1", "other", "10.0.0.2"));
        }
        try (DnsController hasty = start(settings().withGrace(Duration.ofSeconds(1)))) {
            awaitZone(hasty, Map.of("other", "10.0.0.2"));
            status("lb", Optional.of("10.0.0.3"));
            awaitZone(hasty, Map.of("lb", "10.0.0.3", "other", "10.0.0.2"));
        }
    }
}
