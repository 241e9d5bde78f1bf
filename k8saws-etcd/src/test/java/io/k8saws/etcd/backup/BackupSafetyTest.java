package io.k8saws.etcd.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.k8saws.error.CorruptSnapshotException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.error.WaitTimeoutException;
import io.k8saws.etcd.backup.BackupProof.Level;
import io.k8saws.etcd.envelope.Compression;
import io.k8saws.etcd.envelope.MasterKey;
import io.k8saws.etcd.envelope.Packing;
import io.k8saws.etcd.restore.DrillResult;
import io.k8saws.etcd.retention.PrunePlan;
import io.k8saws.etcd.retention.RetentionPolicy;
import io.k8saws.etcd.snapshot.EtcdContent;
import io.k8saws.etcd.snapshot.HashKv;
import io.k8saws.etcd.store.BackupStore;
import io.k8saws.etcd.store.ObjectUpload;
import io.k8saws.etcd.store.StoredObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Wrong clocks, other stores, other hands: what is good stays, and what is bad does not count. */
class BackupSafetyTest {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final String ORPHAN = "payments/main/20200101T000000Z-00000000/";

    @TempDir
    Path directory;

    private Path root;
    private ForwardingStore store;
    private Backups backups;
    private Path source;

    @BeforeEach
    void open() {
        root = directory.resolve("store");
        store = new ForwardingStore(BackupStore.directory(root));
        backups = Backups.in(store, "payments");
        source = EtcdContent.random(5, 100).save(directory.resolve("source.db"));
    }

    private Backup backup(Backups with) {
        return with.backup(
                SnapshotSource.file(source),
                BackupOptions.defaults().withSpoolDirectory(directory.resolve("spool")),
                LIMIT);
    }

    private Backup at(String time) {
        Instant moment = Instant.parse(time);
        store.setNow(moment);
        Backup made = backup(backups.withClock(Clock.fixed(moment, ZoneOffset.UTC)));
        store.setNow(Instant.now());
        return made;
    }

    private Path path(Backup backup, String name) {
        return root.resolve(backup.manifest().directory()).resolve(name);
    }

    private Path object(Backup backup) {
        return path(backup, backup.manifest().stored().object());
    }

    private static Backups encrypted(Backups plain, int secret) {
        byte[] key = new byte[32];
        key[0] = (byte) secret;
        return plain.withMasterKey(MasterKey.of("mine", key));
    }

