package io.k8saws.dns.source;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Makes names of an object: text with places in double braces, such as {@code {{name}}.{{namespace}}.example.com}. Places are {@code name}, {@code namespace},
 * {@code kind}, {@code labels.KEY} and {@code annotations.KEY}; external-dns's ways to write them, such as {@code {{.Name}}} and {@code {{index .Labels "app"}}}, are
 * understood, and nothing else of its language is. Several names stand with commas between them. Immutable and thread-safe.
 *
 * @param text the template
 */
public record NameTemplate(String text) {
    private static final Pattern PLACE = Pattern.compile("\\{\\{\\s*(.*?)\\s*}}");
    private static final Pattern WORD =
            Pattern.compile("\\.?(?:metadata\\.|ObjectMeta\\.)?(name|namespace|kind)", Pattern.CASE_INSENSITIVE);
    private static final Pattern ENTRY = Pattern.compile(
            "\\.?(?:metadata\\.|ObjectMeta\\.)?(labels|annotations)\\.(\\S+)", Pattern.CASE_INSENSITIVE);
    private static final Pattern INDEX = Pattern.compile(
            "index\\s+\\.?(?:ObjectMeta\\.)?(labels|annotations)\\s+\"([^\"]+)\"", Pattern.CASE_INSENSITIVE);

    /**
     * Checks the places.
     *
     * @throws InvalidSpecException with all places that are unknown, and when one does not end
     */
    public NameTemplate {
        List<Violation> mistakes = mistakes("template", text);
        if (!mistakes.isEmpty()) {
            throw new InvalidSpecException("Read the template '" + text + "'", mistakes);
        }
    }

    /** All that is wrong with a template. */
    static List<Violation> mistakes(String path, String text) {
        List<Violation> found = new ArrayList<>();
        PLACE.matcher(text).results().map(place -> place.group(1)).forEach(inside -> {
            if (Stream.of(WORD, ENTRY, INDEX)
                    .noneMatch(known -> known.matcher(inside).matches())) {
                found.add(new Violation(
                        path,
                        "'" + text + "' has the place {{" + inside + "}}, which is not known",
                        "write {{name}}, {{namespace}}, {{kind}}, {{labels.KEY}} or {{annotations.KEY}}"));
            }
        });
        if (PLACE.matcher(text).replaceAll("").contains("{{")) {
            found.add(new Violation(path, "'" + text + "' has a place that does not end", "close it with two braces"));
        }
        return found;
    }

    /**
     * Reads a template.
     *
     * @param text the template
     * @return the template
     * @throws InvalidSpecException with all places that are unknown, and when one does not end
     */
    public static NameTemplate of(String text) {
        return new NameTemplate(text);
    }

    /** The names of an object, with commas between; empty when the object lacks what a place asks for. */
    Optional<String> fill(HasMetadata object) {
        StringBuilder filled = new StringBuilder();
        Matcher place = PLACE.matcher(text);
        while (place.find()) {
            String value = value(place.group(1), object);
            if (value.isEmpty()) {
                return Optional.empty();
            }
            place.appendReplacement(filled, Matcher.quoteReplacement(value));
        }
        return Optional.of(place.appendTail(filled).toString());
    }

    private static String value(String place, HasMetadata object) {
        Matcher word = WORD.matcher(place);
        if (word.matches()) {
            String value =
                    switch (word.group(1).toLowerCase(Locale.ROOT)) {
                        case "name" -> object.getMetadata().getName();
                        case "namespace" -> object.getMetadata().getNamespace();
                        default -> object.getKind().toLowerCase(Locale.ROOT);
                    };
            return value == null ? "" : value;
        }
        Matcher entry = ENTRY.matcher(place);
        Matcher found = entry.matches() ? entry : INDEX.matcher(place);
        if (!found.matches()) {
            return "";
        }
        Map<String, String> map = found.group(1).equalsIgnoreCase("labels")
                ? object.getMetadata().getLabels()
                : object.getMetadata().getAnnotations();
        return map == null ? "" : map.getOrDefault(found.group(2), "");
    }
}
