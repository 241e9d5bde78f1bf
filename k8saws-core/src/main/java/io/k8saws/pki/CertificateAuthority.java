package io.k8saws.pki;

import io.k8saws.error.K8sAwsException;
import io.k8saws.pki.InvalidAuthorityException.Reason;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An authority that can sign: its certificate, and a private key or a {@link Signer} that knows the way to one. Immutable; as thread-safe as its signer.
 *
 * <p>A given authority may be an intermediate one of the user's. Then the cluster's trust bundles hold just this certificate, which Go's verifier, and so
 * every part of Kubernetes and etcd, takes as a root; OpenSSL does with {@code -partial_chain}.
 */
public final class CertificateAuthority {
    /** As kubeadm does it, for clocks that are a little behind. */
    private static final Duration BACKDATED = Duration.ofMinutes(5);

    private final X509Certificate certificate;
    private final KeyAlgorithm algorithm;
    private final Signer signer;
    private final Optional<SecretKeyPair> key;

    private CertificateAuthority(X509Certificate certificate, Signer signer, Optional<SecretKeyPair> key) {
        this.certificate = certificate;
        this.algorithm = AuthorityRules.requireKey(certificate);
        this.signer = signer;
        this.key = key;
    }

    /**
     * Makes a new, self-signed authority with a new key.
     *
     * @param request what is wanted
     * @param clock tells now; the certificate is valid from five minutes earlier
     * @return the authority
     */
    public static CertificateAuthority create(AuthorityRequest request, Clock clock) {
        SecretKeyPair key = SecretKeyPair.generate(request.algorithm());
        return new CertificateAuthority(selfSigned(request, key.publicKey(), key, clock), key, Optional.of(key));
    }

    /**
     * Makes a new, self-signed authority whose private key is elsewhere, for example in KMS, and never comes here.
     *
     * @param request what is wanted; its algorithm is not looked at, the public key's counts
     * @param publicKey the public key
     * @param signer signs with the private key
     * @param clock tells now; the certificate is valid from five minutes earlier
     * @return the authority
     * @throws InvalidAuthorityException when the signer's key is another one, or of an unsupported kind
     */
    public static CertificateAuthority create(
            AuthorityRequest request, PublicKey publicKey, Signer signer, Clock clock) {
        return new CertificateAuthority(selfSigned(request, publicKey, signer, clock), signer, Optional.empty());
    }

    private static X509Certificate selfSigned(
            AuthorityRequest request, PublicKey publicKey, Signer signer, Clock clock) {
        Instant now = clock.instant();
        return X509.authority(
                Subject.of(request.role().commonName()).x500Name(),
                now.minus(BACKDATED),
                now.plus(request.validity()),
                publicKey,
                signer,
                "Make authority " + request.role().commonName());
    }

    /**
     * Takes an authority of the user's with its private key.
     *
     * @param certificatePem its certificate, one, in PEM
     * @param privateKeyPem its private key in PEM; see {@link SecretKeyPair#fromPem(String)}
     * @param clock tells whether it is valid
     * @return the authority
     * @throws InvalidAuthorityException when it cannot sign for a cluster; see {@link InvalidAuthorityException.Reason}
     * @throws K8sAwsException when a text cannot be read
     */
    public static CertificateAuthority of(String certificatePem, String privateKeyPem, Clock clock) {
        return of(certificatePem, SecretKeyPair.fromPem(privateKeyPem), clock);
    }

    /**
     * Takes an authority of the user's with its key pair.
     *
     * @param certificatePem its certificate, one, in PEM
     * @param key its key pair
     * @param clock tells whether it is valid
     * @return the authority
     * @throws InvalidAuthorityException when it cannot sign for a cluster; see {@link InvalidAuthorityException.Reason}
     * @throws K8sAwsException when the certificate cannot be read
     */
    public static CertificateAuthority of(String certificatePem, SecretKeyPair key, Clock clock) {
        X509Certificate certificate = read(certificatePem, clock);
        AuthorityRules.requireSame(certificate, key.publicKey());
        return new CertificateAuthority(certificate, key, Optional.of(key));
    }

    /**
     * Takes an authority of the user's whose private key is elsewhere. The signer is not called before the first certificate; each signature is checked.
     *
     * @param certificatePem its certificate, one, in PEM
     * @param signer signs with its private key
     * @param clock tells whether it is valid
     * @return the authority
     * @throws InvalidAuthorityException when it cannot sign for a cluster; see {@link InvalidAuthorityException.Reason}
     * @throws K8sAwsException when the certificate cannot be read
     */
    public static CertificateAuthority withSigner(String certificatePem, Signer signer, Clock clock) {
        return new CertificateAuthority(read(certificatePem, clock), signer, Optional.empty());
    }

    private static X509Certificate read(String pem, Clock clock) {
        List<X509Certificate> certificates = Pem.certificates(pem);
        if (certificates.size() != 1) {
            throw AuthorityRules.refused(
                    Reason.NOT_ONE_CERTIFICATE,
                    "the given authority",
                    "the text holds " + certificates.size() + " certificates",
                    "give the one certificate that belongs to the key, without those above or below it");
        }
        AuthorityRules.check(certificates.get(0), clock.instant());
        return certificates.get(0);
    }

    /**
     * Signs a certificate for a new key.
     *
     * @param request what is wanted
     * @param clock tells now. As with kubeadm, the certificate is valid from the authority's own start, and for the wanted time from now; but never longer than
     *     the authority
     * @return the certificate and its key
     * @throws InvalidAuthorityException when this authority is not valid now, or its signer's key does not belong to it
     */
    public IssuedCertificate issue(CertificateRequest request, Clock clock) {
        SecretKeyPair own = SecretKeyPair.generate(request.algorithm());
        return new IssuedCertificate(request, sign(request, own.publicKey(), clock), Optional.of(own), certificate);
    }