    private static void flip(Path file, int at) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[at] ^= 1;
        Files.write(file, bytes);
    }

    private static HashKvWitness member(String name, HashKv hashKv) {
        return new HashKvWitness() {
            @Override
            public String member() {
                return name;
            }

            @Override
            public HashKv hashKv(long revision, Duration limit) {
                return hashKv;
            }
        };
    }

    /** As different as a bucket is from a directory: its checksums have another form. */
    private static final class OtherKind extends ForwardingStore {
        OtherKind(BackupStore store) {
            super(store);
        }

        @Override
        public Optional<String> checksum(StoredObject object) {
            return Optional.of("b3RoZXI=-" + object.bytes());
        }

        @Override
        public ObjectUpload upload(String key, long expectedBytes) {
            ObjectUpload upload = super.upload(key, expectedBytes);
            return new ObjectUpload() {
                private long bytes;

                @Override
                public void write(ByteBuffer more) {
                    bytes += more.remaining();
                    upload.write(more);
                }

                @Override
                public StoredObject complete() {
                    return upload.complete();
                }

                @Override
                public String checksum() {
                    return "b3RoZXI=-" + bytes;
                }

                @Override
                public void close() {
                    upload.close();
                }
            };
        }
    }

    @Test
    void aCopyInAnotherKindOfStoreCanBeFetched_bothWays() {
        BackupStore other = new OtherKind(BackupStore.directory(directory.resolve("other")));
        Backups there = Backups.in(other, "payments");

        Backup copied = backups.copy(backup(backups), other);
        Backup back = there.copy(backup(there), store);

        assertThat(there.fetch(copied, directory.resolve("there.db"))).hasSameBinaryContentAs(source);
        assertThat(there.verify(copied).counts()).isTrue();
        assertThat(backups.fetch(back, directory.resolve("back.db"))).hasSameBinaryContentAs(source);
        assertThat(copied.proof(Level.L4).map(BackupProof::text).orElse(""))
                .contains("opened to the last byte", "its own checksum is the same");
    }

    @Test
    void aCopyWithoutTheKeySaysWhatItDidNotLookAt() {
        BackupStore other = BackupStore.directory(directory.resolve("other"));

        Backup copied = backups.copy(backup(encrypted(backups, 0)), other);

        assertThat(copied.proof(Level.L4).map(BackupProof::text).orElse("")).contains("not opened for want of the key");
        assertThat(encrypted(Backups.in(other, "payments"), 0).fetch(copied, directory.resolve("there.db")))
                .hasSameBinaryContentAs(source);
    }

    @Test
    void damageOfTheHeaderIsDamage_andIsKept() throws IOException {
        Backups with = encrypted(backups, 0);
        Backup made = backup(with);
        String text = Files.readString(object(made), StandardCharsets.ISO_8859_1);
        flip(object(made), text.indexOf("\"encryptedKey\":\"") + 20);

        assertThatThrownBy(() -> with.fetch(made, directory.resolve("no.db")))
                .isInstanceOf(CorruptSnapshotException.class);
        assertThat(with.verify(made).counts()).isFalse();
        assertThat(with.list().good()).isEmpty();
    }

    @Test
    void anotherKeyIsNoDamage() {
        Backup made = backup(encrypted(backups, 0));

        assertThatThrownBy(() -> encrypted(backups, 1).verify(made))
                .isInstanceOf(K8sAwsException.class)
                .isNotInstanceOf(CorruptSnapshotException.class);
        assertThat(encrypted(backups, 0).list().good()).containsExactly(made);
    }

    @Test
    void aLookByAClockThatIsBehindCounts() throws IOException {
        Backup made = backup(backups);
        flip(object(made), 5_000);

        Backup looked = backups.withClock(Clock.offset(Clock.systemUTC(), Duration.ofMinutes(-10)))
                .verify(made);

        assertThat(looked.counts()).isFalse();
        assertThat(backups.list().all()).containsExactly(looked);
        assertThat(backups.latestGood()).isEmpty();
    }

    private static DrillResult drill(Backup backup, List<String> problems) {
        BackupManifest.Content content = backup.manifest().content();
        DrillResult.Content found = new DrillResult.Content(
                content.revision(), content.keys(), content.hashKv().hash());
        return new DrillResult(
                Path.of("snapshot.db"), "3.6.10", found, found, Duration.ZERO, Duration.ofSeconds(1), problems);
    }

    /** A bucket tells whole seconds, and a copy puts all proofs within one: what held by a clock that was ahead is not the newest. */
    @Test
    void aCopyCountsAsItsSourceDoes() {
        Backup made = backup(backups);
        backups.withClock(Clock.offset(Clock.systemUTC(), Duration.ofHours(1))).keepDrill(made, drill(made, List.of()));
        backups.keepDrill(made, drill(made, List.of("a key is missing")));
        Backup failed = backups.list().all().get(0);
        assertThat(failed.counts()).isFalse();
        ForwardingStore other = new ForwardingStore(BackupStore.directory(directory.resolve("other"))) {
            @Override
            public List<StoredObject> list(String prefix) {
                return super.list(prefix).stream()
                        .map(object -> new StoredObject(object.key(), object.bytes(), Instant.EPOCH, object.version()))
                        .toList();
            }
        };

        backups.copy(failed, other);
        Backup copied = Backups.in(other, "payments").list().all().get(0);

        assertThat(copied.laterProofs().subList(0, failed.laterProofs().size())).isEqualTo(failed.laterProofs());
        assertThat(copied.counts()).isEqualTo(failed.counts());
    }

    @Test
    void aClockThatIsAYearAheadMakesNoNewestBackup() {
        Backup ahead = backup(backups.withClock(Clock.offset(Clock.systemUTC(), Duration.ofDays(365))));
        Backup newer = backup(backups);

        assertThat(ahead.manifest().taken()).isAfter(newer.manifest().taken());
        assertThat(ahead.manifest().takenByStore()).isBefore(newer.manifest().takenByStore());
        assertThat(backups.latestGood()).contains(newer);
        store.setNow(Instant.now().plus(Duration.ofDays(3)));
        assertThat(backups.planPrune(RetentionPolicy.last(1)).deleted()).containsExactly(ahead.id());
    }

    @Test
    void allOfItIsForItsOwnerAlone() throws IOException {
        Path fetched = backups.fetch(backup(backups), directory.resolve("fetched.db"));

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(fetched)))
                .isEqualTo("rw-------");
        try (Stream<Path> all = Files.walk(root)) {
            for (Path one : all.toList()) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(one)))
                        .as("%s", one)
                        .isEqualTo(Files.isDirectory(one) ? "rwx------" : "rw-------");
            }
        }
    }

    @Test
    void withAKeyNobodySlipsInAPlainBackup() {
        Backup plain = backup(backups);
        Backups with = encrypted(backups, 0);

        assertThat(with.latestGood()).isEmpty();
        assertThat(with.list().unreadable()).singleElement().satisfies(one -> assertThat(one.why())
                .contains("not encrypted"));
        assertThatThrownBy(() -> with.fetch(plain, directory.resolve("no.db")))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("acceptingUnencrypted()");
        assertThat(with.acceptingUnencrypted().latestGood()).contains(plain);
        assertThat(with.acceptingUnencrypted().fetch(plain, directory.resolve("yes.db")))
                .hasSameBinaryContentAs(source);
    }

    @Test
    void manyBackupsAndSegmentsAreNotReadForOne() throws IOException {
        for (int i = 0; i < 12; i++) {
            backups.verify(backup(backups));
        }
        for (int i = 0; i < 50; i++) {
            put("payments/main/deltas/" + i + ".delta", Duration.ZERO);
        }
        Backup newest = backups.verify(backup(backups));
        ForwardingStore other = new ForwardingStore(BackupStore.directory(directory.resolve("other")));
        backups.list().all().forEach(one -> backups.copy(one, other));
        Backup more = backup(backups);
        ForwardingStore here = new ForwardingStore(store);
        ForwardingStore there = new ForwardingStore(other);
        Backups counted = Backups.in(here, "payments");

        counted.copy(more, there);
        assertThat(there.listed()).as("what a copy has listed").hasSizeLessThan(10);
        assertThat(there.reads()).as("what a copy has read").isLessThan(5);

        int before = here.reads();
        assertThat(counted.latestGood()).contains(more);
        assertThat(here.reads() - before).as("manifests, and no proof").isEqualTo(14);
        assertThat(counted.list().good()).hasSize(14).contains(newest);
        assertThat(here.listed()).noneMatch(key -> key.contains("/deltas/"));
    }

    /** Whoever may write to the store can make a whole manifest, and beside it what grows without end. */
    @Test
    void whatUnpacksToMoreThanItShouldIsNotUnpackedToItsEnd() throws Exception {
        Backup made = backup(backups);
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (OutputStream packing = Packing.pack(bomb, Compression.ZSTD, Optional.empty())) {
            for (int i = 0; i < 256; i++) {
                packing.write(new byte[1 << 20]);
            }
        }
        Files.write(object(made), bomb.toByteArray());
        ObjectNode manifest =
                (ObjectNode) new ObjectMapper().readTree(made.manifest().json());
        ((ObjectNode) manifest.get("stored"))
                .put("bytes", bomb.size())
                .put(
                        "sha256",
                        HexFormat.of()
                                .formatHex(MessageDigest.getInstance("SHA-256").digest(bomb.toByteArray())));
        Files.write(path(made, "manifest.json"), SealedJson.seal(manifest));
        Backup listed = backups.latestGood().orElseThrow();

        assertThatThrownBy(() -> backups.fetch(listed, directory.resolve("no.db")))
                .isInstanceOf(CorruptSnapshotException.class)
                .hasMessageContaining(
                        "more comes out than " + made.manifest().content().bytes() + " bytes");
        assertThat(backups.verify(listed).counts()).isFalse();
    }

    @Test
    void allWorkOnAStoreEndsWithItsTime() {
        Backup made = backup(backups);
        PrunePlan plan = backups.planPrune(RetentionPolicy.last(1));
        BackupStore other = BackupStore.directory(directory.resolve("other"));
        AtomicLong time = new AtomicLong(1);
        Backups with = backups.withLimit(Duration.ofSeconds(10), time::get);
        store.beforeRead(() -> time.addAndGet(Duration.ofSeconds(4).toNanos()));
        assertThat(with.list().good()).as("4 s").containsExactly(made);
        assertThat(with.list().good()).as("8 s").containsExactly(made);
        assertThat(with.list().good()).as("12 s, by a call that began in time").containsExactly(made);
        List<ThrowingCallable> late = List.of(
                with::list,
                with::latestGood,
                with::sets,
                () -> with.fetch(made, directory.resolve("no.db")),
                () -> with.verify(made),
                () -> with.open(made),
                () -> with.copy(made, other),
                () -> with.deltas("main"),
                () -> with.restorePoint("main", 1),
                () -> with.planPrune(RetentionPolicy.last(1)),
                () -> with.prune(plan),
                () -> with.pruneDeltas("main", Duration.ofDays(1)),
                () -> with.sweep(Duration.ofDays(1)));

        for (ThrowingCallable work : late) {
            assertThatThrownBy(work)
                    .isInstanceOf(WaitTimeoutException.class)
                    .hasMessageContaining("the work on backups of payments");
        }

        store.beforeRead(() -> {});
        time.set(1);
        Backups again = backups.withLimit(Duration.ofSeconds(10), time::get);
        store.beforeRead(() -> time.addAndGet(Duration.ofSeconds(11).toNanos()));
        assertThatThrownBy(() -> again.copy(made, other))
                .as("what is read from one store counts for the other")
                .isInstanceOf(WaitTimeoutException.class);
        assertThat(other.list("")).isEmpty();
        Backups once = backups.withLimit(Duration.ofSeconds(10), time::get);
        assertThatThrownBy(() -> once.open(made))
                .as("proving what was fetched takes time, too")
                .isInstanceOf(WaitTimeoutException.class);
    }

    @Test
    void aProofSaysWhoLooked_whateverTheResolverDoes() throws IOException {
        assertThat(backup(backups).proof(Level.L4).map(BackupProof::by))
                .contains(System.getProperty("user.name") + "@"
                        + Files.readString(Path.of("/proc/sys/kernel/hostname")).strip());
    }

    @Test
    void aFileOfASimilarNameIsNotDeleted_andWhatADeadProgramHasLeftIs() throws IOException {
        Backup made = backup(backups);
        Path part = Files.writeString(directory.resolve("fetched.db.part"), "somebody's");
        Path other = Files.writeString(directory.resolve("other.db." + UUID.randomUUID() + ".part"), "of another file");
        Path left = Files.writeString(directory.resolve("fetched.db." + UUID.randomUUID() + ".part"), "left");

        Path fetched = backups.fetch(made, directory.resolve("fetched.db"));

        assertThat(fetched).hasSize(made.manifest().content().bytes());
        assertThat(part).hasContent("somebody's");
        assertThat(other).exists();
        assertThat(left).doesNotExist();
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.filter(file -> file.toString().contains("fetched")))
                    .containsExactlyInAnyOrder(part, fetched);
        }
    }

    @Test
    void aBadProofFailsNothingButItself() throws IOException {
        Backup made = backups.verify(backup(backups));
        Path proof;
        try (Stream<Path> proofs = Files.list(path(made, "proofs"))) {
            proof = proofs.sorted().findFirst().orElseThrow();
        }
        flip(proof, 20);
        ObjectNode newer = BackupManifest.json(made.manifest().proofs().get(0)).put("level", "L6");
        store.put(made.manifest().directory() + "proofs/20261127T000000Z-L6-00000000.json", SealedJson.seal(newer));

        BackupList list = backups.list();

        assertThat(list.unreadable()).isEmpty();
        assertThat(list.good()).extracting(Backup::id).containsExactly(made.id());
        assertThat(list.unreadableProofs()).hasSize(2);
    }

    @Test
    void whatGoesWhileItIsListedIsLeftOut() {
        Backup stays = backup(backups);
        Backup goes = backup(backups);
        BackupStore busy = new ForwardingStore(store) {
            @Override
            public byte[] read(StoredObject object, long offset, int length) {
                if (object.key().equals(goes.manifest().directory() + "manifest.json")) {
                    delete(object); // somebody prunes at this moment
                }
                return super.read(object, offset, length);
            }
        };

        BackupList list = Backups.in(busy, "payments").list();

        assertThat(list.all()).containsExactly(stays);
        assertThat(list.unreadable()).isEmpty();
    }

    @Test
    void aHugeManifestIsNotReadIntoMemory() throws IOException {
        Backup made = backup(backups);
        Files.write(path(made, "manifest.json"), new byte[(1 << 20) + 1]);

        assertThat(backups.list().unreadable()).singleElement().satisfies(one -> assertThat(one.why())
                .contains("more than 1048576"));
    }

    private void put(String key, Duration age) throws IOException {
        store.put(key, new byte[] {1});
        Files.setLastModifiedTime(root.resolve(key), FileTime.from(Instant.now().minus(age)));
    }

    @Test
    void whatHasNoManifestIsSweptWhenAllOfItIsOld() throws IOException {
        Duration old = Duration.ofDays(2);
        put(ORPHAN + "snapshot.db", old);
        put(ORPHAN + "proofs/20200101T000000Z-L4-00000000.json", old);
        String young = "payments/main/20200101T000000Z-00000001/";
        put(young + "snapshot.db", old);
        put(young + "proofs/20200101T000000Z-L4-00000000.json", Duration.ZERO); // a copy that goes on
        put("payments/main/deltas/1.delta", old);
        put("payments/readme", old);
        put("billing/main/20200101T000000Z-00000000/snapshot.db", old);
        Backup made = backup(backups);
        Files.setLastModifiedTime(object(made), FileTime.from(Instant.now().minus(old)));

        assertThat(backups.sweep(Duration.ofDays(1)).deleted()).hasSize(2);

        assertThat(store.list(ORPHAN)).isEmpty();
        assertThat(store.list(young)).hasSize(2);
        assertThat(store.list(""))
                .extracting(StoredObject::key)
                .contains(
                        "payments/main/deltas/1.delta",
                        "payments/readme",
                        "billing/main/20200101T000000Z-00000000/snapshot.db");
        assertThat(backups.list().all()).containsExactly(made);
    }

    /** What a bucket does with a hold that its caller may not see. */
    private BackupStore refusing(String end) {
        return new ForwardingStore(store) {
            @Override
            public void delete(StoredObject object) {
                if (object.key().endsWith(end)) {
                    throw new K8sAwsException("Delete " + object.key(), "access is denied", "ask who holds it");
                }
                super.delete(object);
            }
        };
    }

    @Test
    void aSweepGoesOnBehindWhatItMayNotDelete() throws IOException {
        Duration old = Duration.ofDays(2);
        put(ORPHAN + "a.db", old);
        put(ORPHAN + "snapshot.db", old);
        String second = "payments/main/20200101T000000Z-00000001/";
        put(second + "snapshot.db.gz", old);

        SweepReport report = Backups.in(refusing("/a.db"), "payments").sweep(Duration.ofDays(1));

        assertThat(report.deleted()).containsExactly(ORPHAN + "snapshot.db", second + "snapshot.db.gz");
        assertThat(report.failed()).containsOnlyKeys(ORPHAN + "a.db");
        assertThat(report.failed().get(ORPHAN + "a.db")).contains("access is denied");
    }

    @Test
    void aBackupWhoseSnapshotMayNotBeDeletedIsListedAsBefore() {
        Backup held = at("2026-10-01T10:00:00Z");
        at("2026-11-01T10:00:00Z");
        Backups with = Backups.in(refusing("/" + held.manifest().stored().object()), "payments");

        PruneReport report = with.prune(with.planPrune(RetentionPolicy.last(1)));

        assertThat(report.deleted()).isEmpty();
        assertThat(report.failed()).containsOnlyKeys(held.id());
        assertThat(backups.list().good()).hasSize(2).contains(held);
        assertThat(backups.fetch(held, directory.resolve("held.db"))).hasSameBinaryContentAs(source);
    }

    @Test
    void uploadsOfOtherClustersAreNotThrownAway() throws IOException {
        try (ObjectUpload upload = store.upload("billing/main/20261127T000000Z-00000000/snapshot.db", 1)) {
            upload.write(ByteBuffer.wrap(new byte[1]));
            try (Stream<Path> files = Files.list(root.resolve(".unfinished"))) {
                for (Path file : files.toList()) {
                    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
                }
            }

            assertThat(backups.sweep(Duration.ofDays(1)).uploads()).isZero();
            assertThat(upload.complete().bytes()).isEqualTo(1);
        }
    }

    @Test
    void whatMembersDifferFromIsNotDeleted() {
        Backup doubted = at("2026-10-01T10:00:00Z");
        Backup newest = at("2026-11-01T10:00:00Z");
        HashKv same = doubted.manifest().content().hashKv();
        HashKv other = new HashKv(same.hash() ^ 1, same.revision(), same.compactRevision());
        assertThat(backups.witness(doubted, List.of(member("a", same), member("b", other)), LIMIT)
                        .counts())
                .isFalse();

        assertThat(backups.planPrune(RetentionPolicy.last(1)).deleted()).isEmpty();
        assertThat(backups.latestGood()).contains(newest);
    }

    @Test
    void aPlanThatIsOldDeletesNotTheNewestThatCountsByNow() throws IOException {
        Backup oldest = at("2025-10-01T10:00:00Z");
        Backup middle = at("2026-10-01T10:00:00Z");
        Backup newest = at("2026-11-01T10:00:00Z");
        RetentionPolicy years = new RetentionPolicy(1, 0, 0, 0, 0, 2, Duration.ofDays(1), ZoneOffset.UTC);
        var plan = backups.planPrune(years);
        assertThat(plan.deleted()).containsExactly(middle.id());
        flip(object(newest), 5_000);
        backups.verify(newest);

        PruneReport report = backups.prune(plan);

        assertThat(report.deleted()).isEmpty();
        assertThat(report.failed()).containsOnlyKeys(middle.id());
        assertThat(backups.list().good()).containsExactly(oldest, middle);
    }
}
