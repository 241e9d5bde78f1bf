package io.k8saws.etcd.internal.disk;

import io.k8saws.error.K8sAwsException;
import io.k8saws.error.OperationCancelledException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory for a moment, for its owner alone. What is in it has all secrets of a cluster, so it goes when this is closed, and when the program was killed before, the next one that is made beside it removes it
 * after a day: a lock tells that it is still used.
 */
public final class ScratchDirectory implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ScratchDirectory.class);
    private static final String PREFIX = "k8saws-scratch-";
    private static final String LOCK = "lock";
    private static final Duration ABANDONED = Duration.ofDays(1);

    /** Those of this program: to open their lock would end it. */
    private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final FileChannel lock;

    private ScratchDirectory(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /**
     * Makes one.
     *
     * @param parent where; made for its owner alone when it is not there
     * @param purpose what for, for messages: the first words of a sentence
     * @return the directory; to be closed
     * @throws K8sAwsException if the system says no
     */
    public static ScratchDirectory in(Path parent, String purpose) {
        try {
            Path above = OwnerOnly.directories(parent).toRealPath();
            removeAbandoned(above);
            Path path = Files.createTempDirectory(above, PREFIX);
            OURS.add(path);
            FileChannel lock = OwnerOnly.create(path.resolve(LOCK));
            lock.lock();
            return new ScratchDirectory(path, lock);
        } catch (ClosedByInterruptException e) {
            throw new OperationCancelledException(purpose);
        } catch (IOException e) {
            throw new K8sAwsException(
                    purpose,
                    "the system says: " + e,
                    "make room in the scratch directory " + parent + ", or name another one",
                    Map.of("directory", parent.toString()),
                    e);
        }
    }

    private static void removeAbandoned(Path parent) throws IOException {
        Instant before = Instant.now().minus(ABANDONED);
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(parent, PREFIX + "*")) {
            for (Path directory : directories) {
                if (!OURS.contains(directory)) {
                    removeIfAbandoned(directory, before);
                }
            }
        }
    }

    private static void removeIfAbandoned(Path directory, Instant before) {
        try {
            if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
                    || Files.getLastModifiedTime(directory).toInstant().isAfter(before)) {
                return;
            }
            Path file = directory.resolve(LOCK);
            if (Files.exists(file)) {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                        FileLock taken = channel.tryLock()) {
                    if (taken == null) {
                        return; // its program is at work
                    }
                    delete(directory);
                }
            } else {
                delete(directory);
            }
        } catch (IOException e) {
            LOG.debug("The old scratch directory {} is gone, or another user's.", directory, e);
        }
    }

    private static void delete(Path directory) throws IOException {
        List<Path> inside;
        try (Stream<Path> files = Files.walk(directory)) {
            inside = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path one : inside) {
            Files.deleteIfExists(one);
        }
    }

    /**
     * A file in it.
     *
     * @param name its name
     * @return the path; nothing is made
     */
    public Path file(String name) {
        return path.resolve(name);
    }

    /** Deletes all that is in it, whatever happens; what cannot be deleted is logged, as it holds secrets. */
    @Override
    public void close() {
        try {
            delete(path);
        } catch (IOException e) {
            LOG.warn("Delete the scratch directory {} by hand: it holds secrets.", path, e);
        }
        try {
            lock.close();
        } catch (IOException e) {
            LOG.debug("The lock of {} goes with the program.", path, e);
        }
        OURS.remove(path);
    }

    /** Where it is. */
    @Override
    public String toString() {
        return path.toString();
    }
}
