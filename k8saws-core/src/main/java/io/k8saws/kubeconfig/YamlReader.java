package io.k8saws.kubeconfig;

import io.k8saws.kubeconfig.Yaml.Field;
import io.k8saws.kubeconfig.Yaml.Mapping;
import io.k8saws.kubeconfig.Yaml.Remarks;
import io.k8saws.kubeconfig.Yaml.Scalar;
import io.k8saws.kubeconfig.Yaml.Sequence;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.comments.CommentLine;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Text to a document. Aliases and merge keys are written out where they stand, as kubectl does. */
final class YamlReader {
    private static final int MOST_PIECES = 200_000;
    private static final int DEEPEST = 100;
    private static final int LONGEST = 32 * 1024 * 1024;
    private static final String MERGE = "<<";
    // Anything else in the parser's message may be a part of the document, and so of a secret.
    private static final Pattern HARMLESS = Pattern.compile("[a-z ]{1,60}");

    private static final LoadSettings SETTINGS = LoadSettings.builder()
            .setParseComments(true)
            .setSchema(KubectlSchema.READING)
            .setCodePointLimit(LONGEST)
            .build();
    private static final LoadSettings PLAIN_SETTINGS = LoadSettings.builder()
            .setSchema(KubectlSchema.READING)
            .setCodePointLimit(LONGEST)
            .build();

    private final Findings findings;
    private final Deque<Node> open = new ArrayDeque<>();
    private int pieces;

    private YamlReader(Findings findings) {
        this.findings = findings;
    }

    /** Reads a document that is a map; what is wrong with it goes to the findings. */
    static Mapping read(String text, Findings findings) {
        String plain = text.startsWith("\uFEFF") ? text.substring(1) : text;
        try {
            if (!isSane(plain, findings)) {
                return Mapping.EMPTY;
            }
            Optional<Node> root = new Compose(SETTINGS).composeString(plain);
            return root.map(node -> new YamlReader(findings).root(node)).orElse(Mapping.EMPTY);
        } catch (MarkedYamlEngineException e) {
            findings.add(place(e), "is not YAML" + why(e.getContext()), "correct the syntax");
        } catch (YamlEngineException e) {
            findings.add("line 1", "is not YAML", "check that the text is UTF-8 without control characters");
        }
        return Mapping.EMPTY;
    }

    // The composer calls itself for each level, so the depth is looked at before.
    private static boolean isSane(String text, Findings findings) {
        int depth = 0;
        int documents = 0;
        for (Event event : new Parse(PLAIN_SETTINGS).parseString(text)) {
            if (event instanceof DocumentStartEvent && ++documents > 1) {
                findings.add(place(event), "starts a second document", "keep one document in the file");
                return false;
            }
            if (event instanceof CollectionStartEvent && ++depth > DEEPEST) {
                findings.add(place(event), "is nested deeper than " + DEEPEST + " levels", "remove levels");
                return false;
            }
            if (event instanceof CollectionEndEvent) {
                depth--;
            }
        }
        // Without a document there is nothing but comments, which belong to nobody.
        return documents > 0;
    }

    private Mapping root(Node node) {
        Yaml document = convert(node, "");
        if (document instanceof Mapping mapping) {
            return mapping;
        }
        if (!(document instanceof Scalar scalar && scalar.isNull())) {
            findings.add(
                    "line 1",
                    "the text is " + document.kind() + ", not a map",
                    "start with apiVersion: v1 and kind: Config");
        }
        return Mapping.EMPTY;
    }

    private Yaml convert(Node node, String path) {
        if (++pieces > MOST_PIECES) {
            if (pieces == MOST_PIECES + 1) {
                findings.add(at(path), "holds more than " + MOST_PIECES + " values", "use fewer aliases");
            }
            return Sequence.EMPTY;
        }
        if (node instanceof ScalarNode scalar) {
            return scalar(scalar);
        }
        if (open.contains(node)) {
            findings.add(at(path), "is an alias of what it stands in", "write the fields out");
            return Sequence.EMPTY;
        }
        open.push(node);
        try {
            return node instanceof MappingNode mapping ? mapping(mapping, path) : sequence((SequenceNode) node, path);
        } finally {
            open.pop();
        }
    }

