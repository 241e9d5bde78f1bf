package io.k8saws.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A program that has run in a Java process of its own, with this one's class path.
 *
 * @param took from the start of the process to its end
 * @param line the first line that it printed
 */
record JavaProcess(Duration took, String line) {
    /** Runs it to its end. */
    static JavaProcess run(Class<?> program, List<String> javaOptions, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(javaOptions);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
        command.addAll(arguments);
        long started = System.nanoTime();
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                String line = lines.readLine();
                if (process.waitFor() != 0 || line == null) {
                    throw new IllegalStateException(
                            program.getSimpleName() + " failed with code " + process.exitValue() + ".");
                }
                return new JavaProcess(Duration.ofNanos(System.nanoTime() - started), line);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while " + program.getSimpleName() + " ran.", e);
        }
    }
}
