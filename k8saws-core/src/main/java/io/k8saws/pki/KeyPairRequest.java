package io.k8saws.pki;

/**
 * A key pair without a certificate: the one that signs service-account tokens.
 *
 * @param name its name, {@code sa}
 * @param algorithm the kind of key
 * @param reader whose machines may read the private key
 * @param privateFile the file of the private key, mode 0600
 * @param publicFile the file of the public key; the API server verifies with it
 */
public record KeyPairRequest(
        String name, KeyAlgorithm algorithm, KeyReader reader, String privateFile, String publicFile) {
    /** Returns name and kind. */
    @Override
    public String toString() {
        return name + ": key pair, " + algorithm;
    }
}
