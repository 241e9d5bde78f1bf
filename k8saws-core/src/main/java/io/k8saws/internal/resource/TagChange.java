package io.k8saws.internal.resource;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What an update does to the tags of a resource; tags of others stay as they are.
 *
 * @param set the tags to write
 * @param removed the keys to take away
 */
record TagChange(Map<String, String> set, Set<String> removed) {
    private static final String FIELD = "tags[";

    /** Takes the fields {@code tags[...]} out of the fields that differ; all others are no concern of it. */
    static TagChange of(Step step, Map<String, String> wanted, Set<String> fields) {
        Map<String, String> all = step.tags(wanted);
        Map<String, String> set = new TreeMap<>();
        Set<String> removed = new TreeSet<>();
        for (String field : fields) {
            if (field.startsWith(FIELD)) {
                String key = field.substring(FIELD.length(), field.length() - 1);
                String value = all.get(key);
                if (value == null) {
                    removed.add(key);
                } else {
                    set.put(key, value);
                }
            }
        }
        return new TagChange(set, removed);
    }

    /** Whether any tag differs. */
    boolean any() {
        return !set.isEmpty() || !removed.isEmpty();
    }
}
