package io.k8saws.cluster;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/** The lines on which keys and elements of a YAML text stand, found by the paths that violations have. Filled by one thread while the text is read. */
final class YamlLines {
    private final Map<JsonPointer, Integer> lines = new HashMap<>();

    /** Notes where the parser is. */
    void note(YAMLParser parser, JsonToken token) {
        JsonStreamContext context = parser.getParsingContext();
        // The beginning of a map or a list is already inside of it.
        JsonStreamContext holder = token.isStructStart() ? context.getParent() : context;
        if (holder != null && (token == JsonToken.FIELD_NAME || (holder.inArray() && !token.isStructEnd()))) {
            lines.putIfAbsent(
                    holder.pathAsPointer(), parser.currentTokenLocation().getLineNr());
        }
    }

    /**
     * The line of what a path names.
     *
     * @param root the text as a tree
     * @param path a path as in {@link io.k8saws.error.Violation}, with the keys as they were written
     * @return empty when it was not written
     */
    OptionalInt of(JsonNode root, String path) {
        return pointer(root, path, JsonPointer.empty())
                .map(lines::get)
                .map(OptionalInt::of)
                .orElse(OptionalInt.empty());
    }

    private static Optional<JsonPointer> pointer(JsonNode node, String path, JsonPointer at) {
        if (path.isEmpty()) {
            return Optional.of(at);
        }
        if (node.isArray() && path.startsWith("[") && path.indexOf(']') > 0) {
            String element = path.substring(1, path.indexOf(']'));
            return IntStream.range(0, node.size())
                    .filter(i -> element.equals(node.get(i).path("name").asText(String.valueOf(i))))
                    .boxed()
                    .findFirst()
                    .flatMap(i -> pointer(node.get(i), path.substring(element.length() + 2), at.appendIndex(i)));
        }
        // Keys of labels and tags may hold dots and brackets themselves.
        Iterable<Map.Entry<String, JsonNode>> fields = node.properties();
        return StreamSupport.stream(fields.spliterator(), false)
                .flatMap(field -> rest(path, field.getKey())
                        .flatMap(rest -> pointer(field.getValue(), rest, at.appendProperty(field.getKey())))
                        .stream())
                .findFirst();
    }

    /** What is left of a path behind a key, if the path begins with it. */
    private static Optional<String> rest(String path, String key) {
        if (path.startsWith("[" + key + "]")) {
            return Optional.of(path.substring(key.length() + 2));
        }
        String name = path.startsWith(".") ? path.substring(1) : path;
        if (!name.startsWith(key)) {
            return Optional.empty();
        }
        String rest = name.substring(key.length());
        return rest.isEmpty() || rest.startsWith(".") || rest.startsWith("[") ? Optional.of(rest) : Optional.empty();
    }
}
