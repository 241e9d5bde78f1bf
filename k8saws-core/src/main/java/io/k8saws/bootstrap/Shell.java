package io.k8saws.bootstrap;

import java.util.Map;
import java.util.stream.Collectors;

/** Texts as a shell reads them. */
final class Shell {
    private Shell() {}

    /** A text as one word, whatever it holds. */
    static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    /** Lines that set variables. */
    static String variables(Map<String, String> values) {
        return values.entrySet().stream()
                .map(value -> value.getKey() + "=" + quoted(value.getValue()) + "\n")
                .collect(Collectors.joining());
    }
}
