package io.k8saws.etcd.backup;

import io.k8saws.etcd.internal.disk.ScratchDirectory;
import io.k8saws.etcd.snapshot.SnapshotFile;
import java.nio.file.Path;

/** A backup that was fetched, proven and opened. Its file is in a scratch directory, and goes when this is closed. */
public final class OpenedBackup implements AutoCloseable {
    private final ScratchDirectory directory;
    private final Path file;
    private final SnapshotFile snapshot;

    OpenedBackup(ScratchDirectory directory, Path file, SnapshotFile snapshot) {
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
        directory.close();
    }

    /** The file. */
    @Override
    public String toString() {
        return file.toString();
    }
}
