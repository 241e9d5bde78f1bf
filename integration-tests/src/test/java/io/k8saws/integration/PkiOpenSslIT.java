package io.k8saws.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.cluster.EtcdPlacement;
import io.k8saws.pki.AuthorityRole;
import io.k8saws.pki.CertificateAuthority;
import io.k8saws.pki.CertificateRequest;
import io.k8saws.pki.ClusterPki;
import io.k8saws.pki.IssuedCertificate;
import io.k8saws.pki.KeyAlgorithm;
import io.k8saws.pki.Pem;
import io.k8saws.pki.PkiSpec;
import io.k8saws.pki.SecretKeyPair;
import io.k8saws.pki.Signer;
import io.k8saws.pki.Usage;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The cluster's certificates as OpenSSL sees them")
class PkiOpenSslIT {
    private static final Clock CLOCK = Clock.systemUTC();

    @TempDir
    private Path scratch;

    private Command openssl;

    @BeforeEach
    void find() {
        openssl = new Command("openssl", scratch, "install OpenSSL 3, for example the Debian package openssl");
    }

    private static ClusterPki pki(KeyAlgorithm algorithm) {
        return ClusterPki.of(PkiSpec.builder()
                .clusterName("demo")
                .apiNames(List.of("api.example.com", "*.demo.example.com", "2001:db8::10"))
                .serviceAddress("10.96.0.1")
                .addControlPlaneNode("cp-1", "10.0.0.11")
                .addEtcdMember("etcd-1", "10.0.0.21")
                .etcdPlacement(EtcdPlacement.DEDICATED)
                .separateEvents(true)
                .keyAlgorithm(algorithm)
                .build());
    }

    private Path file(String name, String text) throws IOException {
        return PkiDirectory.write(scratch.resolve(name.replace('/', '-')), text);
    }

    @ParameterizedTest
    @DisplayName("pass its strict checks for exactly their purposes, names and keys")
    @EnumSource(names = {"ECDSA_P256", "ECDSA_P384", "RSA_2048"})
    void everyCertificate(KeyAlgorithm algorithm) throws Exception {
        ClusterPki pki = pki(algorithm);
        Map<AuthorityRole, CertificateAuthority> authorities = pki.createAuthorities(CLOCK);
        for (var authority : authorities.entrySet()) {
            Path pem = file(authority.getKey() + ".crt", authority.getValue().certificatePem());
            assertThat(openssl.output("x509", "-in", pem, "-noout", "-ext", "basicConstraints,keyUsage"))
                    .contains("CA:TRUE")
                    .contains("Certificate Sign, CRL Sign");
            openssl.output("verify", "-x509_strict", "-CAfile", pem, pem);
        }
        List<IssuedCertificate> issued = pki.issue(authorities, CLOCK);
        assertThat(issued).hasSize(15);
        for (IssuedCertificate certificate : issued) {
            checkPurposes(certificate, authorities);
            checkText(certificate);
            checkKey(certificate);
        }
    }

    private void checkPurposes(IssuedCertificate issued, Map<AuthorityRole, CertificateAuthority> authorities)
            throws Exception {
        CertificateRequest request = issued.request();
        Path pem = file(request.id() + ".crt", issued.certificatePem());
        for (Usage usage : Usage.values()) {
            Command.Outcome outcome = verify(request.signer(), pem, "-purpose", "ssl" + usage);
            assertThat(outcome.good())
                    .as("%s as %s: %s", request, usage, outcome.text())
                    .isEqualTo(request.usages().contains(usage));
        }
        for (AuthorityRole other : authorities.keySet()) {
            assertThat(verify(other, pem).good()).as("%s by %s", request, other).isEqualTo(other == request.signer());
        }
        for (String name : request.altNames().dnsNames()) {
            String asked = name.replace("*", "any");
            assertThat(verify(request.signer(), pem, "-verify_hostname", asked).text())
                    .endsWith("OK\n");
        }
        for (String address : request.altNames().addresses()) {
            assertThat(verify(request.signer(), pem, "-verify_ip", address).text())
                    .endsWith("OK\n");
        }
        assertThat(verify(request.signer(), pem, "-verify_ip", "192.0.2.1").good())
                .isFalse();
        assertThat(verify(request.signer(), pem, "-verify_hostname", "other.example.com")
                        .good())
                .isFalse();
    }

