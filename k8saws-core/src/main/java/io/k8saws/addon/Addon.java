package io.k8saws.addon;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Something that runs in a cluster from its first minute. Immutable.
 *
 * @param name such as {@code flannel}
 * @param version such as {@code 0.28.10}; empty for one of the user's
 * @param origin who says what it is made of, and who installs it
 * @param objects what it is made of, in the order in which it is applied; none when kubeadm installs it
 * @param workloads what of it runs pods, so that one can see whether it is available
 */
public record Addon(String name, String version, Origin origin, List<AddonObject> objects, List<ObjectRef> workloads) {

    /** Carries the name of the add-on that an object belongs to. */
    public static final String LABEL = "k8saws.io/addon";

    /** Checks that no part is missing, and copies the lists. */
    public Addon {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(origin, "origin");
        objects = List.copyOf(objects);
        workloads = List.copyOf(workloads);
    }

    /** Who says what an add-on is made of, and who installs it. */
    public enum Origin {
        /** kubeadm installs it on the control plane; it is listed and looked at, and never planned. */
        KUBEADM,
        /** The library knows it. */
        CATALOGUE,
        /** The user wrote its manifest. */
        MANIFEST
    }

    /**
     * Returns the add-on as a manifest.
     *
     * @return YAML documents in the order of the objects; empty when kubeadm installs it
     */
    public String toYaml() {
        return objects.stream().map(AddonObject::toYaml).collect(Collectors.joining("---\n"));
    }

    /** Returns a short form, such as {@code flannel 0.28.10, 6 objects}. */
    @Override
    public String toString() {
        return name
                + (version.isEmpty() ? "" : " " + version)
                + (origin == Origin.KUBEADM ? ", by kubeadm" : ", " + objects.size() + " objects");
    }
}
