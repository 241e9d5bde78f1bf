package io.k8saws.etcd.internal.seam;

/**
 * What a connection with TLS needs, as PEM. Its text shows nothing of it.
 *
 * @param trusted certificates of authorities; empty for those of the JDK
 * @param certificate the client's certificate with those between it and its authority; empty for none
 * @param key the client's private key, PKCS #8; secret; empty for none
 */
public record TlsMaterial(String trusted, String certificate, String key) {
    /** Says which parts are there. */
    @Override
    public String toString() {
        return (trusted.isEmpty() ? "the JDK's authorities" : "authorities of its own")
                + (certificate.isEmpty() ? "" : ", with a client certificate");
    }
}
