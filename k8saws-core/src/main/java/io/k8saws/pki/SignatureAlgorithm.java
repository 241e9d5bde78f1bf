package io.k8saws.pki;

/**
 * How a certificate is signed. The constants have the names that AWS KMS gives to its signing algorithms (KMS API, {@code Sign}), so that a {@link Signer}
 * for KMS passes {@link #name()} on.
 */
public enum SignatureAlgorithm {
    /** ECDSA on P-256 with SHA-256 (RFC 5758, section 3.2). */
    ECDSA_SHA_256("SHA256withECDSA"),
    /** ECDSA on P-384 with SHA-384 (RFC 5758, section 3.2). */
    ECDSA_SHA_384("SHA384withECDSA"),
    /** RSA with PKCS #1 v1.5 padding and SHA-256 (RFC 4055, section 5). */
    RSASSA_PKCS1_V1_5_SHA_256("SHA256withRSA");

    private final String jdkName;

    SignatureAlgorithm(String jdkName) {
        this.jdkName = jdkName;
    }

    /**
     * Returns the name for {@code java.security.Signature}.
     *
     * @return such as {@code SHA256withECDSA}
     */
    public String jdkName() {
        return jdkName;
    }
}
