package io.k8saws.etcd;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.k8saws.testkit.EtcdCluster;
import io.k8saws.testkit.Testbed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One of etcd's own programs, run to its end. */
final class Tool {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<String> start;

    private Tool(List<String> start) {
        this.start = List.copyOf(start);
    }

    /** What came of a run. */
    record Outcome(int code, String text) {
        JsonNode json() {
            if (code != 0) {
                throw new AssertionError("exit code " + code + ": " + text);
            }
            try {
                return JSON.readTree(text);
            } catch (IOException e) {
                throw new UncheckedIOException(text, e);
            }
        }
    }

    /** A program that works on files. */
    static Tool of(String program) {
        return new Tool(List.of(Testbed.program(program).toString()));
    }

    /** A program of the system; {@code testbed/install} brings those that are missing. */
    static Tool onPath(String program) {
        return new Tool(List.of(program));
    }

    /** A client of the first member. */
    static Tool client(String program, EtcdCluster etcd, String... options) {
        return client(program, etcd, 0, options);
    }

    /** A client of one member. */
    static Tool client(String program, EtcdCluster etcd, int member, String... options) {
        List<String> start = new ArrayList<>();
        start.add(Testbed.program(program).toString());
        start.add("--endpoints=" + etcd.endpoints().get(member));
        start.addAll(List.of(options));
        return new Tool(start);
    }

    Outcome run(Object... arguments) {
        List<String> line = new ArrayList<>(start);
        for (Object argument : arguments) {
            line.add(argument.toString());
        }
        try {
            // errors and logs go to standard error, which is of interest only when there is nothing else
            Process process = new ProcessBuilder(line)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            process.getOutputStream().close();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Outcome(process.waitFor(), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Takes a snapshot. */
    Path save(Path file) {
        Outcome outcome = run("snapshot", "save", file);
        if (outcome.code() != 0) {
            throw new AssertionError("snapshot save ended with " + outcome);
        }
        return file;
    }
}
