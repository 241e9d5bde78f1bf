package io.k8saws.addon;

import io.k8saws.internal.seam.GuardedKubernetes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which kinds an API server knows, and where their objects lie. Read once for an operation; used by one thread. */
final class ApiKinds {
    private final GuardedKubernetes kubernetes;
    private final Map<String, List<Kind>> byVersion = new HashMap<>();

    ApiKinds(GuardedKubernetes kubernetes) {
        this.kubernetes = kubernetes;
    }

    /**
     * A kind that the server knows.
     *
     * @param apiVersion the group and version
     * @param kind its name
     * @param plural its name in paths
     * @param namespaced whether its objects lie in namespaces
     * @param verbs what can be done with it
     */
    record Kind(String apiVersion, String kind, String plural, boolean namespaced, Set<String> verbs) {
        /** The path of all its objects, or of those of a namespace. */
        String path(String namespace) {
            return root(apiVersion) + (namespace.isEmpty() ? "" : "/namespaces/" + namespace) + "/" + plural;
        }

        /** Whether its objects can be listed and deleted. */
        boolean listable() {
            return verbs.contains("list") && verbs.contains("delete");
        }
    }

    /** The kind of an object; empty when the server does not know it, perhaps not yet. */
    Optional<Kind> of(ObjectRef object) {
        return kinds(object.apiVersion()).stream()
                .filter(kind -> kind.kind().equals(object.kind()))
                .findFirst();
    }

    /** The path of an object; one of a namespaced kind that names none lies in {@code default}. */
    static String path(Kind kind, ObjectRef object) {
        return kind.path(namespace(kind, object)) + "/" + object.name();
    }

    static String namespace(Kind kind, ObjectRef object) {
        if (!kind.namespaced()) {
            return "";
        }
        return object.namespace().isEmpty() ? "default" : object.namespace();
    }

    /** Looks at a group again, because a definition has come. */
    void forget(String apiVersion) {
        byVersion.remove(apiVersion);
    }

    /** All kinds, each in the version that its group prefers. */
    List<Kind> all() {
        List<Kind> all = new ArrayList<>(kinds("v1"));
        Map<String, Object> groups = kubernetes.get("/apis").orElse(Map.of());
        if (groups.get("groups") instanceof List<?> list) {
            for (Object group : list) {
                if (group instanceof Map<?, ?> map
                        && map.get("preferredVersion") instanceof Map<?, ?> preferred
                        && preferred.get("groupVersion") instanceof String version) {
                    all.addAll(kinds(version));
                }
            }
        }
        return all;
    }

    private List<Kind> kinds(String apiVersion) {
        return byVersion.computeIfAbsent(apiVersion, this::read);
    }

    private List<Kind> read(String apiVersion) {
        List<Kind> kinds = new ArrayList<>();
        Map<String, Object> document = kubernetes.get(root(apiVersion)).orElse(Map.of());
        if (document.get("resources") instanceof List<?> list) {
            for (Object each : list) {
                // What has a slash is a part of an object, such as its status.
                if (each instanceof Map<?, ?> map
                        && map.get("name") instanceof String plural
                        && !plural.contains("/")
                        && map.get("kind") instanceof String kind) {
                    kinds.add(
                            new Kind(apiVersion, kind, plural, Boolean.TRUE.equals(map.get("namespaced")), verbs(map)));
                }
            }
        }
        return kinds;
    }

    private static Set<String> verbs(Map<?, ?> kind) {
        return kind.get("verbs") instanceof List<?> verbs
                ? verbs.stream().map(String::valueOf).collect(java.util.stream.Collectors.toUnmodifiableSet())
                : Set.of();
    }

    private static String root(String apiVersion) {
        return (apiVersion.contains("/") ? "/apis/" : "/api/") + apiVersion;
    }
}
