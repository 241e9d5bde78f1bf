package io.k8saws.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs a command to its end and takes what it printed. */
final class Output {
    private Output() {}

    static String of(String name, List<String> command, Duration limit) {
        try {
            Path out = Files.createTempFile("k8saws-" + name + "-", ".out");
            try {
                Process process = new ProcessBuilder(command)
                        .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                        .redirectErrorStream(true)
                        .redirectOutput(out.toFile())
                        .start();
                boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
                if (!ended) {
                    process.destroyForcibly();
                }
                String text = Files.readString(out, StandardCharsets.UTF_8).stripTrailing();
                if (!ended || process.exitValue() != 0) {
                    throw new TestbedException(
                            "Run " + name,
                            (ended
                                            ? "it ended with code " + process.exitValue()
                                            : "it did not end in " + limit.toSeconds() + " s")
                                    + ". It printed:" + System.lineSeparator() + text + System.lineSeparator(),
                            "Read its output");
                }
                return text;
            } finally {
                Files.deleteIfExists(out);
            }
        } catch (IOException e) {
            throw new TestbedException(
                    "Run " + name, TestbedException.why(e), "Look whether it is installed", Map.of(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TestbedException("Run " + name, "the thread was interrupted", "Run again", Map.of(), e);
        }
    }
}
