package io.k8saws.pki;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One generation of a cluster's key: a rotation makes the next one. Immutable.
 *
 * @param key which key
 * @param number counts from 1
 */
public record KeyGeneration(ClusterKey key, int number) implements Comparable<KeyGeneration> {
    private static final Pattern NAME = Pattern.compile("(?<key>[a-z-]+)-(?<number>[1-9][0-9]{0,5})");

    /**
     * Checks the number.
     *
     * @throws IllegalArgumentException when it is not positive
     */
    public KeyGeneration {
        if (number < 1) {
            throw new IllegalArgumentException(
                    "Name a generation of " + key + ": " + number + " is none. Count from 1.");
        }
    }

    /**
     * The name in addresses and in keys of the bucket.
     *
     * @return such as {@code authority-etcd-1}
     */
    public String name() {
        return key.label() + "-" + number;
    }

    /**
     * Reads a name.
     *
     * @param name as {@link #name()} writes it
     * @return the generation, or empty when it is no such name
     */
    public static Optional<KeyGeneration> named(String name) {
        Matcher parts = NAME.matcher(name);
        return parts.matches()
                ? Arrays.stream(ClusterKey.values())
                        .filter(key -> key.label().equals(parts.group("key")))
                        .findFirst()
                        .map(key -> new KeyGeneration(key, Integer.parseInt(parts.group("number"))))
                : Optional.empty();
    }

    @Override
    public int compareTo(KeyGeneration other) {
        return key == other.key ? Integer.compare(number, other.number) : key.compareTo(other.key);
    }

    /** Returns {@link #name()}. */
    @Override
    public String toString() {
        return name();
    }
}
