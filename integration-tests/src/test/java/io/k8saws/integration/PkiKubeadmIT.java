package io.k8saws.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.cluster.EtcdPlacement;
import io.k8saws.pki.AuthorityRequest;
import io.k8saws.pki.AuthorityRole;
import io.k8saws.pki.CertificateAuthority;
import io.k8saws.pki.CertificateFile;
import io.k8saws.pki.CertificateRequest;
import io.k8saws.pki.ClusterPki;
import io.k8saws.pki.IssuedCertificate;
import io.k8saws.pki.KeyAlgorithm;
import io.k8saws.pki.Pem;
import io.k8saws.pki.PkiSpec;
import io.k8saws.pki.RenewalPlan;
import io.k8saws.pki.SecretKeyPair;
import io.k8saws.testkit.Testbed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Base64;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("The cluster's certificates and kubeadm's own")
class PkiKubeadmIT {
    private static final Clock CLOCK = Clock.systemUTC();

    @TempDir
    private Path scratch;

    private Command kubeadm;
    private Path directory;

    @BeforeEach
    void find() {
        kubeadm = new Command(Testbed.program("kubeadm").toString(), scratch, "install it: testbed/install");
        directory = scratch.resolve("pki");
    }

    private static ClusterPki pki(KeyAlgorithm algorithm) {
        return ClusterPki.of(PkiSpec.builder()
                .clusterName("demo")
                .apiNames(List.of("api.example.com", "*.demo.example.com", "192.0.2.10"))
                .serviceAddress("10.96.0.1")
                .clusterDomain("demo.local")
                .addControlPlaneNode("cp-1", "10.0.0.11")
                .etcdPlacement(EtcdPlacement.STACKED)
                .addEtcdMember("cp-1", "10.0.0.11")
                .etcdServerNames(List.of("etcd.example.com"))
                .etcdPeerNames(List.of("192.0.2.20"))
                .keyAlgorithm(algorithm)
                .build());
    }

    private String run(String what, KeyAlgorithm algorithm, Object... more) throws Exception {
        Path configuration = Files.writeString(scratch.resolve("kubeadm.yaml"), """
                apiVersion: kubeadm.k8s.io/v1beta4
                kind: InitConfiguration
                localAPIEndpoint:
                  advertiseAddress: 10.0.0.11
                nodeRegistration:
                  name: cp-1
                  criSocket: unix:///run/containerd/containerd.sock
                ---
                apiVersion: kubeadm.k8s.io/v1beta4
                kind: ClusterConfiguration
                kubernetesVersion: v1.36.1
                certificatesDir: %s
                controlPlaneEndpoint: api.example.com:6443
                encryptionAlgorithm: %s
                networking:
                  dnsDomain: demo.local
                apiServer:
                  certSANs: ["*.demo.example.com", "192.0.2.10"]
                etcd:
                  local:
                    serverCertSANs: [etcd.example.com]
                    peerCertSANs: ["192.0.2.20"]
                """.formatted(directory, algorithm));
        Object[] line = Stream.concat(
                        Stream.of("init", "phase", what, "all", "--config", configuration), Stream.of(more))
                .toArray();
        return kubeadm.output(line);
    }

