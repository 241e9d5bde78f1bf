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
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.CollectionNode;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Text to a document. Aliases and merge keys are written out where they stand, as kubectl does. */
final class YamlReader {
    /** The one control character that the parser lets pass and kubectl does not. */
    static final String DELETE = "\u007F";

    private static final int MOST_PIECES = 200_000;
    private static final int DEEPEST = 100;
    private static final int LONGEST = 32 * 1024 * 1024;
    private static final int NOWHERE = -1;
    private static final String MERGE = "<<";
    // Anything else in the parser's message may be a part of the document, and so of a secret.
    private static final Pattern HARMLESS = Pattern.compile("[a-z ]{1,60}");

    private static final LoadSettings SETTINGS = settings(false);
    private static final LoadSettings WITH_COMMENTS = settings(true);

    private final Findings findings;
    private final Comments comments;
    private final Deque<Node> open = new ArrayDeque<>();
    private int pieces;

    private YamlReader(Findings findings, Comments comments) {
        this.findings = findings;
        this.comments = comments;
    }

    private static LoadSettings settings(boolean comments) {
        return LoadSettings.builder()
                .setParseComments(comments)
                .setSchema(KubectlSchema.READING)
                .setCodePointLimit(LONGEST)
                .build();
    }

    /** Reads a document that is a map; what is wrong with it goes to the findings. */
    static Mapping read(String text, Findings findings) {
        String plain = text.startsWith("\uFEFF") ? text.substring(1) : text;
        int delete = plain.indexOf(DELETE);
        if (delete >= 0) {
            long line = 1
                    + plain.substring(0, delete).chars().filter(c -> c == '\n').count();
            findings.add(
                    "line " + line,
                    "has the control character U+007F",
                    "remove it, or write it as \\x7F in double quotes");
            return Mapping.EMPTY;
        }
        try {
            if (!isSane(plain, findings)) {
                return Mapping.EMPTY;
            }
            Optional<Node> root = new Compose(SETTINGS).composeString(plain);
            return root.map(node -> new YamlReader(findings, Comments.of(plain, WITH_COMMENTS)).root(node))
                    .orElse(Mapping.EMPTY);
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
        for (Event event : new Parse(SETTINGS).parseString(text)) {
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
        Yaml document = convert(node, "", NOWHERE);
        if (document instanceof Mapping mapping) {
            List<CommentLine> rest = comments.above(Integer.MAX_VALUE, false);
            return new Mapping(mapping.fields(), mapping.flow(), new Remarks(List.of(), List.of(), rest));
        }
        if (!(document instanceof Scalar scalar && scalar.isNull())) {
            findings.add(
                    "line 1",
                    "the text is " + document.kind() + ", not a map",
                    "start with apiVersion: v1 and kind: Config");
        }
        return Mapping.EMPTY;
    }

    /**
     * Converts a piece.
     *
     * @param bracesEnd the last line of the braces around it, whose comment belongs to the braces; {@link #NOWHERE} outside of braces
     */
    private Yaml convert(Node node, String path, int bracesEnd) {
        if (++pieces > MOST_PIECES) {
            if (pieces == MOST_PIECES + 1) {
                findings.add(at(path), "holds more than " + MOST_PIECES + " values", "use fewer aliases");
            }
            return Sequence.EMPTY;
        }
        if (node instanceof ScalarNode scalar) {
            return scalar(scalar, List.of());
        }
        if (open.contains(node)) {
            findings.add(at(path), "is an alias of what it stands in", "write the fields out");
            return Sequence.EMPTY;
        }
        open.push(node);
        try {
            int end = bracesEnd == NOWHERE && isInBraces(node) ? lastLine(node) : bracesEnd;
            return node instanceof MappingNode mapping
                    ? mapping(mapping, path, end)
                    : sequence((SequenceNode) node, path, end);
        } finally {
            open.pop();
        }
    }

    private static Scalar scalar(ScalarNode node, List<CommentLine> above) {
        Remarks remarks = new Remarks(above, List.of(), List.of());
        return new Scalar(node.getValue(), node.getTag(), node.getScalarStyle(), remarks);
    }

    private Sequence sequence(SequenceNode node, String path, int bracesEnd) {
        List<Yaml> items = new ArrayList<>();
        for (Node item : node.getValue()) {
            String at = path + "[" + name(item).orElse(String.valueOf(items.size())) + "]";
            comments.closeUp(firstLine(item));
            // What has a first line of its own takes what is above it.
            boolean takes = item instanceof ScalarNode || isInBraces(item);
            List<CommentLine> above = takes ? comments.above(firstLine(item), bracesEnd != NOWHERE) : List.of();
            Yaml value = convert(item, at, bracesEnd);
            Remarks beside = takes ? beside(item, bracesEnd) : Remarks.NONE;
            Remarks remarks = new Remarks(above, List.of(), List.of());
            items.add(value.withRemarks(
                    value.hasRoomBeside()
                            ? new Remarks(above, beside.beside(), List.of())
                            : remarks.withMoreBefore(beside)));
        }
        return new Sequence(items, isInBraces(node) && !items.isEmpty(), Remarks.NONE);
    }

    private Mapping mapping(MappingNode node, String path, int bracesEnd) {
        Map<String, Field> fields = new LinkedHashMap<>();
        Map<String, Field> merged = new LinkedHashMap<>();
        for (NodeTuple tuple : node.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode keyNode)) {
                findings.add(at(path), "has a key that is a list or a map", "write a word");
                continue;
            }
            Scalar key = scalar(keyNode, comments.above(firstLine(keyNode), bracesEnd != NOWHERE));
            String at = path.isEmpty() ? key.text() : path + "." + key.text();
            Field field = field(key, keyNode, tuple.getValueNode(), at, bracesEnd);
            if (keyNode.isPlain() && key.text().equals(MERGE)) {
                merge(field.value(), at, merged);
                comments.giveBack(
                        field.key().remarks().withMoreBefore(field.value().remarks()));
            } else if (fields.putIfAbsent(key.text(), field) != null) {
                findings.add(at, "is there twice", "remove one");
            }
        }
        merged.forEach(fields::putIfAbsent);
        return new Mapping(fields, isInBraces(node) && !fields.isEmpty(), Remarks.NONE);
    }