    private Command.Outcome verify(AuthorityRole authority, Path pem, Object... more) throws Exception {
        List<Object> line =
                new ArrayList<>(List.of("verify", "-x509_strict", "-CAfile", scratch.resolve(authority + ".crt")));
        line.addAll(Arrays.asList(more));
        line.add(pem);
        return openssl.run(line.toArray());
    }

    private void checkText(IssuedCertificate issued) throws Exception {
        CertificateRequest request = issued.request();
        String text = openssl.output("x509", "-in", scratch.resolve(file(request)), "-noout", "-text");

        assertThat(text)
                .contains("Subject: " + request.subject().toString().replace("=", " = ") + "\n")
                .contains("Issuer: CN = " + request.signer().commonName() + "\n")
                .contains("X509v3 Key Usage: critical\n                Digital Signature, Key Encipherment\n")
                .contains("X509v3 Basic Constraints: critical\n                CA:FALSE\n")
                .contains("X509v3 Extended Key Usage: \n                "
                        + request.usages().stream()
                                .map(usage -> usage == Usage.SERVER
                                        ? "TLS Web Server Authentication"
                                        : "TLS Web Client Authentication")
                                .collect(Collectors.joining(", "))
                        + "\n")
                .contains("Authority Key Identifier")
                .contains("Subject Key Identifier");
        if (request.altNames().isEmpty()) {
            assertThat(text).doesNotContain("Subject Alternative Name");
        } else {
            List<String> names = new ArrayList<>();
            request.altNames().dnsNames().forEach(name -> names.add("DNS:" + name));
            request.altNames().addresses().forEach(address -> names.add("IP Address:" + longForm(address)));
            assertThat(text).contains("Subject Alternative Name: \n                " + String.join(", ", names) + "\n");
        }
    }

    private static String file(CertificateRequest request) {
        return (request.id() + ".crt").replace('/', '-');
    }

    /** OpenSSL prints IPv6 addresses in full. */
    private static String longForm(String address) {
        return switch (address) {
            case "::1" -> "0:0:0:0:0:0:0:1";
            case "2001:db8::10" -> "2001:DB8:0:0:0:0:0:10";
            default -> address;
        };
    }

    private void checkKey(IssuedCertificate issued) throws Exception {
        Path key = file("some.key", issued.key().orElseThrow().privateKeyPem());

        openssl.output("pkey", "-in", key, "-check", "-noout");
        assertThat(openssl.output("pkey", "-in", key, "-pubout"))
                .isEqualTo(openssl.output("x509", "-in", scratch.resolve(file(issued.request())), "-noout", "-pubkey"));
        assertThat(issued.key().orElseThrow().publicKeyPem()).isEqualTo(openssl.output("pkey", "-in", key, "-pubout"));
    }

    @Test
    @DisplayName("are told apart by their authority's key while two authorities of one name are trusted")
    void bothAuthorities() throws Exception {
        ClusterPki pki = pki(KeyAlgorithm.ECDSA_P256);
        CertificateRequest admin = pki.certificate("admin.conf").orElseThrow();
        CertificateAuthority old = pki.createAuthorities(CLOCK).get(AuthorityRole.KUBERNETES);
        CertificateAuthority fresh = pki.createAuthorities(CLOCK).get(AuthorityRole.KUBERNETES);
        Path both = file("both.crt", Pem.of(List.of(old.certificate(), fresh.certificate())));
        Path onlyOld = file("old.crt", old.certificatePem());
        Path byOld = file("by-old.crt", old.issue(admin, CLOCK).certificatePem());
        Path byNew = file("by-new.crt", fresh.issue(admin, CLOCK).certificatePem());

        openssl.output("verify", "-x509_strict", "-CAfile", both, byOld);
        openssl.output("verify", "-x509_strict", "-CAfile", both, byNew);
        assertThat(openssl.run("verify", "-CAfile", onlyOld, byNew).good()).isFalse();
    }

