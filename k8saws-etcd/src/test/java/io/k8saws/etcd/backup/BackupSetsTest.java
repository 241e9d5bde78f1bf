package io.k8saws.etcd.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.K8sAwsException;
import io.k8saws.error.WaitTimeoutException;
import io.k8saws.etcd.backup.BackupProof.Level;
import io.k8saws.etcd.restore.NewCluster;
import io.k8saws.etcd.restore.NewMember;
import io.k8saws.etcd.restore.RestoreDrill;
import io.k8saws.etcd.restore.SnapshotRestore;
import io.k8saws.etcd.snapshot.EtcdContent;
import io.k8saws.etcd.store.BackupStore;
import io.k8saws.etcd.store.StoredObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is done with all of a set. */
class BackupSetsTest {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final Map<String, NewCluster> TARGETS = Map.of("main", cluster(2380), "events", cluster(2381));

    @TempDir
    Path directory;

    private BackupStore store;
    private BackupSets sets;
    private BackupSet set;

    private static NewCluster cluster(int port) {
        return NewCluster.of(List.of(NewMember.of("a", "http://127.0.0.1:" + port)));
    }

    @BeforeEach
    void aSet() {
        store = BackupStore.directory(directory.resolve("store"));
        Backups backups = Backups.in(store, "payments");
        sets = backups.ofSets();
        Map<String, SnapshotSource> sources = new LinkedHashMap<>();
        sources.put("main", SnapshotSource.file(EtcdContent.random(5, 100).save(directory.resolve("a.db"))));
        sources.put("events", SnapshotSource.file(EtcdContent.random(6, 50).save(directory.resolve("b.db"))));
        set = backups.backupSet(
                sources, BackupOptions.defaults().withSpoolDirectory(directory.resolve("spool")), LIMIT);
    }

