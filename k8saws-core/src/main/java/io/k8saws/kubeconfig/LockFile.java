package io.k8saws.kubeconfig;

import io.k8saws.error.ConflictException;
import io.k8saws.error.K8sAwsException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * kubectl's lock: a file beside the kubeconfig, with {@code .lock} at the end of its name. Whoever creates it holds the lock. A lock that was left behind stays
 * until somebody deletes it, as in kubectl.
 */
final class LockFile implements AutoCloseable {
    private final Path file;
    private final Path lock;

    private LockFile(Path file, Path lock) {
        this.file = file;
        this.lock = lock;
    }

    static LockFile of(Path file) {
        Path absolute = file.toAbsolutePath();
        Path lock = absolute.resolveSibling(absolute.getFileName() + ".lock");
        try {
            Path folder = absolute.getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            Files.createFile(lock);
            return new LockFile(absolute, lock);
        } catch (FileAlreadyExistsException e) {
            throw new ConflictException(
                    "Lock kubeconfig " + file,
                    "another program holds the lock" + age(lock),
                    "Try again; if no kubectl or other program is at work on it, delete " + lock,
                    Map.of("lock", lock.toString()),
                    e);
        } catch (IOException e) {
            throw new K8sAwsException(
                    "Lock kubeconfig " + file,
                    "the lock file cannot be created (" + e.getMessage() + ")",
                    "Check the permissions of the folder",
                    Map.of("lock", lock.toString()),
                    e);
        }
    }

    private static String age(Path lock) {
        try {
            Duration age = Duration.between(Files.getLastModifiedTime(lock).toInstant(), Instant.now());
            return age.isNegative() ? "" : ", since " + age.toSeconds() + " s";
        } catch (IOException gone) {
            return "";
        }
    }

    /** What is locked. */
    Path file() {
        return file;
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(lock);
        } catch (IOException e) {
            throw new K8sAwsException(
                    "Unlock kubeconfig " + file,
                    "the lock file cannot be deleted (" + e.getMessage() + "). The change itself is done",
                    "Delete it",
                    Map.of("lock", lock.toString()),
                    e);
        }
    }
}
