package io.k8saws.pki;

/**
 * Signs with a private key that may be anywhere: in memory ({@link SecretKeyPair}), in AWS KMS, in a hardware module, behind a service of the user's.
 *
 * <p>For AWS KMS:
 *
 * <pre>{@code
 * Signer kms = (bytes, algorithm) -> client.sign(r -> r.keyId(keyId)
 *         .messageType(MessageType.RAW)
 *         .signingAlgorithm(SigningAlgorithmSpec.fromValue(algorithm.name()))
 *         .message(SdkBytes.fromByteArray(bytes)))
 *     .signature().asByteArray();
 * }</pre>
 */
@FunctionalInterface
public interface Signer {
    /**
     * Signs bytes. It is called on the thread that issues the certificate. Every answer is checked with the authority's public key.
     *
     * @param toBeSigned the bytes as they are, not hashed: the {@code tbsCertificate} of RFC 5280, section 4.1.1.1; for the cluster's certificates less than
     *     4 KiB, KMS's limit for raw messages, unless there are very many names
     * @param algorithm how to hash and sign
     * @return the signature: for ECDSA the DER sequence of RFC 3279, section 2.2.3, as the JDK and KMS write it
     */
    byte[] sign(byte[] toBeSigned, SignatureAlgorithm algorithm);
}
