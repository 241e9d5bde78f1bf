package io.k8saws.dns.internal.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
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
import io.k8saws.dns.source.ObjectKey;
import io.k8saws.dns.source.SourceSettings;
import io.k8saws.dns.source.Surroundings;
import io.k8saws.error.K8sAwsException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Objects that were listed once. Immutable, as long as they are not changed. */
public final class ListedObjects {
    private static final String DNS_ENDPOINT = ReadKind.DNS_ENDPOINTS.getKind();
    private static final Map<String, Class<? extends HasMetadata>> TYPES = Stream.of(
                    Namespace.class,
                    Node.class,
                    Pod.class,
                    EndpointSlice.class,
                    Service.class,
                    Ingress.class,
                    Gateway.class,
                    HTTPRoute.class,
                    GRPCRoute.class,
                    TLSRoute.class)
            .collect(Collectors.toUnmodifiableMap(HasMetadata::getKind, type -> type));

    private final Map<ObjectKey, HasMetadata> byKey = new LinkedHashMap<>();
    private final Map<String, List<HasMetadata>> byKind = new HashMap<>();
    private final Map<ObjectKey, Class<?>> unread = new LinkedHashMap<>();
    private final Set<String> known = new HashSet<>();

    /**
     * Takes objects.
     *
     * @param objects of any kinds; of one that is there twice, the last counts. One whose kind has but the name of a kind that is read, such as the Service of another API group, is none of them
     * @throws K8sAwsException if one says no kind
     */
    public ListedObjects(Collection<? extends HasMetadata> objects) {
        for (HasMetadata object : objects) {
            if (object.getKind() == null) {
                throw withoutKind(object);
            }
            if (isOfAnotherGroup(object)) {
                continue;
            }
            Class<? extends HasMetadata> type = object.getKind().equals(DNS_ENDPOINT)
                    ? GenericKubernetesResource.class
                    : TYPES.getOrDefault(object.getKind(), HasMetadata.class);
            if (type.isInstance(object)) {
                byKey.put(ObjectKey.of(object), object);
            } else {
                unread.put(ObjectKey.of(object), type);
            }
        }
        byKey.forEach((key, object) ->
                byKind.computeIfAbsent(key.kind(), kind -> new ArrayList<>()).add(object));
        known.addAll(byKind.keySet());
        unread.keySet().forEach(key -> known.remove(key.kind())); // what can be read of it is not all
    }

    private static K8sAwsException withoutKind(HasMetadata object) {
        String name = object.getMetadata() == null
                ? ""
                : String.valueOf(object.getMetadata().getName());
        return new K8sAwsException(
                "Read objects for the names that they want",
                "the object \"" + name + "\" says no kind",
                "give each with its kind and API version",
                Map.of("object", name),
                null);
    }

    /** Whether only the name of its kind is that of a kind that is read. */
    private static boolean isOfAnotherGroup(HasMetadata object) {
        Class<? extends HasMetadata> type = TYPES.get(object.getKind());
        String version = object.getApiVersion();
        if (version == null || type == null && !object.getKind().equals(DNS_ENDPOINT)) {
            return false;
        }
        int slash = version.indexOf('/');
        String group = slash < 0 ? "" : version.substring(0, slash);
        return !group.equals(type == null ? ReadKind.DNS_ENDPOINTS.getGroup() : HasMetadata.getGroup(type))
                && !(type == Ingress.class && group.equals("extensions")); // what it was before Kubernetes 1.22
    }

    /**
     * Lists all objects that names come from or depend on, kind by kind and page by page.
     *
     * @param client reaches the cluster; it stays the caller's
     * @param settings which kinds, and of which namespace
     * @return the objects; of a kind that has none it is known that it has none
     */
    public static ListedObjects read(KubernetesClient client, SourceSettings settings) {
        List<HasMetadata> objects = new ArrayList<>();
        Set<String> known = new HashSet<>();
        for (ReadKind<?> kind : ReadKind.of(client, settings)) {
            objects.addAll(kind.list(client));
            known.add(kind.kind());
        }
        ListedObjects listed = new ListedObjects(objects);
        listed.known.addAll(known);
        return listed;
    }

    /**
     * All objects.
     *
     * @return each once
     */
    public Collection<HasMetadata> all() {
        return byKey.values();
    }

    /**
     * Objects that are known by their kinds, and cannot be read because they are of another class, such as that of another version of their API.
     *
     * @return each with the class by which it can be read
     */
    public Map<ObjectKey, Class<?>> unread() {
        return unread;
    }

    /**
     * What surrounds an object.
     *
     * @param lacking takes the kinds that are asked for and of which it is not known what there is, because not one object of them was given or not all can be read
     * @return for the one object
     */
    public Surroundings noting(Set<String> lacking) {
        return new Noting(lacking);
    }

    private final class Noting extends StoredSurroundings {
        private final Set<String> lacking;

        Noting(Set<String> lacking) {
            this.lacking = lacking;
        }

        private void note(String kind) {
            if (!known.contains(kind)) {
                lacking.add(kind);
            }
        }

        @Override
        Optional<HasMetadata> find(ObjectKey key) {
            note(key.kind());
            return Optional.ofNullable(byKey.get(key));
        }

        @Override
        List<HasMetadata> all(String kind, String namespace) {
            note(kind);
            return byKind.getOrDefault(kind, List.of());
        }
    }
}
