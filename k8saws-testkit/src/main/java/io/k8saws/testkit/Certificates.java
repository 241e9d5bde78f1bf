package io.k8saws.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority for one started component, and the PEM files that it signs. EC P-256, valid for a day. */
final class Certificates {
    private static final Duration VALID = Duration.ofDays(1);

    private final Path directory;
    private final KeyPair keys;
    private final X509Certificate certificate;

    /** Where a certificate and its private key stand. */
    record PemPair(Path certificate, Path key) {}

    private Certificates(Path directory, KeyPair keys, X509Certificate certificate) {
        this.directory = directory;
        this.keys = keys;
        this.certificate = certificate;
    }

    /** Makes an authority whose files go to the given directory. */
    static Certificates authority(String name, Path directory) {
        KeyPair keys = keyPair();
        X500Name subject = new X500Name("CN=" + name);
        X509Certificate certificate = sign(subject, subject, keys, keys, List.of(), true);
        Certificates authority = new Certificates(directory, keys, certificate);
        write(authority.authorityFile(), "CERTIFICATE", encoded(certificate));
        write(authority.authorityKeyFile(), "PRIVATE KEY", keys.getPrivate().getEncoded());
        return authority;
    }

    /** The authority's certificate. */
    X509Certificate certificate() {
        return certificate;
    }

    /** The file with the authority's private key. */
    Path authorityKeyFile() {
        return directory.resolve("ca.key");
    }

    /** The file with the authority's certificate. */
    Path authorityFile() {
        return directory.resolve("ca.crt");
    }

    /**
     * Signs a certificate for a server that is also a client of its peers.
     *
     * @param name the file name without extension, and the common name
     * @param addresses the IP addresses and host names that it is for; empty for a client alone
     */
    PemPair issue(String name, List<String> addresses) {
        KeyPair own = keyPair();
        X509Certificate signed = sign(
                new X500Name("CN=" + name),
                new X500Name(certificate.getSubjectX500Principal().getName()),
                own,
                keys,
                addresses,
                false);
        PemPair files = new PemPair(directory.resolve(name + ".crt"), directory.resolve(name + ".key"));
        write(files.certificate(), "CERTIFICATE", encoded(signed));
        write(files.key(), "PRIVATE KEY", own.getPrivate().getEncoded());
        return files;
    }

    /** Writes a new key pair for signing service account tokens. */
    static PemPair signingKey(Path directory) {
        KeyPair keys = keyPair();
        PemPair files = new PemPair(directory.resolve("sa.pub"), directory.resolve("sa.key"));
        write(files.certificate(), "PUBLIC KEY", keys.getPublic().getEncoded());
        write(files.key(), "PRIVATE KEY", keys.getPrivate().getEncoded());
        return files;
    }

    private static X509Certificate sign(
            X500Name subject, X500Name issuer, KeyPair own, KeyPair signer, List<String> addresses, boolean authority) {
        Instant now = Clock.systemUTC().instant();
        try {
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    issuer,
                    new BigInteger(63, new SecureRandom()).add(BigInteger.ONE),
                    Date.from(now.minus(Duration.ofMinutes(5))),
                    Date.from(now.plus(VALID)),
                    subject,
                    own.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
            builder.addExtension(
                    Extension.keyUsage,
                    true,
                    new KeyUsage(authority ? KeyUsage.keyCertSign | KeyUsage.cRLSign : KeyUsage.digitalSignature));
            if (!authority) {
                builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
                    KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
                }));
            }
            if (!addresses.isEmpty()) {
                builder.addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(addresses.stream()
                                .map(address -> new GeneralName(
                                        address.matches("[0-9.]+|.*:.*") ? GeneralName.iPAddress : GeneralName.dNSName,
                                        address))
                                .toArray(GeneralName[]::new)));
            }
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer.getPrivate())));
        } catch (CertIOException | OperatorCreationException | GeneralSecurityException e) {
            throw TestbedException.defect("Sign a certificate for the testbed", e);
        }
    }

    private static KeyPair keyPair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new TestbedException(
                    "Make a key for the testbed", TestbedException.why(e), "Use a JDK with EC keys", Map.of(), e);
        }
    }

    private static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (GeneralSecurityException e) {
            throw TestbedException.defect("Write a certificate", e);
        }
    }

    private static void write(Path file, String type, byte[] der) {
        String pem = "-----BEGIN " + type + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + type + "-----\n";
        try {
            Files.writeString(file, pem);
        } catch (IOException e) {
            throw new UncheckedIOException("Write " + file + ": " + e.getMessage(), e);
        }
    }
}
