package io.k8saws.etcd.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.CorruptSnapshotException;
import io.k8saws.etcd.envelope.Compression;
import io.k8saws.etcd.envelope.MasterKey;
import io.k8saws.etcd.snapshot.Damages;
import io.k8saws.etcd.snapshot.EtcdContent;
import io.k8saws.etcd.store.BackupStore;
import io.k8saws.etcd.store.ObjectUpload;
import io.k8saws.etcd.store.StoredObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** No damage to what is stored goes unseen: the backup is not listed, does not count, or cannot be fetched. */
@ParameterizedClass
@MethodSource("forms")
class BackupDamageTest {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final int FLIPS = 250;
    private static final long SEED = 20_261_127;

    @TempDir
    Path directory;

    private final Compression compression;
    private final Optional<MasterKey> master;
    private Backups backups;
    private Path object;
    private Path manifest;
    private Backup made;
    private Backup other;
    private byte[] objectBytes;
    private byte[] manifestBytes;

    BackupDamageTest(Compression compression, boolean encrypted) {
        this.compression = compression;
        this.master = encrypted ? Optional.of(MasterKey.of("mine", new byte[32])) : Optional.empty();
    }

    static List<Arguments> forms() {
        return Arrays.stream(Compression.values())
                .flatMap(compression -> Stream.of(Arguments.of(compression, false), Arguments.of(compression, true)))
                .toList();
    }

    @BeforeEach
    void backUpTwice() throws IOException {
        backups = in(BackupStore.directory(directory.resolve("store")));
        made = backup(backups, 5);
        other = backup(backups, 6);
        object = path(made, made.manifest().stored().object());
        manifest = path(made, "manifest.json");
        objectBytes = Files.readAllBytes(object);
        manifestBytes = Files.readAllBytes(manifest);
        assertThat(seen()).isFalse();
    }

    private Backups in(BackupStore store) {
        Backups plain = Backups.in(store, "payments");
        return master.map(plain::withMasterKey).orElse(plain);
    }

