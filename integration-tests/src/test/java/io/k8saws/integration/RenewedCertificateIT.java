package io.k8saws.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.k8saws.bootstrap.Bootstrap;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.pki.AltNames;
import io.k8saws.pki.AuthorityRequest;
import io.k8saws.pki.AuthorityRole;
import io.k8saws.pki.CertificateAuthority;
import io.k8saws.pki.CertificateFile;
import io.k8saws.pki.CertificateRequest;
import io.k8saws.pki.ClusterPki;
import io.k8saws.pki.IssuedCertificate;
import io.k8saws.pki.KeyAlgorithm;
import io.k8saws.pki.KeyReader;
import io.k8saws.pki.SecretKeyPair;
import io.k8saws.pki.Subject;
import io.k8saws.pki.Usage;
import io.k8saws.testkit.Testbed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What machines rely on when their timer puts new certificates in the places of the old ones: who has them open takes the new ones for its next connection. What clients of this library do is shown by
 * {@code LiveEtcdIT}.
 */
@DisplayName("An API server that runs takes a renewed certificate of its own for etcd")
class RenewedCertificateIT {
    private static final Clock CLOCK = Clock.systemUTC();
    private static final ClusterPki PKI = Bootstrap.pki(ClusterSpec.builder()
            .name("renewed")
            .region("eu-west-1")
            .network(n -> n.zones("eu-west-1a", "eu-west-1b", "eu-west-1c"))
            .build());
    private static final String TOKEN = "of-the-test";

    @TempDir
    private Path scratch;

    private final List<Process> running = new ArrayList<>();

    /** The generation of etcd's authority that comes after another has the same name, and another key. */
    private static CertificateAuthority authority() {
        AuthorityRequest request = PKI.authorities().stream()
                .filter(authority -> authority.role() == AuthorityRole.ETCD)
                .findFirst()
                .orElseThrow();
        return CertificateAuthority.create(request, CLOCK);
    }

    private static IssuedCertificate ofServer(CertificateAuthority authority) {
        return authority.issue(
                new CertificateRequest(
                        "server",
                        Optional.empty(),
                        new Subject("server", Optional.empty()),
                        new AltNames(List.of("localhost"), List.of("127.0.0.1")),
                        List.of(Usage.SERVER, Usage.CLIENT),
                        Duration.ofDays(1),
                        KeyAlgorithm.ECDSA_P256,
                        AuthorityRole.ETCD,
                        KeyReader.OPERATOR,
                        new CertificateFile.PemFiles("server.crt", "server.key")),
                CLOCK);
    }

    private static IssuedCertificate ofApiServer(CertificateAuthority authority) {
        return authority.issue(
                PKI.certificates().stream()
                        .filter(request -> request.name().equals("apiserver-etcd-client"))
                        .findFirst()
                        .orElseThrow(),
                CLOCK);
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(scratch.resolve(name), text);
    }

