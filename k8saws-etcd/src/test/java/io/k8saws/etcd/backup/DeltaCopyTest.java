package io.k8saws.etcd.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.K8sAwsException;
import io.k8saws.etcd.envelope.MasterKey;
import io.k8saws.etcd.snapshot.EtcdContent;
import io.k8saws.etcd.store.BackupStore;
import io.k8saws.etcd.store.ObjectUpload;
import io.k8saws.etcd.store.StoredObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Copies of segments that go wrong, are cut off, and are done again. */
class DeltaCopyTest extends SegmentsFixture {
    private ForwardingStore other;

    @BeforeEach
    void target() {
        other = new ForwardingStore(BackupStore.directory(directory.resolve("other")));
    }

    private DeltaCopyReport copyFrom(BackupStore source) {
        return Backups.in(source, "payments").copyDeltas("main", other);
    }

    private Path file(StoredSegment segment) {
        return directory.resolve("other").resolve(segment.object().key());
    }

    /** A bit that flips in memory or on the way when the object is read once more. */
    @Test
    void whatIsReadAnotherWayTheSecondTimeIsNotCopied() {
        StoredSegment segment = segment(3);
        for (int damaged = 1; damaged <= 3; damaged++) {
            int at = damaged;
            AtomicInteger reads = new AtomicInteger();
            DeltaCopyReport report = copyFrom(new ForwardingStore(store) {
                @Override
                public byte[] read(StoredObject object, long offset, int length) {
                    byte[] bytes = super.read(object, offset, length);
                    if (reads.incrementAndGet() >= at) {
                        bytes[bytes.length - 40] ^= 1;
                    }
                    return bytes;
                }
            });

            assertThat(report.failed())
                    .as("from reading " + damaged)
                    .containsOnlyKeys(segment.object().key());
            assertThat(other.list("")).isEmpty();
        }
    }

    @Test
    void whatIsReadBackWrongIsNotLeftThere() {
        StoredSegment segment = segment(3);
        other.damageNext("payments/main/deltas/");

        DeltaCopyReport report = copyFrom(store);

        assertThat(report.failed()).hasEntrySatisfying(segment.object().key(), why -> assertThat(why)
                .contains("what was read back has"));
        assertThat(other.list("")).isEmpty();
        assertThat(copyFrom(store).copied()).hasSize(1);
    }

    /** Killed before it was read back; or somebody has put it there. */
    @Test
    void whatIsThereIsComparedToTheLastByte() throws IOException {
        StoredSegment first = segment(3);
        StoredSegment second = segment(3);
        copyFrom(store);
        byte[] bytes = Files.readAllBytes(file(first));
        bytes[bytes.length - 40] ^= 1;
        Files.write(file(first), bytes);

        DeltaCopyReport report = copyFrom(store);

        assertThat(report.alreadyThere()).isEqualTo(1);
        assertThat(report.failed()).containsOnlyKeys(first.object().key());
        assertThat(second.object().key()).isNotIn(report.failed().keySet());
        assertThat(Files.readAllBytes(file(first)))
                .as("it is not ours to delete")
                .isEqualTo(bytes);
    }

    /** A bucket and a directory have no checksum in common. */
    @Test
    void storesOfTwoKindsAreComparedByWhatIsRead() {
        StoredSegment first = segment(3);
        copyFrom(store);
        BackupStore kind = new ForwardingStore(store) {
            @Override
            public Optional<String> checksum(StoredObject object) {
                return Optional.of("of another kind");
            }
        };

        assertThat(copyFrom(kind).alreadyThere()).isEqualTo(1);
        flip(file(first));
        assertThat(copyFrom(kind).failed()).containsOnlyKeys(first.object().key());
    }

