package io.k8saws.dns.controller;

import static org.assertj.core.api.Assertions.fail;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.k8saws.dns.source.SourceSettings;
import io.k8saws.dns.zone.ZoneFilter;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** What tests of a controller begin with: a namespace, Services that want names, settings for both, and a wait. */
public final class ClusterFixture {
    private ClusterFixture() {}

    /** Makes a namespace. */
    public static void makeNamespace(KubernetesClient client, String name) {
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .build())
                .create();
    }

    /** A Service whose load balancer is the target, with further annotations; their names are without the prefix. */
    static void makeService(
            KubernetesClient client,
            String namespace,
            String name,
            String host,
            String target,
            Map<String, String> more) {
        Map<String, String> annotations = new HashMap<>();
        annotations.put("hostname", host);
        annotations.put("target", target);
        annotations.putAll(more);
        makeService(client, namespace, name, annotations);
    }

    /** A Service with annotations, whose names are without the prefix; one that is there gets them. */
    public static void makeService(
            KubernetesClient client, String namespace, String name, Map<String, String> annotations) {
        client.resource(new ServiceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(namespace)
                        .withAnnotations(annotations.entrySet().stream()
                                .collect(Collectors.toMap(
                                        one -> SourceSettings.PREFIX + one.getKey(), Map.Entry::getValue)))
                        .endMetadata()
                        .withNewSpec()
                        .withType("LoadBalancer")
                        .addNewPort()
                        .withPort(80)
                        .endPort()
                        .endSpec()
                        .build())
                .createOr(existing -> existing.patch());
    }

    /** The objects of a namespace, and the zones of a domain; a thousand deletions are fine. */
    static DnsControllerSettings.Builder settings(String namespace, String domain) {
        return DnsControllerSettings.builder("owner-1")
                .sources(SourceSettings.defaults().with(s -> s.namespace(namespace)))
                .zones(ZoneFilter.builder().addDomain(domain).build())
                .deletions(1000);
    }

    /** A Lease that changes hands within seconds. */
    static LeaseSettings lease(String namespace, String identity) {
        return new LeaseSettings(
                namespace, "dns", identity, Duration.ofSeconds(3), Duration.ofSeconds(2), Duration.ofMillis(300));
    }

    /** Waits until something is so; fails with what is told then. */
    static void await(Duration limit, BooleanSupplier condition, Supplier<String> told) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                fail(told.get());
            }
            LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
        }
    }
}