    @ParameterizedTest
    @DisplayName("are the same, file by file, name by name and usage by usage")
    @EnumSource(names = {"ECDSA_P256", "RSA_2048"})
    void same(KeyAlgorithm algorithm) throws Exception {
        ClusterPki pki = pki(algorithm);
        Path configurations = scratch.resolve("kubernetes");
        run("certs", algorithm);
        run("kubeconfig", algorithm, "--kubeconfig-dir", configurations);
        PkiDirectory theirs = new PkiDirectory(directory);

        Set<String> files = new TreeSet<>();
        Map<String, X509Certificate> certificates = new HashMap<>();
        for (CertificateRequest request : pki.certificates()) {
            if (request.file() instanceof CertificateFile.PemFiles pem) {
                files.addAll(List.of(pem.certificate(), pem.key()));
                certificates.put(request.id(), read(theirs.at(pem.certificate())));
            } else if (request.file() instanceof CertificateFile.Kubeconfig kubeconfig) {
                String text = Files.readString(configurations.resolve(request.name()));
                certificates.put(request.id(), embedded(text));
                assertThat(text)
                        .contains(
                                kubeconfig.server() == CertificateFile.ApiServer.LOCAL
                                        ? "server: https://10.0.0.11:6443"
                                        : "server: https://api.example.com:6443");
            }
        }
        Map<AuthorityRole, X509Certificate> authorities = new EnumMap<>(AuthorityRole.class);
        for (AuthorityRequest request : pki.authorities()) {
            files.addAll(List.of(request.files().certificate(), request.files().key()));
            authorities.put(request.role(), read(theirs.at(request.files().certificate())));
            assertThat(authorities.get(request.role()).getSubjectX500Principal().getName())
                    .isEqualTo("CN=" + request.role().commonName());
        }
        pki.keyPairs().forEach(pair -> files.addAll(List.of(pair.privateFile(), pair.publicFile())));

        assertThat(contents(directory).keySet())
                .isEqualTo(new TreeSet<>(files.stream().map(theirs::at).toList()));
        RenewalPlan plan = RenewalPlan.of(pki, certificates, authorities, CLOCK.instant());
        assertThat(plan.isEmpty()).as("%s", plan).isTrue();
        for (CertificateRequest request : pki.certificates()) {
            // a present kubelet's certificate is left alone by a renewal, so it is looked at by itself
            assertThat(certificates.get(request.id()).getSubjectX500Principal().getName())
                    .contains("CN=" + request.subject().commonName());
        }
    }

    private static X509Certificate read(Path file) throws IOException {
        return Pem.certificates(Files.readString(file)).get(0);
    }

    private static X509Certificate embedded(String kubeconfig) {
        Matcher data = Pattern.compile("client-certificate-data: (\\S+)").matcher(kubeconfig);
        assertThat(data.find()).isTrue();
        return Pem.certificates(new String(Base64.getDecoder().decode(data.group(1)), StandardCharsets.US_ASCII))
                .get(0);
    }

    private static Map<Path, String> contents(Path root) throws IOException {
        Map<Path, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                contents.put(file, Files.readString(file));
            }
        }
        return contents;
    }

    @Test
    @DisplayName("are taken by kubeadm as its own, without the keys that machines may not read")
    void taken() throws Exception {
        ClusterPki pki = pki(KeyAlgorithm.ECDSA_P256);
        Map<AuthorityRole, CertificateAuthority> authorities = pki.createAuthorities(CLOCK);
        List<IssuedCertificate> issued = pki.issue(authorities, CLOCK);
        PkiDirectory ours = new PkiDirectory(directory);
        ours.write(pki, authorities, issued);
        ours.write(pki, SecretKeyPair.generate(KeyAlgorithm.ECDSA_P256));
        PkiDirectory.write(
                ours.at("/etc/kubernetes/pki/ca.key"),
                authorities.get(AuthorityRole.KUBERNETES).key().orElseThrow().privateKeyPem());
        Map<Path, String> before = contents(directory);

        String said = run("certs", KeyAlgorithm.ECDSA_P256);

        assertThat(said).doesNotContain("Generating").contains("existing");
        assertThat(contents(directory)).isEqualTo(before);
        assertThat(before.keySet())
                .doesNotContain(
                        ours.at("/etc/kubernetes/pki/etcd/ca.key"), ours.at("/etc/kubernetes/pki/front-proxy-ca.key"));
    }

    @Test
    @DisplayName("an authority that kubeadm made goes on signing")
    void adopted() throws Exception {
        ClusterPki pki = pki(KeyAlgorithm.RSA_2048);
        run("certs", KeyAlgorithm.RSA_2048);
        PkiDirectory machine = new PkiDirectory(directory);
        Map<AuthorityRole, CertificateAuthority> authorities = new EnumMap<>(AuthorityRole.class);
        for (AuthorityRequest request : pki.authorities()) {
            authorities.put(
                    request.role(),
                    CertificateAuthority.of(
                            Files.readString(machine.at(request.files().certificate())),
                            Files.readString(machine.at(request.files().key())),
                            CLOCK));
        }
        machine.write(pki, authorities, pki.issue(authorities, CLOCK));
        Map<Path, String> before = contents(directory);

        assertThat(run("certs", KeyAlgorithm.RSA_2048)).doesNotContain("Generating");

        assertThat(contents(directory)).isEqualTo(before);
        assertThat(SecretKeyPair.fromPem(Files.readString(machine.at("/etc/kubernetes/pki/sa.key")))
                        .publicKeyPem())
                .isEqualTo(Files.readString(machine.at("/etc/kubernetes/pki/sa.pub")));
    }
}
