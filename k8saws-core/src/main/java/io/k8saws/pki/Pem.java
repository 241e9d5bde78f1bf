package io.k8saws.pki;

import io.k8saws.error.K8sAwsException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.openssl.PEMParser;

/** Certificates as text and back (RFC 7468). Private keys go through {@link SecretKeyPair} only. */
public final class Pem {
    private Pem() {}

    /**
     * Reads all certificates of a text; other blocks are passed over.
     *
     * @param pem the text
     * @return the certificates in their order; possibly empty
     * @throws K8sAwsException when a block is damaged
     */
    public static List<X509Certificate> certificates(String pem) {
        List<X509Certificate> certificates = new ArrayList<>();
        try (PEMParser parser = new PEMParser(new StringReader(pem))) {
            for (Object block = parser.readObject(); block != null; block = parser.readObject()) {
                if (block instanceof X509CertificateHolder holder) {
                    certificates.add(certificate(holder.getEncoded()));
                }
            }
        } catch (IOException | CertificateException | IllegalArgumentException | IllegalStateException e) {
            // the text may hold a private key, too, so the parser's words are not repeated
            throw new K8sAwsException(
                    "Read certificates",
                    "certificate " + (certificates.size() + 1) + " of the text is not PEM or is damaged ("
                            + e.getClass().getSimpleName() + ")",
                    "give certificates in PEM; 'openssl x509 -in <file> -noout -text' shows whether one is");
        }
        return List.copyOf(certificates);
    }

    /**
     * Writes certificates one after the other: one certificate, or a bundle of authorities to trust.
     *
     * @param certificates the certificates
     * @return PEM, ending with a line feed; empty for an empty list
     */
    public static String of(Collection<X509Certificate> certificates) {
        return certificates.stream().map(Pem::of).collect(Collectors.joining());
    }

    /**
     * Writes one certificate.
     *
     * @param certificate the certificate
     * @return PEM, ending with a line feed
     */
    public static String of(X509Certificate certificate) {
        try {
            return block("CERTIFICATE", certificate.getEncoded());
        } catch (CertificateEncodingException e) {
            throw new K8sAwsException(
                    "Write certificate " + certificate.getSubjectX500Principal(),
                    "it cannot be encoded",
                    "read it anew from its file",
                    Map.of(),
                    e);
        }
    }

    static X509Certificate certificate(byte[] der) throws CertificateException {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
    }

    static String block(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                        .encodeToString(der)
                + "\n-----END " + label + "-----\n";
    }
}