    private Field field(Scalar key, ScalarNode keyNode, Node valueNode, String path, int bracesEnd) {
        if (!(valueNode instanceof ScalarNode || isInBraces(valueNode))) {
            Remarks beside = new Remarks(
                    key.remarks().before(), beside(keyNode, bracesEnd).beside(), List.of());
            return new Field(key.withRemarks(beside), convert(valueNode, path, bracesEnd));
        }
        Yaml value = convert(valueNode, path, bracesEnd);
        Remarks beside = beside(valueNode, bracesEnd);
        return value.hasRoomBeside()
                ? new Field(key, value.withRemarks(beside))
                : new Field(key.withRemarks(key.remarks().withMoreBefore(beside)), value);
    }

    private Remarks beside(Node node, int bracesEnd) {
        int line = lastLine(node);
        return line == bracesEnd ? Remarks.NONE : new Remarks(List.of(), comments.beside(line), List.of());
    }

    private static boolean isInBraces(Node node) {
        return node instanceof CollectionNode<?> collection
                && (collection.getFlowStyle() == FlowStyle.FLOW
                        || collection.getValue().isEmpty());
    }

    private static int firstLine(Node node) {
        return node.getStartMark().map(Mark::getLine).orElse(NOWHERE);
    }

    private static int lastLine(Node node) {
        // A text after | or > ends where the next line starts; its comment is beside the sign.
        boolean isBlock = node instanceof ScalarNode scalar
                && (scalar.getScalarStyle() == ScalarStyle.LITERAL || scalar.getScalarStyle() == ScalarStyle.FOLDED);
        return isBlock ? firstLine(node) : node.getEndMark().map(Mark::getLine).orElse(NOWHERE);
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
