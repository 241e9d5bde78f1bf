package io.k8saws.etcd.internal.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file that is written beside the place where it shall be, for its owner alone. It goes unless it gets there. What a killed program has left of one goes when the next is made for the same place: a lock tells that it is
 * still written.
 */
public final class PartFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PartFile.class);
    private static final Pattern OWN = Pattern.compile("\\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\.part");

    /** Those of this program: to open one would end its lock. */
    private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

    private final Path place;
    private final Path path;
    private final FileChannel channel;

    private PartFile(Path place, Path path, FileChannel channel) {
        this.place = place;
        this.path = path;
        this.channel = channel;
    }

    /**
     * Makes one.
     *
     * @param place where it shall be, in a directory that is there
     * @return the open file
     * @throws IOException if the system says no
     */
    public static PartFile of(Path place) throws IOException {
        Path target = place.toAbsolutePath();
        removeAbandoned(target);
        Path path = target.resolveSibling(target.getFileName() + "." + UUID.randomUUID() + ".part");
        OURS.add(path);
        try {
            FileChannel channel = OwnerOnly.create(path);
            FileLock unused = channel.tryLock(); // no other file has this name, and an interrupt is not lost here
            return new PartFile(target, path, channel);
        } catch (IOException e) {
            OURS.remove(path);
            throw e;
        }
    }

    private static void removeAbandoned(Path place) throws IOException {
        Path directory = place.getParent();
        String name = String.valueOf(place.getFileName());
        if (directory == null) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(
                directory,
                file -> String.valueOf(file.getFileName()).startsWith(name)
                        && OWN.matcher(String.valueOf(file.getFileName()).substring(name.length()))
                                .matches())) {
            for (Path file : files) {
                if (!OURS.contains(file)) {
                    removeIfAbandoned(file);
                }
            }
        }
    }

    private static void removeIfAbandoned(Path file) {
        try (FileChannel open = FileChannel.open(file, StandardOpenOption.WRITE);
                FileLock taken = open.tryLock()) {
            if (taken != null) { // else its program is at work
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            LOG.debug("The abandoned file {} is gone, or another user's.", file, e);
        }
    }

    /**
     * The open file.
     *
     * @return to write to
     */
    public FileChannel channel() {
        return channel;
    }

    /**
     * Puts it in its place, when the disk has all of it.
     *
     * @return the place
     * @throws FileAlreadyExistsException if a file is there
     * @throws IOException if the system says no
     */
    public Path become() throws IOException {
        channel.force(true);
        if (Files.exists(place)) {
            throw new FileAlreadyExistsException(place.toString());
        }
        return Files.move(path, place, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Deletes it, unless it is in its place. */
    @Override
    public void close() throws IOException {
        try (channel) {
            Files.deleteIfExists(path);
        } finally {
            OURS.remove(path);
        }
    }
}
