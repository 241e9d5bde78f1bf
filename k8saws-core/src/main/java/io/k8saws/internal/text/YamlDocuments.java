package io.k8saws.internal.text;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** YAML as maps and back: a stream of documents, each of them a map. */
public final class YamlDocuments {
    private static final YAMLMapper MAPPER = YAMLMapper.builder(YAMLFactory.builder()
                    .stringQuotingChecker(new PlainScalars())
                    .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                    .enable(YAMLGenerator.Feature.INDENT_ARRAYS_WITH_INDICATOR)
                    .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                    .disable(YAMLGenerator.Feature.SPLIT_LINES)
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .build();
    private static final TypeReference<Map<String, Object>> MAP = new TypeReference<>() {};

    private YamlDocuments() {}

    /**
     * Reads documents; empty ones are left out.
     *
     * @param text one document or several, with {@code ---} between them
     * @return a map for each, with the keys in their order
     * @throws IllegalArgumentException when the text is no YAML, or a document is no map; the message names the line
     */
    public static List<Map<String, Object>> read(String text) {
        List<Map<String, Object>> documents = new ArrayList<>();
        refuseAliases(text);
        try (MappingIterator<JsonNode> nodes = MAPPER.readerFor(JsonNode.class).readValues(text)) {
            while (nodes.hasNextValue()) {
                JsonNode node = nodes.nextValue();
                if (isEmpty(node)) {
                    continue;
                }
                if (!node.isObject()) {
                    throw new IllegalArgumentException("document " + (documents.size() + 1) + " is no map");
                }
                documents.add(MAPPER.convertValue(node, MAP));
            }
        } catch (IOException e) {
            throw unreadable(e);
        }
        return documents;
    }

    /** Jackson would read an alias as the text of its name. */
    private static void refuseAliases(String text) {
        try (JsonParser tokens = MAPPER.getFactory().createParser(text)) {
            while (tokens.nextToken() != null) {
                if (((YAMLParser) tokens).isCurrentAlias()) {
                    int line = tokens.currentTokenLocation().getLineNr();
                    throw new IllegalArgumentException("it has an alias (line " + line + ")");
                }
            }
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private static IllegalArgumentException unreadable(IOException e) {
        if (!(e instanceof JsonProcessingException mistake)) {
            throw new UncheckedIOException("Read YAML from memory", e);
        }
        int line = mistake.getLocation() == null ? 0 : mistake.getLocation().getLineNr();
        String words = mistake.getOriginalMessage().lines().findFirst().orElse("it cannot be read");
        return new IllegalArgumentException(words + (line > 0 ? " (line " + line + ")" : ""), e);
    }

    private static boolean isEmpty(@Nullable JsonNode node) {
        return node == null
                || node.isNull()
                || node.isMissingNode()
                || (node.isTextual() && node.textValue().isEmpty());
    }

    /**
     * Writes a document.
     *
     * @param document texts, numbers, truth values, lists and maps
     * @return YAML without a mark at its start, ending with a line feed
     */
    public static String write(Map<String, ?> document) {
        try {
            return MAPPER.writeValueAsString(document);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("Write YAML: " + e.getOriginalMessage(), e);
        }
    }
}
