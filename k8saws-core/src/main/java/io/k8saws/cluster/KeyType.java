package io.k8saws.cluster;

/** The kinds of keys that a cluster's certificates and tokens may have. */
public enum KeyType {
    /** An elliptic curve key on NIST P-256: small, and quick to make. */
    ECDSA_P256,

    /** An elliptic curve key on NIST P-384. */
    ECDSA_P384,

    /** An RSA key of 2048 bits, which the oldest readers know. */
    RSA_2048,

    /** An RSA key of 3072 bits. */
    RSA_3072,

    /** An RSA key of 4096 bits. */
    RSA_4096
}
