package io.k8saws.dns.source;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Listener;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.ParentReference;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.RouteGroupKind;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.RouteNamespaces;
import io.k8saws.dns.record.DnsName;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The names of a route: its hosts, as far as a listener of one of its Gateways serves them, lead to that Gateway's addresses. Pure. */
final class RouteSource {
    private final Route route;
    private final Surroundings surroundings;
    private final Deriving deriving;

    private RouteSource(Route route, SourceSettings settings, Surroundings surroundings) {
        this.route = route;
        this.surroundings = surroundings;
        this.deriving = new Deriving(route.object(), route.kind(), settings);
    }

    static Derivation of(Route route, SourceSettings settings, Surroundings surroundings) {
        RouteSource source = new RouteSource(route, settings, surroundings);
        return source.deriving.annotations().isForAnother() ? Derivation.nothing() : source.derived();
    }

    private Derivation derived() {
        if (deriving.asked().isPresent()) {
            deriving.problems()
                    .add(
                            "metadata.annotations[" + deriving.annotations().path(Annotations.TARGET) + "]",
                            "it has no meaning on a route",
                            "set it on the Gateway");
        }
        Map<String, String> hosts = hosts();
        for (ParentReference parent : route.parents()) {
            if (Route.isGateway(parent)) {
                boolean accepted = route.isAccepted(parent);
                surroundings
                        .gateway(route.namespaceOf(parent), parent.getName())
                        .ifPresentOrElse(
                                gateway -> want(
                                        hosts,
                                        parent,
                                        gateway,
                                        accepted
                                                ? GatewaySource.targets(gateway, deriving.settings(), surroundings)
                                                : Targets.none()),
                                () -> await(hosts));
            }
        }
        return deriving.done();
    }

    /** A route that was changed, or whose Gateway is made anew, is not accepted for a while: its names wait, and stay for the time of grace. */
    private void await(Map<String, String> hosts) {
        hosts.forEach((host, rule) -> {
            if (!host.isEmpty()) {
                deriving.problems()
                        .name("spec.hostnames", host)
                        .ifPresent(name -> deriving.want(name, Targets.none(), deriving.wishes(), rule));
            }
        });
    }

    /** Each with the rule that it comes from. A route without any host serves those of its listeners. */
    private Map<String, String> hosts() {
        HostSource source = HostSource.of(deriving, "gateway-hostname-source");
        Map<String, String> hosts = new LinkedHashMap<>();
        if (source.defined()) {
            route.hosts().forEach(host -> hosts.putIfAbsent(host, "host"));
        }
        if (source.annotated()) {
            deriving.named(Annotations.HOSTNAME).forEach(name -> hosts.putIfAbsent(name.text(), Deriving.HOSTNAME));
        }
        deriving.templated(!hosts.isEmpty()).forEach(name -> hosts.putIfAbsent(name.text(), Deriving.TEMPLATE));
        if (hosts.isEmpty() && source.defined()) {
            hosts.put("", "host of a listener");
        }
        return hosts;
    }

    private void want(Map<String, String> hosts, ParentReference parent, Gateway gateway, Targets targets) {
        List<Listener> listeners = Maps.of(gateway.getSpec().getListeners()).stream()
                .filter(listener -> isMeant(listener, parent)
                        && route.protocols().contains(Maps.of(listener.getProtocol()))
                        && allows(listener, gateway))
                .toList();
        hosts.forEach((host, rule) -> {
            Set<String> served = new TreeSet<>();
            listeners.forEach(listener -> HostMatch.of(host, Maps.of(listener.getHostname()))
                    .filter(match -> !match.isEmpty())
                    .ifPresent(served::add));
            for (String each : served) {
                Optional<DnsName> name = deriving.problems().name("spec.hostnames", each);
                name.ifPresent(n -> deriving.want(n, targets, deriving.wishes(), rule));
            }
        });
    }

    private static boolean isMeant(Listener listener, ParentReference parent) {
        String section = Maps.of(parent.getSectionName());
        return (section.isEmpty() || section.equals(listener.getName()))
                && (parent.getPort() == null || parent.getPort().equals(listener.getPort()));
    }

    private boolean allows(Listener listener, Gateway gateway) {
        if (listener.getAllowedRoutes() == null) {
            return route.namespace().equals(gateway.getMetadata().getNamespace());
        }
        List<RouteGroupKind> kinds = Maps.of(listener.getAllowedRoutes().getKinds());
        boolean kind = kinds.isEmpty()
                || kinds.stream()
                        .anyMatch(allowed -> route.kind().kind().equals(allowed.getKind())
                                && (Maps.of(allowed.getGroup()).isEmpty()
                                        || "gateway.networking.k8s.io".equals(allowed.getGroup())));
        return kind && allows(listener.getAllowedRoutes().getNamespaces(), gateway);
    }

    private boolean allows(@Nullable RouteNamespaces namespaces, Gateway gateway) {
        String from = namespaces == null ? "" : Maps.of(namespaces.getFrom());
        return switch (from) {
            case "All" -> true;
            case "Selector" ->
                namespaces != null
                        && selects(namespaces.getSelector(), surroundings.namespaceLabels(route.namespace()));
            case "None" -> false;
            default -> route.namespace().equals(gateway.getMetadata().getNamespace());
        };
    }

    static boolean selects(@Nullable LabelSelector selector, Map<String, String> labels) {
        if (selector == null) {
            return false;
        }
        return labels.entrySet().containsAll(Maps.of(selector.getMatchLabels()).entrySet())
                && Maps.of(selector.getMatchExpressions()).stream().allMatch(e -> holds(e, labels));
    }

    private static boolean holds(LabelSelectorRequirement requirement, Map<String, String> labels) {
        String key = requirement.getKey();
        List<String> values = Maps.of(requirement.getValues());
        return switch (Maps.of(requirement.getOperator())) {
            case "In" -> labels.containsKey(key) && values.contains(labels.get(key));
            case "NotIn" -> !labels.containsKey(key) || !values.contains(labels.get(key));
            case "Exists" -> labels.containsKey(key);
            case "DoesNotExist" -> !labels.containsKey(key);
            default -> false;
        };
    }
}
