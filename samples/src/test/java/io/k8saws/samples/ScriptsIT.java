package io.k8saws.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The scripts themselves, beside stand-ins for the long work that they start. */
@DisplayName("A script that is ended takes along what it has started")
class ScriptsIT {
    private static final Path REPOSITORY = Path.of("..");

    @TempDir
    private Path root;

    @ParameterizedTest
    @CsvSource({"quickstart, sleep 300", "quickstart, true", "jshell --testbed, sleep 300", "jshell --testbed, true"})
    void install_endsWithTheScript(String line, String compile) throws Exception {
        Path worker = root.resolve("home/worker");
        for (String file : List.of("quickstart", "jshell", "scripts/require", "testbed/install")) {
            Files.createDirectories(root.resolve(file).getParent());
            Files.copy(REPOSITORY.resolve(file), root.resolve(file));
        }
        Files.createDirectories(root.resolve("samples/src/main/jshell"));
        Files.writeString(root.resolve("samples/src/main/jshell/feedback.jsh"), "/exit\n");
        write("scripts/compile", "k8saws_compiled() { false; }\nk8saws_compile() { " + compile + "; }\n");
        write("testbed/moto/recipe", "recipe() { echo \"$BASHPID\" >\"$K8SAWS_TESTBED_HOME/worker\"; sleep 300; }\n");
        ProcessBuilder builder = new ProcessBuilder(("./" + line).split(" "))
                .directory(root.toFile())
                .redirectErrorStream(true)
                .redirectOutput(root.resolve("log").toFile());
        builder.environment().put("K8SAWS_TESTBED_HOME", root.resolve("home").toString());
        builder.environment().remove("K8SAWS_AWS_ENDPOINT");

        Process script = builder.start();
        List<ProcessHandle> started = List.of();
        try {
            assertThat(until(() -> read(worker).endsWith("\n")))
                    .as(read(root.resolve("log")))
                    .isTrue();
            long installing = Long.parseLong(read(worker).strip());
            started = script.descendants().toList();
            script.destroy(); // SIGTERM; the trap is that of Ctrl-C, which a test cannot press

            assertThat(until(() -> ProcessHandle.of(installing).isEmpty())).isTrue();
        } finally {
            script.destroyForcibly();
            started.forEach(ProcessHandle::destroyForcibly);
        }
    }

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            return "";
        }
    }

    private static boolean until(BooleanSupplier condition) {
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean() && System.nanoTime() < limit) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
        return condition.getAsBoolean();
    }
}