    /** Those of an earlier key, and those that a prune takes away meanwhile. */
    @Test
    void oneThatCannotBeReadEndsNothing() {
        StoredSegment away = segment(3);
        StoredSegment gone = segment(3);
        StoredSegment good = segment(3);

        DeltaCopyReport report = copyFrom(new ForwardingStore(store) {
            @Override
            public byte[] read(StoredObject object, long offset, int length) {
                if (object.key().equals(gone.object().key())) {
                    store.delete(object);
                }
                if (object.key().equals(away.object().key())) {
                    throw new K8sAwsException("Read " + object.key(), "access is denied", "ask for the right");
                }
                return super.read(object, offset, length);
            }
        });

        assertThat(report.copied()).containsExactly(good.object().key());
        assertThat(report.failed())
                .containsOnlyKeys(away.object().key())
                .hasEntrySatisfying(away.object().key(), why -> assertThat(why).contains("access is denied"));
    }

    @Test
    void segmentsOfAnEarlierMasterKeyAreToldOf_andTheOthersAreCopied() {
        byte[] older = new byte[32];
        older[0] = 1;
        backups = backups.withMasterKey(MasterKey.of("older", older));
        StoredSegment first = segment(3);
        backups = Backups.in(store, "payments").withMasterKey(MasterKey.of("mine", new byte[32]));
        base = backup(new EtcdContent().put("a", "1").put("b", "1"), backups);
        at = 3;
        StoredSegment second = segment(3);

        DeltaCopyReport report = backups.copyDeltas("main", other);

        assertThat(report.copied()).containsExactly(second.object().key());
        assertThat(report.failed()).containsOnlyKeys(first.object().key());
    }

    /** Whatever was done when the program died: the next run ends with all that is whole. */
    @Test
    void killedAtAnyCallTheNextRunEndsIt() {
        for (int i = 0; i < 3; i++) {
            segment(2);
        }
        for (int call = 0; ; call++) {
            int mortal = call;
            AtomicInteger calls = new AtomicInteger();
            BackupStore target = BackupStore.directory(directory.resolve("killed-" + call));
            ForwardingStore dying = new ForwardingStore(target) {
                private void count() {
                    if (calls.getAndIncrement() == mortal) {
                        throw new IllegalStateException("killed");
                    }
                }

                @Override
                public ObjectUpload upload(String key, long expectedBytes) {
                    count();
                    return super.upload(key, expectedBytes);
                }

                @Override
                public List<StoredObject> list(String prefix) {
                    count();
                    return super.list(prefix);
                }

                @Override
                public byte[] read(StoredObject object, long offset, int length) {
                    count();
                    return super.read(object, offset, length);
                }
            };
            boolean died = false;
            try {
                backups.copyDeltas("main", dying);
            } catch (IllegalStateException e) {
                died = true;
            }
            DeltaCopyReport report = backups.copyDeltas("main", target);

            assertThat(report.copied().size() + report.alreadyThere()).isEqualTo(3);
            assertThat(Backups.in(target, "payments").verifyDeltas("main").sound())
                    .hasSize(3);
            if (!died) {
                assertThat(call).isGreaterThan(6);
                return;
            }
        }
    }

    /** What is there is listed once, however many there are. */
    @Test
    void aSecondRunListsOnce() {
        for (int i = 0; i < 30; i++) {
            segment(1);
        }
        AtomicInteger lists = new AtomicInteger();
        BackupStore counting = new ForwardingStore(other) {
            @Override
            public List<StoredObject> list(String prefix) {
                lists.incrementAndGet();
                return super.list(prefix);
            }
        };
        backups.copyDeltas("main", counting);
        lists.set(0);

        assertThat(backups.copyDeltas("main", counting).alreadyThere()).isEqualTo(30);
        assertThat(lists.get()).isEqualTo(1);
    }

    @Test
    void aTargetThatIsAwayEndsTheCopy() {
        segment(3);
        other.failNext("payments/main/deltas/");

        assertThatThrownBy(() -> copyFrom(store)).hasMessageContaining("the store is away");
    }
}
