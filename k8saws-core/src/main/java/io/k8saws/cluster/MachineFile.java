package io.k8saws.cluster;

import java.util.Objects;

/**
 * A file of yours on every machine that becomes a node or an etcd member, such as a drop-in for a systemd unit. It belongs to root. It lies in the cluster's bucket,
 * where each machine reads it: it is no place for a secret. Immutable.
 *
 * @param path an absolute path without spaces; not where the library keeps its own files
 * @param content the text
 * @param mode the permissions in octal, such as {@code 0644}
 */
public record MachineFile(String path, String content, String mode) {

    /** The permissions when nothing is said. */
    public static final String DEFAULT_MODE = "0644";

    /** Checks that no part is missing. */
    public MachineFile {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(content, "content");
        Objects.requireNonNull(mode, "mode");
    }

    /**
     * Returns a file that all may read.
     *
     * @param path an absolute path
     * @param content the text
     * @return the file with mode 0644
     */
    public static MachineFile of(String path, String content) {
        return new MachineFile(path, content, DEFAULT_MODE);
    }

    /** Returns the path and the permissions. */
    @Override
    public String toString() {
        return path + " " + mode;
    }
}
