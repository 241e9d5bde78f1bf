package io.k8saws.addon;

import io.k8saws.plan.FieldChange;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** In which fields two states of an object differ, but for those that the server keeps for itself. */
final class ObjectDifference {
    private static final Set<String> SERVERS = Set.of(
            "metadata.managedFields",
            "metadata.resourceVersion",
            "metadata.generation",
            "metadata.creationTimestamp",
            "metadata.uid",
            "metadata.selfLink",
            "metadata.annotations[deprecated.daemonset.template.generation]",
            "status");
    private static final int MAX_TEXT = 80;

    private final boolean secret;
    private final List<FieldChange> changes = new ArrayList<>();

    private ObjectDifference(boolean secret) {
        this.secret = secret;
    }

    /** The fields that differ, in the order of the state before. */
    static List<FieldChange> of(Map<String, Object> before, Map<String, Object> after) {
        ObjectDifference difference = new ObjectDifference("Secret".equals(after.get("kind")));
        difference.compare("", before, after);
        return List.copyOf(difference.changes);
    }

    private void compare(String path, @Nullable Object before, @Nullable Object after) {
        if (SERVERS.contains(path) || isSame(before, after)) {
            return;
        }
        if (before instanceof Map<?, ?> was && after instanceof Map<?, ?> is) {
            Set<Object> keys = new LinkedHashSet<>(was.keySet());
            keys.addAll(is.keySet());
            keys.forEach(key -> compare(child(path, String.valueOf(key)), was.get(key), is.get(key)));
        } else if (before instanceof List<?> was && after instanceof List<?> is && was.size() == is.size()) {
            for (int i = 0; i < was.size(); i++) {
                compare(path + "[" + label(is.get(i), i) + "]", was.get(i), is.get(i));
            }
        } else {
            changes.add(new FieldChange(path, text(before), text(after)));
        }
    }

    private static boolean isSame(@Nullable Object before, @Nullable Object after) {
        if (before instanceof Number was && after instanceof Number is) {
            return was.doubleValue() == is.doubleValue();
        }
        return before == null ? after == null : before.equals(after);
    }

    private static String child(String path, String key) {
        boolean plain = key.matches("[A-Za-z0-9_-]+");
        return plain ? (path.isEmpty() ? key : path + "." + key) : path + "[" + key + "]";
    }

    private static String label(@Nullable Object element, int index) {
        return element instanceof Map<?, ?> map && map.get("name") instanceof String name
                ? name
                : String.valueOf(index);
    }

    private String text(@Nullable Object value) {
        if (value == null) {
            return "";
        }
        if (secret) {
            return "(not shown)";
        }
        String text = String.valueOf(value).strip().replaceAll("\\s+", " ");
        return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT - 1) + "…";
    }
}
