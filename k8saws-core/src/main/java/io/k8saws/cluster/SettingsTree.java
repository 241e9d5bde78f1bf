package io.k8saws.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Settings as nodes of a document, and back. */
final class SettingsTree {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private SettingsTree() {}

    static Map<String, Object> values(JsonNode map, String path, Findings findings) {
        Map<String, Object> result = new LinkedHashMap<>();
        map.properties().forEach(e -> value(e.getValue(), path + "." + e.getKey(), findings)
                .ifPresent(v -> result.put(e.getKey(), v)));
        return result;
    }

    private static Optional<Object> value(JsonNode node, String path, Findings findings) {
        if (node.isTextual()) {
            return Optional.of(node.textValue());
        }
        if (node.isBoolean()) {
            return Optional.of(node.booleanValue());
        }
        if (node.isInt() || node.isLong()) {
            return Optional.of(node.longValue());
        }
        if (node.isFloatingPointNumber() && Double.isFinite(node.doubleValue())) {
            return Optional.of(node.doubleValue());
        }
        if (node.isObject()) {
            return Optional.of(values(node, path, findings));
        }
        if (node.isArray()) {
            List<Object> list = new ArrayList<>();
            for (int i = 0; i < node.size(); i++) {
                value(node.get(i), path + "[" + i + "]", findings).ifPresent(list::add);
            }
            return Optional.of(list);
        }
        findings.add(path, "is " + YamlCodec.kind(node), "write a text, true, false, a number, a list or a map");
        return Optional.empty();
    }

    static ObjectNode node(Map<?, ?> map) {
        ObjectNode node = NODES.objectNode();
        map.forEach((key, value) -> node.set((String) key, node(value)));
        return node;
    }

    private static JsonNode node(Object value) {
        if (value instanceof Map<?, ?> map) {
            return node(map);
        }
        if (value instanceof List<?> list) {
            ArrayNode node = NODES.arrayNode();
            list.forEach(element -> node.add(node(element)));
            return node;
        }
        if (value instanceof Boolean truth) {
            return NODES.booleanNode(truth);
        }
        if (value instanceof Long whole) {
            return NODES.numberNode(whole);
        }
        return value instanceof Double number ? NODES.numberNode(number) : NODES.textNode((String) value);
    }
}
