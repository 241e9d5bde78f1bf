package io.k8saws.etcd.backup;

import io.k8saws.etcd.snapshot.SnapshotFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A backup that was fetched, proven and opened. Its file is in a scratch directory, and goes when this is closed. */
public final class OpenedBackup implements AutoCloseable {
    private final Path directory;
    private final Path file;
    private final SnapshotFile snapshot;

    OpenedBackup(Path directory, Path file, SnapshotFile snapshot) {
        this.directory = directory;
        this.file = file;
        this.snapshot = snapshot;
    }

    /**
     * What is in it.
     *
     * @return open until this is closed
     */
    public SnapshotFile snapshot() {
        return snapshot;
    }

    /**
     * Where it lies meanwhile.
     *
     * @return a file as {@code etcdctl snapshot save} writes it
     */
    public Path file() {
        return file;
    }

    /** Closes the snapshot and deletes the file. */
    @Override
    public void close() {
        snapshot.close();
        delete(file);
        delete(directory);
    }

    static void delete(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // it lies among temporary files
        }
    }

    /** The file. */
    @Override
    public String toString() {
        return file.toString();
    }
}
