package io.k8saws.etcd.backup;

import io.k8saws.error.CorruptSnapshotException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.error.WaitTimeoutException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** A file that was saved before. */
final class FileSource implements SnapshotSource {
    private static final int BUFFER = 1 << 16;

    private final Path file;

    FileSource(Path file) {
        this.file = file;
    }

    @Override
    public SnapshotOrigin stream(SnapshotSink sink, Duration limit) {
        long started = System.nanoTime();
        TrailerDigest digest = new TrailerDigest();
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = Files.newInputStream(file)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                Duration taken = Duration.ofNanos(System.nanoTime() - started);
                if (taken.compareTo(limit) >= 0) {
                    throw new WaitTimeoutException(
                            "the snapshot " + file,
                            taken,
                            digest.bytes() + " bytes were read",
                            "give it more time; nothing was stored",
                            Map.of());
                }
                if (Thread.currentThread().isInterrupted()) {
                    throw new OperationCancelledException("Read the snapshot " + file);
                }
                digest.update(buffer, 0, count);
                sink.accept(ByteBuffer.wrap(buffer, 0, count));
            }
        } catch (IOException e) {
            throw new K8sAwsException(
                    "Read the snapshot " + file, "the system says: " + e, "check the file", Map.of(), e);
        }
        TrailerDigest.Result result = digest.result();
        if (!result.trailerHolds()) {
            throw new CorruptSnapshotException(
                    file.toString(),
                    Math.max(0, result.bytes() - 32),
                    CorruptSnapshotException.NO_PAGE,
                    "its last 32 bytes are not the SHA-256 of those before",
                    "the SHA-256 that etcd sends");
        }
        return new SnapshotOrigin("", "", "", file.toString(), "", result.bytes(), "");
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
