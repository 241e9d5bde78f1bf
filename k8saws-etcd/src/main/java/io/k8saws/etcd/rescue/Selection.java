package io.k8saws.etcd.rescue;

import io.k8saws.etcd.registry.ResourceKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which keys are rescued. Of each of the three that is not empty, one must fit: {@code ofNamespace("shop").withType("configmaps").withType("secrets")} are the ConfigMaps and Secrets of shop.
 *
 * @param namespaces namespaces of Kubernetes; the Namespace itself belongs to it
 * @param types kinds of objects, as kubectl takes them: {@code configmaps}, {@code deployments.apps}
 * @param prefixes beginnings of keys, such as {@code /registry/secrets/}
 */
public record Selection(Set<String> namespaces, Set<String> types, Set<String> prefixes) {
    private static final String NAMESPACES = "namespaces";

    /** Copies the sets, and refuses a selection of everything: that is a restore. */
    public Selection {
        namespaces = Collections.unmodifiableSet(new TreeSet<>(namespaces));
        types = Collections.unmodifiableSet(new TreeSet<>(types));
        prefixes = Collections.unmodifiableSet(new TreeSet<>(prefixes));
        if (namespaces.isEmpty() && types.isEmpty() && prefixes.isEmpty()) {
            throw new IllegalArgumentException("Choose what to rescue: nothing is named. Name a namespace, a kind of"
                    + " objects or a prefix of keys; to take everything back, restore the cluster.");
        }
        if (namespaces.contains("") || types.contains("") || prefixes.contains("")) {
            throw new IllegalArgumentException("Choose what to rescue: a name is empty. Leave it out.");
        }
    }

    /**
     * A namespace, with all that is in it.
     *
     * @param namespace its name
     * @return the selection
     */
    public static Selection ofNamespace(String namespace) {
        return new Selection(Set.of(namespace), Set.of(), Set.of());
    }

    /**
     * All objects of a kind.
     *
     * @param type as kubectl takes it, such as {@code deployments.apps}; {@code apps/deployments} is the same
     * @return the selection
     */
    public static Selection ofType(String type) {
        return new Selection(Set.of(), Set.of(kubectl(type)), Set.of());
    }

    /**
     * All keys with a beginning.
     *
     * @param prefix not empty
     * @return the selection
     */
    public static Selection ofPrefix(String prefix) {
        return new Selection(Set.of(), Set.of(), Set.of(prefix));
    }

    /**
     * One more namespace.
     *
     * @param namespace its name
     * @return a copy
     */
    public Selection withNamespace(String namespace) {
        return new Selection(plus(namespaces, namespace), types, prefixes);
    }

    /**
     * One more kind of objects.
     *
     * @param type as kubectl takes it, such as {@code deployments.apps}; {@code apps/deployments} is the same
     * @return a copy
     */
    public Selection withType(String type) {
        return new Selection(namespaces, plus(types, kubectl(type)), prefixes);
    }

    /**
     * One more beginning of keys.
     *
     * @param prefix not empty
     * @return a copy
     */
    public Selection withPrefix(String prefix) {
        return new Selection(namespaces, types, plus(prefixes, prefix));
    }

    private static Set<String> plus(Set<String> names, String more) {
        Set<String> all = new TreeSet<>(names);
        all.add(more);
        return all;
    }

    private static String kubectl(String type) {
        int slash = type.indexOf('/');
        return slash < 0 ? type : type.substring(slash + 1) + "." + type.substring(0, slash);
    }

    /**
     * Whether a key is chosen.
     *
     * @param key the key
     * @param resource the object of Kubernetes that it is about
     * @return true when all that is named fits
     */
    public boolean matches(String key, Optional<ResourceKey> resource) {
        return (namespaces.isEmpty() || resource.filter(this::inNamespaces).isPresent())
                && (types.isEmpty()
                        || resource.filter(one -> types.contains(one.type())).isPresent())
                && (prefixes.isEmpty() || prefixes.stream().anyMatch(key::startsWith));
    }

    private boolean inNamespaces(ResourceKey resource) {
        return resource.type().equals(NAMESPACES)
                ? namespaces.contains(resource.name())
                : namespaces.contains(resource.namespace());
    }

    /** For example {@code namespace shop, configmaps or secrets}. */
    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        if (!namespaces.isEmpty()) {
            parts.add("namespace " + String.join(" or ", namespaces));
        }
        if (!types.isEmpty()) {
            parts.add(String.join(" or ", types));
        }
        if (!prefixes.isEmpty()) {
            parts.add("keys " + String.join("* or ", prefixes) + "*");
        }
        return String.join(", ", parts);
    }
}
