package io.k8saws.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.testkit.Testbed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The scripts of Windows workers are read by a grammar of the language. Nothing here runs them: PowerShell is not a part of the testbed. */
@DisplayName("The scripts of Windows workers are PowerShell")
class WindowsScriptsIT {
    private static final Path GOLDEN = Path.of("../k8saws-core/src/test/resources/golden/boot");

    @TempDir
    private Path scratch;

    static List<Path> scripts() throws IOException {
        try (Stream<Path> files = Files.list(GOLDEN)) {
            return files.filter(file -> file.toString().endsWith(".ps1"))
                    .sorted()
                    .toList();
        }
    }

    private Command.Outcome syntax(Path file) throws Exception {
        return new Command(Testbed.program("powershell-syntax").toString(), scratch, "run 'testbed/install powershell'")
                .run(file.toAbsolutePath());
    }

    /** User data without the tags between which EC2Launch finds it. */
    private Path script(Path golden) throws IOException {
        String text = Files.readString(golden).replace("<powershell>\n", "").replace("</powershell>\n", "");
        return Files.writeString(scratch.resolve(golden.getFileName().toString()), text);
    }

    @Test
    void thereAreThree() throws IOException {
        assertThat(scripts()).hasSize(3);
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void isRead(Path golden) throws Exception {
        Command.Outcome outcome = syntax(script(golden));

        assertThat(outcome.text()).isEmpty();
        assertThat(outcome.good()).isTrue();
    }

    /** What makes the test above worth something. */
    @ParameterizedTest
    @MethodSource("scripts")
    void aMissingBracketIsFound(Path golden) throws Exception {
        Path script = script(golden);
        String text = Files.readString(script);
        int bracket = text.lastIndexOf('}');
        Files.writeString(script, text.substring(0, bracket) + text.substring(bracket + 1));

        assertThat(syntax(script).good()).isFalse();
    }
}
