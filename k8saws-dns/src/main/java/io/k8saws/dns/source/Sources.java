package io.k8saws.dns.source;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GRPCRoute;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.TLSRoute;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import java.util.Map;

/**
 * What objects of a cluster ask of DNS: a pure function of each object, and of what surrounds it. The rules are external-dns's, and those of older programs on
 * request. Immutable and thread-safe.
 */
public final class Sources {
    private final SourceSettings settings;

    /**
     * Prepares to read objects.
     *
     * @param settings which objects, and by which rules
     */
    public Sources(SourceSettings settings) {
        this.settings = settings;
    }

    /**
     * What an object asks for. Never fails: what is wrong with the object is in the answer.
     *
     * @param object of any kind
     * @param surroundings what else there is
     * @return nothing for objects that are not looked at, by the settings or by their own annotation
     */
    public Derivation derive(HasMetadata object, Surroundings surroundings) {
        if (!isLookedAt(object)) {
            return Derivation.nothing();
        }
        if (object instanceof Service service) {
            return ServiceSource.of(service, settings, surroundings);
        }
        if (object instanceof Ingress ingress) {
            return IngressSource.of(ingress, settings);
        }
        if (object instanceof Gateway gateway) {
            return GatewaySource.of(gateway, settings, surroundings);
        }
        if (object instanceof HTTPRoute route) {
            return RouteSource.of(Route.of(route), settings, surroundings);
        }
        if (object instanceof GRPCRoute route) {
            return RouteSource.of(Route.of(route), settings, surroundings);
        }
        if (object instanceof TLSRoute route) {
            return RouteSource.of(Route.of(route), settings, surroundings);
        }
        if (object instanceof Node node) {
            return NodeSource.of(node, settings);
        }
        if (object instanceof Pod pod) {
            return PodSource.of(pod, settings, surroundings);
        }
        return object instanceof GenericKubernetesResource endpoint
                ? DnsEndpointSource.of(endpoint, settings)
                : Derivation.nothing();
    }

    private boolean isLookedAt(HasMetadata object) {
        Map<String, String> labels = Maps.of(object.getMetadata().getLabels());
        String namespace = Maps.of(object.getMetadata().getNamespace());
        return settings.kinds().stream().anyMatch(kind -> kind.kind().equals(object.getKind()))
                && labels.entrySet().containsAll(settings.labels().entrySet())
                && (namespace.isEmpty()
                        || settings.namespace()
                                .filter(only -> !only.equals(namespace))
                                .isEmpty());
    }
}
