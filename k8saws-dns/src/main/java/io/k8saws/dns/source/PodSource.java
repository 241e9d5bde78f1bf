package io.k8saws.dns.source;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.k8saws.dns.record.DnsName;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The names of a pod on the network of its host. Pure. */
final class PodSource {
    private final Pod pod;
    private final Surroundings surroundings;
    private final Deriving deriving;

    private PodSource(Pod pod, SourceSettings settings, Surroundings surroundings) {
        this.pod = pod;
        this.surroundings = surroundings;
        this.deriving = new Deriving(pod, SourceKind.POD, settings);
    }

    static Derivation of(Pod pod, SourceSettings settings, Surroundings surroundings) {
        PodSource source = new PodSource(pod, settings, surroundings);
        return pod.getSpec() == null
                        || !Maps.is(pod.getSpec().getHostNetwork())
                        || source.deriving.annotations().isForAnother()
                ? Derivation.nothing()
                : source.derived();
    }

    private Derivation derived() {
        Targets own = Targets.of(Pods.addresses(pod));
        Set<DnsName> internal = deriving.named(Annotations.INTERNAL_HOSTNAME);
        Set<DnsName> named = deriving.named(Annotations.HOSTNAME);
        deriving.want(internal, deriving.asked().orElse(own), Deriving.INTERNAL_HOSTNAME);
        deriving.want(named, deriving.asked().orElseGet(this::host), Deriving.HOSTNAME);
        if (deriving.settings().dialects().contains(Dialect.KOPS)) {
            deriving.want(deriving.foreign(Pods.KOPS_INTERNAL), own, Pods.KOPS_INTERNAL);
            deriving.want(deriving.foreign(Pods.KOPS_EXTERNAL), host(), Pods.KOPS_EXTERNAL);
        }
        deriving.settings()
                .podDomain()
                .flatMap(domain -> deriving.problems()
                        .name("metadata.name", pod.getMetadata().getName() + "." + domain.text()))
                .ifPresent(name -> deriving.want(name, own, deriving.wishes(), "domain of pods"));
        deriving.want(
                deriving.templated(!internal.isEmpty() || !named.isEmpty()),
                deriving.asked().orElse(own),
                Deriving.TEMPLATE);
        return deriving.done();
    }

    private Targets host() {
        Optional<Node> node = Optional.ofNullable(pod.getSpec().getNodeName()).flatMap(surroundings::node);
        return node.map(n -> NodeAddresses.of(List.of(n), NodeAddresses.Access.PUBLIC))
                .orElseGet(Targets::none);
    }
}