    /**
     * Signs a certificate for a key that somebody else holds.
     *
     * @param request what is wanted; its algorithm is not looked at
     * @param publicKey the holder's public key
     * @param clock tells now, as with {@link #issue(CertificateRequest, Clock)}
     * @return the certificate, without a key
     * @throws InvalidAuthorityException when this authority is not valid now, or its signer's key does not belong to it
     */
    public IssuedCertificate issue(CertificateRequest request, PublicKey publicKey, Clock clock) {
        return new IssuedCertificate(request, sign(request, publicKey, clock), Optional.empty(), certificate);
    }

    /**
     * Makes an authority below this one, with a new key that is here: for machines that must sign themselves, when this one's key cannot come to them. Whoever trusts the new
     * one alone trusts what it signs, and nothing else that this one has signed.
     *
     * <p>Its certificate says {@code CA:TRUE} with a path length of 0 and may sign certificates and revocation lists; it has no extended key usages and no name
     * constraints. What this authority's own certificate constrains counts only for verifiers that look further up than the new one.
     *
     * @param request what is wanted: the subject by its role, the kind of the key, how long
     * @param clock tells now. It is valid from five minutes earlier, and for the wanted time from now; but never outside of the time of this authority
     * @return the new authority, with its private key
     * @throws InvalidAuthorityException when this authority may not sign another one or is not valid now, or its signer's key does not belong to it
     */
    public CertificateAuthority subordinate(AuthorityRequest request, Clock clock) {
        Instant now = clock.instant();
        AuthorityRules.checkAbove(certificate, now);
        Instant earliest = certificate.getNotBefore().toInstant();
        Instant start = now.minus(BACKDATED);
        Instant end = now.plus(request.validity());
        SecretKeyPair own = SecretKeyPair.generate(request.algorithm());
        X509Certificate signed = X509.subordinate(
                Subject.of(request.role().commonName()).x500Name(),
                start.isBefore(earliest) ? earliest : start,
                end.isBefore(notAfter()) ? end : notAfter(),
                own.publicKey(),
                certificate,
                signer,
                "Make authority " + request.role().commonName() + " below " + X509.name(certificate));
        return new CertificateAuthority(signed, own, Optional.of(own));
    }

    /**
     * Checks, without asking a signer, that a cluster can use this authority: it may sign and is valid now, and when its key is elsewhere, it may sign another authority.
     *
     * @param clock tells now
     * @throws InvalidAuthorityException when not
     */
    public void requireUsable(Clock clock) {
        if (key.isPresent()) {
            AuthorityRules.check(certificate, clock.instant());
        } else {
            AuthorityRules.checkAbove(certificate, clock.instant());
        }
    }

    /**
     * Checks that this authority lives for a while yet: what it signs ends with it at the latest.
     *
     * @param least for how long
     * @param clock tells now
     * @throws InvalidAuthorityException when it ends before that
     */
    public void requireLasting(Duration least, Clock clock) {
        AuthorityRules.requireLasting(certificate, least, clock.instant());
    }

    /**
     * Checks that no other authority has the same key. When this one's key is elsewhere, what counts is the new key of what it signs, so nothing is refused.
     *
     * @param others certificates of other authorities, by any names
     * @throws InvalidAuthorityException when one has; it says which
     */
    public void requireOtherKey(Map<String, X509Certificate> others) {
        if (key.isPresent()) {
            others.forEach((name, other) -> AuthorityRules.requireDifferent(certificate, name, other));
        }
    }

    private X509Certificate sign(CertificateRequest request, PublicKey publicKey, Clock clock) {
        Instant now = clock.instant();
        AuthorityRules.check(certificate, now);
        Instant end = now.plus(request.validity());
        return X509.signed(
                request, publicKey, certificate, end.isBefore(notAfter()) ? end : notAfter(), algorithm, signer);
    }

    /**
     * Returns the authority's own certificate.
     *
     * @return the certificate
     */
    public X509Certificate certificate() {
        return certificate;
    }

    /**
     * Returns the authority's own certificate as text.
     *
     * @return PEM, ending with a line feed
     */
    public String certificatePem() {
        return Pem.of(certificate);
    }

    /**
     * Returns the private key, when it is here.
     *
     * @return empty when a {@link Signer} holds it
     */
    public Optional<SecretKeyPair> key() {
        return key;
    }

    /**
     * Returns the name of its key in a {@link Rotation}.
     *
     * @return SHA-256 of the public key's DER (SubjectPublicKeyInfo), 64 lower-case hexadecimal digits
     */
    public String id() {
        return SecretKeyPair.id(certificate.getPublicKey());
    }

    /**
     * Returns what the certificates that it signs call its key (RFC 5280, subject key identifier).
     *
     * @return hexadecimal digits; empty when its certificate names none
     */
    public Optional<String> keyIdentifier() {
        return X509.keyIdentifier(certificate);
    }

    /**
     * Returns when it ends.
     *
     * @return the last moment at which it is valid
     */
    public Instant notAfter() {
        return certificate.getNotAfter().toInstant();
    }

    /** Returns subject, kind and id of the key, end, and where the key is; nothing of the private key. */
    @Override
    public String toString() {
        return "Authority " + X509.name(certificate) + ", " + algorithm + " key "
                + id().substring(0, 12) + ", until " + notAfter()
                + (key.isPresent() ? ", with its private key (not shown)" : ", signed for elsewhere");
    }
}
