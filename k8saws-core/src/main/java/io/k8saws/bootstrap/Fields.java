package io.k8saws.bootstrap;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A map in the order in which it is written; the steps of a document's making. */
final class Fields {
    private final Map<String, Object> values = new LinkedHashMap<>();

    static Fields of(String apiVersion, String kind) {
        return new Fields().put("apiVersion", apiVersion).put("kind", kind);
    }

    Fields put(String key, Object value) {
        values.put(key, value instanceof Fields fields ? fields.values : value);
        return this;
    }

    /** Puts what is not empty. */
    Fields putSome(String key, Map<String, ?> map) {
        return map.isEmpty() ? this : put(key, map);
    }

    /** Puts what is not empty. */
    Fields putSome(String key, List<?> list) {
        return list.isEmpty() ? this : put(key, list);
    }

    Map<String, Object> asMap() {
        return values;
    }
}
