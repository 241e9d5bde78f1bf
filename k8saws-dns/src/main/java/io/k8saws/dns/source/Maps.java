package io.k8saws.dns.source;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Kubernetes leaves out what is empty. */
final class Maps {
    private Maps() {}

    static <K, V> Map<K, V> of(@Nullable Map<K, V> map) {
        return map == null ? Map.of() : map;
    }

    static <T> List<T> of(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }

    static String of(@Nullable String text) {
        return text == null ? "" : text;
    }

    static boolean is(@Nullable Boolean value) {
        return value != null && value;
    }
}
