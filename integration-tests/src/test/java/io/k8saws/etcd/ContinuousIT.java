package io.k8saws.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.CorruptSnapshotException;
import io.k8saws.error.EtcdCallException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.etcd.backup.BackupOptions;
import io.k8saws.etcd.backup.Backups;
import io.k8saws.etcd.backup.ContinuousBackup;
import io.k8saws.etcd.backup.ContinuousEvent;
import io.k8saws.etcd.backup.DeltaCheck;
import io.k8saws.etcd.backup.RestorePoint;
import io.k8saws.etcd.backup.StoredSegment;
import io.k8saws.etcd.delta.Continuity.Gap;
import io.k8saws.etcd.envelope.MasterKey;
import io.k8saws.etcd.restore.EtcdRelease;
import io.k8saws.etcd.restore.NewCluster;
import io.k8saws.etcd.restore.NewMember;
import io.k8saws.etcd.restore.RestoredDirectory;
import io.k8saws.etcd.snapshot.KeyRevision;
import io.k8saws.etcd.snapshot.SnapshotFile;
import io.k8saws.etcd.snapshot.SnapshotLease;
import io.k8saws.etcd.snapshot.Verification.Level;
import io.k8saws.etcd.store.BackupStore;
import io.k8saws.etcd.store.S3Location;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.AwsKind;
import io.k8saws.testkit.EtcdCluster;
import io.k8saws.testkit.Testbed;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

@ParameterizedClass
@EnumSource(AwsKind.class)
@DisplayName("Each change reaches the store, whoever dies, and any revision or moment comes back from there")
class ContinuousIT {
    @TempDir
    Path directory;

    private final AwsEndpoint endpoint;
    private final String bucket = "k8saws-it-" + UUID.randomUUID();
    private final TreeMap<Long, Map<String, String>> said = new TreeMap<>();

