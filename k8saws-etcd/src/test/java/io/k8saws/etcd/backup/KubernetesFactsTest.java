package io.k8saws.etcd.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.K8sAwsException;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.etcd.snapshot.EtcdContent;
import io.k8saws.etcd.store.BackupStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a source has read of its Kubernetes gets into the manifest, and is compared with what a caller says. */
class KubernetesFactsTest {
    private static final KubernetesFacts READ = new KubernetesFacts(
            "1.36.1",
            List.of(
                    new AtRestKey("secretbox", "secrets-encryption-1", "aa", 0),
                    new AtRestKey("kms", "aws-kms", "arn", 0)));

    @TempDir
    Path directory;

    private final BackupOptions options = BackupOptions.defaults();

    private Supplier<KubernetesFacts> said = () -> READ;
    private Duration limit = Duration.ofMinutes(1);

    private Backup backup(BackupOptions with) {
        EtcdContent etcd = new EtcdContent()
                .put("/registry/secrets/a/b", "k8s:enc:secretbox:v1:secrets-encryption-1:0123456789")
                .put("/registry/secrets/a/c", "k8s:enc:secretbox:v1:secrets-encryption-2:0123456789");
        SnapshotSource file = SnapshotSource.file(etcd.save(directory.resolve("source.db")));
        SnapshotSource source = new SnapshotSource() {
            @Override
            public SnapshotOrigin stream(SnapshotSink sink, Duration limit) {
                return file.stream(sink, limit);
            }

            @Override
            public KubernetesFacts kubernetes() {
                return said.get();
            }
        };
        return Backups.in(BackupStore.directory(directory.resolve("store")), "payments")
                .backup(source, with.withSpoolDirectory(directory.resolve("spool")), limit);
    }

    @Test
    void theManifestSaysWhatWasRead() {
        BackupManifest manifest = backup(options).manifest();

        assertThat(manifest.kubernetesVersion()).isEqualTo("v1.36.1");
        assertThat(manifest.content().atRestKeys())
                .containsExactlyInAnyOrder(
                        new AtRestKey("secretbox", "secrets-encryption-1", "aa", 1),
                        new AtRestKey("secretbox", "secrets-encryption-2", "", 1),
                        new AtRestKey("kms", "aws-kms", "arn", 0));
    }

    @Test
    void whatIsGivenIsCompared() {
        assertThat(backup(options.withKubernetesVersion("1.36.1")).manifest().kubernetesVersion())
                .isEqualTo("v1.36.1");
        assertThatThrownBy(() -> backup(
                        options.withAtRestKeys(List.of(new AtRestKey("secretbox", "secrets-encryption-1", "bb", 0)))))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("key secrets-encryption-1 was given with fingerprint bb, and aa was read");
        assertThat(directory.resolve("spool")).as("nothing was asked of etcd").isEmptyDirectory();

        assertThat(backup(options.withAtRestKeys(List.of(
                                new AtRestKey("secretbox", "secrets-encryption-1", "AA", 0),
                                new AtRestKey("kms", "aws-kms", "", 0),
                                new AtRestKey("aescbc", "older", "cc", 0))))
                        .manifest()
                        .content()
                        .atRestKeys())
                .contains(
                        new AtRestKey("secretbox", "secrets-encryption-1", "AA", 1),
                        new AtRestKey("kms", "aws-kms", "arn", 0),
                        new AtRestKey("aescbc", "older", "cc", 0));
    }

    /** A program that runs for months was started before the upgrade. */
    @Test
    void aVersionThatIsOutOfDateIsARemark() {
        BackupManifest manifest =
                backup(options.withKubernetesVersion("v1.35.0")).manifest();

        assertThat(manifest.kubernetesVersion()).isEqualTo("v1.36.1");
        assertThat(manifest.remarks()).containsExactly("version v1.35.0 was given, and v1.36.1 was read, which counts");
        assertThat(backup(options).manifest().remarks()).isEmpty();
    }

    /** API servers are away in the hour in which a backup is wanted most. */
    @Test
    void whoeverCannotSayStopsNoBackup() {
        said = () -> {
            throw new IllegalArgumentException("the API server is away");
        };
        assertUnknown("the API server is away");
        said = () -> {
            throw new OperationCancelledException("ask an API server");
        };
        assertUnknown("ask an API server");
        said = () -> {
            throw new NoClassDefFoundError("io/fabric8/kubernetes/client/KubernetesClient");
        };
        assertUnknown("KubernetesClient");
        said = () -> null;
        assertUnknown("nothing was said");
        limit = Duration.ofSeconds(20);
        said = KubernetesFactsTest::never;
        assertUnknown("there was no answer within ");
    }

    private static KubernetesFacts never() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return READ;
    }

    private void assertUnknown(String why) {
        Backup backup = backup(options.withKubernetesVersion("v1.35.0"));

        assertThat(backup.counts()).isTrue();
        assertThat(backup.manifest().kubernetesVersion()).isEqualTo("v1.35.0");
        assertThat(backup.manifest().remarks())
                .singleElement()
                .asString()
                .startsWith("what Kubernetes could say of itself is not known: ")
                .contains(why);
    }

    @Test
    void whoWaitsForAnAnswerCanBeCancelled() {
        said = KubernetesFactsTest::never;
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> backup(options)).isInstanceOf(OperationCancelledException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void theKeyItselfIsNoFingerprint() {
        String key = Base64.getEncoder().encodeToString(new byte[32]);
        List<AtRestKey> keys = List.of(new AtRestKey("secretbox", "mine", key, 0));

        assertThatThrownBy(() -> options.withAtRestKeys(keys))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("key mine")
                .hasMessageNotContaining(key);
        assertThatThrownBy(() -> new KubernetesFacts("", keys)).isInstanceOf(IllegalArgumentException.class);
    }
}
