package io.k8saws.dns.source;

import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.IngressLoadBalancerIngress;
import io.fabric8.kubernetes.api.model.networking.v1.IngressRule;
import io.k8saws.dns.record.DnsName;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The names of an Ingress. Pure. */
final class IngressSource {
    private static final String CLASS = "kubernetes.io/ingress.class";

    private final Ingress ingress;
    private final Deriving deriving;

    private IngressSource(Ingress ingress, SourceSettings settings) {
        this.ingress = ingress;
        this.deriving = new Deriving(ingress, SourceKind.INGRESS, settings);
    }

    static Derivation of(Ingress ingress, SourceSettings settings) {
        IngressSource source = new IngressSource(ingress, settings);
        return source.deriving.annotations().isForAnother() || !source.isOfClass()
                ? Derivation.nothing()
                : source.derived();
    }

    private boolean isOfClass() {
        Set<String> classes = deriving.settings().ingressClasses();
        String named =
                ingress.getSpec() == null ? "" : Maps.of(ingress.getSpec().getIngressClassName());
        return classes.isEmpty()
                || classes.contains(
                        named.isEmpty() ? deriving.annotations().foreign(CLASS).orElse("") : named);
    }

    private Derivation derived() {
        Targets targets = deriving.asked().orElseGet(() -> targets(ingress));
        HostSource source = HostSource.of(deriving, "ingress-hostname-source");
        boolean any = false;
        if (source.defined() && ingress.getSpec() != null) {
            if (deriving.settings().ingressRules()) {
                any |= want(
                        Maps.of(ingress.getSpec().getRules()).stream().map(IngressRule::getHost),
                        "spec.rules",
                        targets,
                        "rule");
            }
            if (deriving.settings().ingressTls()) {
                any |= want(
                        Maps.of(ingress.getSpec().getTls()).stream().flatMap(tls -> Maps.of(tls.getHosts()).stream()),
                        "spec.tls",
                        targets,
                        "certificate");
            }
        }
        if (source.annotated()) {
            Set<DnsName> named = deriving.named(Annotations.HOSTNAME);
            deriving.want(named, targets, Deriving.HOSTNAME);
            any |= !named.isEmpty();
            if (deriving.settings().dialects().contains(Dialect.MATE)) {
                Set<DnsName> mates = deriving.foreign("zalando.org/dnsname");
                deriving.want(mates, targets, "older annotation");
                any |= !mates.isEmpty();
            }
        }
        deriving.want(deriving.templated(any), targets, Deriving.TEMPLATE);
        return deriving.done();
    }

    private boolean want(Stream<String> hosts, String path, Targets targets, String rule) {
        Collection<DnsName> names = new TreeSet<>();
        hosts.map(Maps::of)
                .filter(host -> !host.isEmpty())
                .forEach(host -> deriving.problems().name(path, host).ifPresent(names::add));
        deriving.want(names, targets, rule);
        return !names.isEmpty();
    }

    static Targets targets(Ingress ingress) {
        return ingress.getStatus() == null || ingress.getStatus().getLoadBalancer() == null
                ? Targets.none()
                : Targets.of(Maps.of(ingress.getStatus().getLoadBalancer().getIngress()).stream()
                        .flatMap(IngressSource::ends)
                        .toList());
    }

    private static Stream<String> ends(IngressLoadBalancerIngress end) {
        return List.of(Maps.of(end.getIp()), Maps.of(end.getHostname())).stream();
    }
}
