package io.k8saws.etcd.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.ConflictException;
import io.k8saws.error.CorruptSnapshotException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.error.WaitTimeoutException;
import io.k8saws.etcd.backup.BackupProof.Level;
import io.k8saws.etcd.envelope.Compression;
import io.k8saws.etcd.envelope.MasterKey;
import io.k8saws.etcd.snapshot.EtcdContent;
import io.k8saws.etcd.snapshot.SnapshotFile;
import io.k8saws.etcd.snapshot.Verification;
import io.k8saws.etcd.store.BackupStore;
import io.k8saws.progress.ProgressEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Backups of made-up snapshots in a directory. */
class BackupsTest {
    private static final Duration LIMIT = Duration.ofMinutes(1);

    @TempDir
    Path directory;

    private BackupStore store;
    private Backups backups;
    private BackupOptions options;
    private byte[] snapshot;

    @BeforeEach
    void open() {
        store = BackupStore.directory(directory.resolve("store"));
        backups = Backups.in(store, "payments");
        options = BackupOptions.defaults().withSpoolDirectory(directory.resolve("spool"));
        snapshot = EtcdContent.random(5, 400).snapshot(4096);
    }

    @AfterEach
    void nothingStaysInTheSpool() throws IOException {
        store.close();
        if (Files.isDirectory(directory.resolve("spool"))) {
            try (Stream<Path> files = Files.list(directory.resolve("spool"))) {
                assertThat(files).isEmpty();
            }
        }
    }

    private SnapshotSource source(byte[] bytes) {
        return SnapshotSource.file(EtcdContent.save(directory.resolve("source.db"), bytes));
    }

    private Backup backup() {
        return backups.backup(source(snapshot), options, LIMIT);
    }

    @ParameterizedTest
    @CsvSource({"NONE, false", "GZIP, false", "ZSTD, false", "NONE, true", "GZIP, true", "ZSTD, true"})
    void aBackupComesBackAsItWas(Compression compression, boolean encrypted) throws IOException {
        Backups with = encrypted ? backups.withMasterKey(MasterKey.of("mine", new byte[32])) : backups;

        Backup made = with.backup(source(snapshot), options.withCompression(compression), LIMIT);

        assertThat(with.list().all()).containsExactly(made);
        assertThat(with.latestGood()).contains(made);
        Path fetched = with.fetch(made, directory.resolve("fetched.db"));
        assertThat(fetched).hasBinaryContent(snapshot);
        assertThat(Verification.of(fetched).holds()).isTrue();
        assertThat(made.manifest().stored().encrypted()).isEqualTo(encrypted);
        assertThat(made.manifest().stored().object())
                .isEqualTo("snapshot.db" + compression.suffix() + (encrypted ? ".enc" : ""));
    }

    @Test
    void theManifestTellsWhatTheFileHolds() {
        Backup made = backup();

        try (SnapshotFile file = SnapshotFile.open(directory.resolve("source.db"))) {
            BackupManifest.Content content = made.manifest().content();
            assertThat(content.revision()).isEqualTo(file.revision());
            assertThat(content.compactRevision()).isEqualTo(file.compactRevision());
            assertThat(content.hash()).isEqualTo(file.status().hash());
            assertThat(content.hashKv()).isEqualTo(file.hashKv());
            assertThat(content.keys()).isEqualTo(file.status().totalKey());
            assertThat(content.bytes()).isEqualTo(snapshot.length);
        }
        assertThat(made.proofs())
                .extracting(BackupProof::level)
                .containsExactly(Level.L0, Level.L1, Level.L2, Level.L4);
        assertThat(made.counts()).isTrue();
    }

