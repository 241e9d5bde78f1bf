package io.k8saws.dns.internal.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.k8saws.dns.source.ObjectKey;
import io.k8saws.dns.source.Surroundings;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What surrounds an object, out of objects that are stored by their kinds. Who stores them hears of each question. */
abstract class StoredSurroundings implements Surroundings {
    /** An object is asked for. */
    abstract Optional<? extends HasMetadata> find(ObjectKey key);

    /** All objects of a kind are asked for of which some are in a namespace; of what has no namespace it is empty. They may be those of other namespaces, too. */
    abstract Collection<? extends HasMetadata> all(String kind, String namespace);

    private <T extends HasMetadata> Optional<T> one(Class<T> type, String namespace, String name) {
        return find(new ObjectKey(HasMetadata.getKind(type), namespace, name)).map(type::cast);
    }

    private <T extends HasMetadata> List<T> all(Class<T> type, String namespace, Map<String, String> labels) {
        return all(HasMetadata.getKind(type), namespace).stream()
                .map(type::cast)
                .filter(object -> namespace.equals(ObjectKey.of(object).namespace())
                        && (labels.isEmpty()
                                || object.getMetadata().getLabels() != null
                                        && object.getMetadata()
                                                .getLabels()
                                                .entrySet()
                                                .containsAll(labels.entrySet())))
                .toList();
    }

    @Override
    public final Optional<Node> node(String name) {
        return one(Node.class, "", name);
    }

    @Override
    public final List<Node> nodes() {
        return all(Node.class, "", Map.of());
    }

    @Override
    public final Optional<Pod> pod(String namespace, String name) {
        return one(Pod.class, namespace, name);
    }

    @Override
    public final List<Pod> pods(String namespace, Map<String, String> labels) {
        return all(Pod.class, namespace, labels);
    }

    @Override
    public final List<EndpointSlice> slices(String namespace, String service) {
        return all(EndpointSlice.class, namespace, Map.of("kubernetes.io/service-name", service));
    }

    @Override
    public final Optional<Gateway> gateway(String namespace, String name) {
        return one(Gateway.class, namespace, name);
    }

    @Override
    public final Optional<Ingress> ingress(String namespace, String name) {
        return one(Ingress.class, namespace, name);
    }

    @Override
    public final Map<String, String> namespaceLabels(String name) {
        return one(Namespace.class, "", name)
                .map(namespace -> namespace.getMetadata().getLabels())
                .orElse(Map.of());
    }
}
