package io.k8saws.plan;

import java.util.Comparator;
import java.util.Objects;

/**
 * The name by which a plan speaks of one resource, for example {@code subnet/public-eu-west-1a}. It is stable over the life of the cluster and is written on
 * the AWS resource as the tag {@code k8saws.io/resource} where AWS has tags for that kind.
 *
 * @param kind the resource kind in kebab case, for example {@code route-table}
 * @param name the name within the kind; unique within a cluster
 */
public record ResourceAddress(String kind, String name) implements Comparable<ResourceAddress> {
    private static final Comparator<ResourceAddress> ORDER =
            Comparator.comparing(ResourceAddress::kind).thenComparing(ResourceAddress::name);

    /** Checks that neither part is blank and that the kind holds no slash. */
    public ResourceAddress {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(name, "name");
        if (kind.isBlank() || kind.indexOf('/') >= 0 || name.isBlank()) {
            throw new IllegalArgumentException(
                    "A resource address is kind/name, got kind=\"" + kind + "\" name=\"" + name + "\".");
        }
    }

    /**
     * Reads an address as it is printed.
     *
     * @param text {@code kind/name}; further slashes belong to the name
     * @return the address
     * @throws IllegalArgumentException if there is no slash or a part is blank
     */
    public static ResourceAddress parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("A resource address is kind/name, got \"" + text + "\".");
        }
        return new ResourceAddress(text.substring(0, slash), text.substring(slash + 1));
    }

    @Override
    public int compareTo(ResourceAddress other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return kind + "/" + name;
    }
}
