package io.k8saws.integration;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program of this machine that is run to its end. */
final class Command {
    private static final long MOST_SECONDS = 180;

    private final String program;
    private final Path scratch;
    private final String cure;

    /**
     * A program.
     *
     * @param program its name on the PATH, or its path
     * @param scratch where its output goes
     * @param cure what to do when it cannot be started
     */
    Command(String program, Path scratch, String cure) {
        this.program = program;
        this.scratch = scratch;
        this.cure = cure;
    }

    /** What came of a run: its exit code, and what it printed to either stream. */
    record Outcome(int code, String text) {
        boolean good() {
            return code == 0;
        }
    }

    Outcome run(Object... arguments) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(program));
        for (Object argument : arguments) {
            line.add(argument.toString());
        }
        Path output = Files.createTempFile(scratch, "output", ".txt");
        Process process;
        try {
            process = new ProcessBuilder(line)
                    .directory(scratch.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
        } catch (IOException e) {
            throw new AssertionError("This test runs " + program + ", which cannot be started: " + cure, e);
        }
        process.getOutputStream().close();
        if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(line + " did not end within " + MOST_SECONDS + " s: " + Files.readString(output));
        }
        return new Outcome(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
    }

    /** Runs it, and fails with what it printed when it does not succeed. */
    String output(Object... arguments) throws IOException, InterruptedException {
        Outcome outcome = run(arguments);
        if (!outcome.good()) {
            throw new AssertionError(
                    program + " " + List.of(arguments) + " ended with " + outcome.code() + ": " + outcome.text());
        }
        return outcome.text();
    }
}
