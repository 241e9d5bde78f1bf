package io.k8saws.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.aws.AwsAccess;
import io.k8saws.error.CorruptSnapshotException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.etcd.backup.Backup;
import io.k8saws.etcd.backup.BackupOptions;
import io.k8saws.etcd.backup.Backups;
import io.k8saws.etcd.backup.SnapshotSource;
import io.k8saws.etcd.envelope.MasterKey;
import io.k8saws.etcd.snapshot.Verification;
import io.k8saws.etcd.store.BackupStore;
import io.k8saws.etcd.store.S3Location;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.AwsKind;
import io.k8saws.testkit.EtcdCluster;
import io.k8saws.testkit.Testbed;
import io.k8saws.testkit.fault.CallLog;
import io.k8saws.testkit.fault.Faults;
import io.k8saws.testkit.fault.FaultyHttpClient;
import io.k8saws.testkit.fault.RecordedCall;
import io.k8saws.testkit.fault.RunKilledError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.s3.S3Client;

@ParameterizedClass
@EnumSource(AwsKind.class)
@DisplayName("A snapshot of a real etcd is backed up to S3, or there is no backup")
class BackupIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @TempDir
    static Path shared;

    @TempDir
    Path directory;

    private final AwsEndpoint endpoint;
    private final String bucket = "k8saws-it-" + UUID.randomUUID();

    BackupIT(
            AwsKind kind,
            @AwsEmulator AwsEndpoint moto,
            @AwsEmulator(kind = AwsKind.LOCALSTACK) AwsEndpoint localStack) {
        this.endpoint = kind == AwsKind.MOTO ? moto : localStack;
    }

    @BeforeAll
    static void saveASnapshot() {
        if (Files.exists(shared.resolve("real.db"))) {
            return;
        }
        try (EtcdCluster etcd = Testbed.etcd(1)) {
            Gateway gateway = new Gateway(etcd.endpoints().get(0));
            new Histories(gateway, 9).changes(400).manyKeys(300);
            Tool.client("etcdctl", etcd).save(shared.resolve("real.db"));
        }
    }

    @BeforeEach
    void makeABucket() {
        try (S3Client s3 = endpoint.configure(S3Client.builder()).build()) {
            s3.createBucket(request -> request.bucket(bucket));
        }
    }

    private static SnapshotSource source() {
        return SnapshotSource.file(shared.resolve("real.db"));
    }

    private BackupOptions options() {
        return BackupOptions.defaults().withSpoolDirectory(directory.resolve("spool"));
    }

    private AwsAccess through(FaultyHttpClient http) {
        return endpoint.access(http);
    }

    @Test
    void itComesBackEncryptedByKms() throws IOException {
        String key;
        try (KmsClient kms = endpoint.configure(KmsClient.builder()).build()) {
            key = kms.createKey().keyMetadata().arn();
        }
        try (BackupStore store = BackupStore.s3(endpoint.access(), S3Location.of(bucket));
                MasterKey master = MasterKey.kms(endpoint.access(), key)) {
            Backups backups = Backups.in(store, "payments").withMasterKey(master);

            Backup made = backups.backup(source(), options(), LIMIT);

            assertThat(backups.latestGood()).contains(made);
            assertThat(made.manifest().stored().keyId()).isEqualTo(key);
            Path fetched = backups.fetch(made, directory.resolve("fetched.db"));
            assertThat(Files.mismatch(fetched, shared.resolve("real.db"))).isEqualTo(-1);
            assertThat(Verification.of(fetched).holds()).isTrue();
            assertThat(Tool.of("etcdutl")
                            .run("snapshot", "status", fetched, "-w", "json")
                            .json()
                            .path("hash")
                            .asLong())
                    .isEqualTo(made.manifest().content().hash());
        }
    }

    private static String newKey(KmsClient kms) {
        return kms.createKey().keyMetadata().arn();
    }

    /** Who may write to the bucket can put a backup there that a key of theirs has made, and let anybody use that key. */
    @Test
    void aKeyOfSomebodyElseOpensNothing() {
        try (KmsClient kms = endpoint.configure(KmsClient.builder()).build();
                BackupStore store = BackupStore.s3(endpoint.access(), S3Location.of(bucket))) {
            String ours = newKey(kms);
            String theirs = newKey(kms);
            Backup made;
            try (MasterKey other = MasterKey.kms(endpoint.access(), theirs)) {
                made = Backups.in(store, "payments").withMasterKey(other).backup(source(), options(), LIMIT);
            }
            try (MasterKey master = MasterKey.kms(endpoint.access(), ours);
                    MasterKey both = MasterKey.kms(endpoint.access(), ours, Set.of(theirs))) {
                assertThatThrownBy(() -> Backups.in(store, "payments")
                                .withMasterKey(master)
                                .fetch(made, directory.resolve("no.db")))
                        .isInstanceOf(K8sAwsException.class)
                        .isNotInstanceOf(CorruptSnapshotException.class)
                        .hasMessageContaining("made with KMS key " + theirs);
                assertThat(Backups.in(store, "payments").withMasterKey(both).fetch(made, directory.resolve("yes.db")))
                        .hasSameBinaryContentAs(shared.resolve("real.db"));
            }
        }
    }

    @Test
    void aCopyCanBeFetched_fromABucketToADirectoryAndTheOtherWay() {
        try (BackupStore s3 = BackupStore.s3(endpoint.access(), S3Location.of(bucket));
                BackupStore disk = BackupStore.directory(directory.resolve("disk"))) {
            Backups inS3 = Backups.in(s3, "payments");
            Backups onDisk = Backups.in(disk, "payments");

            Backup down = inS3.copy(inS3.backup(source(), options(), LIMIT), disk);
            Backup up = onDisk.copy(onDisk.backup(source(), options(), LIMIT), s3);

            assertThat(onDisk.verify(down).counts()).isTrue();
            assertThat(onDisk.fetch(down, directory.resolve("down.db")))
                    .hasSameBinaryContentAs(shared.resolve("real.db"));
            assertThat(inS3.verify(up).counts()).isTrue();
            assertThat(inS3.fetch(up, directory.resolve("up.db"))).hasSameBinaryContentAs(shared.resolve("real.db"));
            assertThat(inS3.list().good()).hasSize(2);
        }
    }

    /** The standard proof: wherever the program dies, what lists is whole, and the next run makes it good. */
    @Test
    void killedAtEveryCall_thereIsABackupOrNone() throws IOException {
        CallLog undisturbed;
        try (FaultyHttpClient http = FaultyHttpClient.create(Faults.none());
                BackupStore store = BackupStore.s3(through(http), S3Location.of(bucket))) {
            Backups.in(store, "calm").backup(source(), options(), LIMIT);
            undisturbed = http.calls();
        }
        int calls = undisturbed.count();
        int manifest = undisturbed.all().stream()
                .map(RecordedCall::call)
                .filter(call -> call.write() && call.key().endsWith("/manifest.json"))
                .findFirst()
                .orElseThrow()
                .number();
        assertThat(calls).isGreaterThan(manifest).isGreaterThan(5);
        int killed = 0;
        for (int call = 1; call <= calls; call++) {
            for (boolean before : new boolean[] {true, false}) {
                Faults faults =
                        before ? Faults.none().killBefore(call) : Faults.none().killAfter(call);
                String cluster = "killed-" + call + (before ? "-before" : "-after");
                try (FaultyHttpClient http = FaultyHttpClient.create(faults);
                        BackupStore store = BackupStore.s3(through(http), S3Location.of(bucket))) {
                    assertThatThrownBy(() -> Backups.in(store, cluster).backup(source(), options(), LIMIT))
                            .isInstanceOf(RunKilledError.class);
                    killed++;
                }
                looksRight(cluster, before ? call > manifest : call >= manifest);
            }
        }
        assertThat(killed).isEqualTo(2 * calls);
    }

    private void looksRight(String cluster, boolean complete) throws IOException {
        try (BackupStore store = BackupStore.s3(endpoint.access(), S3Location.of(bucket))) {
            Backups backups = Backups.in(store, cluster);
            assertThat(backups.list().unreadable()).as(cluster).isEmpty();
            assertThat(backups.list().all()).as(cluster).hasSize(complete ? 1 : 0);
            for (Backup there : backups.list().all()) {
                assertThat(there.counts()).as(cluster).isTrue();
                Path fetched = backups.fetch(there, directory.resolve(cluster + ".db"));
                assertThat(Files.mismatch(fetched, shared.resolve("real.db"))).isEqualTo(-1);
            }
            Backup next = backups.backup(source(), options(), LIMIT);
            assertThat(backups.latestGood()).contains(next);
        }
    }
}
