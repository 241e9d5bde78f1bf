package io.k8saws.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.EtcdAccessDeniedException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.etcd.backup.Backup;
import io.k8saws.etcd.backup.BackupOptions;
import io.k8saws.etcd.backup.BackupProof;
import io.k8saws.etcd.backup.Backups;
import io.k8saws.etcd.backup.OpenedBackup;
import io.k8saws.etcd.restore.EtcdRelease;
import io.k8saws.etcd.restore.NewCluster;
import io.k8saws.etcd.restore.NewMember;
import io.k8saws.etcd.restore.RestoreDrill;
import io.k8saws.etcd.restore.SnapshotRestore;
import io.k8saws.etcd.snapshot.HashKv;
import io.k8saws.etcd.store.BackupStore;
import io.k8saws.etcd.store.S3Location;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.AwsKind;
import io.k8saws.testkit.EtcdCluster;
import io.k8saws.testkit.EtcdTls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.s3.S3Client;

@ParameterizedClass
@EnumSource(AwsKind.class)
@DisplayName(
        "A cluster of one member or three under load is backed up to S3, proven on all levels, lost, and comes back whole")
class StoredRestoreIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String USER = "root";
    private static final String PASSWORD = "secret-of-root";

    @TempDir
    Path directory;

    private final AwsEndpoint endpoint;
    private final String bucket = "k8saws-it-" + UUID.randomUUID();

    StoredRestoreIT(
            AwsKind kind,
            @AwsEmulator AwsEndpoint moto,
            @AwsEmulator(kind = AwsKind.LOCALSTACK) AwsEndpoint localStack) {
        this.endpoint = kind == AwsKind.MOTO ? moto : localStack;
    }

    @BeforeEach
    void makeABucket() {
        try (S3Client s3 = endpoint.configure(S3Client.builder()).build()) {
            s3.createBucket(request -> request.bucket(bucket));
        }
    }

    /** With TLS and users. */
    private static EtcdCluster start(EtcdRelease release, int members) {
        EtcdCluster cluster = EtcdVersion.of(release).startWithTls(members);
        cluster.etcdctl("user", "add", USER + ":" + PASSWORD);
        cluster.etcdctl("user", "grant-role", USER, "root");
        cluster.etcdctl("auth", "enable");
        return cluster;
    }

    private static void compact(EtcdCluster cluster, long revision) {
        List<String> command = new ArrayList<>();
        if (cluster.tls().isPresent()) {
            command.add("--user=" + USER + ":" + PASSWORD);
        }
        command.addAll(List.of("compaction", Long.toString(revision)));
        cluster.etcdctl(command.toArray(String[]::new));
    }

    private static Etcd connect(EtcdCluster cluster) {
        EtcdBuilder builder = Etcd.builder()
                .endpoints(cluster.endpoints().stream().map(Objects::toString).toList())
                // a machine that also runs other tests may take seconds for a write
                .timeouts(Duration.ofSeconds(20), Duration.ofMinutes(1));
        cluster.tls()
                .ifPresent(files -> builder.tls(ClientTls.files(files.authority(), files.certificate(), files.key()))
                        .user(USER, PASSWORD));
        return builder.build();
    }

    /** Writes until it is told to stop, and tells how often it has. */
    private static final class Load implements AutoCloseable {
        private final AtomicBoolean ended = new AtomicBoolean();
        private final AtomicInteger writes = new AtomicInteger();
        private final CompletableFuture<Void> running;

        Load(Etcd etcd, long lease) {
            running = CompletableFuture.runAsync(() -> {
                while (!ended.get()) {
                    String key = "/registry/pods/load/pod-" + writes.get() % 50;
                    long seen = etcd.key(key).map(StoredKey::modRevision).orElse(0L);
                    etcd.putIfUnchanged(key, seen, new byte[writes.get() % 700], writes.get() % 3 == 0 ? lease : 0);
                    writes.incrementAndGet();
                }
            });
        }

        int writes() {
            return writes.get();
        }

        @Override
        public void close() {
            ended.set(true);
            running.join();
        }
    }

    @ParameterizedTest
    @CsvSource({"V3_4,1", "V3_4,3", "V3_5,1", "V3_5,3", "V3_6,1", "V3_6,3"})
    void allComesBack(EtcdRelease release, int members) throws IOException {
        try (EtcdCluster cluster = start(release, members);
                Etcd etcd = connect(cluster);
                BackupStore store = BackupStore.s3(endpoint.access(), S3Location.of(bucket))) {
            Backups backups = Backups.in(store, "payments");
            long lease = etcd.grantLease(Duration.ofHours(2));
            etcd.putIfUnchanged("/leased", 0, new byte[] {1}, lease);
            long ended = etcd.grantLease(Duration.ofHours(1));
            etcd.putIfUnchanged("/gone", 0, new byte[] {2}, ended);
            etcd.revokeLease(ended);
            compact(cluster, etcd.revision());
            for (int i = 0; i < 300; i++) {
                etcd.putIfUnchanged("/registry/configmaps/many/map-" + i, 0, new byte[i], 0);
            }

            Backup made;
            try (Load load = new Load(etcd, lease)) {
                EtcdMetrics.await("there is load on all its keys", () -> load.writes() > 60);
                int before = load.writes();
                made = backups.backup(
                        etcd.snapshotSource(),
                        BackupOptions.defaults().withSpoolDirectory(directory.resolve("spool")),
                        LIMIT);
                assertThat(load.writes()).isGreaterThan(before);
                long revision = made.manifest().content().revision();
                EtcdMetrics.await("all have come as far", () -> etcd.hashKv(revision).stream()
                        .allMatch(hash -> hash.hash().isPresent()));
                if (members > 1) {
                    made = backups.witness(made, etcd.witnesses(), LIMIT);
                }
            }
            made = backups.verify(made);
            made = backups.drill(made, RestoreDrill.with(EtcdVersion.of(release).program()), LIMIT);

            assertThat(made.counts()).as(made.toString()).isTrue();
            // one member is no witness of itself
            Set<BackupProof.Level> levels = EnumSet.allOf(BackupProof.Level.class);
            levels.removeIf(level -> level == BackupProof.Level.L3 && members == 1);
            for (BackupProof.Level level : levels) {
                assertThat(made.proof(level))
                        .as("%s of %s", level, made)
                        .hasValueSatisfying(proof -> assertThat(proof.holds()).isTrue());
            }
            made.proof(BackupProof.Level.L3)
                    .ifPresent(proof -> assertThat(proof.text()).contains("etcd-0", "etcd-1", "etcd-2"));
            assertThat(made.manifest().origin().clusterId())
                    .isEqualTo(etcd.health().clusterId());
            assertThat(backups.latestGood()).contains(made);

            Backup backup = made;
            HashKv hash = made.manifest().content().hashKv();
            assertSame(etcd, hash, members);
            Map<String, String> keys = keys(etcd, hash.revision());
            assertThat(keys).hasSizeGreaterThan(340).containsKey("/leased").doesNotContainKey("/gone");
            compact(cluster, etcd.revision());
            assertThatThrownBy(() -> backups.witness(backup, etcd.witnesses(), LIMIT))
                    .isInstanceOf(K8sAwsException.class)
                    .hasMessageContaining(members == 1 ? "two" : "compacted");

            NewCluster target = NewCluster.of(etcd.members().stream()
                    .map(member ->
                            NewMember.of(member.name(), member.peerUrls().get(0).toString()))
                    .toList());
            String oldId = etcd.health().clusterId();
            wipe(cluster);
            try (OpenedBackup opened = backups.open(backups.latestGood().orElseThrow())) {
                assertThat(opened.snapshot().revision()).isEqualTo(hash.revision());
                for (int i = 0; i < cluster.size(); i++) {
                    SnapshotRestore.of(opened.file(), target)
                            .withRelease(release)
                            .write(cluster.name(i), cluster.dataDirectory(i));
                }
            }
            for (int i = 0; i < cluster.size(); i++) {
                cluster.restart(i);
            }
            cluster.waitUntilHealthy(LIMIT);

            try (Etcd restored = connect(cluster)) {
                assertThat(restored.revision()).isEqualTo(hash.revision());
                assertThat(keys(restored, 0)).isEqualTo(keys);
                EtcdMetrics.await("all have come as far", () -> restored.hashKv(hash.revision()).stream()
                        .allMatch(one -> one.hash().isPresent()));
                assertSame(restored, hash, members);
                assertThat(restored.leaseLife(lease)).contains(Duration.ofHours(2));
                assertThat(restored.leaseLife(ended)).isEmpty();
                assertThat(restored.health().clusterId()).isNotEqualTo(oldId).endsWith(target.clusterId());
                cluster.tls().ifPresent(files -> assertUsersAreStillAsked(cluster, files));
                // the lease still holds its keys
                restored.revokeLease(lease);
                assertThat(restored.key("/leased")).isEmpty();
            }
        }
    }

    /** A restore keeps users and passwords: a certificate alone still reads nothing. */
    private static void assertUsersAreStillAsked(EtcdCluster cluster, EtcdTls files) {
        try (Etcd nobody = Etcd.builder()
                .endpoints(cluster.endpoints().stream().map(Objects::toString).toList())
                .tls(ClientTls.files(files.authority(), files.certificate(), files.key()))
                .build()) {
            assertThatThrownBy(() -> nobody.key("/leased")).isInstanceOf(EtcdAccessDeniedException.class);
        }
    }

    private static void assertSame(Etcd etcd, HashKv hash, int members) {
        List<MemberHash> all = etcd.hashKv(hash.revision());
        assertThat(all).hasSize(members).allSatisfy(one -> assertThat(one.hash())
                .contains(hash));
    }

    private static void wipe(EtcdCluster cluster) throws IOException {
        IntStream.range(0, cluster.size()).forEach(cluster::kill);
        for (int i = 0; i < cluster.size(); i++) {
            Files.move(cluster.dataDirectory(i), cluster.dataDirectory(i).resolveSibling("old-" + cluster.name(i)));
        }
    }

    static Map<String, String> keys(Etcd etcd, long revision) {
        Map<String, String> found = new TreeMap<>();
        try (Stream<StoredKey> keys = revision == 0 ? etcd.keys("") : etcd.keys("", revision)) {
            keys.forEach(key -> found.put(
                    key.keyText(),
                    key.createRevision() + " " + key.modRevision() + " " + key.version() + " " + key.lease() + " "
                            + Base64.getEncoder().encodeToString(key.value())));
        }
        return found;
    }
}
