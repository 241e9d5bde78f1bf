package io.k8saws.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The documents speak of the project alone: of nobody's machine, tracker or mirror, and of no person. */
class WordsTest {
    private static final Map<String, Pattern> UNWANTED = Map.of(
            "a tracker",
                    // an authority's method issue(...) is none
                    Pattern.compile("(?i)\\bissues?\\b(?!\\()|\\bticket\\b"),
            "a place on somebody's machine", Pattern.compile("(?<![\\w.~-])/(work|tmp|home|root|Users)/"),
            "a registry's host",
                    // in halves, so that this file names none of them
                    Pattern.compile("(?i)("
                            + String.join(
                                    "|",
                                    "repo1?\\.ma" + "ven",
                                    "central\\.so" + "natype",
                                    "py" + "pi\\.org",
                                    "python" + "hosted",
                                    "proxy\\.go" + "lang",
                                    "sum\\.go" + "lang",
                                    "registry\\.np" + "mjs",
                                    "crates\\." + "io",
                                    "docker\\." + "io")
                            + ")"),
            "an e-mail address", Pattern.compile("[\\w.+-]+@[\\w-]+(\\.[\\w-]+)*\\.[a-z]{2,}\\b"));

    @Test
    void theDocumentsSpeakOfTheProjectAlone() {
        List<String> found =
                Documents.all().stream().flatMap(WordsTest::unwanted).toList();

        assertThat(found).isEmpty();
    }

    private static Stream<String> unwanted(Path file) {
        return unwanted(Documents.text(file)).map(what -> Documents.root().relativize(file) + " names " + what);
    }

    private static Stream<String> unwanted(String text) {
        return UNWANTED.entrySet().stream().flatMap(rule -> {
            Matcher matcher = rule.getValue().matcher(text);
            return matcher.find() ? Stream.of(rule.getKey() + ": " + matcher.group()) : Stream.empty();
        });
    }

    @ParameterizedTest
    @CsvSource({
        "see issue 12, true",
        "see issue (12), true",
        "authority.issue(request), false",
        "in /tmp/x there is, true",
        "ask me@example.com, true",
        "payments@eu-west-1 is a cluster, false",
        "the tissue of a tmp folder, false",
    })
    void unwantedWordsAreFound(String text, boolean unwanted) {
        assertThat(unwanted(text).findAny().isPresent()).isEqualTo(unwanted);
    }

    @Test
    void aRegistryIsFound() {
        assertThat(unwanted("from " + "py" + "pi.org")).isNotEmpty();
    }
}
