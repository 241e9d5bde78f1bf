package io.k8saws.pki;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;

/**
 * A signed certificate. Immutable.
 *
 * @param request what was wanted
 * @param certificate what was signed
 * @param key the private key; empty when its holder made it and kept it
 * @param authority who signed
 */
public record IssuedCertificate(
        CertificateRequest request,
        X509Certificate certificate,
        Optional<SecretKeyPair> key,
        X509Certificate authority) {
    /**
     * Returns the certificate as text.
     *
     * @return PEM, ending with a line feed
     */
    public String certificatePem() {
        return Pem.of(certificate);
    }

    /**
     * Returns when it ends.
     *
     * @return the last moment at which it is valid
     */
    public Instant notAfter() {
        return certificate.getNotAfter().toInstant();
    }

    /**
     * Tells whether it is valid for a shorter time than was wanted, because its authority ends.
     *
     * @return true when the authority should be rotated first
     */
    public boolean endsWithAuthority() {
        return notAfter().equals(authority.getNotAfter().toInstant());
    }

    /** Returns id, subject, signer, serial number and end; nothing of the private key. */
    @Override
    public String toString() {
        return request + ", serial " + certificate.getSerialNumber().toString(16) + ", until " + notAfter();
    }
}
