package io.k8saws.etcd.backup;

import java.nio.file.Path;
import java.time.Duration;

/** Where the bytes of a snapshot come from: a member of a live etcd, or a file. */
public interface SnapshotSource {
    /**
     * Sends a whole snapshot, in order, on the calling thread: the pages of the database, then the 32 bytes of their SHA-256, as {@code etcdctl snapshot save} writes
     * them. The source compares the SHA-256 while it sends.
     *
     * <p>A sink that throws, an interrupt, and a limit that is over stop the stream at once: no byte reaches the sink afterwards, and the server's read transaction ends.
     *
     * @param sink takes the bytes
     * @param limit how long all of it may take
     * @return where the snapshot came from
     * @throws io.k8saws.error.CorruptSnapshotException if the SHA-256 is another one than that of the bytes, or is missing
     * @throws io.k8saws.error.WaitTimeoutException if the limit is over
     * @throws io.k8saws.error.OperationCancelledException if the thread was interrupted
     * @throws io.k8saws.error.K8sAwsException if the sink failed, which is the cause, or the source did
     */
    SnapshotOrigin stream(SnapshotSink sink, Duration limit);

    /**
     * What the source can say of the Kubernetes that uses the etcd, for the manifest. Asked on a thread of its own, for 30 s at most and a quarter of the backup's limit; that it throws or does not answer is a remark in the manifest.
     *
     * @return what it has read; nothing unless the source is of a cluster whose Kubernetes is known
     */
    default KubernetesFacts kubernetes() {
        return KubernetesFacts.unknown();
    }

    /**
     * A file that {@code etcdctl snapshot save} or a fetch of a backup has written. What only a server knows of a snapshot, such as the ids, stays empty.
     *
     * @param file the file, with the SHA-256 at its end
     * @return the source
     */
    static SnapshotSource file(Path file) {
        return new FileSource(file);
    }
}
