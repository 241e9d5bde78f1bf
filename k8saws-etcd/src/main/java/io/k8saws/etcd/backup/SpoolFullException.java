package io.k8saws.etcd.backup;

import io.k8saws.error.K8sAwsException;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** There is no room for a snapshot on the disk that it is received on. The live cluster and older backups are untouched, and what was received is deleted. */
public final class SpoolFullException extends K8sAwsException {
    private static final long serialVersionUID = 1L;

    private final long received;

    SpoolFullException(String directory, long received, String why, @Nullable IOException cause) {
        super(
                "Receive a snapshot in " + directory,
                why + " after " + received + " bytes",
                "give a spool directory with more room than the database is large",
                Map.of("directory", directory, "received", Long.toString(received)),
                cause);
        this.received = received;
    }

    /**
     * How much had been received.
     *
     * @return bytes
     */
    public long received() {
        return received;
    }
}
