package io.k8saws.etcd.backup;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Takes the bytes of a snapshot. */
@FunctionalInterface
public interface SnapshotSink {
    /**
     * Takes the next bytes. A slow sink makes a live database grow, because its pages cannot be used again while a snapshot is read.
     *
     * @param bytes the bytes from position to limit; valid during the call alone
     * @throws IOException if they cannot be kept; stops the stream
     */
    void accept(ByteBuffer bytes) throws IOException;
}
