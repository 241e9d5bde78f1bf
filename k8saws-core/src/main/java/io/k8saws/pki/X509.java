package io.k8saws.pki;

import io.k8saws.error.K8sAwsException;
import io.k8saws.internal.text.OneLine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.DefaultSignatureAlgorithmIdentifierFinder;
import org.bouncycastle.util.BigIntegers;

/** Builds X.509 certificates (RFC 5280), the one thing for which the JDK has no public API. */
final class X509 {
    private static final int SERIAL_BITS = 63;

    private X509() {}

    /** The profile of an authority: may sign certificates and revocation lists, and nothing else. */
    static X509Certificate authority(
            X500Name subject, Instant notBefore, Instant notAfter, PublicKey key, Signer signer, String tried) {
        KeyAlgorithm algorithm = AuthorityRules.requireKey(key, subject.toString());
        try {
            X509v3CertificateBuilder builder =
                    authority(subject, notBefore, notAfter, subject, key, new BasicConstraints(true));
            return sign(builder, algorithm, signer, key, subject.toString(), tried);
        } catch (IOException | GeneralSecurityException e) {
            throw failed(tried, e);
        }
    }

    /** The profile of an authority below another one: it signs for servers and clients, and no further authorities. */
    static X509Certificate subordinate(
            X500Name subject,
            Instant notBefore,
            Instant notAfter,
            PublicKey key,
            X509Certificate parent,
            Signer signer,
            String tried) {
        try {
            X509v3CertificateBuilder builder =
                    authority(subject(parent), notBefore, notAfter, subject, key, new BasicConstraints(0));
            builder.addExtension(
                    Extension.authorityKeyIdentifier, false, new AuthorityKeyIdentifier(keyIdentifierOf(parent)));
            return sign(builder, AuthorityRules.requireKey(parent), signer, parent.getPublicKey(), name(parent), tried);
        } catch (IOException | GeneralSecurityException e) {
            throw failed(tried, e);
        }
    }

    private static X509v3CertificateBuilder authority(
            X500Name issuer,
            Instant notBefore,
            Instant notAfter,
            X500Name subject,
            PublicKey key,
            BasicConstraints constraints)
            throws IOException, GeneralSecurityException {
        X509v3CertificateBuilder builder = builder(issuer, notBefore, notAfter, subject, key);
        builder.addExtension(Extension.basicConstraints, true, constraints);
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
        builder.addExtension(Extension.subjectKeyIdentifier, false, keyIdentifier(key));
        return builder;
    }

