package io.k8saws.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.etcd.backup.Backup;
import io.k8saws.etcd.backup.BackupOptions;
import io.k8saws.etcd.backup.Backups;
import io.k8saws.etcd.backup.SnapshotSource;
import io.k8saws.etcd.backup.SweepReport;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.s3.S3Client;

/** Several parts at once, so that a program also dies while others of its calls are under way. */
@ParameterizedClass
@EnumSource(AwsKind.class)
@DisplayName("A backup in parts is there whole, or is not there")
class BackupInPartsIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int VALUES = 17;

    @TempDir
    static Path shared;

    @TempDir
    Path directory;

    private final AwsEndpoint endpoint;
    private final S3Client s3;
    private final String bucket = "k8saws-it-" + UUID.randomUUID();

    BackupInPartsIT(
            AwsKind kind,
            @AwsEmulator AwsEndpoint moto,
            @AwsEmulator(kind = AwsKind.LOCALSTACK) AwsEndpoint localStack) {
        this.endpoint = kind == AwsKind.MOTO ? moto : localStack;
        this.s3 = endpoint.configure(S3Client.builder()).build();
    }

    @BeforeAll
    static void saveSnapshots() {
        if (Files.exists(shared.resolve("large.db"))) {
            return;
        }
        try (EtcdCluster etcd = Testbed.etcd(1)) {
            Gateway gateway = new Gateway(etcd.endpoints().get(0));
            gateway.put("/small", "value");
            Tool.client("etcdctl", etcd).save(shared.resolve("small.db"));
            Random random = new Random(17);
            byte[] value = new byte[1 << 20];
            for (int i = 0; i < VALUES; i++) {
                random.nextBytes(value);
                gateway.put("/registry/secrets/large/" + i, value, 0);
            }
            Tool.client("etcdctl", etcd).save(shared.resolve("large.db"));
        }
    }

    @BeforeEach
    void makeABucket() {
        s3.createBucket(request -> request.bucket(bucket));
    }

    @AfterEach
    void close() {
        s3.close();
    }

    private static SnapshotSource snapshot(String name) {
        return SnapshotSource.file(shared.resolve(name));
    }

    private Backup backup(BackupStore store, String cluster, String name) {
        return Backups.in(store, cluster)
                .backup(snapshot(name), BackupOptions.defaults().withSpoolDirectory(directory.resolve("spool")), LIMIT);
    }

    private BackupStore through(FaultyHttpClient http) {
        return BackupStore.s3(endpoint.access(http), S3Location.of(bucket));
    }

    /** Where in an undisturbed run the upload begins and ends, and where the manifest is written. */
    private record Course(int calls, int begin, int complete, int manifest) {
        static Course of(CallLog log) {
            return new Course(
                    log.count(),
                    number(log, "CreateMultipartUpload", ""),
                    number(log, "CompleteMultipartUpload", ""),
                    number(log, "PutObject", "/manifest.json"));
        }

        private static int number(CallLog log, String operation, String key) {
            return log.all().stream()
                    .map(RecordedCall::call)
                    .filter(call ->
                            call.operation().equals(operation) && call.key().endsWith(key))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("there is no " + operation + " among " + log))
                    .number();
        }

        /** Whether a run that died there had been answered, or at least heard, up to a call. */
        private static boolean reached(int call, boolean before, int number) {
            return before ? call > number : call >= number;
        }

        boolean begun(int call, boolean before) {
            return reached(call, before, begin);
        }

        boolean completed(int call, boolean before) {
            return reached(call, before, complete);
        }

        boolean listed(int call, boolean before) {
            return reached(call, before, manifest);
        }
    }

    @Test
    void killedAtEveryCall_thereIsABackupOrNone_andNothingStays() {
        Course course;
        try (FaultyHttpClient http = FaultyHttpClient.create(Faults.none());
                BackupStore store = through(http)) {
            backup(store, "calm", "large.db");
            assertThat(http.calls().count("s3:UploadPart")).isGreaterThanOrEqualTo(3);
            course = Course.of(http.calls());
        }
        for (int call = 1; call <= course.calls(); call++) {
            for (boolean before : new boolean[] {true, false}) {
                String cluster = "killed-" + call + (before ? "-before" : "-after");
                Faults faults =
                        before ? Faults.none().killBefore(call) : Faults.none().killAfter(call);
                try (FaultyHttpClient http = FaultyHttpClient.create(faults);
                        BackupStore store = through(http)) {
                    assertThatThrownBy(() -> backup(store, cluster, "large.db"))
                            .as(cluster)
                            .isInstanceOf(RunKilledError.class);
                }
                boolean unfinished = course.begun(call, before) && !course.completed(call, before);
                assertThat(unfinished(cluster)).as(cluster).isEqualTo(unfinished ? 1 : 0);
                looksRight(cluster, course.listed(call, before));
            }
        }
    }

    private int unfinished(String cluster) {
        return s3.listMultipartUploads(request -> request.bucket(bucket).prefix(cluster + "/"))
                .uploads()
                .size();
    }

    private void looksRight(String cluster, boolean listed) {
        try (BackupStore store = BackupStore.s3(endpoint.access(), S3Location.of(bucket))) {
            Backups backups = Backups.in(store, cluster);
            assertThat(backups.list().unreadable()).as(cluster).isEmpty();
            assertThat(backups.list().good()).as(cluster).hasSize(listed ? 1 : 0);
            for (Backup there : backups.list().good()) {
                assertThat(backups.fetch(there, directory.resolve(cluster + ".db")))
                        .hasSameBinaryContentAs(shared.resolve("large.db"));
            }
            Backup next = backup(store, cluster, "small.db");

            // what the dead one has left is too young to be swept, and goes later
            assertThat(backups.sweep(Duration.ofHours(1)))
                    .as(cluster)
                    .isEqualTo(new SweepReport(0, List.of(), Map.of()));
            Backups.in(new LaterStore(store, Duration.ofHours(2)), cluster).sweep(Duration.ofHours(1));

            assertThat(unfinished(cluster)).as(cluster).isZero();
            assertThat(backups.list().good())
                    .as(cluster)
                    .hasSize(listed ? 2 : 1)
                    .contains(next);
            assertThat(store.list(cluster + "/")).as(cluster).hasSize(listed ? 4 : 2);
            store.list(cluster + "/").forEach(store::delete); // or the emulator would come to hold gigabytes
        }
    }
}
