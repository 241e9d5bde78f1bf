package io.k8saws.pki;

import java.util.Objects;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;

/**
 * Whom a certificate names. For a client of the Kubernetes API, the common name is the user and the organization its group (Kubernetes, "Authenticating",
 * X.509 client certificates).
 *
 * @param commonName the common name; never blank
 * @param organization the organization; most certificates have none
 */
public record Subject(String commonName, Optional<String> organization) {
    /** Checks that the name is not blank. */
    public Subject {
        Objects.requireNonNull(organization, "organization");
        if (commonName.isBlank()) {
            throw new IllegalArgumentException("a subject needs a common name");
        }
    }

    static Subject of(String commonName) {
        return new Subject(commonName, Optional.empty());
    }

    static Subject of(String commonName, String organization) {
        return new Subject(commonName, Optional.of(organization));
    }

    /** As UTF8String (RFC 5280, section 4.1.2.4), the organization first as Go writes it; none is left out. */
    X500Name x500Name() {
        X500NameBuilder builder = new X500NameBuilder(BCStyle.INSTANCE);
        organization.ifPresent(o -> builder.addRDN(BCStyle.O, o));
        return builder.addRDN(BCStyle.CN, commonName).build();
    }

    /** Returns the name as OpenSSL prints it, such as {@code O=system:nodes, CN=system:node:cp-1}. */
    @Override
    public String toString() {
        return organization.map(o -> "O=" + o + ", ").orElse("") + "CN=" + commonName;
    }
}
