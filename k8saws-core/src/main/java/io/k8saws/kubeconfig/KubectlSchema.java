package io.k8saws.kubeconfig;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.ConstructNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;
import org.snakeyaml.engine.v2.schema.Schema;

/**
 * Which words without quotes are no texts. kubectl reads YAML 1.1 as Go's library does it ({@code yes} is true, {@code 433e40} a number); other readers know
 * more of 1.1 ({@code 12:30} and {@code ._1} are numbers, {@code 2001-01-01} is a day), so that those are quoted, too, when we write.
 */
enum KubectlSchema implements Schema {
    READING(List.of()),
    WRITING(List.of(
            Pattern.compile("[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\\.[0-9_]*)?"),
            Pattern.compile("[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*", Pattern.DOTALL),
            Pattern.compile("(?=.*[0-9])[-+]?[._0-9]*_[._0-9]*([eE][-+]?[0-9_]+)?"),
            Pattern.compile("=|<<")));

    private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");
    private static final Set<String> TRUES =
            Set.of("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON");
    private static final Set<String> FALSES =
            Set.of("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF");
    private static final Pattern WHOLE =
            Pattern.compile("[-+]?(0[xX][0-9a-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|0|[1-9][0-9]*)");
    private static final Pattern FLOAT = Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");
    private static final Pattern NO_DIGITS = Pattern.compile("[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)");
    private static final Pattern NOT_BETWEEN_DIGITS = Pattern.compile("(?<![0-9])_|_(?![0-9])");
    private static final Tag DOUBTFUL = new Tag("tag:yaml.org,2002:doubtful");

    private final List<Pattern> doubtful;

    KubectlSchema(List<Pattern> doubtful) {
        this.doubtful = doubtful;
    }

    /** Whether a word that is a boolean is true. */
    static boolean isTrue(String word) {
        return TRUES.contains(word);
    }

    @Override
    public ScalarResolver getScalarResolver() {
        return (word, unquoted) -> unquoted ? tag(word) : Tag.STR;
    }

    @Override
    public Map<Tag, ConstructNode> getSchemaTagConstructors() {
        return Map.of();
    }

    private Tag tag(String word) {
        if (NULLS.contains(word)) {
            return Tag.NULL;
        }
        if (TRUES.contains(word) || FALSES.contains(word)) {
            return Tag.BOOL;
        }
        String digits = digits(word);
        if (WHOLE.matcher(digits).matches()) {
            return Tag.INT;
        }
        if (FLOAT.matcher(digits).matches() || NO_DIGITS.matcher(word).matches()) {
            return Tag.FLOAT;
        }
        return doubtful.stream().anyMatch(p -> p.matcher(word).matches()) ? DOUBTFUL : Tag.STR;
    }

    // Go takes underscores out of what starts with a sign or a digit. After a dot they must stand between digits, and
    // what starts with one is a text.
    private static String digits(String word) {
        boolean stay = word.startsWith("_")
                || word.startsWith(".") && NOT_BETWEEN_DIGITS.matcher(word).find();
        return stay ? word : word.replace("_", "");
    }
}
