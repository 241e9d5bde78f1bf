package io.k8saws.integration;

import io.k8saws.pki.AuthorityRole;
import io.k8saws.pki.CertificateAuthority;
import io.k8saws.pki.CertificateFile;
import io.k8saws.pki.ClusterPki;
import io.k8saws.pki.IssuedCertificate;
import io.k8saws.pki.SecretKeyPair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A machine's PKI directory: what would be {@code /etc/kubernetes/pki}. */
record PkiDirectory(Path root) {
    private static final String ON_MACHINES = "/etc/kubernetes/pki/";

    Path at(String file) {
        if (!file.startsWith(ON_MACHINES)) {
            throw new IllegalArgumentException(file + " is not in " + ON_MACHINES);
        }
        return root.resolve(file.substring(ON_MACHINES.length()));
    }

    /** Writes what a machine finds: all but private keys that machines may not read. */
    void write(ClusterPki pki, Map<AuthorityRole, CertificateAuthority> authorities, Iterable<IssuedCertificate> issued)
            throws IOException {
        for (var authority : pki.authorities()) {
            write(
                    at(authority.files().certificate()),
                    authorities.get(authority.role()).certificatePem());
        }
        for (IssuedCertificate certificate : issued) {
            if (certificate.request().file() instanceof CertificateFile.PemFiles files) {
                write(at(files.certificate()), certificate.certificatePem());
                write(at(files.key()), certificate.key().orElseThrow().privateKeyPem());
            }
        }
    }

    void write(ClusterPki pki, SecretKeyPair serviceAccount) throws IOException {
        write(at(pki.keyPairs().get(0).privateFile()), serviceAccount.privateKeyPem());
        write(at(pki.keyPairs().get(0).publicFile()), serviceAccount.publicKeyPem());
    }

    static Path write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }
}