    /** The profile of kubeadm's certificates. It asks for keyEncipherment whatever the kind of key is, and so does this. */
    static X509Certificate signed(
            CertificateRequest request,
            PublicKey key,
            X509Certificate authority,
            Instant notAfter,
            KeyAlgorithm algorithm,
            Signer signer) {
        String tried = "Issue certificate " + request.id();
        try {
            X509v3CertificateBuilder builder = builder(
                    subject(authority),
                    authority.getNotBefore().toInstant(),
                    notAfter,
                    request.subject().x500Name(),
                    key);
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(
                    Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyEncipherment));
            builder.addExtension(
                    Extension.extendedKeyUsage,
                    false,
                    new ExtendedKeyUsage(
                            request.usages().stream().map(Usage::purpose).toArray(KeyPurposeId[]::new)));
            builder.addExtension(Extension.subjectKeyIdentifier, false, keyIdentifier(key));
            builder.addExtension(
                    Extension.authorityKeyIdentifier, false, new AuthorityKeyIdentifier(keyIdentifierOf(authority)));
            if (!request.altNames().isEmpty()) {
                builder.addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        request.altNames().generalNames());
            }
            return sign(builder, algorithm, signer, authority.getPublicKey(), name(authority), tried);
        } catch (IOException | GeneralSecurityException e) {
            throw failed(tried, e);
        }
    }

    private static X509v3CertificateBuilder builder(
            X500Name issuer, Instant notBefore, Instant notAfter, X500Name subject, PublicKey key) {
        // another locale's calendar would write other years
        return new X509v3CertificateBuilder(
                issuer,
                serial(),
                Date.from(notBefore.truncatedTo(ChronoUnit.SECONDS)),
                Date.from(notAfter.truncatedTo(ChronoUnit.SECONDS)),
                Locale.ROOT,
                subject,
                SubjectPublicKeyInfo.getInstance(key.getEncoded()));
    }

    /** Positive, and at most 63 bits as kubeadm's; RFC 5280, section 4.1.2.2, allows 20 octets. */
    private static BigInteger serial() {
        return BigIntegers.createRandomInRange(
                BigInteger.ONE, BigInteger.ONE.shiftLeft(SERIAL_BITS).subtract(BigInteger.ONE), new SecureRandom());
    }

    private static SubjectKeyIdentifier keyIdentifier(PublicKey key) throws GeneralSecurityException {
        return new JcaX509ExtensionUtils().createSubjectKeyIdentifier(key);
    }

    /** What a certificate calls its own key, in hexadecimal digits. */
    static Optional<String> keyIdentifier(X509Certificate certificate) {
        return Optional.ofNullable(certificate.getExtensionValue(Extension.subjectKeyIdentifier.getId()))
                .map(value -> HexFormat.of()
                        .formatHex(SubjectKeyIdentifier.getInstance(
                                        ASN1OctetString.getInstance(value).getOctets())
                                .getKeyIdentifier()));
    }

    /** What the authority calls its key; two authorities of one name are told apart by it while both are trusted. */
    private static byte[] keyIdentifierOf(X509Certificate authority) throws GeneralSecurityException {
        byte[] own = authority.getExtensionValue(Extension.subjectKeyIdentifier.getId());
        return own == null
                ? keyIdentifier(authority.getPublicKey()).getKeyIdentifier()
                : SubjectKeyIdentifier.getInstance(
                                ASN1OctetString.getInstance(own).getOctets())
                        .getKeyIdentifier();
    }

    private static X509Certificate sign(
            X509v3CertificateBuilder builder,
            KeyAlgorithm algorithm,
            Signer signer,
            PublicKey authority,
            String authorityName,
            String tried)
            throws IOException, GeneralSecurityException {
        byte[] der =
                builder.build(new Signing(algorithm.signature(), signer, tried)).getEncoded();
        X509Certificate certificate = Pem.certificate(der);
        try {
            certificate.verify(authority);
        } catch (GeneralSecurityException e) {
            // never let out what no verifier would accept
            throw AuthorityRules.wrongKey(authorityName, Map.of("certificate", SecretKeyPair.id(authority)));
        }
        return certificate;
    }

    /** The subject of a certificate as it is encoded there: verifiers compare the bytes. */
    static X500Name subject(X509Certificate certificate) {
        return X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
    }

    static String name(X509Certificate certificate) {
        return OneLine.of(certificate.getSubjectX500Principal().getName());
    }

    static String issuer(X509Certificate certificate) {
        return OneLine.of(certificate.getIssuerX500Principal().getName());
    }

    private static K8sAwsException failed(String tried, Exception cause) {
        return new K8sAwsException(
                tried,
                "this Java runtime cannot build the certificate (" + cause.getMessage() + ")",
                "check that its security providers are the JDK's own",
                Map.of(),
                cause);
    }

    /** Hands the bytes to a signer that is ours or the user's. */
    private static final class Signing implements ContentSigner {
        private final SignatureAlgorithm algorithm;
        private final Signer signer;
        private final String tried;
        private final ByteArrayOutputStream toBeSigned = new ByteArrayOutputStream();

        Signing(SignatureAlgorithm algorithm, Signer signer, String tried) {
            this.algorithm = algorithm;
            this.signer = signer;
            this.tried = tried;
        }

        @Override
        public AlgorithmIdentifier getAlgorithmIdentifier() {
            return new DefaultSignatureAlgorithmIdentifierFinder().find(algorithm.jdkName());
        }

        @Override
        public OutputStream getOutputStream() {
            return toBeSigned;
        }

        @Override
        public byte[] getSignature() {
            try {
                return signer.sign(toBeSigned.toByteArray(), algorithm);
            } catch (K8sAwsException e) {
                throw e;
            } catch (RuntimeException e) {
                throw new K8sAwsException(
                        tried,
                        "the signer of the authority failed (" + e.getClass().getSimpleName() + ")",
                        "look at the cause, mend it, and issue again; nothing was signed",
                        Map.of("algorithm", algorithm.name()),
                        e);
            }
        }
    }
}
