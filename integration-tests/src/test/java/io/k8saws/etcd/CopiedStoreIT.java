package io.k8saws.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.error.OperationCancelledException;
import io.k8saws.etcd.backup.Backup;
import io.k8saws.etcd.backup.BackupOptions;
import io.k8saws.etcd.backup.Backups;
import io.k8saws.etcd.backup.ContinuousBackup;
import io.k8saws.etcd.backup.DeltaCopyReport;
import io.k8saws.etcd.backup.RestorePoint;
import io.k8saws.etcd.backup.StoredSegment;
import io.k8saws.etcd.envelope.MasterKey;
import io.k8saws.etcd.restore.NewCluster;
import io.k8saws.etcd.restore.NewMember;
import io.k8saws.etcd.schedule.Leadership;
import io.k8saws.etcd.store.BackupStore;
import io.k8saws.etcd.store.S3Location;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.AwsKind;
import io.k8saws.testkit.EtcdCluster;
import io.k8saws.testkit.Testbed;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

@ParameterizedClass
@EnumSource(AwsKind.class)
@DisplayName("Points in time of a real etcd are copied to another bucket, and lead there to the same data")
class CopiedStoreIT {
    @TempDir
    Path directory;

    private final AwsEndpoint endpoint;
    private final S3Client s3;
    private final String bucket = "k8saws-it-" + UUID.randomUUID();
    private final String other = "k8saws-it-" + UUID.randomUUID();

    CopiedStoreIT(
            AwsKind kind,
            @AwsEmulator AwsEndpoint moto,
            @AwsEmulator(kind = AwsKind.LOCALSTACK) AwsEndpoint localStack) {
        this.endpoint = kind == AwsKind.MOTO ? moto : localStack;
        this.s3 = endpoint.configure(S3Client.builder()).build();
    }

    @BeforeEach
    void makeBuckets() {
        List.of(bucket, other).forEach(name -> s3.createBucket(request -> request.bucket(name)));
    }

    @AfterEach
    void close() {
        s3.close();
    }

    /** Watches until all is stored. */
    private void watch(Etcd etcd, Backups backups, long until) {
        Thread thread = new Thread(
                () -> {
                    try {
                        ContinuousBackup.of(
                                        backups,
                                        etcd.snapshotSource(),
                                        etcd.changes(),
                                        BackupOptions.defaults().withSpoolDirectory(directory.resolve("spool")))
                                .withSegments(Duration.ofMillis(500), 2_000)
                                .run(Leadership.inThisProgram());
                    } catch (OperationCancelledException e) {
                        // it has seen enough
                    }
                },
                "continuous");
        thread.setDaemon(true);
        thread.start();
        try {
            EtcdMetrics.await("revision " + until + " is stored", () -> last(backups) >= until);
        } finally {
            thread.interrupt();
        }
        try {
            thread.join(Duration.ofSeconds(30).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        assertThat(thread.isAlive()).isFalse();
    }

    private static long last(Backups backups) {
        return backups.deltas("main").stream()
                .mapToLong(StoredSegment::last)
                .max()
                .orElse(0);
    }

    @Test
    void whatIsCopiedLeadsToTheSameData() {
        MasterKey key = MasterKey.of("mine", new byte[32]);
        try (EtcdCluster cluster = Testbed.etcd(1);
                Etcd etcd = Etcd.at(cluster.endpoints().get(0).toString());
                BackupStore here = BackupStore.s3(endpoint.access(), S3Location.of(bucket));
                BackupStore there = BackupStore.s3(endpoint.access(), S3Location.of(other))) {
            assertThat(etcd.putIfUnchanged("/registry/pods/a/first", 0, new byte[10], 0))
                    .isPresent();
            Backups backups = Backups.in(here, "payments").withMasterKey(key);
            Backup base = backups.backup(
                    etcd.snapshotSource(),
                    BackupOptions.defaults().withSpoolDirectory(directory.resolve("spool")),
                    Duration.ofMinutes(1));
            long begin = base.manifest().content().revision();
            for (int i = 0; i < 40; i++) {
                assertThat(etcd.putIfUnchanged("/registry/pods/a/" + i, 0, new byte[200 + i], 0))
                        .isPresent();
            }
            long end = etcd.revision();
            watch(etcd, backups, end);

            Backup copied = backups.copy(base, there);
            DeltaCopyReport report = backups.copyDeltas("main", there);

            assertThat(copied.counts()).isTrue();
            assertThat(report.copied()).hasSameSizeAs(backups.deltas("main"));
            assertThat(report.failed()).isEmpty();
            Backups copies = Backups.in(there, "payments").withMasterKey(key);
            assertThat(copies.verifyDeltas("main").lost()).isEmpty();
            for (long revision = begin; revision <= end; revision++) {
                assertThat(way(copies, revision)).isEqualTo(way(backups, revision));
            }
            NewCluster target = NewCluster.of(List.of(NewMember.of("a", "http://127.0.0.1:1")));
            RestorePoint point = copies.restorePoint("main", end - 3);
            assertThat(copies.fetch(point, directory.resolve("point"), target)
                            .write("a", directory.resolve("data"))
                            .revision())
                    .isEqualTo(end - 3);

            assertThat(backups.copyDeltas("main", there))
                    .as("all is there, and the same by the checksums of both buckets")
                    .isEqualTo(new DeltaCopyReport(List.of(), report.copied().size(), report.failed()));
            StoredSegment replaced = copies.deltas("main").get(0);
            s3.deleteObject(
                    request -> request.bucket(other).key(replaced.object().key()));
            s3.putObject(
                    request -> request.bucket(other).key(replaced.object().key()),
                    RequestBody.fromBytes(
                            new byte[Math.toIntExact(replaced.object().bytes())]));
            assertThat(backups.copyDeltas("main", there).failed())
                    .containsOnlyKeys(replaced.object().key());
        }
    }

    private static String way(Backups backups, long revision) {
        RestorePoint point = backups.restorePoint("main", revision);
        return point.base().id() + " "
                + point.segments().stream()
                        .map(segment -> segment.object().key())
                        .toList();
    }
}
