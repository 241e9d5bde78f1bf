package io.k8saws.etcd.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.CorruptSnapshotException;
import io.k8saws.error.K8sAwsException;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.Inflater;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("one of its tests needs most of the heap that all tests share")
class DeltaSegmentTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    @TempDir
    Path directory;

    private DeltaSegment segment(long after, int count) {
        DeltaWriter writer = DeltaWriter.after("8e4f", after);
        writer.addLease(7, Duration.ofSeconds(60));
        for (int i = 1; i <= count; i++) {
            long revision = after + i;
            byte[] key = {(byte) i, 1};
            assertThat(writer.add(new Transaction(
                            revision,
                            NOON.plusSeconds(i),
                            i % 3 == 0
                                    ? List.of(KeyChange.delete(key))
                                    : List.of(
                                            KeyChange.put(key, new byte[i], revision, 1, 7),
                                            KeyChange.put(new byte[] {9}, new byte[0], 1, i, 0)))))
                    .isEmpty();
        }
        return writer.write(directory.resolve("delta-" + after + "-" + count));
    }

    private static List<String> texts(DeltaChain chain, long upTo) {
        List<String> texts = new ArrayList<>();
        chain.read(upTo, new DeltaSegment.Visitor() {
            @Override
            public boolean transaction(Transaction transaction) {
                texts.add(transaction.revision() + " " + transaction.seenAt() + " " + transaction.changes());
                return true;
            }

            @Override
            public void lease(long id, Duration ttl) {
                assertThat(id).isEqualTo(7);
                assertThat(ttl).isEqualTo(Duration.ofSeconds(60));
            }
        });
        return texts;
    }

    @Test
    void whatIsWrittenIsRead() {
        DeltaSegment segment = segment(100, 50);

        assertThat(segment)
                .hasToString("cluster 8e4f, revisions 101 to 150, 2026-01-01T12:00:01Z to" + " 2026-01-01T12:00:50Z");
        List<String> read = texts(DeltaChain.of(100, List.of(segment.file())), 150);
        assertThat(read).hasSize(50);
        assertThat(read.get(0)).contains("101 2026-01-01T12:00:01Z", "version 1, 1 bytes", "version 1, 0 bytes");
        assertThat(read.get(2)).contains("deleted");
    }

    @Test
    void segmentsInAnyOrderWithOverlapsAreReadOnce() {
        DeltaSegment first = segment(100, 10);
        DeltaSegment second = segment(105, 20);
        DeltaSegment third = segment(125, 5);
        DeltaChain chain = DeltaChain.of(103, List.of(third.file(), first.file(), second.file()));

        assertThat(chain.last()).isEqualTo(130);
        assertThat(texts(chain, 128)).hasSize(25).first().asString().startsWith("104 ");
        assertThatThrownBy(() -> DeltaChain.of(100, List.of(first.file(), third.file())))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("revisions 111 to 125 are missing");
        assertThatThrownBy(() -> DeltaChain.of(90, List.of(first.file())))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("revisions 91 to 100 are missing");
    }

    /** After a restore two clusters have the same revisions with different changes. */
    @Test
    void segmentsOfAnotherClusterThanTheSnapshotAreRefused() {
        DeltaSegment segment = segment(100, 10);

        assertThat(DeltaChain.of("0000000000008e4f", 100, List.of(segment.file()))
                        .last())
                .isEqualTo(110);
        assertThatThrownBy(() -> DeltaChain.of("8e50", 100, List.of(segment.file())))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("it is of another cluster than the snapshot, which is of 8e50");
    }

    /** A few hundred KiB that would become more than etcd ever takes. */
    @Test
    void aTransactionThatWouldFillTheMemoryIsRefused() throws IOException {
        int value = 37 << 20;
        ByteArrayOutputStream inside = new ByteArrayOutputStream();
        try (DataOutputStream body = new DataOutputStream(new DeflaterOutputStream(inside))) {
            body.writeByte(DeltaSegment.TRANSACTION);
            body.writeLong(101);
            body.writeLong(1);
            body.writeInt(4);
            for (int i = 0; i < 4; i++) {
                body.writeInt(1);
                body.writeByte(i);
                body.writeBoolean(false);
                body.writeLong(101);
                body.writeLong(1);
                body.writeLong(0);
                body.writeInt(value);
                body.write(new byte[value]);
            }
            body.writeByte(DeltaSegment.END);
        }
        byte[] packed = inside.toByteArray();
        ByteBuffer bytes = ByteBuffer.allocate(DeltaSegment.HEADER + packed.length + DeltaSegment.SUM)
                .put(DeltaSegment.MAGIC)
                .putLong(1)
                .putLong(100)
                .putLong(101)
                .putLong(1)
                .putLong(1)
                .putLong(1)
                .put(packed);
        bytes.put(DeltaSegment.sum(bytes.array(), bytes.position()));
        DeltaSegment bomb = DeltaSegment.open(Files.write(directory.resolve("bomb"), bytes.array()));

        assertThatThrownBy(() -> texts(new DeltaChain(100, List.of(bomb)), 101))
                .isInstanceOf(CorruptSnapshotException.class)
                .hasMessageContaining("a key or value has " + value + " bytes");
        try (DeltaWriter writer = DeltaWriter.after("1", 100)) {
            byte[] large = new byte[value];
            List<KeyChange> changes = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                changes.add(KeyChange.owned(new byte[] {(byte) i}, large, 101, 1, 0));
            }
            assertThatThrownBy(() -> writer.add(new Transaction(101, NOON, changes)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("revision 101");
            assertThat(writer.lastRevision()).isEqualTo(100);
        }
    }

    /** What is outside the heap, no collection of garbage asks for. */
    @Test
    void eachReadGivesItsMemoryBack() throws IOException {
        DeltaSegment segment = segment(100, 5);
        assertEnded(segment, transaction -> true, null);
        assertEnded(segment, transaction -> false, null);
        assertEnded(
                segment,
                transaction -> {
                    throw new IllegalStateException("it has seen enough");
                },
                IllegalStateException.class);
        Files.delete(segment.file());
        assertEnded(segment, transaction -> true, K8sAwsException.class);
    }

    private static void assertEnded(
            DeltaSegment segment, Predicate<Transaction> goesOn, @Nullable Class<? extends Exception> failure) {
        Inflater inflater = new Inflater();
        ThrowingCallable read = () -> segment.read(
                new DeltaSegment.Visitor() {
                    @Override
                    public boolean transaction(Transaction transaction) {
                        return goesOn.test(transaction);
                    }

                    @Override
                    public void lease(long id, Duration ttl) {
                        // is of no interest
                    }
                },
                inflater);
        if (failure == null) {
            assertThatCode(read).doesNotThrowAnyException();
        } else {
            assertThatThrownBy(read).isInstanceOf(failure);
        }
        assertThatThrownBy(inflater::getBytesRead).as("it is ended").isInstanceOf(NullPointerException.class);
    }

    @Test
    void aWriterThatIsClosedTakesNothing() {
        DeltaWriter writer = DeltaWriter.after("8e4f", 100);
        writer.close();

        assertThatThrownBy(() -> writer.addLease(7, Duration.ofSeconds(60)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("take a new writer");
    }

    @Test
    void aMomentIsARevision() {
        DeltaSegment segment = segment(100, 10);

        assertThat(segment.revisionAt(NOON.plusMillis(4_500))).isEqualTo(OptionalLong.of(104));
        assertThat(segment.revisionAt(NOON.plusSeconds(10))).isEqualTo(OptionalLong.of(110));
        assertThat(segment.revisionAt(NOON)).isEmpty();
        assertThat(segment.revisionAt(NOON.plusSeconds(11))).isEmpty();
    }

    @Test
    void gapsAreSeen() {
        assertThat(Continuity.between("a", 10, "a", 11, 5)).isEmpty();
        assertThat(Continuity.between("a", 10, "a", 12, 5)).contains(Continuity.Gap.MISSED_REVISIONS);
        assertThat(Continuity.between("a", 10, "a", 12, 11)).contains(Continuity.Gap.COMPACTED);
        assertThat(Continuity.between("a", 10, "b", 11, 0)).contains(Continuity.Gap.OTHER_CLUSTER);
        assertThat(Continuity.between("a", 10, "a", 10, 0)).contains(Continuity.Gap.WENT_BACK);
        assertThat(Continuity.beforeWatch(10, 11)).isEmpty();
        assertThat(Continuity.beforeWatch(10, 12)).contains(Continuity.Gap.COMPACTED);
        DeltaWriter writer = DeltaWriter.after("a", 10);
        assertThat(writer.add(new Transaction(12, NOON, List.of(KeyChange.delete(new byte[] {1})))))
                .contains(Continuity.Gap.MISSED_REVISIONS);
        assertThat(writer.lastRevision()).isEqualTo(10);
    }

    @Test
    void everyFlippedBitAndEveryCutIsSeen() throws IOException {
        byte[] good = Files.readAllBytes(segment(100, 20).file());
        Path file = directory.resolve("damaged");
        for (int at = 0; at < good.length; at++) {
            byte[] bad = good.clone();
            bad[at] ^= (byte) (1 << at % 8);
            Files.write(file, bad);
            assertThatThrownBy(() -> DeltaSegment.open(file)).isInstanceOf(CorruptSnapshotException.class);
            Files.write(file, Arrays.copyOf(good, at));
            assertThatThrownBy(() -> DeltaSegment.open(file)).isInstanceOf(CorruptSnapshotException.class);
        }
    }

    /** Somebody who can compute a SHA-256 may write anything behind it. */
    @Test
    void bytesOfBadIntentEndInTheSameException() throws IOException {
        byte[] good = Files.readAllBytes(segment(100, 20).file());
        SplittableRandom random = new SplittableRandom(1);
        Path file = directory.resolve("mutated");
        int refused = 0;
        for (int round = 0; round < 1000; round++) {
            byte[] bad = Arrays.copyOf(good, good.length - DeltaSegment.SUM);
            for (int i = 0; i <= random.nextInt(3); i++) {
                bad[random.nextInt(8, bad.length)] = (byte) random.nextInt(256);
            }
            byte[] whole = Arrays.copyOf(bad, good.length);
            System.arraycopy(DeltaSegment.sum(bad, bad.length), 0, whole, bad.length, DeltaSegment.SUM);
            Files.write(file, whole);
            try {
                DeltaSegment segment = DeltaSegment.open(file);
                texts(new DeltaChain(segment.after(), List.of(segment)), Long.MAX_VALUE);
            } catch (CorruptSnapshotException e) {
                refused++;
            } catch (AssertionError e) {
                // the lease in it is another one, and can be read
            }
        }
        assertThat(refused).isGreaterThan(300);
    }
}