    ContinuousIT(
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

    /** A program that backs up, and can be killed. */
    private final class Program implements AutoCloseable {
        private final List<ContinuousEvent> events = new CopyOnWriteArrayList<>();
        private final Etcd etcd;
        private final Thread thread;

        Program(EtcdCluster cluster, Backups backups, String name) {
            this(cluster, backups, name, Duration.ofSeconds(2));
        }

        /** The right to work outlives the program by so long. */
        Program(EtcdCluster cluster, Backups backups, String name, Duration life) {
            etcd = LiveEtcdIT.connect(cluster);
            ContinuousBackup work = ContinuousBackup.of(
                            backups,
                            etcd.snapshotSource(),
                            etcd.changes(),
                            BackupOptions.defaults().withSpoolDirectory(directory.resolve("spool")))
                    .withSegments(Duration.ofMillis(700), 20_000)
                    .reportingTo(events::add);
            thread = new Thread(
                    () -> {
                        try {
                            work.run(etcd.leadership(name, life));
                        } catch (OperationCancelledException e) {
                            // killed
                        }
                    },
                    "backup-" + name);
            thread.setDaemon(true);
            thread.start();
        }

        @Override
        public void close() {
            kill();
        }

        /** What it has in memory is lost, and it gives nothing back. */
        private void kill() {
            etcd.close();
            thread.interrupt();
            try {
                thread.join(Duration.ofSeconds(30).toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            assertThat(thread.isAlive()).isFalse();
        }

        private void awaitStored(long revision) {
            EtcdMetrics.await("revision " + revision + " is stored; so far " + events, () -> stored() >= revision);
        }

        private long stored() {
            long last = 0;
            for (ContinuousEvent event : events) {
                if (event instanceof ContinuousEvent.StoredChanges changes) {
                    last = changes.segment().last();
                } else if (event instanceof ContinuousEvent.TookSnapshot snapshot) {
                    last = snapshot.backup().manifest().content().revision();
                }
            }
            return last;
        }

        private List<ContinuousEvent.TookSnapshot> snapshots() {
            return events.stream()
                    .filter(ContinuousEvent.TookSnapshot.class::isInstance)
                    .map(ContinuousEvent.TookSnapshot.class::cast)
                    .toList();
        }
    }

    @ParameterizedTest
    @CsvSource({"V3_6,1", "V3_4,2", "V3_5,3"})
    void anyRevisionAndMoment(EtcdRelease release, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        try (EtcdCluster cluster = EtcdVersion.of(release).start(1);
                Etcd etcd = LiveEtcdIT.connect(cluster);
                BackupStore store = BackupStore.s3(endpoint.access(), S3Location.of(bucket));
                MasterKey master = MasterKey.of("mine", new byte[32])) {
            Backups backups = Backups.in(store, "payments").withMasterKey(master);
            Gateway gateway = new Gateway(cluster.endpoints().get(0));
            Histories histories = new Histories(gateway, seed).changes(100);
            long lease;
            Instant moment;
            long then;
            Instant dark;
            try (Program program = new Program(cluster, backups, "first")) {
                EtcdMetrics.await("a snapshot", () -> !program.snapshots().isEmpty());
                assertThat(program.snapshots().get(0).gap()).isEmpty();
                lease = gateway.lease(777);
                gateway.put("/leased/kept", Gateway.bytes("1"), lease);
                histories.changes(100).manyKeys(200);
                then = etcd.revision();
                program.awaitStored(then);
                moment = Instant.now().truncatedTo(ChronoUnit.MILLIS);
                Instant at = moment;
                EtcdMetrics.await("the clock ticks", () -> Instant.now().isAfter(at.plusMillis(2)));
                histories.changes(150);
                program.awaitStored(etcd.revision() - 20);
            }
            listen(etcd, random, then);
            histories.changes(60); // nobody watches
            dark = Instant.now();
            histories.changes(60);
            long behind;
            try (Program program = new Program(cluster, backups, "second")) {
                program.awaitStored(etcd.revision());
                assertThat(program.snapshots()).isEmpty();
                histories.changes(50);
                listen(etcd, random, etcd.revision());
                program.awaitStored(etcd.revision());
                gateway.compact(etcd.revision()); // of what is stored already
                histories.changes(80);
                behind = etcd.revision();
                program.awaitStored(behind);
                assertThat(program.snapshots()).isEmpty();
                listen(etcd, random, behind);
            }
            histories.changes(50);
            gateway.compact(etcd.revision()); // of what nobody has seen
            try (Program program = new Program(cluster, backups, "third")) {
                EtcdMetrics.await("a snapshot", () -> !program.snapshots().isEmpty());
                assertThat(program.snapshots().get(0).gap()).contains(Gap.COMPACTED);
                histories.changes(100);
                program.awaitStored(etcd.revision());
                listen(etcd, random, etcd.revision());
            }

            NewCluster target = NewCluster.of(List.of(NewMember.of("a", "http://127.0.0.1:1")));
            assertThat(said).hasSizeGreaterThan(15);
            for (Map.Entry<Long, Map<String, String>> entry : said.entrySet()) {
                compare(backups, backups.restorePoint("main", entry.getKey()), target, release, entry.getKey(), lease);
            }
            RestorePoint point = backups.restorePoint("main", moment);
            assertThat(point.revision()).isEqualTo(then);
            assertThatThrownBy(() -> backups.restorePoint("main", dark))
                    .isInstanceOf(K8sAwsException.class)
                    .hasMessageContaining("nobody watched then");
            assertThatThrownBy(() -> backups.restorePoint("main", behind + 10))
                    .isInstanceOf(K8sAwsException.class)
                    .hasMessageContaining("no backup and its segments have it");
        }
    }

    /** Each member dies once, so the one that is watched does, too; a second program waits, and takes over when the first is killed. */
    @Test
    void whicheverMemberDies_andOfTwoProgramsOneWorks() {
        Duration life = Duration.ofSeconds(20); // longer than the members need for another leader
        try (EtcdCluster cluster = Testbed.etcd(3);
                Etcd etcd = LiveEtcdIT.connect(cluster);
                BackupStore store = BackupStore.s3(endpoint.access(), S3Location.of(bucket))) {
            Backups backups = Backups.in(store, "payments");
            try (Program first = new Program(cluster, backups, "first", life)) {
                EtcdMetrics.await("a snapshot", () -> !first.snapshots().isEmpty());
                put(etcd, 40);
                remember(etcd);
                first.awaitStored(etcd.revision());
                try (Program second = new Program(cluster, backups, "second", life)) {
                    for (int i = 0; i < cluster.size(); i++) {
                        cluster.kill(i);
                        EtcdMetrics.await(
                                "a majority goes on",
                                () -> etcd.health().leader().isPresent());
                        put(etcd, 20);
                        first.awaitStored(etcd.revision());
                        remember(etcd);
                        cluster.restart(i);
                        cluster.waitUntilHealthy(Duration.ofMinutes(1));
                        EtcdMetrics.await("all are back", () -> etcd.health().isWell());
                    }
                    assertThat(second.stored())
                            .as("who has no right stores nothing")
                            .isZero();
                    first.kill();
                    put(etcd, 20);
                    second.awaitStored(etcd.revision());
                    remember(etcd);
                    List<ContinuousEvent.TookSnapshot> snapshots = Stream.of(first, second)
                            .flatMap(one -> one.snapshots().stream())
                            .toList();
                    assertThat(snapshots.get(0).gap()).isEmpty();
                    assertThat(snapshots.subList(1, snapshots.size()))
                            .as("each further snapshot answers a gap")
                            .allSatisfy(one -> assertThat(one.gap()).isPresent());
                }
            }
            assertThat(backups.verifyDeltas("main").unusable()).isEmpty();
            assertThat(said).hasSize(5);
            NewCluster target = NewCluster.of(List.of(NewMember.of("a", "http://127.0.0.1:1")));
            for (long revision : said.keySet()) {
                compare(backups, backups.restorePoint("main", revision), target, EtcdRelease.V3_6, revision, 0);
            }
        }
    }

    /** One bit of one segment in the bucket is another: its name is told, what is lost with it, and the point before it comes back. */
    @Test
    void aDamagedSegmentIsNamed_andThePointBeforeComesBack() {
        try (EtcdCluster cluster = Testbed.etcd(1);
                Etcd etcd = LiveEtcdIT.connect(cluster);
                BackupStore store = BackupStore.s3(endpoint.access(), S3Location.of(bucket))) {
            Backups backups = Backups.in(store, "payments");
            try (Program program = new Program(cluster, backups, "one")) {
                EtcdMetrics.await("a snapshot", () -> !program.snapshots().isEmpty());
                for (int i = 0; i < 4; i++) {
                    put(etcd, 10);
                    program.awaitStored(etcd.revision());
                }
            }
            List<StoredSegment> segments = backups.verifyDeltas("main").sound().stream()
                    .sorted(Comparator.comparing(StoredSegment::after))
                    .toList();
            assertThat(segments).hasSizeGreaterThan(2);
            StoredSegment damaged = segments.get(1);
            long newest = segments.get(segments.size() - 1).last();
            String key = damaged.object().key();
            flipABit(key);

            DeltaCheck check = backups.verifyDeltas("main");

            assertThat(check.unusable())
                    .extracting(one -> one.segment().object().key())
                    .containsExactly(key);
            DeltaCheck.Lost lost = check.lost().get(0);
            assertThat(check.lost()).hasSize(1);
            assertThat(List.of(lost.first(), lost.last())).containsExactly(damaged.after() + 1, newest);
            assertThat(lost.keys()).containsExactly(key);
            RestorePoint before = lost.before().orElseThrow();
            assertThat(before.revision()).isEqualTo(damaged.after());
            assertThatThrownBy(() -> backups.restorePoint("main", newest, check))
                    .isInstanceOf(K8sAwsException.class)
                    .hasMessageContainingAll(key, "Restore revision " + damaged.after());
            NewCluster target = NewCluster.of(List.of(NewMember.of("a", "http://127.0.0.1:1")));
            RestorePoint unaware = backups.restorePoint("main", newest);
            assertThatThrownBy(() -> backups.fetch(unaware, directory.resolve("unaware"), target))
                    .isInstanceOf(CorruptSnapshotException.class)
                    .hasMessageContainingAll(key, "leads to revision " + damaged.after());
            said.put(damaged.after(), StoredRestoreIT.keys(etcd, damaged.after()));
            compare(backups, before, target, EtcdRelease.V3_6, damaged.after(), 0);
        }
    }

    private void flipABit(String key) {
        try (S3Client s3 = endpoint.configure(S3Client.builder()).build()) {
            byte[] bytes = s3.getObjectAsBytes(request -> request.bucket(bucket).key(key))
                    .asByteArray();
            bytes[bytes.length / 2] ^= 1;
            s3.putObject(request -> request.bucket(bucket).key(key), RequestBody.fromBytes(bytes));
        }
    }

    private void remember(Etcd etcd) {
        long revision = etcd.revision();
        said.put(revision, StoredRestoreIT.keys(etcd, revision));
    }

    /** A write that was cut off may have been done: it is made again as another one. */
    private static void put(Etcd etcd, int changes) {
        for (int i = 0; i < changes; i++) {
            String key = "/registry/configmaps/many/map-" + i % 7;
            EtcdMetrics.await("a write", () -> {
                try {
                    long seen = etcd.key(key).map(StoredKey::modRevision).orElse(0L);
                    return etcd.putIfUnchanged(key, seen, new byte[] {1, 2, 3}, 0)
                            .isPresent();
                } catch (EtcdCallException e) {
                    return false;
                }
            });
        }
    }

    /** Asks the server for what it still knows: all of one revision, and of some before it. */
    private void listen(Etcd etcd, SplittableRandom random, long... revisions) {
        long newest = etcd.revision();
        for (long revision : revisions) {
            said.put(revision, StoredRestoreIT.keys(etcd, revision));
        }
        long oldest = said.firstKey();
        for (int i = 0; i < 7; i++) {
            long revision = random.nextLong(Math.max(oldest, newest - 200), newest + 1);
            try {
                said.put(revision, StoredRestoreIT.keys(etcd, revision));
            } catch (EtcdCallException e) {
                assertThat(e.reason()).isEqualTo(EtcdCallException.Reason.COMPACTED);
            }
        }
    }

    private void compare(
            Backups backups, RestorePoint point, NewCluster target, EtcdRelease release, long revision, long lease) {
        Path files = directory.resolve("point-" + revision);
        Path data = directory.resolve("data-" + revision);
        RestoredDirectory made =
                backups.fetch(point, files, target).withRelease(release).write("a", data);
        assertThat(made.revision()).isEqualTo(revision);
        try (SnapshotFile restored = SnapshotFile.open(data.resolve("member/snap/db"))) {
            assertThat(restored.verify().holds(Level.L2)).isTrue();
            assertThat(keys(restored)).as(point.toString()).isEqualTo(Objects.requireNonNull(said.get(revision)));
            if (keys(restored).containsKey("/leased/kept")) {
                assertThat(restored.leases().filter(one -> one.id() == lease).map(SnapshotLease::ttl))
                        .containsExactly(Duration.ofSeconds(777));
            }
        }
    }

    private static Map<String, String> keys(SnapshotFile snapshot) {
        Map<String, String> found = new TreeMap<>();
        try (Stream<KeyRevision> keys = snapshot.keys()) {
            keys.forEach(key -> found.put(
                    key.keyText(),
                    key.createRevision() + " " + key.revision().main() + " " + key.version() + " " + key.lease() + " "
                            + Base64.getEncoder().encodeToString(key.value())));
        }
        return found;
    }
}
