package io.k8saws.bootstrap;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A tree as TOML, for containerd: plain values of a table first, then its tables. */
final class Toml {
    private static final Pattern BARE = Pattern.compile("[A-Za-z0-9_-]+");

    private final StringBuilder text = new StringBuilder();

    private Toml() {}

    static String text(Map<String, Object> tree) {
        Toml toml = new Toml();
        toml.table(List.of(), tree);
        return toml.text.toString();
    }

    private void table(List<String> path, Map<?, ?> table) {
        Map<String, Object> plain = new LinkedHashMap<>();
        Map<String, Map<?, ?>> tables = new LinkedHashMap<>();
        table.forEach((key, value) -> {
            if (value instanceof Map<?, ?> inner) {
                tables.put((String) key, inner);
            } else {
                plain.put((String) key, value);
            }
        });
        if (!path.isEmpty() && (!plain.isEmpty() || tables.isEmpty())) {
            text.append("\n[")
                    .append(path.stream().map(Toml::key).collect(Collectors.joining(".")))
                    .append("]\n");
        }
        plain.forEach((key, value) ->
                text.append(key(key)).append(" = ").append(value(value)).append('\n'));
        tables.forEach((key, inner) -> {
            List<String> further = new ArrayList<>(path);
            further.add(key);
            table(further, inner);
        });
    }

    private static String key(String key) {
        return BARE.matcher(key).matches() ? key : quoted(key);
    }

    private static String value(Object value) {
        if (value instanceof Map<?, ?> map) { // inside of a list
            return map.entrySet().stream()
                    .map(entry -> key((String) entry.getKey()) + " = " + value(entry.getValue()))
                    .collect(Collectors.joining(", ", "{ ", " }"));
        }
        if (value instanceof List<?> list) {
            return list.stream().map(Toml::value).collect(Collectors.joining(", ", "[", "]"));
        }
        return value instanceof String string ? quoted(string) : value.toString();
    }

    /** A basic string: what JSON escapes, TOML escapes the same way. */
    private static String quoted(String value) {
        StringBuilder result = new StringBuilder("\"");
        value.codePoints().forEach(c -> {
            switch (c) {
                case '"' -> result.append("\\\"");
                case '\\' -> result.append("\\\\");
                case '\n' -> result.append("\\n");
                case '\t' -> result.append("\\t");
                default -> {
                    if (c < 0x20 || c == 0x7f) {
                        result.append("\\u%04x".formatted(c));
                    } else {
                        result.appendCodePoint(c);
                    }
                }
            }
        });
        return result.append('"').toString();
    }
}
