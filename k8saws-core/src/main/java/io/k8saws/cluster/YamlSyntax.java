package io.k8saws.cluster;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import io.k8saws.error.Violation;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** Says of a text that is no YAML where that shows, what is wrong there, and what mends it. */
final class YamlSyntax {
    /** The parser's message has lines of words and, indented below each, the place that they are about. */
    private static final Pattern PLACE = Pattern.compile("^ in .*line (\\d+), column (\\d+):$", Pattern.MULTILINE);

    /** What mends it, by words of the parser's message; the first that fits. */
    private static final List<Map.Entry<String, String>> FIXES = List.of(
            Map.entry("(TAB)", "indent with spaces"),
            Map.entry("that cannot start any token", "put the text in quotes"),
            Map.entry(
                    "mapping values are not allowed", "put a text with a colon in quotes, or correct the indentation"),
            Map.entry("quoted scalar", "close the quote"),
            Map.entry("flow sequence", "separate the elements by commas and close the bracket"),
            Map.entry("flow mapping", "separate the keys by commas and close the brace"),
            Map.entry("simple key", "write a colon behind the key"),
            Map.entry("block mapping", "let all keys of one map start in the same column"),
            Map.entry("block collection", "let all elements of one list start in the same column"),
            Map.entry("Duplicate field", "keep one of the two"));

    private YamlSyntax() {}

    static Violation of(IOException e, String yaml) {
        if (!(e instanceof JsonProcessingException wrong)) {
            return violation(1, 1, String.valueOf(e.getMessage()), "correct the syntax");
        }
        OptionalInt forbidden = forbidden(yaml);
        if (forbidden.isPresent()) {
            // The parser looks for these before all else, and does not tell the place.
            String before = yaml.substring(0, forbidden.getAsInt());
            int line = 1 + (int) before.chars().filter(c -> c == '\n').count();
            int column = before.length() - (before.lastIndexOf('\n') + 1) + 1;
            String character = String.format(Locale.ROOT, "U+%04X", yaml.codePointAt(forbidden.getAsInt()));
            return violation(line, column, "YAML does not allow the character " + character, "remove it");
        }
        return of(wrong);
    }

    private static Violation of(JsonProcessingException e) {
        String message = e.getOriginalMessage();
        List<String> words = message.lines()
                .map(line -> line.replace("\\t(TAB)", "TAB"))
                .filter(line -> !line.isBlank() && !line.startsWith(" "))
                .toList();
        List<Matcher> places = PLACE.matcher(message)
                .results()
                .map(result -> PLACE.matcher(result.group()))
                .toList();
        places.forEach(Matcher::find);
        String problem = words.isEmpty()
                ? "it cannot be read"
                : words.get(words.size() - 1)
                        .replaceFirst(" \\(Do not use .* for indentation\\)$", "")
                        .replaceFirst("\\.$", "");
        if (places.isEmpty()) {
            JsonLocation location = Optional.ofNullable(e.getLocation()).orElse(JsonLocation.NA);
            return violation(location.getLineNr(), location.getColumnNr(), problem, fix(message));
        }
        Matcher place = places.get(places.size() - 1);
        String since = words.size() < 2 || places.size() < 2
                ? ""
                : ", " + words.get(0) + " that starts in line " + places.get(0).group(1) + ", column "
                        + places.get(0).group(2);
        return violation(
                Integer.parseInt(place.group(1)), Integer.parseInt(place.group(2)), problem + since, fix(message));
    }

    private static String fix(String message) {
        return FIXES.stream()
                .filter(fix -> message.contains(fix.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse("correct the syntax");
    }

    private static Violation violation(int line, int column, String problem, String fix) {
        String place = "line " + Math.max(1, line) + ", column " + Math.max(1, column);
        return new Violation(place, "is not YAML: " + problem, fix);
    }

    /** The place of the first character that YAML 1.1 does not let into a text, chapter 5.1. */
    private static OptionalInt forbidden(String yaml) {
        return IntStream.range(0, yaml.length())
                .filter(i -> {
                    char c = yaml.charAt(i);
                    return !(c == '\n'
                            || c == '\r'
                            || c == '\t'
                            || c == 0x85
                            || c == 0xFEFF
                            || (c >= 0x20 && c <= 0x7E)
                            || (c >= 0xA0 && c <= 0xFFFD));
                })
                .findFirst();
    }
}