    /** The very same length, so that nothing can be told by it. */
    private Backup backup(Backups into, long seed) {
        EtcdContent etcd = new EtcdContent();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 150; i++) {
            byte[] value = new byte[200];
            random.nextBytes(value);
            etcd.put("/registry/pods/default/pod-" + i % 60, value, 0);
        }
        return into.backup(
                SnapshotSource.file(etcd.save(directory.resolve("source-" + seed + ".db"))),
                BackupOptions.defaults().withCompression(compression).withSpoolDirectory(directory.resolve("spool")),
                LIMIT);
    }

    private Path path(Backup backup, String name) {
        return directory.resolve("store").resolve(backup.manifest().directory()).resolve(name);
    }

    /** Whether somebody who lists and fetches learns of it. */
    private boolean seen() {
        Path file = directory.resolve("fetched.db");
        boolean seen = seen(file);
        try {
            assertThat(Files.deleteIfExists(file)).isNotEqualTo(seen);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return seen;
    }

    private boolean seen(Path file) {
        try {
            Optional<Backup> listed = backups.list().good().stream()
                    .filter(one -> one.id().equals(made.id()))
                    .findFirst();
            listed.ifPresent(one -> backups.fetch(one, file));
            return listed.isEmpty();
        } catch (CorruptSnapshotException e) {
            return true; // any other failure would prove nothing of the backup
        }
    }

    private void isSeen(Path file, byte[] whole, byte[] damaged, String what) throws IOException {
        Files.write(file, damaged);
        assertThat(seen()).as(what).isTrue();
        Files.write(file, whole);
    }

    @Test
    void everyFlippedBitIsSeen() throws IOException {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < FLIPS; i++) {
            isSeen(object, objectBytes, Damages.flip(objectBytes, random), "flip " + i + " in the object");
            isSeen(manifest, manifestBytes, Damages.flip(manifestBytes, random), "flip " + i + " in the manifest");
        }
        assertThat(seen()).isFalse();
    }

    @Test
    void everyCutIsSeen() throws IOException {
        for (int sectors = 0; sectors * 512 < objectBytes.length; sectors++) {
            isSeen(object, objectBytes, Damages.cut(objectBytes, sectors), sectors + " sectors are left");
        }
        for (int length = 0; length < manifestBytes.length; length += 13) {
            isSeen(manifest, manifestBytes, Arrays.copyOf(manifestBytes, length), length + " bytes of the manifest");
        }
        isSeen(object, objectBytes, Arrays.copyOf(objectBytes, objectBytes.length + 1), "a byte more");
        assertThat(seen()).isFalse();
    }

    @Test
    void whatHasChangedPlacesIsSeen() throws IOException {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int size : new int[] {16, 512, 4096}) {
            for (int i = 0; i < 100; i++) {
                byte[] swapped = Damages.swap(objectBytes, size, random);
                if (swapped != null) {
                    isSeen(object, objectBytes, swapped, "blocks of " + size);
                }
            }
        }
        assertThat(seen()).isFalse();
    }

    @Test
    void anotherBackupsObjectOrManifestIsSeen() throws IOException {
        byte[] otherObject =
                Files.readAllBytes(path(other, other.manifest().stored().object()));
        byte[] otherManifest = Files.readAllBytes(path(other, "manifest.json"));

        isSeen(object, objectBytes, otherObject, "the other object");
        isSeen(manifest, manifestBytes, otherManifest, "the other manifest");
        Files.write(object, otherObject);
        isSeen(manifest, manifestBytes, otherManifest, "both");
        Files.delete(object);
        assertThat(seen()).isTrue();
    }

    @Test
    void whatIsDamagedOnItsWayNeverCounts() throws IOException {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < 40; i++) {
            BackupStore whole = BackupStore.directory(directory.resolve("way-" + i));
            double where = random.nextDouble();
            BackupStore lossy = new Lossy(whole, bytes -> {
                bytes[(int) (bytes.length * where)] ^= 1;
                return bytes;
            });
            Backups into = in(lossy);

            assertThatThrownBy(() -> backup(into, 7)).isInstanceOf(CorruptSnapshotException.class);
            assertThat(in(whole).list().all()).isEmpty();
        }
    }

    @Test
    void aLookAtADamagedBackupIsKept_andItCountsNoMore() throws IOException {
        byte[] damaged = objectBytes.clone();
        damaged[damaged.length / 2] ^= 1;
        Files.write(object, damaged);

        Backup looked = backups.verify(made);

        assertThat(looked.counts()).isFalse();
        assertThat(backups.list().good()).containsExactly(other);
        Files.write(object, objectBytes);
        assertThat(backups.verify(looked).counts()).isTrue();
        assertThat(backups.list().good()).hasSize(2);
    }

    /** A store that gives back other bytes than it got. */
    private record Lossy(BackupStore store, UnaryOperator<byte[]> damage) implements BackupStore {
        @Override
        public ObjectUpload upload(String key, long expectedBytes) {
            return store.upload(key, expectedBytes);
        }

        @Override
        public StoredObject put(String key, byte[] content) {
            return store.put(key, content);
        }

        @Override
        public List<StoredObject> list(String prefix) {
            return store.list(prefix);
        }

        @Override
        public byte[] read(StoredObject object, long offset, int length) {
            byte[] bytes = store.read(object, offset, length);
            return object.key().contains("/snapshot.") ? damage.apply(bytes) : bytes;
        }

        @Override
        public Optional<String> checksum(StoredObject object) {
            return Optional.empty();
        }

        @Override
        public Optional<Instant> lockedUntil(StoredObject object) {
            return store.lockedUntil(object);
        }

        @Override
        public void delete(StoredObject object) {
            store.delete(object);
        }

        @Override
        public int abortUnfinished(String prefix, Instant startedBefore) {
            return store.abortUnfinished(prefix, startedBefore);
        }

        @Override
        public Instant now() {
            return store.now();
        }

        @Override
        public void close() {
            store.close();
        }
    }
}
