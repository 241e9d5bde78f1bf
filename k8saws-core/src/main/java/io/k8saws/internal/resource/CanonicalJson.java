package io.k8saws.internal.resource;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** One way to write a JSON document, so that two documents of the same meaning are the same text. */
final class CanonicalJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private CanonicalJson() {}

    /** An event pattern: keys sorted, no blanks; arrays of strings, in which any value may match, sorted. Empty text stays empty. */
    static String pattern(String json) {
        return canonical(json, false);
    }

    /**
     * A policy: as a pattern, and an array of one string is written as the string, which means the same in every element of a policy (IAM reference,
     * "Grammar of the IAM JSON policy language"). The order of statements stays. Empty text stays empty.
     */
    static String policy(String json) {
        return canonical(json, true);
    }

    /** A policy as IAM sends it: percent-encoded (RFC 3986). */
    static String receivedPolicy(String document) {
        return policy(
                document.stripLeading().startsWith("{")
                        ? document
                        : URLDecoder.decode(document, StandardCharsets.UTF_8));
    }

    /** A flat object of texts, keys sorted. */
    static String ofMap(Map<String, String> map) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        new TreeMap<>(map).forEach(object::put);
        return object.toString();
    }

    /** A flat object of texts as {@link #ofMap} writes it; empty when it is none. */
    static Map<String, String> map(String json) {
        Map<String, String> map = new TreeMap<>();
        try {
            JSON.readTree(json)
                    .properties()
                    .forEach(field -> map.put(field.getKey(), field.getValue().asText()));
        } catch (JsonProcessingException e) {
            return Map.of();
        }
        return map;
    }

    private static String canonical(String json, boolean policy) {
        if (json.isBlank()) {
            return "";
        }
        try {
            return JSON.writeValueAsString(sorted(JSON.readTree(json), policy));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("A policy or pattern must be JSON, at " + e.getLocation() + ".", e);
        }
    }

    private static JsonNode sorted(JsonNode node, boolean policy) {
        if (node instanceof ObjectNode object) {
            var fields = new TreeMap<String, JsonNode>();
            object.properties().forEach(field -> fields.put(field.getKey(), sorted(field.getValue(), policy)));
            ObjectNode result = JsonNodeFactory.instance.objectNode();
            fields.forEach(result::set);
            return result;
        }
        return node instanceof ArrayNode array ? sorted(array, policy) : node;
    }

    private static JsonNode sorted(ArrayNode array, boolean policy) {
        ArrayNode result = JsonNodeFactory.instance.arrayNode();
        var texts = new TreeSet<String>();
        for (JsonNode item : array) {
            if (item.isTextual()) {
                texts.add(item.textValue());
            } else {
                result.add(sorted(item, policy));
            }
        }
        if (policy && result.isEmpty() && texts.size() == 1) {
            return JsonNodeFactory.instance.textNode(texts.first());
        }
        texts.forEach(result::add);
        return result;
    }
}
