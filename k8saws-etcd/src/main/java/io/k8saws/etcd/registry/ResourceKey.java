package io.k8saws.etcd.registry;

import io.k8saws.etcd.internal.kube.BuiltinKinds;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Which object of Kubernetes a key of etcd is about.
 *
 * <p>The API server writes {@code /registry/<resource>/<namespace>/<name>}, without the namespace for cluster-scoped objects, and
 * {@code /registry/<group>/<resource>/...} for custom resources, their definitions and API services. Some resources have an older name in their keys
 * ({@code minions} are nodes, {@code services/specs} services, {@code services/endpoints} endpoints, {@code controllers} replication controllers, {@code ingress}
 * ingresses), and some keys are no objects: {@code masterleases}, {@code peerserverleases}
 * and {@code ranges}. Source: Kubernetes'
 * {@code pkg/kubeapiserver/default_storage_factory_builder.go}.
 *
 * @param group the API group; empty for the core group, for what is no object, and for a built-in resource that this version does not know
 * @param resource the plural name, for example {@code deployments}
 * @param namespace the namespace; empty for cluster-scoped objects
 * @param name the name
 */
public record ResourceKey(String group, String resource, String namespace, String name)
        implements Comparable<ResourceKey> {
    /** What the API server puts before all keys, unless it is told otherwise by {@code --etcd-prefix}. */
    public static final String DEFAULT_PREFIX = "/registry";

    /**
     * Decodes a key below {@value #DEFAULT_PREFIX}.
     *
     * @param key a key of etcd
     * @return the object; empty when the key is none of an API server
     */
    public static Optional<ResourceKey> of(byte[] key) {
        return of(key, DEFAULT_PREFIX);
    }

    /**
     * Decodes a key.
     *
     * @param key a key of etcd
     * @param prefix what the API server puts before all keys, such as {@code /registry}
     * @return the object; empty when the key is none of an API server
     */
    public static Optional<ResourceKey> of(byte[] key, String prefix) {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(key))
                    .toString();
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
        String start = prefix.endsWith("/") ? prefix : prefix + "/";
        if (!text.startsWith(start)) {
            return Optional.empty();
        }
        List<String> parts = Arrays.asList(text.substring(start.length()).split("/", -1));
        return parts.stream().anyMatch(String::isEmpty) ? Optional.empty() : of(parts);
    }

    private static Optional<ResourceKey> of(List<String> parts) {
        String first = parts.get(0);
        if (first.indexOf('.') >= 0) {
            return parts.size() < 2 ? Optional.empty() : object(first, parts.get(1), parts.subList(2, parts.size()));
        }
        if (first.equals("services") && parts.size() > 2) {
            String second = parts.get(1);
            List<String> rest = parts.subList(2, parts.size());
            switch (second) {
                case "specs":
                    return object("", "services", rest);
                case "endpoints":
                    return object("", "endpoints", rest);
                default:
                    return object("", "services", parts.subList(1, parts.size()));
            }
        }
        List<String> rest = parts.subList(1, parts.size());
        return switch (first) {
            case "controllers" -> object("", "replicationcontrollers", rest);
            case "ingress" -> object("networking.k8s.io", "ingresses", rest);
            case "minions" -> object("", "nodes", rest);
            case "podsecuritypolicy" -> object("policy", "podsecuritypolicies", rest);
            default -> object(BuiltinKinds.groupOf(first), first, rest);
        };
    }

    private static Optional<ResourceKey> object(String group, String resource, List<String> rest) {
        return switch (rest.size()) {
            case 1 -> Optional.of(new ResourceKey(group, resource, "", rest.get(0)));
            case 2 -> Optional.of(new ResourceKey(group, resource, rest.get(0), rest.get(1)));
            default -> Optional.empty();
        };
    }

    /**
     * The kind of thing, as kubectl takes it.
     *
     * @return for example {@code deployments.apps}, or {@code pods}
     */
    public String type() {
        return group.isEmpty() ? resource : resource + "." + group;
    }

    /** By type, namespace and name. */
    @Override
    public int compareTo(ResourceKey other) {
        int byType = type().compareTo(other.type());
        int byNamespace = byType != 0 ? byType : namespace.compareTo(other.namespace);
        return byNamespace != 0 ? byNamespace : name.compareTo(other.name);
    }

    /** For example {@code deployments.apps payments/web}. */
    @Override
    public String toString() {
        return type() + " " + (namespace.isEmpty() ? name : namespace + "/" + name);
    }
}
