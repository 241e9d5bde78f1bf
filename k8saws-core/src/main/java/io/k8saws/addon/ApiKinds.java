package io.k8saws.addon;

import io.k8saws.internal.seam.GuardedKubernetes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which kinds an API server knows, and where their objects lie. Read once for an operation; used by one thread. */
final class ApiKinds {
    /** All kinds in two answers (Kubernetes, "API discovery: aggregated discovery", stable since 1.30). */
    private static final String AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    private final GuardedKubernetes kubernetes;
    private List<Kind> known = List.of();

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
     * @param preferred whether its group prefers this version
     */
    record Kind(
            String apiVersion, String kind, String plural, boolean namespaced, Set<String> verbs, boolean preferred) {
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
        return known().stream()
                .filter(kind -> kind.apiVersion().equals(object.apiVersion())
                        && kind.kind().equals(object.kind()))
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

    /** Looks again, because a definition has come. */
    void forget() {
        known = List.of();
    }

    /** All kinds, each in the version that its group prefers; without those whose server is away. */
    List<Kind> all() {
        return known().stream().filter(Kind::preferred).toList();
    }

    private List<Kind> known() {
        if (known.isEmpty()) {
            known = Stream.of("/api", "/apis")
                    .flatMap(root -> read(root).stream())
                    .toList();
        }
        return known;
    }

    private List<Kind> read(String root) {
        List<Kind> kinds = new ArrayList<>();
        LiveObject document = new LiveObject(kubernetes.get(root, AGGREGATED).orElse(Map.of()));
        for (Object each : document.list("items")) {
            boolean preferred = true;
            LiveObject group = live(each);
            for (Object one : group.list("versions")) {
                LiveObject version = live(one);
                // The server of a stale one does not answer, so that nobody can say what it has.
                if (!version.text("freshness").equals("Stale")) {
                    String name = group.text("metadata", "name");
                    String apiVersion = (name.isEmpty() ? "" : name + "/") + version.text("version");
                    for (Object resource : version.list("resources")) {
                        kinds.add(kind(apiVersion, live(resource), preferred));
                    }
                }
                preferred = false;
            }
        }
        return kinds;
    }

    private static Kind kind(String apiVersion, LiveObject resource, boolean preferred) {
        return new Kind(
                apiVersion,
                resource.text("responseKind", "kind"),
                resource.text("resource"),
                resource.text("scope").equals("Namespaced"),
                resource.list("verbs").stream().map(String::valueOf).collect(Collectors.toUnmodifiableSet()),
                preferred);
    }

    @SuppressWarnings("unchecked") // read from JSON, with texts as keys
    private static LiveObject live(Object map) {
        return new LiveObject((Map<String, Object>) map);
    }

    private static String root(String apiVersion) {
        return (apiVersion.contains("/") ? "/apis/" : "/api/") + apiVersion;
    }
}
