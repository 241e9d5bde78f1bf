package io.k8saws.etcd.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.K8sAwsException;
import io.k8saws.error.OperationCancelledException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {
    @TempDir
    Path directory;

    private boolean empty() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.findAny().isEmpty();
        }
    }

    @Test
    void whatIsReceivedIsReadAtTheSameTime_andGoneAtTheEnd() throws Exception {
        byte[] bytes = new byte[200_000];
        new Random(1).nextBytes(bytes);
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (Spool spool = Spool.in(directory, OptionalLong.empty())) {
            Future<byte[]> read = thread.submit(() -> {
                try (InputStream in = spool.read()) {
                    return in.readAllBytes();
                }
            });
            for (int at = 0; at < bytes.length; at += 10_000) {
                spool.accept(ByteBuffer.wrap(bytes, at, 10_000));
            }
            spool.finish();
            assertThat(read.get(10, TimeUnit.SECONDS)).isEqualTo(bytes);
        } finally {
            thread.shutdownNow();
        }
        assertThat(empty()).isTrue();
    }

    @Test
    void aReaderDoesNotWaitForWhatNeverComes() throws Exception {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (Spool spool = Spool.in(directory, OptionalLong.empty())) {
            Future<byte[]> read = thread.submit(() -> spool.read().readAllBytes());
            spool.accept(ByteBuffer.wrap(new byte[10]));
            spool.spoil();
            assertThatThrownBy(() -> read.get(10, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(OperationCancelledException.class);
        } finally {
            thread.shutdownNow();
        }
    }

    @Test
    void aFullDiskIsSaidSo() throws Exception {
        Path full = Path.of("/dev/full");
        Spool spool = new Spool(full, FileChannel.open(full, StandardOpenOption.WRITE), OptionalLong.empty());

        assertThatThrownBy(() -> spool.accept(ByteBuffer.wrap(new byte[4096])))
                .isInstanceOf(SpoolFullException.class)
                .hasMessageContaining("No space left on device")
                .hasMessageContaining("spool directory with more room");
    }

    @Test
    void anInterruptIsNoFullDisk() {
        try (Spool spool = Spool.in(directory, OptionalLong.empty())) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> spool.accept(ByteBuffer.wrap(new byte[10])))
                    .isInstanceOf(OperationCancelledException.class);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void anotherFailureIsNoFullDisk() throws Exception {
        FileChannel closed =
                FileChannel.open(directory.resolve("closed"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        closed.close();
        Spool spool = new Spool(directory.resolve("closed"), closed, OptionalLong.empty());

        assertThatThrownBy(() -> spool.accept(ByteBuffer.wrap(new byte[10])))
                .isInstanceOf(K8sAwsException.class)
                .isNotInstanceOf(SpoolFullException.class);
    }

    @Test
    void whatAKilledProgramHasLeftIsRemovedAfterADay() throws Exception {
        Path left = Files.createFile(directory.resolve("k8saws-snapshot-1.db"));
        Path fresh = Files.createFile(directory.resolve("k8saws-snapshot-2.db"));
        Path other = Files.createFile(directory.resolve("my-snapshot.db"));
        for (Path old : new Path[] {left, other}) {
            Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofHours(25))));
        }

        Spool.in(directory, OptionalLong.empty()).close();

        assertThat(left).doesNotExist();
        assertThat(fresh).exists();
        assertThat(other).exists();
    }

    @Test
    void aLimitIsRespected() throws Exception {
        try (Spool spool = Spool.in(directory, OptionalLong.of(100))) {
            spool.accept(ByteBuffer.wrap(new byte[100]));
            assertThatThrownBy(() -> spool.accept(ByteBuffer.wrap(new byte[1])))
                    .isInstanceOfSatisfying(SpoolFullException.class, e -> assertThat(e.received())
                            .isEqualTo(100));
        }
        assertThat(empty()).isTrue();
    }

    @Test
    void onlyItsOwnerMayReadIt() throws Exception {
        try (Spool spool = Spool.in(directory, OptionalLong.empty())) {
            assertThat(java.nio.file.attribute.PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(spool.path())))
                    .isEqualTo("rw-------");
        }
    }
}
