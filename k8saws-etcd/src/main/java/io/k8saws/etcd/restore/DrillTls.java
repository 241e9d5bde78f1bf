package io.k8saws.etcd.restore;

import io.k8saws.etcd.internal.disk.OwnerOnly;
import io.k8saws.pki.AltNames;
import io.k8saws.pki.AuthorityRequest;
import io.k8saws.pki.AuthorityRole;
import io.k8saws.pki.CertificateAuthority;
import io.k8saws.pki.CertificateFile.PemFiles;
import io.k8saws.pki.CertificateRequest;
import io.k8saws.pki.IssuedCertificate;
import io.k8saws.pki.KeyAlgorithm;
import io.k8saws.pki.KeyReader;
import io.k8saws.pki.Subject;
import io.k8saws.pki.Usage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * An authority for one drill, and the one certificate that it signs: for the server, and for the only one who may call it. A restored etcd has all secrets of a cluster, and other users of the machine reach its ports.
 */
final class DrillTls {
    private static final String HOST = "127.0.0.1";
    private static final Duration VALIDITY = Duration.ofDays(1);

    private final CertificateAuthority authority;
    private final IssuedCertificate certificate;

    private DrillTls(CertificateAuthority authority, IssuedCertificate certificate) {
        this.authority = authority;
        this.certificate = certificate;
    }

    static DrillTls create(Clock clock) {
        CertificateAuthority authority = CertificateAuthority.create(
                new AuthorityRequest(
                        AuthorityRole.ETCD,
                        KeyAlgorithm.ECDSA_P256,
                        VALIDITY,
                        KeyReader.OPERATOR,
                        new PemFiles("drill-ca.crt", "drill-ca.key")),
                clock);
        CertificateRequest request = new CertificateRequest(
                "drill",
                Optional.empty(),
                new Subject("drill", Optional.empty()),
                new AltNames(List.of(), List.of(HOST)),
                // etcd calls its own server for answers in JSON, with this certificate
                List.of(Usage.SERVER, Usage.CLIENT),
                VALIDITY,
                KeyAlgorithm.ECDSA_P256,
                AuthorityRole.ETCD,
                KeyReader.OPERATOR,
                new PemFiles("drill.crt", "drill.key"));
        return new DrillTls(authority, authority.issue(request, clock));
    }

    /** Writes what etcd needs, for its owner alone, and gives its arguments. */
    List<String> arguments(Path directory) throws IOException {
        Path trusted = write(directory.resolve("ca.crt"), authority.certificatePem());
        Path own = write(directory.resolve("drill.crt"), certificate.certificatePem());
        Path key = write(
                directory.resolve("drill.key"), certificate.key().orElseThrow().privateKeyPem());
        return List.of(
                "--client-cert-auth",
                "--trusted-ca-file=" + trusted,
                "--cert-file=" + own,
                "--key-file=" + key,
                "--peer-client-cert-auth",
                "--peer-trusted-ca-file=" + trusted,
                "--peer-cert-file=" + own,
                "--peer-key-file=" + key);
    }

    private static Path write(Path file, String text) throws IOException {
        try (FileChannel channel = OwnerOnly.create(file)) {
            ByteBuffer out = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (out.hasRemaining()) {
                channel.write(out);
            }
        }
        return file;
    }

    /** Trusts that authority alone, and shows its certificate. */
    SSLContext context() {
        try {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(null, null);
            keys.setKeyEntry("drill", privateKey(), new char[0], new Certificate[] {certificate.certificate()});
            KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            own.init(keys, new char[0]);
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("authority", authority.certificate());
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(own.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("every JDK has PKCS #12, TLS and P-256", e);
        }
    }

    private PrivateKey privateKey() throws GeneralSecurityException {
        String pem = certificate.key().orElseThrow().privateKeyPem();
        byte[] der = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
        return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
    }
}
