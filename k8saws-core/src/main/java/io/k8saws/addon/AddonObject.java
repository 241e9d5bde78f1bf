package io.k8saws.addon;

import io.k8saws.internal.text.YamlDocuments;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An object of Kubernetes as an add-on wants it: the fields that it sets, and no others. A tree of maps, lists and plain values. Immutable and thread-safe. */
public final class AddonObject {

    private final Map<String, Object> fields;

    private AddonObject(Map<String, Object> fields) {
        this.fields = fields;
    }

    /**
     * Takes a tree over.
     *
     * @param fields {@code apiVersion}, {@code kind}, {@code metadata} with a name, and what else the object has
     * @return the object
     * @throws IllegalArgumentException when one of these is missing
     */
    public static AddonObject of(Map<String, ?> fields) {
        AddonObject object = new AddonObject(copy(fields));
        if (object.text("apiVersion").isEmpty()
                || object.text("kind").isEmpty()
                || object.metadata("name").isEmpty()) {
            throw new IllegalArgumentException(
                    "Take an object of an add-on over: it lacks apiVersion, kind or metadata.name."
                            + " Give it all three.");
        }
        return object;
    }

    /**
     * Returns which object it is.
     *
     * @return its kind, namespace and name
     */
    public ObjectRef ref() {
        return new ObjectRef(text("apiVersion"), text("kind"), metadata("namespace"), metadata("name"));
    }

    /**
     * Returns the tree.
     *
     * @return an unmodifiable map, all the way down
     */
    public Map<String, Object> fields() {
        return fields;
    }

    /**
     * Finds a field of the tree.
     *
     * @param keys the keys that lead to it
     * @return its value, or null when there is none
     */
    @Nullable
    Object at(String... keys) {
        Object value = fields;
        for (String key : keys) {
            value = value instanceof Map<?, ?> map ? map.get(key) : null;
        }
        return value;
    }

    private String text(String key) {
        return fields.get(key) instanceof String text ? text : "";
    }

    private String metadata(String key) {
        return at("metadata", key) instanceof String text ? text : "";
    }

    private static Map<String, Object> copy(Map<?, ?> map) {
        Map<String, Object> result = new LinkedHashMap<>();
        map.forEach((key, value) -> {
            if (value != null) {
                result.put(String.valueOf(key), value(value));
            }
        });
        return Collections.unmodifiableMap(result);
    }

    private static Object value(Object value) {
        if (value instanceof Map<?, ?> map) {
            return copy(map);
        }
        if (value instanceof List<?> list) {
            List<Object> result = new ArrayList<>();
            list.forEach(element -> result.add(value(element)));
            return Collections.unmodifiableList(result);
        }
        return value;
    }

    /**
     * Returns the object as a manifest.
     *
     * @return YAML, ending with a line feed
     */
    public String toYaml() {
        return YamlDocuments.write(fields);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof AddonObject object && object.fields.equals(fields);
    }

    @Override
    public int hashCode() {
        return fields.hashCode();
    }

    /** Returns which object it is; never its fields. */
    @Override
    public String toString() {
        return ref().toString();
    }
}