    private StoredObject object(String etcd, String name) {
        return store.list("payments/" + etcd + "/").stream()
                .filter(object -> object.key().endsWith(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void allOfItIsVerified() throws IOException {
        BackupSet verified = sets.verify(set);

        assertThat(verified.counts()).isTrue();
        assertThat(verified.backups()).hasSize(2).allSatisfy(backup -> assertThat(backup.laterProofs())
                .extracting(BackupProof::level)
                .containsExactly(Level.L0, Level.L1, Level.L2, Level.L4));
        assertThat(sets.latestGood()).contains(verified);

        Path file = directory.resolve("store").resolve(object("events", ".zst").key());
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
        BackupSet damaged = sets.verify(set);

        assertThat(damaged.of("main").orElseThrow().counts()).isTrue();
        assertThat(damaged.of("events").orElseThrow().counts()).isFalse();
        assertThat(damaged.counts()).isFalse();
        assertThat(sets.latestGood()).isEmpty();
    }

    /** A program that died on its way finds what it has fetched. */
    @Test
    void allOfItIsFetchedForARestore_andOnceAlone() throws IOException {
        Path to = directory.resolve("restore");
        Map<String, SnapshotRestore> restores = sets.fetch(set, to, TARGETS);

        assertThat(restores.keySet()).containsExactly("main", "events");
        assertThat(to.resolve("main.db")).hasSameBinaryContentAs(directory.resolve("a.db"));
        assertThat(to.resolve("events.db")).hasSameBinaryContentAs(directory.resolve("b.db"));
        Files.delete(to.resolve("events.db"));
        store.delete(object("main", ".zst"));
        assertThat(sets.fetch(set, to, TARGETS).keySet()).containsExactly("main", "events");

        Files.writeString(to.resolve("events.db"), "something else");
        assertThatThrownBy(() -> sets.fetch(set, to, TARGETS))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("another file is there");
        assertThat(to.resolve("events.db")).hasContent("something else");
    }

    /** Killed while main came: what is half there has all secrets, and is as large as the database. */
    @Test
    void whatAKilledFetchHasLeftIsInNobodysWay() throws IOException {
        Path to = Files.createDirectory(directory.resolve("restore"));
        Files.writeString(to.resolve("main.db." + UUID.randomUUID() + ".part"), "half of it");

        assertThat(sets.fetch(set, to, TARGETS).keySet()).containsExactly("main", "events");

        try (Stream<Path> files = Files.list(to)) {
            assertThat(files).containsExactlyInAnyOrder(to.resolve("main.db"), to.resolve("events.db"));
        }
    }

    @Test
    void whatIsNotWholeIsNeitherFetchedNorDrilledNorCopied() throws IOException {
        store.delete(object("events", "manifest.json"));
        BackupSet half = sets.list().get(0);
        Path to = directory.resolve("restore");

        assertThat(half.counts()).isFalse();
        assertThatThrownBy(() -> sets.fetch(half, to, TARGETS)).hasMessageContaining("the backup of events is missing");
        assertThatThrownBy(() -> sets.fetch(half, to, Map.of("cilium", cluster(2382))))
                .hasMessageContaining("cilium is not in it");
        assertThatThrownBy(() -> sets.drill(half, RestoreDrill.with(Path.of("/nowhere/etcd")), LIMIT))
                .hasMessageContaining("the backup of events is missing");
        BackupStore other = BackupStore.directory(directory.resolve("other"));
        assertThatThrownBy(() -> sets.copy(half, other)).hasMessageContaining("the backup of events is missing");
        assertThat(to).doesNotExist();
        assertThat(other.list("")).isEmpty();
        assertThat(sets.verify(half).backups()).hasSize(1);
        assertThat(sets.fetch(half, to, Map.of("main", cluster(2380)))).containsOnlyKeys("main");
        try (Stream<Path> files = Files.list(to)) {
            assertThat(files).containsExactly(to.resolve("main.db"));
        }
    }

    @Test
    void aDrillWithoutTimeFetchesNothing() {
        ForwardingStore counting = new ForwardingStore(store);
        BackupSets there = Backups.in(counting, "payments").ofSets();

        assertThatThrownBy(() -> there.drill(set, RestoreDrill.with(Path.of("/nowhere/etcd")), Duration.ZERO))
                .isInstanceOf(WaitTimeoutException.class)
                .hasMessageContaining("the drill of set " + set.id());
        assertThat(counting.reads()).isZero();
    }

    @Test
    void aCopyIsASetOfItsOwn() {
        BackupStore other = BackupStore.directory(directory.resolve("other"));

        BackupSet copy = sets.copy(set, other);

        assertThat(copy.counts()).isTrue();
        assertThat(Backups.in(other, "payments").sets()).containsExactly(copy);
        assertThat(sets.copy(set, other)).isEqualTo(copy);
    }

    /** Somebody puts a manifest of the same set beside it, of an etcd that is none of it, or that is there already. */
    @Test
    void aSetWhoseManifestsDisagreeDoesNotCount() {
        Backup main = set.of("main").orElseThrow();
        Backup twice = new Backup(main.manifest(), List.of(main.proofs().get(0)));

        assertThat(new BackupSet(set.id(), set.parts(), set.backups()).counts()).isTrue();
        assertThat(new BackupSet(
                                set.id(),
                                set.parts(),
                                Stream.concat(set.backups().stream(), Stream.of(twice))
                                        .toList())
                        .counts())
                .isFalse();
        assertThat(new BackupSet(set.id(), List.of("main"), List.of(main)).counts())
                .as("it says that it is of two")
                .isFalse();
    }

    /** Whatever call of the store the program dies at: the next fetch ends with both files. */
    @Test
    void aFetchThatIsKilledAtAnyCallGoesOn() {
        for (int call = 0; ; call++) {
            int mortal = call;
            AtomicInteger calls = new AtomicInteger();
            ForwardingStore dying = new ForwardingStore(store) {
                @Override
                public byte[] read(StoredObject object, long offset, int length) {
                    if (calls.getAndIncrement() == mortal) {
                        throw new IllegalStateException("killed");
                    }
                    return super.read(object, offset, length);
                }

                @Override
                public List<StoredObject> list(String prefix) {
                    if (calls.getAndIncrement() == mortal) {
                        throw new IllegalStateException("killed");
                    }
                    return super.list(prefix);
                }
            };
            Path to = directory.resolve("killed-" + call);
            boolean died = false;
            try {
                Backups.in(dying, "payments").ofSets().fetch(set, to, TARGETS);
            } catch (IllegalStateException e) {
                died = true;
            }
            assertThat(sets.fetch(set, to, TARGETS)).hasSize(2);
            assertThat(to.resolve("events.db")).hasSameBinaryContentAs(directory.resolve("b.db"));
            if (!died) {
                assertThat(call).as("calls at which it died").isGreaterThan(2);
                return;
            }
        }
    }

    /** Cut between its parts: until all of it is there, it does not count there. */
    @Test
    void aCopyThatIsCutBetweenItsPartsGoesOn() {
        ForwardingStore other = new ForwardingStore(BackupStore.directory(directory.resolve("other")));
        other.failNext("payments/events/");
        Backups there = Backups.in(other, "payments");

        assertThatThrownBy(() -> sets.copy(set, other)).hasMessageContaining("the store is away");

        assertThat(there.sets()).singleElement().satisfies(half -> {
            assertThat(half.counts()).isFalse();
            assertThat(half.backups()).hasSize(1);
        });
        assertThat(there.ofSets().latestGood()).isEmpty();
        assertThat(sets.copy(set, other).counts()).isTrue();
        assertThat(there.ofSets().latestGood()).isPresent();
    }
}
