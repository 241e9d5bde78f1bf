package io.k8saws.dns.internal.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GRPCRoute;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.TLSRoute;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.AnyNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.k8saws.dns.source.SourceKind;
import io.k8saws.dns.source.SourceSettings;
import io.k8saws.error.K8sAwsException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A kind that names come from or depend on.
 *
 * @param kind as Kubernetes writes it
 * @param type its class
 * @param objects all that the settings look at
 */
record ReadKind<T extends HasMetadata>(
        String kind, Class<T> type, AnyNamespaceOperation<T, ? extends KubernetesResourceList<T>, ?> objects) {
    private static final long PAGE = 500;
    private static final int MOST_AGAIN = 3;
    private static final int GONE = 410; // a continue token lives for some minutes
    static final ResourceDefinitionContext DNS_ENDPOINTS = new ResourceDefinitionContext.Builder()
            .withGroup("externaldns.k8s.io")
            .withVersion("v1alpha1")
            .withKind("DNSEndpoint")
            .withPlural("dnsendpoints")
            .withNamespaced(true)
            .build();

    /** All kinds of settings; those on which others depend come first. */
    static List<ReadKind<?>> of(KubernetesClient client, SourceSettings settings) {
        Set<SourceKind> kinds = settings.kinds();
        boolean routes = kinds.contains(SourceKind.HTTP_ROUTE)
                || kinds.contains(SourceKind.GRPC_ROUTE)
                || kinds.contains(SourceKind.TLS_ROUTE);
        boolean gateways = routes || kinds.contains(SourceKind.GATEWAY);
        boolean services = kinds.contains(SourceKind.SERVICE);
        List<ReadKind<?>> all = new ArrayList<>();
        if (routes) {
            all.add(new ReadKind<>("Namespace", Namespace.class, client.namespaces()));
        }
        if (services || kinds.contains(SourceKind.NODE) || kinds.contains(SourceKind.POD)) {
            all.add(new ReadKind<>("Node", Node.class, client.nodes()));
        }
        if (services || kinds.contains(SourceKind.POD)) {
            all.add(new ReadKind<>("Pod", Pod.class, scoped(client.pods(), settings)));
        }
        if (services) {
            all.add(new ReadKind<>(
                    "EndpointSlice",
                    EndpointSlice.class,
                    scoped(client.discovery().v1().endpointSlices(), settings)));
            all.add(new ReadKind<>("Service", Service.class, scoped(client.services(), settings)));
        }
        if (gateways) { // an Ingress may be in front of one
            all.add(new ReadKind<>(
                    "Ingress", Ingress.class, client.network().v1().ingresses().inAnyNamespace()));
        } else if (kinds.contains(SourceKind.INGRESS)) {
            all.add(new ReadKind<>(
                    "Ingress", Ingress.class, scoped(client.network().v1().ingresses(), settings)));
        }
        if (gateways) {
            all.add(new ReadKind<>(
                    "Gateway", Gateway.class, client.resources(Gateway.class).inAnyNamespace()));
        }
        if (kinds.contains(SourceKind.HTTP_ROUTE)) {
            all.add(new ReadKind<>("HTTPRoute", HTTPRoute.class, scoped(client.resources(HTTPRoute.class), settings)));
        }
        if (kinds.contains(SourceKind.GRPC_ROUTE)) {
            all.add(new ReadKind<>("GRPCRoute", GRPCRoute.class, scoped(client.resources(GRPCRoute.class), settings)));
        }
        if (kinds.contains(SourceKind.TLS_ROUTE)) {
            all.add(new ReadKind<>("TLSRoute", TLSRoute.class, scoped(client.resources(TLSRoute.class), settings)));
        }
        if (kinds.contains(SourceKind.DNS_ENDPOINT)) {
            all.add(new ReadKind<>(
                    "DNSEndpoint",
                    GenericKubernetesResource.class,
                    scoped(client.genericKubernetesResources(DNS_ENDPOINTS), settings)));
        }
        return all;
    }

    private static <T extends HasMetadata, L> AnyNamespaceOperation<T, L, ?> scoped(
            MixedOperation<T, L, ?> operation, SourceSettings settings) {
        Optional<String> namespace = settings.namespace();
        return namespace.isPresent() ? operation.inNamespace(namespace.get()) : operation.inAnyNamespace();
    }

    boolean isServed(KubernetesClient client) {
        return type == GenericKubernetesResource.class
                ? client.supports("externaldns.k8s.io/v1alpha1", kind)
                : !type.getPackageName().contains("gatewayapi") || client.supports(type);
    }

    /** Lists all of them, page by page, with no more of each than names need; from the beginning when the list has become too old to go on with. */
    List<T> list(KubernetesClient client) {
        try {
            if (!isServed(client)) {
                throw refused("the cluster does not serve it", "install it, or leave it out of the settings", null);
            }
            for (int again = 0; again < MOST_AGAIN; again++) {
                Optional<List<T>> all = pages();
                if (all.isPresent()) {
                    return all.get();
                }
            }
            throw refused(
                    "the list became too old before its last page, " + MOST_AGAIN + " times",
                    "see how long the API takes to answer, and try again",
                    null);
        } catch (KubernetesClientException e) {
            String why = e.getStatus() == null || e.getStatus().getMessage() == null
                    ? String.valueOf(e.getMessage())
                    : e.getStatus().getMessage();
            throw refused(why, "see that the API answers and that this account may list the kind", e);
        }
    }

    /** All pages; nothing when the cluster no longer knows the list of which the next page is asked. */
    private Optional<List<T>> pages() {
        List<T> all = new ArrayList<>();
        String next = "";
        do {
            KubernetesResourceList<T> page;
            try {
                page = objects.list(new ListOptionsBuilder()
                        .withLimit(PAGE)
                        .withContinue(next.isEmpty() ? null : next)
                        .build());
            } catch (KubernetesClientException e) {
                if (e.getCode() == GONE && !next.isEmpty()) {
                    return Optional.empty();
                }
                throw e;
            }
            page.getItems().forEach(object -> all.add(type.cast(Slim.of(object))));
            next = page.getMetadata() == null || page.getMetadata().getContinue() == null
                    ? ""
                    : page.getMetadata().getContinue();
        } while (!next.isEmpty());
        return Optional.of(all);
    }

    private K8sAwsException refused(String why, String hint, @Nullable Throwable cause) {
        return new K8sAwsException("List objects of kind " + kind, why, hint, Map.of("kind", kind), cause);
    }
}
