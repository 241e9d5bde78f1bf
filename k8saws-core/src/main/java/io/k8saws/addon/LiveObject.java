package io.k8saws.addon;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An object as an API server tells it.
 *
 * @param fields the tree
 */
record LiveObject(Map<String, Object> fields) {
    private static final String METADATA = "metadata";

    /** A text at a path; empty when there is none. */
    String text(String... keys) {
        return at(keys) instanceof String text ? text : "";
    }

    /** A number at a path; 0 when there is none. */
    int number(String... keys) {
        return at(keys) instanceof Number number ? number.intValue() : 0;
    }

    /** A list at a path; empty when there is none. */
    List<?> list(String... keys) {
        return at(keys) instanceof List<?> list ? list : List.of();
    }

    @Nullable
    Object at(String... keys) {
        Object value = fields;
        for (String key : keys) {
            value = value instanceof Map<?, ?> map ? map.get(key) : null;
        }
        return value;
    }

    String uid() {
        return text(METADATA, "uid");
    }

    String label(String name) {
        return text(METADATA, "labels", name);
    }

    boolean isGoing() {
        return !text(METADATA, "deletionTimestamp").isEmpty();
    }

    boolean hasOwner() {
        return !list(METADATA, "ownerReferences").isEmpty();
    }

    /** Whether we applied it, rather than that its labels were copied from what we applied. */
    boolean wasAppliedBy(String manager) {
        return list(METADATA, "managedFields").stream()
                .anyMatch(entry -> entry instanceof Map<?, ?> map
                        && manager.equals(map.get("manager"))
                        && "Apply".equals(map.get("operation")));
    }

    /** Which object it is. Lists leave out what is the same for all. */
    ObjectRef ref(ApiKinds.Kind kind) {
        return new ObjectRef(kind.apiVersion(), kind.kind(), text(METADATA, "namespace"), text(METADATA, "name"));
    }

    /** Whether a condition is true. */
    boolean is(String condition) {
        return list("status", "conditions").stream()
                .anyMatch(entry -> entry instanceof Map<?, ?> map
                        && condition.equals(map.get("type"))
                        && "True".equals(map.get("status")));
    }
}
