package io.k8saws.etcd.internal.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Makes files and directories for their owner alone, whatever the umask says: what is in them has all secrets of a cluster. Where a file system knows no such rights, its own rules hold. */
public final class OwnerOnly {
    private static final Set<StandardOpenOption> NEW = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    private static final FileAttribute<?>[] FILE = rights("rw-------");
    private static final FileAttribute<?>[] DIRECTORY = rights("rwx------");

    private OwnerOnly() {}

    private static FileAttribute<?>[] rights(String rights) {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(rights))}
                : new FileAttribute<?>[0];
    }

    /**
     * Makes a file.
     *
     * @param file where there is none yet
     * @return the open file
     * @throws IOException if there is one, or the system says no
     */
    public static FileChannel create(Path file) throws IOException {
        return FileChannel.open(file, NEW, FILE);
    }

    /**
     * Makes a directory and those above it, so that they are still there after a power cut.
     *
     * @param directory the directory; that it is there already is fine
     * @return the directory
     * @throws IOException if the system says no
     */
    public static Path directories(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return directory;
        }
        Path above = directory.toAbsolutePath().getParent();
        if (above != null) {
            directories(above);
        }
        try {
            Files.createDirectory(directory, DIRECTORY);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
                throw e;
            }
        }
        if (above != null) {
            force(above);
        }
        return directory;
    }

    /**
     * Waits until the disk has the names in a directory.
     *
     * @param directory the directory
     * @throws IOException if the system says no
     */
    public static void force(Path directory) throws IOException {
        try (FileChannel names = FileChannel.open(directory)) {
            names.force(true);
        }
    }
}
