package io.k8saws.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.k8saws.bootstrap.EncryptionKey;
import io.k8saws.etcd.backup.AtRestKey;
import io.k8saws.etcd.backup.Backup;
import io.k8saws.etcd.backup.BackupManifest;
import io.k8saws.etcd.backup.BackupOptions;
import io.k8saws.etcd.backup.Backups;
import io.k8saws.etcd.backup.KubernetesFacts;
import io.k8saws.etcd.store.BackupStore;
import io.k8saws.etcd.store.StoredObject;
import io.k8saws.pki.KeyAlgorithm;
import io.k8saws.pki.SecretKeyPair;
import io.k8saws.testkit.EtcdCluster;
import io.k8saws.testkit.Testbed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A manifest says which API server wrote the snapshot, and which keys are needed to read it")
class KubernetesFactsIT {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final String TOKEN = "secret-of-test";

    @TempDir
    Path directory;

    /** A real API server that encrypts Secrets with the first of these keys. */
    private final class Server implements AutoCloseable {
        private final Process process;
        private final KubernetesClient client;

        Server(EtcdCluster etcd, List<EncryptionKey> keys) throws IOException {
            SecretKeyPair accounts = SecretKeyPair.generate(KeyAlgorithm.ECDSA_P256);
            Path signing = Files.writeString(directory.resolve("sa.key"), accounts.privateKeyPem());
            Path verifying = Files.writeString(directory.resolve("sa.pub"), accounts.publicKeyPem());
            Path tokens =
                    Files.writeString(directory.resolve("tokens.csv"), TOKEN + ",admin,admin,\"system:masters\"\n");
            Path encryption =
                    Files.writeString(directory.resolve("encryption.yaml"), EncryptionKey.configuration(keys));
            int port = freePort();
            process = new ProcessBuilder(
                            Testbed.program("kube-apiserver").toString(),
                            "--etcd-servers=" + etcd.endpoints().get(0),
                            "--bind-address=127.0.0.1",
                            "--advertise-address=127.0.0.1",
                            "--endpoint-reconciler-type=none",
                            "--secure-port=" + port,
                            "--cert-dir=" + directory.resolve("certificates"),
                            "--token-auth-file=" + tokens,
                            "--service-cluster-ip-range=10.96.0.0/16",
                            "--authorization-mode=RBAC",
                            "--disable-admission-plugins=ServiceAccount",
                            "--service-account-issuer=https://kubernetes.default.svc",
                            "--service-account-key-file=" + verifying,
                            "--service-account-signing-key-file=" + signing,
                            "--encryption-provider-config=" + encryption)
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("log-" + port).toFile())
                    .start();
            Config config = new ConfigBuilder(Config.empty())
                    .withMasterUrl("https://127.0.0.1:" + port)
                    .withTrustCerts(true)
                    .withOauthToken(TOKEN)
                    .withRequestRetryBackoffLimit(0)
                    .build();
            client = new KubernetesClientBuilder().withConfig(config).build();
            EtcdMetrics.await("the API server is ready; see " + directory.resolve("log-" + port), this::isReady);
        }

        private boolean isReady() {
            assertThat(process.isAlive()).as("the API server runs").isTrue();
            try {
                return "ok".equals(client.raw("/readyz"));
            } catch (KubernetesClientException e) {
                return false;
            }
        }

        private KubernetesFacts facts(AtRestKey... keys) {
            return new KubernetesFacts(client.getKubernetesVersion().getGitVersion(), List.of(keys));
        }

        private void secret(String name) {
            Secret secret = new SecretBuilder()
                    .withNewMetadata()
                    .withNamespace("shop")
                    .withName(name)
                    .endMetadata()
                    .addToStringData("password", "hidden")
                    .build();
            client.resource(secret).create();
        }

        @Override
        public void close() {
            client.close();
            process.destroyForcibly();
            try {
                process.waitFor();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    private static String versionOfTheProgram() throws IOException {
        Process asked = new ProcessBuilder(Testbed.program("kube-apiserver").toString(), "--version").start();
        return new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .strip()
                .replace("Kubernetes ", "");
    }

    private static AtRestKey key(EncryptionKey key, String name, long values) {
        return new AtRestKey("secretbox", name, key.fingerprint(), values);
    }

    /** Two keys, as in the middle of a rotation; a third is in use nowhere. Then the API server is gone, and a backup is wanted all the more. */
    @Test
    void versionAndFingerprintsAreThoseOfTheApiServer() throws IOException {
        EncryptionKey first = EncryptionKey.generate("secrets-encryption-1");
        EncryptionKey second = EncryptionKey.generate("secrets-encryption-2");
        try (EtcdCluster cluster = Testbed.etcd(1);
                BackupStore store = BackupStore.directory(directory.resolve("store"))) {
            Backups backups = Backups.in(store, "payments");
            BackupOptions options = BackupOptions.defaults().withSpoolDirectory(directory.resolve("spool"));
            String endpoint = cluster.endpoints().get(0).toString();
            try (Server server = new Server(cluster, List.of(first))) {
                server.client
                        .resource(new NamespaceBuilder()
                                .withNewMetadata()
                                .withName("shop")
                                .endMetadata()
                                .build())
                        .create();
                server.secret("one");
                server.secret("two");
            }
            Server server = new Server(cluster, List.of(second, first));
            try (server;
                    Etcd etcd = Etcd.builder()
                            .endpoints(List.of(endpoint))
                            .kubernetes(() -> server.facts(
                                    key(first, "secrets-encryption-1", 0), key(second, "secrets-encryption-2", 0)))
                            .build()) {
                server.secret("three");

                Backup backup = backups.backup(etcd.snapshotSource(), options, LIMIT);

                BackupManifest manifest = backup.manifest();
                assertThat(backup.counts()).isTrue();
                assertThat(manifest.kubernetesVersion())
                        .isEqualTo(versionOfTheProgram())
                        .startsWith("v1.");
                assertThat(manifest.content().atRestKeys())
                        .containsExactlyInAnyOrder(
                                key(first, "secrets-encryption-1", 2), key(second, "secrets-encryption-2", 1));
                String stored = new String(
                        Files.readAllBytes(directory.resolve("store").resolve(manifestKey(store))),
                        StandardCharsets.UTF_8);
                assertThat(stored).contains(first.fingerprint(), second.fingerprint(), versionOfTheProgram());
                assertThat(backups.list().all()).as("read back from the store").containsExactly(backup);

                server.close();
                BackupManifest later =
                        backups.backup(etcd.snapshotSource(), options, LIMIT).manifest();
                assertThat(later.kubernetesVersion()).isEmpty();
                assertThat(later.remarks()).singleElement().asString().contains("Kubernetes");
                assertThat(later.content().atRestKeys())
                        .extracting(AtRestKey::name)
                        .containsExactlyInAnyOrder("secrets-encryption-1", "secrets-encryption-2");
            }
        }
    }

    private static String manifestKey(BackupStore store) {
        return store.list("payments/main/").stream()
                .map(StoredObject::key)
                .filter(key -> key.endsWith(".json") && !key.contains("/proofs/"))
                .findFirst()
                .orElseThrow();
    }
}
