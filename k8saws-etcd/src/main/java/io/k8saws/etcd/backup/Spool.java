package io.k8saws.etcd.backup;

import io.k8saws.error.K8sAwsException;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.etcd.internal.disk.OwnerOnly;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A temporary file that one thread fills at full speed while another reads what is there already. Deleted when it is closed.
 */
final class Spool implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Spool.class);
    private static final int META_PAGE = 128;
    private static final int MAGIC = 0xED0CDAED;
    private static final String BEGIN = "k8saws-snapshot-";
    private static final Duration ABANDONED = Duration.ofDays(1);

    /** How Linux words ENOSPC, EDQUOT and EFBIG. */
    private static final List<String> NO_ROOM =
            List.of("No space left on device", "Disk quota exceeded", "File too large");

    /** How far it has come. */
    private enum State {
        FILLING,
        FULL,
        GOOD,
        BAD
    }

    private final Path path;
    private final FileChannel file;
    private final OptionalLong limit;
    private final Object change = new Object();
    private long received; // guarded by change
    private State state = State.FILLING; // guarded by change

    Spool(Path path, FileChannel file, OptionalLong limit) {
        this.path = path;
        this.file = file;
        this.limit = limit;
    }

    static Spool in(Path directory, OptionalLong limit) {
        try {
            removeAbandoned(OwnerOnly.directories(directory));
            Path path = Files.createTempFile(directory, BEGIN, ".db");
            try {
                return new Spool(
                        path, FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE), limit);
            } catch (IOException e) {
                Files.deleteIfExists(path);
                throw e;
            }
        } catch (ClosedByInterruptException e) {
            throw new OperationCancelledException("Make a spool file in " + directory);
        } catch (IOException e) {
            throw new K8sAwsException(
                    "Make a spool file in " + directory,
                    "the system says: " + e,
                    "give a spool directory that may be written to",
                    Map.of("directory", directory.toString()),
                    e);
        }
    }

    /** A program that was killed leaves its file, with all secrets. Where one of a day is still used after all, whoever has it open goes on reading it. */
    private static void removeAbandoned(Path directory) throws IOException {
        Instant before = Instant.now().minus(ABANDONED);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, BEGIN + "*.db")) {
            for (Path file : files) {
                removeIfOlder(file, before);
            }
        }
    }

    private static void removeIfOlder(Path file, Instant before) {
        try {
            if (Files.getLastModifiedTime(file).toInstant().isBefore(before)) {
                Files.delete(file);
            }
        } catch (IOException e) {
            LOG.debug("The old spool file {} is gone, or another user's.", file, e);
        }
    }

    Path path() {
        return path;
    }

    long received() {
        synchronized (change) {
            return received;
        }
    }

    /** Takes the next bytes. Called by one thread. */
    void accept(ByteBuffer bytes) {
        long at = received();
        if (limit.isPresent() && at + bytes.remaining() > limit.getAsLong()) {
            throw full("the limit of " + limit.getAsLong() + " bytes is reached", null);
        }
        try {
            while (bytes.hasRemaining()) {
                at += file.write(bytes, at);
            }
        } catch (ClosedByInterruptException e) {
            throw new OperationCancelledException(
                    "Receive a snapshot in " + path.toAbsolutePath().getParent());
        } catch (IOException e) {
            throw NO_ROOM.stream().anyMatch(String.valueOf(e.getMessage())::contains)
                    ? full("the system says: " + e.getMessage(), e)
                    : new K8sAwsException(
                            "Receive a snapshot in " + path.toAbsolutePath().getParent(),
                            "the system says: " + e,
                            "check the disk, or give another spool directory",
                            Map.of("file", path.toString()),
                            e);
        }
        synchronized (change) {
            received = at;
            change.notifyAll();
        }
    }

    private SpoolFullException full(String why, @org.jspecify.annotations.Nullable IOException cause) {
        Path directory = path.toAbsolutePath().getParent();
        return new SpoolFullException(String.valueOf(directory), received(), why, cause);
    }

    /** All is there. */
    void finish() {
        move(State.FULL);
    }

    /** All is there and proven. */
    void approve() {
        move(State.GOOD);
    }

    /** Nothing more comes, and what is there is of no use. Changes nothing when it was approved. */
    void spoil() {
        synchronized (change) {
            if (state != State.GOOD) {
                move(State.BAD);
            }
        }
    }

    private void move(State next) {
        synchronized (change) {
            state = next;
            change.notifyAll();
        }
    }

    /** Waits until more than that was received, or all; gives what was received. */
    private long awaitMoreThan(long position) {
        try {
            synchronized (change) {
                while (received <= position && state == State.FILLING) {
                    change.wait();
                }
                requireNotBad();
                return received;
            }
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    /** Waits until the content is proven. */
    void awaitApproval() {
        try {
            synchronized (change) {
                while (state == State.FILLING || state == State.FULL) {
                    change.wait();
                }
                requireNotBad();
            }
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private static OperationCancelledException interrupted() {
        Thread.currentThread().interrupt();
        return new OperationCancelledException("Store a snapshot");
    }

    private void requireNotBad() {
        if (state == State.BAD) {
            throw new OperationCancelledException("Store a snapshot", "receiving or proving it has failed");
        }
    }

    /** How large it will be, by its first page: etcd sends all pages below the high-water mark and 32 bytes. Only a guess; 0 when there is none. */
    long expectedBytes() {
        if (awaitMoreThan(META_PAGE) <= META_PAGE) {
            return 0;
        }
        ByteBuffer meta = ByteBuffer.allocate(META_PAGE).order(ByteOrder.LITTLE_ENDIAN);
        try {
            if (file.read(meta, 0) < META_PAGE) {
                return 0;
            }
        } catch (IOException e) {
            return 0; // reading the rest says what is wrong
        }
        long pageSize = Integer.toUnsignedLong(meta.getInt(24));
        long pages = meta.getLong(56);
        boolean plausible = meta.getInt(16) == MAGIC && pageSize <= 1 << 16 && pages > 0 && pages < 1L << 32;
        return plausible ? pageSize * pages + 32 : 0;
    }

    /** Reads from the beginning, and waits for what is not there yet. */
    InputStream read() {
        return new InputStream() {
            private long at;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                if (length == 0) {
                    return 0;
                }
                long there = awaitMoreThan(at);
                if (there <= at) {
                    return -1;
                }
                int count = file.read(ByteBuffer.wrap(into, offset, (int) Math.min(length, there - at)), at);
                if (count < 0) {
                    throw new IOException("The spool file " + path + " was cut by somebody.");
                }
                at += count;
                return count;
            }
        };
    }

    @Override
    public void close() {
        spoil();
        try {
            file.close();
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new K8sAwsException(
                    "Delete the spool file " + path,
                    "the system says: " + e,
                    "delete it by hand: it holds a snapshot with all its secrets",
                    Map.of("file", path.toString()),
                    e);
        }
    }
}
