package io.k8saws.etcd.internal.bolt;

import io.k8saws.error.CorruptSnapshotException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.error.OperationCancelledException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/**
 * The bytes of a file at any place. Reads by position: a mapping of a file that is cut while it is read would end the process. Thread-safe.
 */
final class FileBytes implements AutoCloseable {
    // the JDK copies through a buffer outside the heap that is as large as one read
    private static final int LARGEST_READ = 1 << 20;

    private final Path file;
    private final FileChannel channel;
    private final long size;
    private final Runnable pulse;

    private FileBytes(Path file, FileChannel channel, long size, Runnable pulse) {
        this.file = file;
        this.channel = channel;
        this.size = size;
        this.pulse = pulse;
    }

    static FileBytes open(Path file, Runnable pulse) {
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
            try {
                return new FileBytes(file, channel, channel.size(), pulse);
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    Path file() {
        return file;
    }

    long size() {
        return size;
    }

    void read(long position, byte[] target, int offset, int length, long page) {
        pulse.run();
        int done = 0;
        while (done < length) {
            int wanted = Math.min(LARGEST_READ, length - done);
            int got;
            try {
                got = channel.read(ByteBuffer.wrap(target, offset + done, wanted), position + done);
            } catch (IOException e) {
                throw failed(file, e);
            }
            if (got < 0) {
                throw new CorruptSnapshotException(
                        file.toString(), position + done, page, "the file ends", (length - done) + " bytes more");
            }
            done += got;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    private static K8sAwsException failed(Path file, IOException e) {
        String tried = "Read snapshot " + file;
        if (e instanceof ClosedByInterruptException) {
            return new OperationCancelledException(tried);
        }
        if (e instanceof ClosedChannelException) {
            return new K8sAwsException(tried, "it was closed", "open it again", Map.of(), e);
        }
        return new K8sAwsException(
                tried,
                e instanceof NoSuchFileException ? "there is no such file" : "the system says: " + e,
                "check the path, the rights on the file, and the disk",
                Map.of(),
                e);
    }
}
