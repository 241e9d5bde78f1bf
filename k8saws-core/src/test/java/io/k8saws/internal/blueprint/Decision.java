package io.k8saws.internal.blueprint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Decides a request by a policy of allowing statements as IAM does, for the operators that our policies use; an unknown one is an error. */
final class Decision {
    private static final String REQUEST_TAG = "aws:RequestTag/";

    private Decision() {}

    /** Whether one statement allows the action on the resource with what the request and the resource carry. */
    static boolean allows(String policy, String action, String resource, Map<String, String> context) {
        for (JsonNode statement : json(policy).path("Statement")) {
            if (texts(statement.path("Action")).contains(action)
                    && texts(statement.path("Resource")).stream().anyMatch(pattern -> like(pattern, resource))
                    && holds(statement.path("Condition"), context)) {
                return true;
            }
        }
        return false;
    }

    /** The smallest context in which conditions hold. */
    static Map<String, String> fitting(JsonNode conditions) {
        Map<String, String> context = new TreeMap<>();
        conditions
                .properties()
                .forEach(operator -> operator.getValue().properties().forEach(key -> {
                    List<String> wanted = texts(key.getValue());
                    switch (operator.getKey()) {
                        case "StringEquals" -> context.put(key.getKey(), wanted.get(0));
                        case "StringEqualsIfExists", "BoolIfExists", "ForAllValues:StringNotLike" -> {}
                        case "Null" -> {
                            if (wanted.equals(List.of("false"))) {
                                context.put(key.getKey(), "any");
                            }
                        }
                        default -> throw new IllegalArgumentException(operator.getKey());
                    }
                }));
        return context;
    }

    private static boolean holds(JsonNode conditions, Map<String, String> context) {
        return conditions.properties().stream().allMatch(operator -> operator.getValue().properties().stream()
                .allMatch(key -> holds(operator.getKey(), key.getKey(), texts(key.getValue()), context)));
    }

    private static boolean holds(String operator, String key, List<String> wanted, Map<String, String> context) {
        Optional<String> value = Optional.ofNullable(context.get(key));
        return switch (operator) {
            case "StringEquals" -> value.filter(wanted::contains).isPresent();
            case "StringEqualsIfExists", "BoolIfExists" -> value.isEmpty() || wanted.contains(value.get());
            case "Null" -> wanted.equals(List.of(String.valueOf(value.isEmpty())));
            case "ForAllValues:StringNotLike" -> {
                if (!key.equals("aws:TagKeys")) {
                    throw new IllegalArgumentException(operator + " of " + key);
                }
                yield context.keySet().stream()
                        .filter(name -> name.startsWith(REQUEST_TAG))
                        .map(name -> name.substring(REQUEST_TAG.length()))
                        .noneMatch(name -> wanted.stream().anyMatch(pattern -> like(pattern, name)));
            }
            default -> throw new IllegalArgumentException(operator);
        };
    }

    /** Whether a text fits a pattern in which a star stands for anything. */
    static boolean like(String pattern, String text) {
        return Pattern.matches("\\Q" + pattern.replace("*", "\\E.*\\Q") + "\\E", text);
    }

    static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<String> texts(JsonNode oneOrMore) {
        List<String> texts = new ArrayList<>();
        if (oneOrMore.isTextual()) {
            texts.add(oneOrMore.asText());
        }
        oneOrMore.forEach(item -> texts.add(item.asText()));
        return texts;
    }
}
