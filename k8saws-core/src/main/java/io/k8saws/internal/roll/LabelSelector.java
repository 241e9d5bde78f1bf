package io.k8saws.internal.roll;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * Kubernetes' LabelSelector: all requirements must be met, and one without any meets everything.
 *
 * @param matches labels with their values
 * @param expressions further requirements
 * @param everything false for a selector that is not there, which meets nothing
 */
record LabelSelector(Map<String, String> matches, List<Expression> expressions, boolean everything) {
    LabelSelector {
        matches = Map.copyOf(matches);
        expressions = List.copyOf(expressions);
    }

    /**
     * A requirement.
     *
     * @param key the label
     * @param operator {@code In}, {@code NotIn}, {@code Exists} or {@code DoesNotExist}
     * @param values what it is compared with
     */
    record Expression(String key, String operator, Set<String> values) {
        boolean accepts(Map<String, String> labels) {
            boolean there = labels.containsKey(key);
            boolean among = there && values.contains(labels.get(key));
            return switch (operator) {
                case "In" -> among;
                case "NotIn" -> !among;
                case "Exists" -> there;
                case "DoesNotExist" -> !there;
                default -> false;
            };
        }
    }

    static LabelSelector of(JsonNode selector) {
        Map<String, String> matches = new TreeMap<>();
        selector.path("matchLabels")
                .properties()
                .forEach(label -> matches.put(label.getKey(), label.getValue().asText()));
        List<Expression> expressions = new ArrayList<>();
        selector.path("matchExpressions")
                .forEach(one -> expressions.add(new Expression(
                        one.path("key").asText(), one.path("operator").asText(), texts(one.path("values")))));
        return new LabelSelector(matches, expressions, selector.isObject());
    }

    private static Set<String> texts(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .map(JsonNode::asText)
                .collect(Collectors.toUnmodifiableSet());
    }

    boolean accepts(Map<String, String> labels) {
        return everything
                && matches.entrySet().stream().allMatch(one -> one.getValue().equals(labels.get(one.getKey())))
                && expressions.stream().allMatch(one -> one.accepts(labels));
    }
}
