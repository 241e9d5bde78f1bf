package io.k8saws.bootstrap;

import java.util.Map;
import java.util.stream.Collectors;

/** Texts as PowerShell reads them. */
final class PowerShell {
    private PowerShell() {}

    /** A text as one word, whatever it holds: typographic quotation marks end one, too. */
    static String quoted(String text) {
        return "'" + text.replaceAll("(['\u2018\u2019\u201a\u201b])", "$1$1") + "'";
    }

    /** Lines that set variables. */
    static String variables(Map<String, String> values) {
        return values.entrySet().stream()
                .map(value -> "$" + value.getKey() + " = " + quoted(value.getValue()) + "\n")
                .collect(Collectors.joining());
    }
}
