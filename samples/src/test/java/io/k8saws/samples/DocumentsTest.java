package io.k8saws.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Code in documents is compiled code: a block after {@code <!-- source: FILE#NAME -->} is what stands in that file of this module between the comments
 * {@code snippet: NAME} and {@code end: NAME}; without a name it is the whole file.
 */
class DocumentsTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern BLOCK =
            Pattern.compile("<!-- source: ([^ #]+)(?:#(\\S+))? -->\\n```\\w*\\n(.*?)```", Pattern.DOTALL);

    record Block(Path document, String file, String snippet, String text) {
        @Override
        public String toString() {
            return document + ": " + file + "#" + snippet;
        }
    }

    static List<Block> blocks() throws IOException {
        List<Block> blocks = new ArrayList<>();
        for (Path document : documents()) {
            Matcher matcher = BLOCK.matcher(Files.readString(document));
            while (matcher.find()) {
                String snippet = matcher.group(2) == null ? "" : matcher.group(2);
                blocks.add(new Block(document, matcher.group(1), snippet, matcher.group(3)));
            }
        }
        return blocks;
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void block_isWhatTheSourceSays(Block block) throws IOException {
        String source = Files.readString(ROOT.resolve(block.file()));

        assertThat(block.text()).isEqualTo(block.snippet().isEmpty() ? source : snippet(source, block.snippet()));
    }

    @Test
    void everyMarker_hasItsBlock() throws IOException {
        for (Path document : documents()) {
            String text = Files.readString(document);
            assertThat(Pattern.compile("<!-- source: ").matcher(text).results().count())
                    .as("%s", document)
                    .isEqualTo(BLOCK.matcher(text).results().count());
        }
    }

    private static List<Path> documents() throws IOException {
        try (Stream<Path> top = Files.list(ROOT);
                Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            return Stream.concat(top, docs)
                    .filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        }
    }

    /** The lines between the two comments, without the indentation that they share. */
    private static String snippet(String source, String name) {
        List<String> lines = source.lines()
                .dropWhile(line -> !line.strip().equals("// snippet: " + name))
                .skip(1)
                .takeWhile(line -> !line.strip().equals("// end: " + name))
                .toList();
        assertThat(lines).as("snippet %s", name).isNotEmpty();
        int indentation = lines.stream()
                .filter(line -> !line.isBlank())
                .mapToInt(line -> line.length() - line.stripLeading().length())
                .min()
                .orElseThrow();
        StringBuilder text = new StringBuilder();
        lines.forEach(line ->
                text.append(line.isBlank() ? "" : line.substring(indentation)).append('\n'));
        return text.toString();
    }
}
