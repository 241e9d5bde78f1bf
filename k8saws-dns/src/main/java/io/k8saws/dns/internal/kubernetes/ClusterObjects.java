package io.k8saws.dns.internal.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.k8saws.dns.source.ObjectKey;
import io.k8saws.dns.source.Surroundings;
import java.util.Collection;
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

    /** Says whether these were the objects of the kind. */
    boolean remove(String kind, SlimStore<? extends HasMetadata> store) {
        return stores.remove(kind, store);
    }

    Optional<? extends HasMetadata> find(ObjectKey key) {
        SlimStore<? extends HasMetadata> store = stores.get(key.kind());
        return store == null ? Optional.empty() : store.find(key.namespace(), key.name());
    }

    /** What surrounds an object; what is asked for is noted, so that the object is looked at again when that changes. */
    Surroundings noting(Set<ObjectKey> asked) {
        return new Noting(asked);
    }

    private final class Noting extends StoredSurroundings {
        private final Set<ObjectKey> asked;

        Noting(Set<ObjectKey> asked) {
            this.asked = asked;
        }

        @Override
        Optional<? extends HasMetadata> find(ObjectKey key) {
            asked.add(key);
            return ClusterObjects.this.find(key);
        }

        @Override
        Collection<? extends HasMetadata> all(String kind, String namespace) {
            asked.add(new ObjectKey(kind, namespace, ANY));
            SlimStore<? extends HasMetadata> store = stores.get(kind);
            return store == null ? List.of() : store.all();
        }
    }
}
