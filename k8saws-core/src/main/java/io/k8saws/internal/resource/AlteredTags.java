package io.k8saws.internal.resource;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Tags of ours that somebody changed or took away, on resources of which AWS tells the tags in a call of its own. */
final class AlteredTags {
    /** The name that the component has in every kind that uses this. */
    static final String COMPONENT = "alteredTags";

    private static final String FIELD = COMPONENT + "[";

    private AlteredTags() {}

    /**
     * Compares; tags of others are no concern of it.
     *
     * @param set all tags that we set
     * @param present the tags as they are
     * @return what is there instead of a tag that we set, by its key
     */
    static Map<String, String> of(Map<String, String> set, Map<String, String> present) {
        Map<String, String> altered = new TreeMap<>();
        set.forEach((key, value) -> {
            String now = present.get(key);
            if (now == null) {
                altered.put(key, "removed");
            } else if (!now.equals(value)) {
                altered.put(key, "changed to " + now);
            }
        });
        return altered;
    }

    /**
     * The fields that differ, where a tag that was altered counts as a tag that differs. A wanted tag without a value is no field, so it counts whenever anything
     * differs.
     */
    static Set<String> asTags(Set<String> fields, Map<String, String> wanted) {
        Set<String> paths = new TreeSet<>();
        wanted.forEach((key, value) -> {
            if (value.isEmpty()) {
                paths.add("tags[" + key + "]");
            }
        });
        for (String field : fields) {
            paths.add(field.startsWith(FIELD) ? "tags[" + field.substring(FIELD.length()) : field);
        }
        return paths;
    }

    /** Whether altered tags are all that differs. */
    static boolean only(Set<String> fields) {
        return fields.stream().allMatch(field -> field.startsWith(FIELD));
    }
}
