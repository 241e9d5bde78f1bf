package io.k8saws.pki;

import io.k8saws.pki.InvalidAuthorityException.Reason;
import java.security.PublicKey;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.x509.KeyPurposeId;

/** What an authority must be so that others accept what it signs. */
final class AuthorityRules {
    private static final int SIGN_CERTIFICATES = 5;

    private AuthorityRules() {}

    static void check(X509Certificate certificate, Instant now) {
        String name = X509.name(certificate);
        if (certificate.getBasicConstraints() < 0) {
            throw refused(
                    Reason.NOT_AN_AUTHORITY,
                    name,
                    "its certificate is not that of an authority (basic constraints without CA:TRUE)",
                    "give the certificate that has signed this one: " + X509.issuer(certificate));
        }
        boolean[] usage = certificate.getKeyUsage();
        if (usage != null && !usage[SIGN_CERTIFICATES]) {
            throw refused(
                    Reason.MAY_NOT_SIGN_CERTIFICATES,
                    name,
                    "its key usage lacks keyCertSign, so no verifier accepts what it signs",
                    "have its certificate issued again with keyCertSign");
        }
        checkPurposes(certificate, name);
        Instant start = certificate.getNotBefore().toInstant();
        Instant end = certificate.getNotAfter().toInstant();
        if (now.isBefore(start)) {
            throw refused(
                    Reason.NOT_YET_VALID,
                    name,
                    "it is valid from " + start + ", and it is " + now,
                    "set this machine's clock, or wait");
        }
        if (!now.isBefore(end)) {
            throw refused(
                    Reason.EXPIRED,
                    name,
                    "it ended at " + end + ", and it is " + now,
                    "make a new authority and rotate to it, or have this one's certificate renewed for the same key");
        }
        requireKey(certificate);
    }

    /** Whether it may sign another authority, as far as its own certificate tells. */
    static void checkAbove(X509Certificate certificate, Instant now) {
        check(certificate, now);
        if (certificate.getBasicConstraints() == 0) {
            throw refused(
                    Reason.MAY_NOT_SIGN_AUTHORITIES,
                    X509.name(certificate),
                    "its path length is 0, so it may sign for servers and clients, and no authority below it",
                    "give an authority without a path length or with one of 1 or more, such as the one that has signed this one: "
                            + X509.issuer(certificate));
        }
    }

    static void requireLasting(X509Certificate certificate, Duration least, Instant now) {
        Instant end = certificate.getNotAfter().toInstant();
        if (now.plus(least).isAfter(end)) {
            throw refused(
                    Reason.ENDS_SOON,
                    X509.name(certificate),
                    "it ends at " + end + ", in " + ExpiryReport.left(Duration.between(now, end))
                            + ", and all that it signs ends with it at the latest",
                    "give one that lives for " + ExpiryReport.left(least)
                            + " or more, or have its certificate renewed first");
        }
    }

    private static void checkPurposes(X509Certificate certificate, String name) {
        List<String> purposes;
        try {
            purposes = certificate.getExtendedKeyUsage();
        } catch (CertificateParsingException e) {
            purposes = List.of();
        }
        if (purposes == null || purposes.contains(KeyPurposeId.anyExtendedKeyUsage.getId())) {
            return;
        }
        for (Usage usage : Usage.values()) {
            if (!purposes.contains(usage.purpose().getId())) {
                throw refused(
                        Reason.WRONG_USAGE,
                        name,
                        "its extended key usage lacks " + usage + ", and so does all that it signs",
                        "give an authority without extended key usages, or with server and client");
            }
        }
    }

    static KeyAlgorithm requireKey(X509Certificate certificate) {
        return requireKey(certificate.getPublicKey(), X509.name(certificate));
    }

    static KeyAlgorithm requireKey(PublicKey key, String name) {
        return KeyAlgorithm.of(key)
                .orElseThrow(() -> refused(
                        Reason.UNSUPPORTED_KEY,
                        name,
                        "its key (" + key.getAlgorithm() + ") is of an unsupported kind or size",
                        "give an authority with a key of " + KeyAlgorithm.known()));
    }

    static void requireSame(X509Certificate certificate, PublicKey key) {
        if (!Arrays.equals(certificate.getPublicKey().getEncoded(), key.getEncoded())) {
            throw wrongKey(
                    X509.name(certificate),
                    Map.of(
                            "certificate", SecretKeyPair.id(certificate.getPublicKey()),
                            "key", SecretKeyPair.id(key)));
        }
    }

    /** Whoever trusts one of two authorities with the same key trusts what the other one has signed, and a rotation from one to the other leaves the old key in use. */
    static void requireDifferent(X509Certificate certificate, String name, X509Certificate other) {
        if (Arrays.equals(
                certificate.getPublicKey().getEncoded(), other.getPublicKey().getEncoded())) {
            throw refused(
                    Reason.KEY_IN_USE,
                    X509.name(certificate),
                    "its key is that of " + name + ", which the cluster has",
                    "give an authority with a key of its own");
        }
    }

    static InvalidAuthorityException wrongKey(String name, Map<String, String> context) {
        return new InvalidAuthorityException(
                Reason.WRONG_KEY,
                "Use authority " + name,
                "its private key or signer does not belong to its certificate",
                "give the key for which the certificate was issued; 'openssl x509 -noout -pubkey' and 'openssl pkey -pubout'"
                        + " print the same for a pair",
                context,
                null);
    }

    static InvalidAuthorityException refused(Reason reason, String name, String why, String hint) {
        return new InvalidAuthorityException(reason, "Use authority " + name, why, hint, Map.of(), null);
    }
}
