package io.k8saws.kubeconfig;

import io.k8saws.kubeconfig.Yaml.Mapping;
import io.k8saws.kubeconfig.Yaml.Remarks;
import io.k8saws.kubeconfig.Yaml.Scalar;
import io.k8saws.kubeconfig.Yaml.Sequence;
import java.util.List;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Present;
import org.snakeyaml.engine.v2.api.lowlevel.Serialize;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** A document to text. Everything that some reader could take for no text is quoted. */
final class YamlWriter {
    private static final Logger LOG = LoggerFactory.getLogger(YamlWriter.class);
    private static final DumpSettings SETTINGS = DumpSettings.builder()
            .setDumpComments(true)
            .setSchema(KubectlSchema.WRITING)
            .setWidth(Integer.MAX_VALUE)
            .setSplitLines(false)
            .setUseUnicodeEncoding(true)
            .build();

    // Controls, the line ends and blanks of Unicode, the byte order mark: readers disagree about them unless they are
    // escaped.
    private static final Pattern DELICATE = Pattern.compile(
            "[\\p{Cntrl}&&[^\\n]]|[\\u0080-\\u00a0\\u1680\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u3000\\ufeff\\ufff0-\\uffff]");

    private YamlWriter() {}

    static String write(Mapping document) {
        try {
            String text = emit(document);
            Findings findings = new Findings();
            if (YamlReader.read(text, findings).equals(document) && findings.isEmpty()) {
                return text;
            }
        } catch (YamlEngineException | ClassCastException e) {
            LOG.debug(
                    "Comments in this document cannot be written: {}",
                    e.getClass().getName());
        }
        // A lost comment is better than a broken file.
        return emit(document.bare());
    }

    private static String emit(Mapping document) {
        String text = new Present(SETTINGS)
                .emitToString(
                        new Serialize(SETTINGS).serializeOne(node(document)).iterator());
        // The only control that the emitter leaves as it is. What has one is in double quotes, and no comment has.
        return text.replace(YamlReader.DELETE, "\\x7F");
    }

    private static Node node(Yaml piece) {
        Node node;
        if (piece instanceof Scalar scalar) {
            node = new ScalarNode(scalar.tag(), scalar.text(), style(scalar));
        } else if (piece instanceof Sequence sequence) {
            List<Node> items = sequence.items().stream().map(YamlWriter::node).toList();
            node = new SequenceNode(Tag.SEQ, items, style(sequence.flow(), sequence));
        } else {
            Mapping mapping = (Mapping) piece;
            List<NodeTuple> fields = mapping.fields().values().stream()
                    .map(field -> new NodeTuple(node(field.key()), node(field.value())))
                    .toList();
            node = new MappingNode(Tag.MAP, fields, style(mapping.flow(), mapping));
        }
        remark(node, piece.remarks());
        return node;
    }

    private static void remark(Node node, Remarks remarks) {
        node.setBlockComments(remarks.before());
        node.setInLineComments(remarks.beside());
        node.setEndComments(remarks.after());
    }

    private static ScalarStyle style(Scalar scalar) {
        return DELICATE.matcher(scalar.text()).find() ? ScalarStyle.DOUBLE_QUOTED : scalar.style();
    }

    // A comment ends at the end of its line, which braces do not.
    private static FlowStyle style(boolean flow, Yaml piece) {
        return flow && piece.hasRoomBeside() ? FlowStyle.FLOW : FlowStyle.BLOCK;
    }
}
