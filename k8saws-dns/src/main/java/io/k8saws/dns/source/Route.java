package io.k8saws.dns.source;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GRPCRoute;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.ParentReference;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.RouteParentStatus;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.TLSRoute;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What routes of every kind have. */
record Route(
        HasMetadata object,
        SourceKind kind,
        List<String> hosts,
        List<ParentReference> parents,
        List<RouteParentStatus> statuses,
        Set<String> protocols) {
    private static final Set<String> WEB = Set.of("HTTP", "HTTPS");

    static Route of(HTTPRoute route) {
        return new Route(
                route,
                SourceKind.HTTP_ROUTE,
                Maps.of(route.getSpec().getHostnames()),
                Maps.of(route.getSpec().getParentRefs()),
                route.getStatus() == null
                        ? List.of()
                        : Maps.of(route.getStatus().getParents()),
                WEB);
    }

    static Route of(GRPCRoute route) {
        return new Route(
                route,
                SourceKind.GRPC_ROUTE,
                Maps.of(route.getSpec().getHostnames()),
                Maps.of(route.getSpec().getParentRefs()),
                route.getStatus() == null
                        ? List.of()
                        : Maps.of(route.getStatus().getParents()),
                WEB);
    }

    static Route of(TLSRoute route) {
        return new Route(
                route,
                SourceKind.TLS_ROUTE,
                Maps.of(route.getSpec().getHostnames()),
                Maps.of(route.getSpec().getParentRefs()),
                route.getStatus() == null
                        ? List.of()
                        : Maps.of(route.getStatus().getParents()),
                Set.of("TLS"));
    }

    String namespace() {
        return Maps.of(object.getMetadata().getNamespace());
    }

    /** Whether a parent's controller has accepted the route as it is now. */
    boolean isAccepted(ParentReference parent) {
        return statuses.stream()
                .filter(status -> isSame(status.getParentRef(), parent))
                .flatMap(status -> Maps.of(status.getConditions()).stream())
                .anyMatch(condition -> "Accepted".equals(condition.getType())
                        && "True".equals(condition.getStatus())
                        && isCurrent(condition.getObservedGeneration()));
    }

    private boolean isCurrent(@Nullable Long observed) {
        Long generation = object.getMetadata().getGeneration();
        return generation == null || observed == null || observed.equals(generation);
    }

    private boolean isSame(@Nullable ParentReference one, ParentReference other) {
        return one != null
                && Maps.of(one.getName()).equals(Maps.of(other.getName()))
                && namespaceOf(one).equals(namespaceOf(other))
                && Maps.of(one.getSectionName()).equals(Maps.of(other.getSectionName()))
                && (one.getPort() == null
                        ? other.getPort() == null
                        : one.getPort().equals(other.getPort()));
    }

    String namespaceOf(ParentReference parent) {
        String named = Maps.of(parent.getNamespace());
        return named.isEmpty() ? namespace() : named;
    }

    static boolean isGateway(ParentReference parent) {
        String group = Maps.of(parent.getGroup());
        String kind = Maps.of(parent.getKind());
        return (group.isEmpty() || group.equals("gateway.networking.k8s.io"))
                && (kind.isEmpty() || kind.equals("Gateway"));
    }
}
