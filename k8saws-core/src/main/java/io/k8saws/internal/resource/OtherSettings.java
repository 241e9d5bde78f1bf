package io.k8saws.internal.resource;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;

/**
 * What somebody set by hand besides, or instead of, what is always the same and so no field of its own. It is compared as one field, in words; nothing of it is
 * ever wanted.
 */
final class OtherSettings {
    /** The name that the component has in every kind that uses this. */
    static final String COMPONENT = "otherSettings";

    /** What AWS may write where nothing was set. */
    private static final Set<String> NOTHING = Set.of("", "default", "disabled", "false", "none", "open");

    private final Set<String> words = new TreeSet<>();

    /** Adds words when a setting is not as it always is. */
    OtherSettings when(boolean other, String setting) {
        if (other) {
            words.add(setting);
        }
        return this;
    }

    /** Adds the names of all that is set but what we set. */
    OtherSettings besides(SdkPojo settings, Set<String> ours) {
        for (SdkField<?> field : settings.sdkFields()) {
            if (!ours.contains(field.memberName()) && isSet(field.getValueOrDefault(settings))) {
                words.add(field.memberName());
            }
        }
        return this;
    }

    private static boolean isSet(@Nullable Object value) {
        List<Object> parts = new ArrayList<>();
        if (value instanceof SdkPojo nested) {
            nested.sdkFields().forEach(field -> parts.addAll(asList(field.getValueOrDefault(nested))));
        } else if (value instanceof Collection<?> items) {
            parts.addAll(items);
        } else if (value instanceof Map<?, ?> map) {
            parts.addAll(map.values());
        } else {
            return value != null && !NOTHING.contains(value.toString());
        }
        return parts.stream().anyMatch(OtherSettings::isSet);
    }

    private static List<Object> asList(@Nullable Object value) {
        return value == null ? List.of() : Collections.singletonList(value);
    }

    /** What was found, sorted. */
    Set<String> found() {
        return Set.copyOf(words);
    }
}
