package io.k8saws.dns.source;

import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayStatusAddress;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Listener;
import io.k8saws.dns.record.DnsName;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The names of a Gateway itself: those in its annotation and, on request, the hosts of its listeners. Pure. */
final class GatewaySource {
    private GatewaySource() {}

    static Derivation of(Gateway gateway, SourceSettings settings, Surroundings surroundings) {
        Deriving deriving = new Deriving(gateway, SourceKind.GATEWAY, settings);
        if (deriving.annotations().isForAnother()) {
            return Derivation.nothing();
        }
        Targets targets = targets(gateway, settings, surroundings);
        Set<DnsName> named = deriving.named(Annotations.HOSTNAME);
        deriving.want(named, targets, Deriving.HOSTNAME);
        Set<DnsName> listening = new TreeSet<>();
        if (settings.gatewayListeners()) {
            for (Listener listener : Maps.of(gateway.getSpec().getListeners())) {
                if (!Maps.of(listener.getHostname()).isEmpty()) {
                    deriving.problems()
                            .name("spec.listeners[" + listener.getName() + "].hostname", listener.getHostname())
                            .ifPresent(listening::add);
                }
            }
            deriving.want(listening, targets, "listener");
        }
        deriving.want(deriving.templated(!named.isEmpty() || !listening.isEmpty()), targets, Deriving.TEMPLATE);
        return deriving.done();
    }

    /** Where a Gateway is: what its target annotation says, else the load balancer of the Ingress in front of it that it names, else the addresses of its status. */
    static Targets targets(Gateway gateway, SourceSettings settings, Surroundings surroundings) {
        Annotations annotations = new Annotations(gateway, settings);
        return annotations
                .get(Annotations.TARGET)
                .map(text -> Targets.of(List.of(text.split(","))))
                .filter(targets -> !targets.isEmpty())
                .or(() -> annotations.get(Annotations.INGRESS).map(text -> ingress(gateway, text, surroundings)))
                .orElseGet(() -> addresses(gateway));
    }

    /** Its text is {@code namespace/name}, or the name alone of one in the Gateway's namespace. */
    private static Targets ingress(Gateway gateway, String text, Surroundings surroundings) {
        int slash = text.indexOf('/');
        String namespace = slash < 0 ? gateway.getMetadata().getNamespace() : text.substring(0, slash);
        return surroundings
                .ingress(namespace, text.substring(slash + 1))
                .map(IngressSource::targets)
                .orElseGet(Targets::none);
    }

    private static Targets addresses(Gateway gateway) {
        return gateway.getStatus() == null
                ? Targets.none()
                : Targets.of(Maps.of(gateway.getStatus().getAddresses()).stream()
                        .map(GatewayStatusAddress::getValue)
                        .map(Maps::of)
                        .toList());
    }
}