    @Test
    void keysOfEncryptionAtRestAreNamed() {
        EtcdContent etcd = new EtcdContent()
                .put("/registry/secrets/a/b", "k8s:enc:aescbc:v1:key1:0123456789")
                .put("/registry/secrets/a/c", "k8s:enc:aescbc:v1:key1:0123456789")
                .put("/registry/secrets/a/d", "k8s:enc:secretbox:v1:key2:0123456789")
                .put("/registry/pods/a/e", "plain");

        Backup made = backups.backup(
                source(etcd.snapshot(4096)),
                options.withAtRestKeys(List.of(
                        new AtRestKey("aescbc", "key1", "sha256:abc", 0), new AtRestKey("kms", "old", "arn", 0))),
                LIMIT);

        assertThat(made.manifest().content().atRestKeys())
                .containsExactly(
                        new AtRestKey("aescbc", "key1", "sha256:abc", 2),
                        new AtRestKey("kms", "old", "arn", 0),
                        new AtRestKey("secretbox", "key2", "", 1));
    }

    @Test
    void whatIsNotKnownInAManifestSurvives() {
        Backup made = backup();
        var json = SealedJson.open("it", made.manifest().sealed());
        json.put("colour", "green").putObject("more").put("depth", 2);

        BackupManifest read = BackupManifest.open("it", SealedJson.seal(json));
        BackupManifest again = BackupManifest.open("it", read.sealed());

        assertThat(new String(again.sealed(), StandardCharsets.UTF_8))
                .contains("\"colour\" : \"green\"", "\"depth\" : 2");
        assertThat(again.content()).isEqualTo(made.manifest().content());
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "31", "32", "4096", "99999991"})
    void aDamagedSnapshotIsNoBackup(int at) {
        byte[] damaged = snapshot.clone();
        damaged[at % damaged.length] ^= 4;

        assertThatThrownBy(() -> backups.backup(source(damaged), options, LIMIT))
                .isInstanceOf(CorruptSnapshotException.class);
        nothingIsThere();
    }

    @Test
    void aSoundLookingFileWithoutHistoryIsNoBackup() {
        byte[] noSnapshot =
                "this is a text, not a snapshot, and has no SHA-256 at all".getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> backups.backup(source(noSnapshot), options, LIMIT))
                .isInstanceOf(CorruptSnapshotException.class);
        nothingIsThere();
    }

    private void nothingIsThere() {
        assertThat(backups.list().all()).isEmpty();
        assertThat(backups.list().unreadable()).isEmpty();
        assertThat(store.list("")).isEmpty();
        assertThat(store.abortUnfinished("", store.now().plusSeconds(60))).isZero();
    }

    @Test
    void aSourceThatBreaksLeavesNothing() {
        SnapshotSource broken = (sink, limit) -> {
            try {
                sink.accept(ByteBuffer.wrap(snapshot, 0, 10_000));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            throw new K8sAwsException("Stream", "the member died", "take another one");
        };

        assertThatThrownBy(() -> backups.backup(broken, options, LIMIT)).hasMessageContaining("the member died");
        nothingIsThere();
    }

    @Test
    void noRoomLeavesNothing() {
        assertThatThrownBy(() -> backups.backup(source(snapshot), options.withSpoolLimit(20_000), LIMIT))
                .isInstanceOf(SpoolFullException.class);
        nothingIsThere();
    }

    @Test
    void noTimeLeavesNothing() {
        assertThatThrownBy(() -> backups.backup(source(snapshot), options, Duration.ofNanos(1)))
                .isInstanceOf(WaitTimeoutException.class);
        nothingIsThere();
    }

    @Test
    void theLimitEndsProvingToo() {
        AtomicLong time = new AtomicLong(1);
        List<ProgressEvent> events = new ArrayList<>();
        BackupRun run = new BackupRun(
                store,
                Optional.empty(),
                Observer.here(Clock.systemUTC()),
                "payments",
                options,
                List.of(),
                LIMIT,
                events::add,
                (etcd, origin) -> {},
                time::get);
        SnapshotSource late = (sink, limit) -> {
            SnapshotOrigin origin = source(snapshot).stream(sink, limit);
            time.addAndGet(LIMIT.toNanos());
            return origin;
        };

        assertThatThrownBy(() -> run.run(late)).isInstanceOf(WaitTimeoutException.class);

        assertThat(complete(events)).containsExactly("receive");
        nothingIsThere();
    }

    private static List<String> complete(List<ProgressEvent> events) {
        return events.stream()
                .filter(event -> event instanceof ProgressEvent.StageAdvanced stage && stage.complete())
                .map(event -> ((ProgressEvent.StageAdvanced) event).stage())
                .toList();
    }

    @Test
    void anInterruptLeavesNothing() {
        SnapshotSource source = source(snapshot);
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> backups.backup(source, options, LIMIT))
                    .isInstanceOf(OperationCancelledException.class);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        nothingIsThere();
    }

    @Test
    void anotherKeyOpensNothing() throws IOException {
        Backups with = backups.withMasterKey(MasterKey.of("mine", new byte[32]));
        Backup made = with.backup(source(snapshot), options, LIMIT);

        assertThatThrownBy(() -> backups.fetch(made, directory.resolve("no.db")))
                .hasMessageContaining("encrypted with master key mine");
        byte[] other = new byte[32];
        other[0] = 1;
        assertThatThrownBy(() ->
                        backups.withMasterKey(MasterKey.of("mine", other)).fetch(made, directory.resolve("no.db")))
                .isInstanceOf(K8sAwsException.class);
        assertThat(directory.resolve("no.db")).doesNotExist();
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).noneMatch(file -> file.toString().contains("no.db"));
        }
    }

    @Test
    void aSetCountsWhenAllOfItDoes() {
        Map<String, SnapshotSource> sources = new LinkedHashMap<>();
        sources.put("main", source(snapshot));
        sources.put("events", SnapshotSource.file(EtcdContent.random(9, 50).save(directory.resolve("events.db"))));

        BackupSet set = backups.backupSet(sources, options, LIMIT);

        assertThat(set.counts()).isTrue();
        assertThat(backups.sets()).containsExactly(set);
        assertThat(set.of("events").map(backup -> backup.manifest().etcd())).contains("events");
        assertThat(backups.list().latestGood("events")).isEqualTo(set.of("events"));
        store.delete(store.find(set.of("events").orElseThrow().manifest().directory() + "manifest.json")
                .orElseThrow());
        assertThat(backups.sets()).singleElement().satisfies(rest -> assertThat(rest.counts())
                .isFalse());
    }

    @Test
    void stagesAreTold() {
        List<ProgressEvent> events = new ArrayList<>();

        backups.withProgress(events::add).backup(source(snapshot), options, LIMIT);

        assertThat(events.get(0)).isInstanceOf(ProgressEvent.OperationStarted.class);
        assertThat(events.get(events.size() - 1)).isInstanceOfSatisfying(ProgressEvent.OperationFinished.class, end -> {
            assertThat(end.done()).isEqualTo(4);
            assertThat(end.notDone()).isZero();
        });
        assertThat(complete(events)).containsExactly("receive", "prove", "store", "read back");
    }

    @Test
    void nothingIsWrittenOver() {
        store.put("payments/a", new byte[] {1});

        assertThat(store.put("payments/a", new byte[] {1}).bytes()).isEqualTo(1);
        assertThatThrownBy(() -> store.put("payments/a", new byte[] {2})).isInstanceOf(ConflictException.class);
        assertThat(store.read(store.find("payments/a").orElseThrow())).containsExactly(1);
    }

    @Test
    void onlyWhatIsOldIsSwept() {
        Backup made = backup();
        store.put("payments/main/20200101T000000Z-00000000/snapshot.db", new byte[] {1});

        assertThat(backups.sweep(Duration.ofHours(1)).deleted()).isEmpty();
        assertThatThrownBy(() -> backups.sweep(Duration.ofMinutes(1))).hasMessageContaining("still be under way");
        assertThat(backups.list().all()).containsExactly(made);
    }
}
