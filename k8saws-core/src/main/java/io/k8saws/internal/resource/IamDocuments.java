package io.k8saws.internal.resource;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.StreamSupport;

/** Policy documents in one way of writing, so that two that mean the same are equal as text. */
final class IamDocuments {
    private static final ObjectMapper JSON = new ObjectMapper();

    private IamDocuments() {}

    /**
     * Rewrites a policy: keys sorted, no blanks, lists of texts sorted and a list of one text as the text alone, which IAM takes as the same.
     *
     * @throws IllegalArgumentException if the document is not JSON
     */
    static String canonical(String document) {
        try {
            return JSON.writeValueAsString(canonical(JSON.readTree(document)));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("A policy document is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** The document that IAM sent, which is percent-encoded (RFC 3986). */
    static String received(String document) {
        return canonical(
                document.stripLeading().startsWith("{")
                        ? document
                        : URLDecoder.decode(document, StandardCharsets.UTF_8));
    }

    private static JsonNode canonical(JsonNode node) {
        if (node instanceof ObjectNode object) {
            TreeMap<String, JsonNode> sorted = new TreeMap<>();
            object.properties().forEach(field -> sorted.put(field.getKey(), canonical(field.getValue())));
            ObjectNode result = JSON.createObjectNode();
            sorted.forEach(result::set);
            return result;
        }
        if (node instanceof ArrayNode array) {
            List<JsonNode> items = StreamSupport.stream(array.spliterator(), false)
                    .map(IamDocuments::canonical)
                    .toList();
            if (!items.isEmpty() && items.stream().allMatch(TextNode.class::isInstance)) {
                items = items.stream()
                        .distinct()
                        .sorted(Comparator.comparing(JsonNode::textValue))
                        .toList();
                if (items.size() == 1) {
                    return items.get(0);
                }
            }
            return JSON.createArrayNode().addAll(items);
        }
        return node;
    }
}