    private static Scalar scalar(ScalarNode node) {
        return new Scalar(node.getValue(), node.getTag(), node.getScalarStyle(), remarks(node));
    }

    private Sequence sequence(SequenceNode node, String path) {
        List<Yaml> items = new ArrayList<>();
        for (Node item : node.getValue()) {
            items.add(convert(item, path + "[" + name(item).orElse(String.valueOf(items.size())) + "]"));
        }
        return new Sequence(items, node.getFlowStyle() == FlowStyle.FLOW && !items.isEmpty(), remarks(node));
    }

    private Mapping mapping(MappingNode node, String path) {
        Map<String, Field> fields = new LinkedHashMap<>();
        Map<String, Field> merged = new LinkedHashMap<>();
        for (NodeTuple tuple : node.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode keyNode)) {
                findings.add(at(path), "has a key that is a list or a map", "write a word");
                continue;
            }
            Scalar key = scalar(keyNode);
            String at = path.isEmpty() ? key.text() : path + "." + key.text();
            Yaml value = convert(tuple.getValueNode(), at);
            if (keyNode.isPlain() && key.text().equals(MERGE)) {
                merge(value, at, merged);
            } else if (fields.putIfAbsent(key.text(), new Field(key, value)) != null) {
                findings.add(at, "is there twice", "remove one");
            }
        }
        merged.forEach(fields::putIfAbsent);
        return new Mapping(fields, node.getFlowStyle() == FlowStyle.FLOW && !fields.isEmpty(), remarks(node));
    }

    private void merge(Yaml value, String path, Map<String, Field> merged) {
        if (value instanceof Mapping mapping) {
            mapping.fields().forEach(merged::putIfAbsent);
        } else if (value instanceof Sequence sequence
                && sequence.mappings().size() == sequence.items().size()) {
            sequence.mappings().forEach(mapping -> mapping.fields().forEach(merged::putIfAbsent));
        } else {
            findings.add(path, "is " + value.kind() + ", not a map", "name the anchor of a map");
        }
    }

    // Named things are told by their names, as everywhere in this library.
    private static Optional<String> name(Node item) {
        if (!(item instanceof MappingNode mapping)) {
            return Optional.empty();
        }
        return mapping.getValue().stream()
                .filter(t -> t.getKeyNode() instanceof ScalarNode key
                        && key.getValue().equals("name"))
                .map(NodeTuple::getValueNode)
                .filter(ScalarNode.class::isInstance)
                .map(value -> ((ScalarNode) value).getValue())
                .filter(name -> !name.isEmpty())
                .findFirst();
    }

    private static Remarks remarks(Node node) {
        return new Remarks(
                lines(node.getBlockComments()), lines(node.getInLineComments()), lines(node.getEndComments()));
    }

    private static List<CommentLine> lines(@Nullable List<CommentLine> lines) {
        return lines == null ? List.of() : lines;
    }

    private static String at(String path) {
        return path.isEmpty() ? "line 1" : path;
    }

    private static String place(Event event) {
        return event.getStartMark()
                .map(mark -> "line " + (mark.getLine() + 1) + ", column " + (mark.getColumn() + 1))
                .orElse("line 1");
    }

    private static String place(MarkedYamlEngineException e) {
        return e.getProblemMark()
                .or(e::getContextMark)
                .map(mark -> "line " + (mark.getLine() + 1) + ", column " + (mark.getColumn() + 1))
                .orElse("line 1");
    }

    private static String why(@Nullable String context) {
        return context != null && HARMLESS.matcher(context).matches() ? ": found " + context : "";
    }
}
