package io.k8saws.cluster;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What was looked up outside of a spec when a cluster was planned, and stays as it was found until the spec asks for something else: the hashes of programs, by
 * {@code <name>/<architecture> <version>}, and the ids of images, by the name under which they were asked for. Immutable.
 *
 * @param values what was found, by what was asked, sorted
 */
public record Pins(Map<String, String> values) {
    private static final Pins NONE = new Pins(Map.of());

    /** Copies the map. */
    public Pins {
        values = Collections.unmodifiableMap(new TreeMap<>(values));
    }

    /**
     * Nothing was looked up.
     *
     * @return the empty value
     */
    public static Pins none() {
        return NONE;
    }

    /**
     * What was found.
     *
     * @param name what was asked
     * @return the value; empty when it was not asked
     */
    public Optional<String> get(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /** Returns how many there are. */
    @Override
    public String toString() {
        return values.size() + " pins";
    }
}
