package io.k8saws.etcd.internal.seam;

/** Gives what TLS needs, anew each time that a call is made: when it is another, connections are made anew. */
@FunctionalInterface
public interface TlsSource {
    /**
     * Reads it.
     *
     * @return as it is now
     */
    TlsMaterial read();
}