    @ParameterizedTest
    @DisplayName("are signed by authorities that OpenSSL made, whatever form their keys have")
    @ValueSource(strings = {"ec", "rsa", "rsa-pkcs8"})
    void givenAuthorities(String kind) throws Exception {
        Path key = scratch.resolve("ca.key");
        if (kind.equals("ec")) {
            openssl.output("ecparam", "-name", "secp384r1", "-genkey", "-out", key);
        } else {
            openssl.output("genrsa", "-traditional", "-out", key, "3072");
        }
        if (kind.equals("rsa-pkcs8")) {
            Path other = scratch.resolve("pkcs8.key");
            openssl.output("pkey", "-in", key, "-out", other);
            Files.copy(other, key, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        }
        Path certificate = scratch.resolve("ca.crt");
        openssl.output(
                "req", "-x509", "-key", key, "-out", certificate, "-days", "30", "-subj", "/C=DE/O=Corp/CN=Corp Root");

        CertificateAuthority authority =
                CertificateAuthority.of(Files.readString(certificate), Files.readString(key), CLOCK);
        CertificateRequest api =
                pki(KeyAlgorithm.ECDSA_P256).certificate("apiserver@cp-1").orElseThrow();
        Path issued = file("issued.crt", authority.issue(api, CLOCK).certificatePem());

        assertThat(Files.readString(key))
                .contains(
                        switch (kind) {
                            case "ec" -> "BEGIN EC PRIVATE KEY";
                            case "rsa" -> "BEGIN RSA PRIVATE KEY";
                            default -> "BEGIN PRIVATE KEY";
                        });
        assertThat(openssl.output("verify", "-CAfile", certificate, "-purpose", "sslserver", issued))
                .endsWith("OK\n");
        assertThat(SecretKeyPair.fromPem(Files.readString(key)).publicKeyPem())
                .isEqualTo(openssl.output("pkey", "-in", key, "-pubout"));
    }

    /** A key that never comes here: OpenSSL signs with it. */
    private Signer elsewhere(Path key) {
        return (bytes, algorithm) -> {
            try {
                Path toBeSigned = Files.write(scratch.resolve("to-be-signed"), bytes);
                Path signature = scratch.resolve("signature");
                openssl.output("dgst", "-sha256", "-sign", key, "-out", signature, toBeSigned);
                return Files.readAllBytes(signature);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        };
    }

    @ParameterizedTest
    @DisplayName(
            "pass below an authority whose key stays elsewhere, with the whole chain and with the subordinate alone")
    @ValueSource(strings = {"/C=DE/O=Corp/CN=Corp Root", "/CN=kubernetes"})
    void belowAnAuthorityElsewhere(String name) throws Exception {
        Path key = scratch.resolve("root.key");
        Path root = scratch.resolve("root.crt");
        openssl.output("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key);
        openssl.output(
                "req",
                "-x509",
                "-key",
                key,
                "-out",
                root,
                "-days",
                "30",
                "-subj",
                name,
                "-addext",
                "keyUsage=critical,keyCertSign,cRLSign");
        CertificateAuthority parent = CertificateAuthority.withSigner(Files.readString(root), elsewhere(key), CLOCK);
        ClusterPki pki = pki(KeyAlgorithm.ECDSA_P256);
        CertificateAuthority below = parent.subordinate(pki.authorities().get(0), CLOCK);
        CertificateAuthority other = parent.subordinate(pki.authorities().get(0), CLOCK);
        CertificateRequest api = pki.certificate("apiserver@cp-1").orElseThrow();
        IssuedCertificate server = below.issue(api, CLOCK);
        Path authority = file("below.crt", below.certificatePem());
        Path leaf = file("server.crt", server.certificatePem());
        Path stranger = file("other.crt", other.issue(api, CLOCK).certificatePem());

        assertThat(openssl.output("x509", "-in", authority, "-noout", "-text"))
                .contains("X509v3 Basic Constraints: critical\n                CA:TRUE, pathlen:0\n")
                .contains("Certificate Sign, CRL Sign")
                .doesNotContain("Name Constraints", "Extended Key Usage");
        openssl.output("verify", "-x509_strict", "-CAfile", root, authority);
        openssl.output(
                "verify", "-x509_strict", "-CAfile", root, "-untrusted", authority, "-purpose", "sslserver", leaf);
        openssl.output("verify", "-x509_strict", "-partial_chain", "-CAfile", authority, "-purpose", "sslserver", leaf);
        assertThat(openssl.run("verify", "-CAfile", authority, leaf).good())
                .as("who asks for a root does not take the subordinate for one")
                .isFalse();
        assertThat(openssl.run("verify", "-partial_chain", "-CAfile", authority, stranger)
                        .good())
                .as("what another subordinate has signed")
                .isFalse();
        takenByCurl(leaf, file("server.key", server.key().orElseThrow().privateKeyPem()), authority);
    }

    /** As the machines' scripts ask: with the cluster's authority and nothing else. */
    private void takenByCurl(Path leaf, Path key, Path authority) throws Exception {
        Process server = new ProcessBuilder(
                        "openssl",
                        "s_server",
                        "-www",
                        "-accept",
                        "127.0.0.1:0",
                        "-cert",
                        leaf.toString(),
                        "-key",
                        key.toString())
                .redirectErrorStream(true)
                .start();
        try (BufferedReader said = server.inputReader()) {
            String accept = said.lines()
                    .filter(line -> line.startsWith("ACCEPT"))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("openssl s_server did not start"));
            String port = accept.substring(accept.lastIndexOf(':') + 1);
            Command curl = new Command("curl", scratch, "install curl 7.88");
            assertThat(curl.output(
                            "-sSf",
                            "-m",
                            "20",
                            "--cacert",
                            authority,
                            "--resolve",
                            "cp-1:" + port + ":127.0.0.1",
                            "https://cp-1:" + port + "/"))
                    .contains("Ciphers supported");
        } finally {
            server.destroy();
        }
    }

    @Test
    @DisplayName("an intermediate authority of the user's is taken as a root")
    void intermediate() throws Exception {
        Path rootKey = scratch.resolve("root.key");
        Path rootPem = scratch.resolve("root.crt");
        Path key = scratch.resolve("mid.key");
        Path csr = scratch.resolve("mid.csr");
        Path pem = scratch.resolve("mid.crt");
        openssl.output("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", rootKey);
        openssl.output("req", "-x509", "-key", rootKey, "-out", rootPem, "-days", "30", "-subj", "/CN=root");
        openssl.output("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key);
        openssl.output("req", "-new", "-key", key, "-out", csr, "-subj", "/CN=clusters");
        Path extensions =
                file("mid.cnf", "basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign\n");
        openssl.output(
                "x509",
                "-req",
                "-in",
                csr,
                "-CA",
                rootPem,
                "-CAkey",
                rootKey,
                "-CAcreateserial",
                "-days",
                "20",
                "-extfile",
                extensions,
                "-out",
                pem);

        CertificateAuthority authority = CertificateAuthority.of(Files.readString(pem), Files.readString(key), CLOCK);
        CertificateRequest admin =
                pki(KeyAlgorithm.ECDSA_P256).certificate("admin.conf").orElseThrow();
        Path issued = file("issued.crt", authority.issue(admin, CLOCK).certificatePem());

        openssl.output("verify", "-partial_chain", "-CAfile", pem, "-purpose", "sslclient", issued);
        openssl.output("verify", "-CAfile", rootPem, "-untrusted", pem, "-purpose", "sslclient", issued);
    }
}
