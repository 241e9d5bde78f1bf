package io.k8saws.dns.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.dns.DnsFixture;
import io.k8saws.dns.source.SourceKind;
import io.k8saws.dns.source.SourceSettings;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.KubernetesApi;
import io.k8saws.testkit.Testbed;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.services.route53.Route53Client;

/** A real API server of its own, since kinds are for all of its namespaces, and moto. The kinds are those of the Gateway API and of external-dns, without their schemas. */
@Timeout(180)
@DisplayName("Names come from the Gateway API's objects and from DNSEndpoints, whose kinds a cluster may have or not")
class DnsCustomKindsIT {
    private static final String NAMESPACE = "edge";
    private static final String GATEWAYS = "gateway.networking.k8s.io/v1";

    private final AwsEndpoint endpoint;
    private final Route53Client route53;
    private final String domain = DnsFixture.unique("d") + ".example.com";
    private KubernetesApi kubernetes;
    private KubernetesClient client;
    private String zone;

    DnsCustomKindsIT(@AwsEmulator AwsEndpoint endpoint) {
        this.endpoint = endpoint;
        this.route53 = endpoint.configure(Route53Client.builder()).build();
        this.kubernetes = Testbed.kubernetes(false, 0);
        this.client = kubernetes.client();
        this.zone = DnsFixture.zone(route53, domain);
    }

    @BeforeEach
    void makeNamespace() {
        client.resource("apiVersion: v1\nkind: Namespace\nmetadata: {name: " + NAMESPACE + "}\n")
                .create();
    }

    private void makeKinds() {
        for (String kind : List.of("Gateway", "HTTPRoute", "GRPCRoute", "TLSRoute")) {
            define("gateway.networking.k8s.io", "v1", kind);
        }
        define("externaldns.k8s.io", "v1alpha1", "DNSEndpoint");
    }

    @AfterEach
    void close() {
        route53.close();
        kubernetes.close();
    }

    private void define(String group, String version, String kind) {
        String singular = kind.toLowerCase(Locale.ROOT);
        String name = singular + "s." + group;
        HasMetadata defined = client.resource("""
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata:
                  name: %1$s
                  annotations: {api-approved.kubernetes.io: unapproved}
                spec:
                  group: %2$s
                  scope: Namespaced
                  names: {kind: %4$s, plural: %5$ss, singular: %5$s}
                  versions:
                    - name: %3$s
                      served: true
                      storage: true
                      subresources: {status: {}}
                      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
                """.formatted(name, group, version, kind, singular))
                .create();
        client.apiextensions()
                .v1()
                .customResourceDefinitions()
                .withName(defined.getMetadata().getName())
                .waitUntilCondition(
                        one -> Optional.ofNullable(one)
                                .map(CustomResourceDefinition::getStatus)
                                .map(CustomResourceDefinitionStatus::getConditions) // null for the first moments
                                .stream()
                                .flatMap(List::stream)
                                .anyMatch(condition -> "Established".equals(condition.getType())
                                        && "True".equals(condition.getStatus())),
                        60,
                        TimeUnit.SECONDS);
    }

    private void gateway(String address) {
        make("""
                apiVersion: %s
                kind: Gateway
                metadata: {name: gate, namespace: %s}
                spec:
                  gatewayClassName: any
                  listeners:
                    - {name: web, protocol: HTTP, port: 80}
                    - {name: tls, protocol: TLS, port: 443, tls: {mode: Passthrough}}
                status:
                  addresses: [{type: IPAddress, value: %s}]
                """.formatted(GATEWAYS, NAMESPACE, address));
    }

    private void route(String kind, String host) {
        make("""
                apiVersion: %s
                kind: %s
                metadata: {name: %s, namespace: %s}
                spec:
                  parentRefs: [{name: gate}]
                  hostnames: [%s.%s]
                status:
                  parents:
                    - parentRef: {name: gate}
                      controllerName: example.com/any
                      conditions: [{type: Accepted, status: "True", reason: Accepted, message: "", lastTransitionTime: "2026-11-28T00:00:00Z"}]
                """.formatted(GATEWAYS, kind, kind.toLowerCase(Locale.ROOT), NAMESPACE, host, domain));
    }

    private static String endpoint(String name, String domain) {
        return """
                apiVersion: externaldns.k8s.io/v1alpha1
                kind: DNSEndpoint
                metadata: {name: %1$s, namespace: %2$s}
                spec:
                  endpoints: [{dnsName: %1$s.%3$s, recordType: A, targets: [192.0.2.8]}]
                """.formatted(name, NAMESPACE, domain);
    }

    /** An object, and then its status, as its controller would write it. */
    private void make(String yaml) {
        client.resource(yaml).createOr(existing -> existing.patch());
        client.resource(yaml).patchStatus();
    }

    private Map<String, String> addresses() {
        return DnsFixture.addresses(route53, zone, domain);
    }

    private void await(DnsController controller, Map<String, String> wanted) {
        await(() -> addresses().equals(wanted), controller);
    }

    private void await(BooleanSupplier condition, DnsController controller) {
        ClusterFixture.await(Duration.ofSeconds(60), condition, () -> addresses() + ": " + controller.health());
    }

    @Test
    void theyComeChangeAndGo() {
        makeKinds();
        gateway("192.0.2.7");
        route("HTTPRoute", "web");
        route("GRPCRoute", "rpc");
        route("TLSRoute", "tls");
        client.resource(endpoint("crd", domain)).create();
        client.resource(endpoint("stays", domain)).create();
        try (DnsController controller = start()) {
            await(
                    controller,
                    Map.of(
                            "web",
                            "192.0.2.7",
                            "rpc",
                            "192.0.2.7",
                            "tls",
                            "192.0.2.7",
                            "crd",
                            "192.0.2.8",
                            "stays",
                            "192.0.2.8"));
            assertThat(controller.health().isHealthy())
                    .as(controller.health().toString())
                    .isTrue();

            gateway("192.0.2.9"); // each route of it goes along
            client.resource(endpoint("crd", domain)).delete();

            await(controller, Map.of("web", "192.0.2.9", "rpc", "192.0.2.9", "tls", "192.0.2.9", "stays", "192.0.2.8"));
        }
    }

    @Test
    void kindsThatAreInstalledLaterAreWatchedFromThenOn() {
        try (DnsController controller = start()) {
            await(() -> controller.health().state() == DnsHealth.State.LEADING, controller);
            assertThat(controller.health().problems())
                    .hasSize(5)
                    .contains("The cluster has no kind DNSEndpoint. Install it, or leave it out");

            makeKinds();
            gateway("192.0.2.7");
            route("HTTPRoute", "web");
            client.resource(endpoint("crd", domain)).create();

            await(controller, Map.of("web", "192.0.2.7", "crd", "192.0.2.8"));
            await(() -> controller.health().isHealthy(), controller);

            client.resource(endpoint("late", domain)).create();
            await(controller, Map.of("web", "192.0.2.7", "crd", "192.0.2.8", "late", "192.0.2.8"));
        }
    }

    private DnsController start() {
        return DnsController.start(
                endpoint.access(),
                ResiliencePolicy.defaults().forEmulator(),
                client,
                ClusterFixture.settings(NAMESPACE, domain)
                        .sources(SourceSettings.builder()
                                .namespace(NAMESPACE)
                                .kinds(
                                        SourceKind.GATEWAY,
                                        SourceKind.HTTP_ROUTE,
                                        SourceKind.GRPC_ROUTE,
                                        SourceKind.TLS_ROUTE,
                                        SourceKind.DNS_ENDPOINT)
                                .build())
                        .build());
    }
}
