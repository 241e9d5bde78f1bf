package io.k8saws.pki;

import java.util.Locale;
import org.bouncycastle.asn1.x509.KeyPurposeId;

/** What a certificate may be used for: the extended key usages of RFC 5280, section 4.2.1.12, that Kubernetes knows. */
public enum Usage {
    /** To serve TLS. */
    SERVER(KeyPurposeId.id_kp_serverAuth),
    /** To tell a TLS server who one is. */
    CLIENT(KeyPurposeId.id_kp_clientAuth);

    private final KeyPurposeId purpose;

    Usage(KeyPurposeId purpose) {
        this.purpose = purpose;
    }

    KeyPurposeId purpose() {
        return purpose;
    }

    /** Returns the name in lower case. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
