package io.k8saws.cluster;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a component in its own words: a tree of maps, lists and plain values, as its configuration file has them. The library does not know every setting of
 * every version, so it hands these on as they are. Immutable and thread-safe.
 *
 * <pre>{@code
 * Settings.of("conntrack", Map.of("maxPerCore", 0, "min", 0))
 * }</pre>
 *
 * <p>Leaves are texts, truth values and numbers. Whole numbers of any kind are kept as {@code Long}, others as {@code Double}; so equal files give equal settings.
 */
public final class Settings {

    private static final Settings NONE = new Settings(Map.of());

    private final Map<String, Object> values;

    private Settings(Map<String, Object> values) {
        this.values = values;
    }

    /**
     * Returns settings without any value.
     *
     * @return empty settings
     */
    public static Settings none() {
        return NONE;
    }

    /**
     * Takes a tree over.
     *
     * @param values texts to texts, truth values, numbers, lists and maps of these
     * @return the settings, in the order of their keys, so that equal settings always give the same text
     * @throws IllegalArgumentException when a value is of another kind, or is missing
     */
    public static Settings of(Map<String, ?> values) {
        return new Settings(map(values, ""));
    }

    /**
     * Returns settings with one value.
     *
     * @param key its name
     * @param value the value, or a map or list
     * @return the settings
     * @throws IllegalArgumentException when the value is of another kind
     */
    public static Settings of(String key, Object value) {
        return of(Map.of(key, value));
    }

    /**
     * Returns the tree.
     *
     * @return an unmodifiable map, all the way down
     */
    public Map<String, Object> asMap() {
        return values;
    }

    /**
     * Tells whether there is no value.
     *
     * @return true when the tree is empty
     */
    public boolean isEmpty() {
        return values.isEmpty();
    }

    /**
     * Returns these settings with others on top: maps are merged key by key, everything else is replaced.
     *
     * @param over the settings that win
     * @return the merged settings
     */
    public Settings plus(Settings over) {
        return new Settings(merged(values, over.values));
    }

    private static Map<String, Object> merged(Map<String, Object> under, Map<String, Object> over) {
        Map<String, Object> result = new TreeMap<>(under);
        over.forEach((key, value) -> {
            Object old = result.get(key);
            result.put(key, old instanceof Map && value instanceof Map ? merged(asTree(old), asTree(value)) : value);
        });
        return Collections.unmodifiableMap(result);
    }

    @SuppressWarnings("unchecked") // only map() makes the maps that are in here
    private static Map<String, Object> asTree(Object map) {
        return (Map<String, Object>) map;
    }

    private static Map<String, Object> map(Map<?, ?> values, String path) {
        Map<String, Object> result = new TreeMap<>();
        values.forEach((key, value) -> {
            if (!(key instanceof String name)) {
                throw new IllegalArgumentException(
                        "Take settings over: the key " + key + " of '" + path + "' is not a text. Use texts as keys.");
            }
            result.put(name, value(value, path.isEmpty() ? name : path + "." + name));
        });
        return Collections.unmodifiableMap(result);
    }

    private static Object value(@Nullable Object value, String path) {
        if (value instanceof String || value instanceof Boolean) {
            return value;
        }
        if (value instanceof Integer || value instanceof Long || value instanceof Short || value instanceof Byte) {
            return ((Number) value).longValue();
        }
        if (value instanceof Number number && Double.isFinite(number.doubleValue())) {
            return number.doubleValue();
        }
        if (value instanceof Map<?, ?> map) {
            return map(map, path);
        }
        if (value instanceof Iterable<?> list) {
            List<Object> result = new ArrayList<>();
            for (Object element : list) {
                result.add(value(element, path + "[" + result.size() + "]"));
            }
            return Collections.unmodifiableList(result);
        }
        throw new IllegalArgumentException("Take settings over: '" + path + "' is "
                + (value == null ? "missing" : "a " + value.getClass().getSimpleName())
                + ". Use texts, truth values, numbers, lists and maps.");
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Settings settings && settings.values.equals(values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    /** Returns the tree on one line. */
    @Override
    public String toString() {
        return values.toString();
    }
}
