package io.k8saws.etcd.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.K8sAwsException;
import io.k8saws.error.WaitTimeoutException;
import io.k8saws.etcd.snapshot.EtcdContent;
import io.k8saws.progress.ProgressEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Drills with programs that are no etcd. */
class RestoreDrillTest {
    private static final Duration LIMIT = Duration.ofMinutes(1);

    @TempDir
    Path directory;

    private Path program(String text) throws IOException {
        Path file = Files.writeString(
                directory.resolve("etcd"),
                "#!/bin/bash\nif [ \"$1\" = --version ]; then echo etcd Version: 3.6.10; exit; fi\n" + text + "\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    private Path snapshot() {
        return new EtcdContent().put("key", "value").save(directory.resolve("backup.db"));
    }

    /** The scratch directory with its output is gone when somebody reads of it. */
    @Test
    void whatTheProgramSaidLastIsTold() throws IOException {
        RestoreDrill drill = RestoreDrill.with(program("seq 100; echo 'panic: no room'; exit 1"));
        Path snapshot = snapshot();

        assertThatThrownBy(() -> drill.run(snapshot, LIMIT))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("it ended by itself")
                .hasMessageContaining("100\npanic: no room")
                .hasMessageNotContaining("\n80\n");
    }

    @Test
    void theLimitCountsFromTheFirstByteThatIsRead() throws IOException {
        RestoreDrill drill = RestoreDrill.with(program("exit 1"));
        Path snapshot = snapshot();
        List<ProgressEvent> heard = new ArrayList<>();

        assertThatThrownBy(() -> drill.run(snapshot, Duration.ofNanos(1), heard::add))
                .isInstanceOf(WaitTimeoutException.class)
                .hasMessageContaining("the drill");
        assertThat(heard).noneMatch(ProgressEvent.StageAdvanced.class::isInstance);
        assertThat(heard).last().isInstanceOf(ProgressEvent.OperationFinished.class);
    }

    /** A restored etcd has all secrets, and must not outlive the program that looks at it. */
    @Test
    void aDrillThatIsToldToEndLeavesNothing() throws IOException, InterruptedException {
        Path pid = directory.resolve("pid");
        Path program = program("echo $$ >'" + pid + ".new'; mv '" + pid + ".new' '" + pid + "'; exec sleep 600");
        Path scratch = Files.createDirectory(directory.resolve("scratch"));
        Process drill = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-Djava.io.tmpdir=" + scratch,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Drilling.class.getName(),
                        program.toString(),
                        snapshot().toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
        while (!Files.exists(pid)) {
            assertThat(drill.waitFor(50, TimeUnit.MILLISECONDS))
                    .as(() -> "ended: " + text(directory.resolve("output")))
                    .isFalse();
        }
        long etcd = Long.parseLong(Files.readString(pid).strip());
        assertThat(ProcessHandle.of(etcd)).isPresent();

        drill.destroy();

        assertThat(drill.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(ProcessHandle.of(etcd).filter(ProcessHandle::isAlive)).isEmpty();
        try (Stream<Path> left = Files.list(scratch)) {
            assertThat(left.filter(file -> file.getFileName().toString().startsWith("k8saws-drill")))
                    .isEmpty();
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** The program that is told to end. */
    static final class Drilling {
        private Drilling() {}

        public static void main(String[] arguments) {
            RestoreDrill.with(Path.of(arguments[0])).run(Path.of(arguments[1]), LIMIT);
        }
    }
}
