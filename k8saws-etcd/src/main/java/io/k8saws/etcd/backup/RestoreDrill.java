package io.k8saws.etcd.backup;

import io.k8saws.etcd.snapshot.HashKv;
import java.nio.file.Path;
import java.time.Duration;

/** Restores a snapshot into a scratch etcd, looks, and throws it away. */
public interface RestoreDrill {
    /**
     * What the scratch etcd said.
     *
     * @param etcdVersion its version
     * @param hashKv the hash of its keys and history at the backup's revision
     * @param keys how many live keys it has
     * @param took from the start of the restore to the first answer
     */
    record Outcome(String etcdVersion, HashKv hashKv, long keys, Duration took) {}

    /**
     * Restores.
     *
     * @param snapshot the file, as {@code etcdctl snapshot save} writes it
     * @param backup what it is of
     * @param limit how long it may take
     * @return what came out
     * @throws io.k8saws.error.K8sAwsException if it cannot be restored
     */
    Outcome restore(Path snapshot, Backup backup, Duration limit);
}