    /** As the machines' scripts do: whole files take the places of others. */
    private void put(String name, IssuedCertificate certificate) throws IOException {
        write(name + ".crt.new", certificate.certificatePem());
        write(name + ".key.new", certificate.key().orElseThrow().privateKeyPem());
        for (String file : List.of(name + ".crt", name + ".key")) {
            Files.move(scratch.resolve(file + ".new"), scratch.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** It ends with this test, and by itself when nobody is left to end it. */
    private Process start(String program, String... arguments) throws IOException {
        List<String> line = new ArrayList<>(
                List.of("timeout", "600", Testbed.program(program).toString()));
        line.addAll(List.of(arguments));
        Process process = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        scratch.resolve(program + ".log").toFile()))
                .start();
        running.add(process);
        return process;
    }

    private static void end(Process process) throws InterruptedException {
        process.destroy();
        assertThat(process.waitFor(2, TimeUnit.MINUTES))
                .as("%s ends", process.info())
                .isTrue();
    }

    @AfterEach
    void endAll() throws InterruptedException {
        // the API server before the last etcd: without one it takes more than a minute
        for (Process process : running) {
            end(process);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private Process etcd(int port, int peers, Path trusted) throws IOException {
        String peer = "http://127.0.0.1:" + peers;
        return start(
                "etcd",
                "--name=one",
                "--data-dir=" + scratch.resolve("data"),
                "--unsafe-no-fsync",
                "--listen-client-urls=https://127.0.0.1:" + port,
                "--advertise-client-urls=https://127.0.0.1:" + port,
                "--listen-peer-urls=" + peer,
                "--initial-advertise-peer-urls=" + peer,
                "--initial-cluster=one=" + peer,
                "--client-cert-auth",
                "--trusted-ca-file=" + trusted,
                "--cert-file=" + scratch.resolve("server.crt"),
                "--key-file=" + scratch.resolve("server.key"));
    }

    private Process apiServer(int port, int etcd, Path trusted) throws IOException {
        SecretKeyPair tokens = SecretKeyPair.generate(KeyAlgorithm.ECDSA_P256);
        return start(
                "kube-apiserver",
                "--etcd-servers=https://127.0.0.1:" + etcd,
                "--etcd-cafile=" + trusted,
                "--etcd-certfile=" + scratch.resolve("client.crt"),
                "--etcd-keyfile=" + scratch.resolve("client.key"),
                "--bind-address=127.0.0.1",
                "--advertise-address=127.0.0.1",
                "--endpoint-reconciler-type=none",
                "--secure-port=" + port,
                "--tls-cert-file=" + scratch.resolve("server.crt"),
                "--tls-private-key-file=" + scratch.resolve("server.key"),
                "--token-auth-file=" + write("tokens.csv", TOKEN + ",admin,admin,\"system:masters\"\n"),
                "--service-cluster-ip-range=10.96.0.0/16",
                "--service-account-issuer=https://kubernetes.default.svc",
                "--service-account-key-file=" + write("sa.pub", tokens.publicKeyPem()),
                "--service-account-signing-key-file=" + write("sa.key", tokens.privateKeyPem()),
                "--authorization-mode=RBAC",
                "--disable-admission-plugins=ServiceAccount");
    }

    private static void await(String what, BooleanSupplier seen) {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
        while (!seen.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
        }
    }

    private String log(String program) {
        try {
            return Files.readString(scratch.resolve(program + ".log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void store(KubernetesClient client, String name) {
        client.configMaps()
                .inNamespace("default")
                .resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .build())
                .create();
    }

    private static boolean isStored(KubernetesClient client, String name) {
        try {
            store(client, name);
            return true;
        } catch (KubernetesClientException notYet) {
            return false;
        }
    }

    @Test
    void isTakenWithoutARestart_andTheOldOneIsNoUse() throws Exception {
        CertificateAuthority before = authority();
        CertificateAuthority after = authority();
        Path both = write("both.crt", before.certificatePem() + after.certificatePem());
        put("server", ofServer(before));
        put("client", ofApiServer(before));
        int etcdPort = freePort();
        int peerPort = freePort();
        int port = freePort();
        Process etcd = etcd(etcdPort, peerPort, write("before.crt", before.certificatePem()));
        Process apiServer = apiServer(port, etcdPort, both);
        try (KubernetesClient client = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder()
                        .withMasterUrl("https://127.0.0.1:" + port)
                        .withOauthToken(TOKEN)
                        .withTrustCerts(true)
                        .withDisableHostnameVerification(true)
                        .withRequestRetryBackoffLimit(0)
                        .withConnectionTimeout(5_000)
                        .withRequestTimeout(5_000)
                        .build())
                .build()) {
            await("the API server writes: " + scratch, () -> isStored(client, "first"));

            // etcd is made anew, as a machine that was rolled, and trusts the next authority alone
            end(etcd);
            int said = log("etcd").length();
            etcd(etcdPort, peerPort, write("after.crt", after.certificatePem()));
            await(
                    "etcd is up, and refuses the API server's certificate: " + scratch,
                    () -> log("etcd").substring(said).contains("\"rejected connection"));
            assertThatThrownBy(() -> store(client, "second"))
                    .as("with the old certificate")
                    .isInstanceOf(KubernetesClientException.class);

            put("client", ofApiServer(after));

            await("the API server writes again", () -> isStored(client, "third"));
            assertThat(client.configMaps()
                            .inNamespace("default")
                            .withName("first")
                            .get())
                    .as("of the same etcd")
                    .isNotNull();
            assertThat(apiServer.isAlive()).as("it was not restarted").isTrue();
        }
    }
}
