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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** All objects that are watched, by their kinds. Safe to use from many threads. */
final class ClusterObjects {
    /** Any object of a kind, in a namespace or in all. */
    static final String ANY = "*";

    private final Map<String, SlimStore<? extends HasMetadata>> stores = new ConcurrentHashMap<>();

    void add(String kind, SlimStore<? extends HasMetadata> store) {
        stores.put(kind, store);
    }

    Optional<? extends HasMetadata> find(ObjectKey key) {
        SlimStore<? extends HasMetadata> store = stores.get(key.kind());
        return store == null ? Optional.empty() : store.find(key.namespace(), key.name());
    }

    /** What surrounds an object; what is asked for is noted, so that the object is looked at again when that changes. */
    Surroundings noting(Set<ObjectKey> asked) {
        return new Noting(asked);
    }

    private <T extends HasMetadata> List<T> all(String kind, Class<T> type) {
        SlimStore<? extends HasMetadata> store = stores.get(kind);
        return store == null ? List.of() : store.all().stream().map(type::cast).toList();
    }

    private final class Noting implements Surroundings {
        private final Set<ObjectKey> asked;

        Noting(Set<ObjectKey> asked) {
            this.asked = asked;
        }

        private <T extends HasMetadata> Optional<T> one(String kind, Class<T> type, String namespace, String name) {
            ObjectKey key = new ObjectKey(kind, namespace, name);
            asked.add(key);
            return find(key).map(type::cast);
        }

        @Override
        public Optional<Node> node(String name) {
            return one("Node", Node.class, "", name);
        }

        @Override
        public List<Node> nodes() {
            asked.add(new ObjectKey("Node", "", ANY));
            return all("Node", Node.class);
        }

        @Override
        public Optional<Pod> pod(String namespace, String name) {
            return one("Pod", Pod.class, namespace, name);
        }

        @Override
        public List<Pod> pods(String namespace, Map<String, String> labels) {
            asked.add(new ObjectKey("Pod", namespace, ANY));
            return all("Pod", Pod.class).stream()
                    .filter(pod -> pod.getMetadata().getNamespace().equals(namespace)
                            && pod.getMetadata().getLabels() != null
                            && pod.getMetadata().getLabels().entrySet().containsAll(labels.entrySet()))
                    .toList();
        }

        @Override
        public List<EndpointSlice> slices(String namespace, String service) {
            asked.add(new ObjectKey("EndpointSlice", namespace, ANY));
            return all("EndpointSlice", EndpointSlice.class).stream()
                    .filter(slice -> slice.getMetadata().getNamespace().equals(namespace)
                            && slice.getMetadata().getLabels() != null
                            && service.equals(slice.getMetadata().getLabels().get("kubernetes.io/service-name")))
                    .toList();
        }

        @Override
        public Optional<Gateway> gateway(String namespace, String name) {
            return one("Gateway", Gateway.class, namespace, name);
        }

        @Override
        public Optional<Ingress> ingress(String namespace, String name) {
            return one("Ingress", Ingress.class, namespace, name);
        }

        @Override
        public Map<String, String> namespaceLabels(String name) {
            return one("Namespace", Namespace.class, "", name)
                    .map(namespace -> namespace.getMetadata().getLabels())
                    .orElse(Map.of());
        }
    }
}
