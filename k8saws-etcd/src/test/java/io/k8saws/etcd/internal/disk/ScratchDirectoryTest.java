package io.k8saws.etcd.internal.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.K8sAwsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScratchDirectoryTest {
    @TempDir
    Path directory;

    private static void age(Path file) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofHours(25))));
    }

    private Path left(String name) throws IOException {
        Path left = Files.createDirectory(directory.resolve(name));
        Files.writeString(left.resolve("snapshot.db"), "secrets");
        Files.createDirectory(left.resolve("data"));
        Files.writeString(left.resolve("data/db"), "secrets");
        return left;
    }

    @Test
    void whatAKilledProgramHasLeftIsRemovedAfterADay() throws IOException {
        Path old = left("k8saws-scratch-1");
        Files.createFile(old.resolve("lock"));
        Path older = left("k8saws-scratch-2");
        Path young = left("k8saws-scratch-3");
        Path other = left("somebodys");
        age(old);
        age(older);
        age(other);

        ScratchDirectory.in(directory, "Look").close();

        assertThat(old).doesNotExist();
        assertThat(older).doesNotExist();
        assertThat(young).exists();
        assertThat(other).exists();
    }

    @Test
    void whatIsStillUsedStays_hereAndInAnotherProgram() throws Exception {
        Path theirs = left("k8saws-scratch-1");
        Files.createFile(theirs.resolve("lock"));
        Process holder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        theirs.resolve("lock").toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (ScratchDirectory ours = ScratchDirectory.in(directory, "Look")) {
            assertThat(holder.getInputStream().read()).isEqualTo('!');
            Files.writeString(ours.file("a"), "1");
            age(theirs);
            age(Path.of(ours.toString()));

            ScratchDirectory.in(directory, "Look").close();

            assertThat(ours.file("a")).exists();
            assertThat(theirs).exists();
        } finally {
            holder.destroyForcibly().waitFor();
        }
        ScratchDirectory.in(directory, "Look").close();
        assertThat(theirs).as("its program is dead").doesNotExist();
    }

    /** Holds a lock until it is killed. */
    static final class Holder {
        public static void main(String[] arguments) throws Exception {
            try (var channel =
                    java.nio.channels.FileChannel.open(Path.of(arguments[0]), java.nio.file.StandardOpenOption.WRITE)) {
                channel.lock();
                System.out.print('!');
                System.out.flush();
                Thread.sleep(Duration.ofMinutes(5).toMillis());
            }
        }
    }

    @Test
    void itIsForItsOwnerAlone_andGoesWithAllInIt() throws IOException {
        Path parent = directory.resolve("new/scratch");
        try (ScratchDirectory scratch = ScratchDirectory.in(parent, "Look")) {
            Files.createDirectories(scratch.file("data/member"));
            for (Path one : List.of(parent, Path.of(scratch.toString()))) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(one)))
                        .isEqualTo("rwx------");
            }
        }
        try (Stream<Path> rest = Files.list(parent)) {
            assertThat(rest).isEmpty();
        }
    }

    @Test
    void noDirectoryIsSaidSo() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));

        assertThatThrownBy(() -> ScratchDirectory.in(file, "Look at backup 1"))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("Look at backup 1")
                .hasMessageContaining(file.toString());
    }
}
