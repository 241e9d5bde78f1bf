package io.k8saws.addon;

import java.util.Objects;

/**
 * Which object of Kubernetes is meant. Immutable.
 *
 * @param apiVersion the group and version, such as {@code apps/v1}
 * @param kind such as {@code DaemonSet}
 * @param namespace the namespace; empty for what has none
 * @param name the name
 */
public record ObjectRef(String apiVersion, String kind, String namespace, String name) {
    /** Checks that no part is missing. */
    public ObjectRef {
        Objects.requireNonNull(apiVersion, "apiVersion");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(namespace, "namespace");
        Objects.requireNonNull(name, "name");
    }

    /**
     * Returns the API group.
     *
     * @return such as {@code apps}; empty for the first group of all, which has no name
     */
    public String group() {
        int slash = apiVersion.indexOf('/');
        return slash < 0 ? "" : apiVersion.substring(0, slash);
    }

    /** Tells whether another reference means the same object, perhaps in another version of its API. */
    boolean isSameAs(ObjectRef other) {
        return group().equals(other.group())
                && kind.equals(other.kind)
                && namespace.equals(other.namespace)
                && name.equals(other.name);
    }

    /** Returns a short form, such as {@code DaemonSet kube-system/kube-flannel}. */
    @Override
    public String toString() {
        return kind + " " + (namespace.isEmpty() ? "" : namespace + "/") + name;
    }
}
