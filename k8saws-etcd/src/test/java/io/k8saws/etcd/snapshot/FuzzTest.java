package io.k8saws.etcd.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.k8saws.error.CorruptSnapshotException;
import io.k8saws.etcd.internal.bolt.BoltImage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files that were changed with knowledge of what is where, and whose trailer was made right again, so that the parser meets every lie. Each must end in time, with a value or a
 * {@link CorruptSnapshotException}, in the heap that the module's tests have. {@code -Dfuzz.files=N} sets how many, {@code -Dfuzz.seed=N} which ones.
 */
class FuzzTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int FILES = Integer.getInteger("fuzz.files", 2000);
    private static final long SEED = Long.getLong("fuzz.seed", 1);
    private static final long[] NUMBERS = {
        0,
        1,
        2,
        3,
        7,
        15,
        16,
        17,
        255,
        4095,
        4096,
        4097,
        32_768,
        65_535,
        65_536,
        0x7fffffffL,
        0x80000000L,
        0xffffffffL,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        -1,
        -2
    };

    @TempDir
    Path directory;

    @Test
    void everyFileEndsInAnAnswer() throws Exception {
        List<byte[]> seeds = new ArrayList<>();
        for (int pageSize : new int[] {1024, 4096}) {
            seeds.add(EtcdContent.random(1, 3).snapshot(pageSize));
            seeds.add(EtcdContent.random(2, 60).snapshot(pageSize));
            seeds.add(EtcdContent.random(3, 300).snapshot(pageSize));
            seeds.add(BoltImage.withTrailer(
                    BoltImage.pages(EtcdContent.random(4, 80).content(), pageSize, true, 0)));
        }
        int[] answers = new int[2];
        ExecutorService reader = Executors.newSingleThreadExecutor();
        try {
            for (int i = 0; i < FILES; i++) {
                long seed = SEED * 1_000_003 + i;
                byte[] file = mutate(seeds.get(i % seeds.size()), new SplittableRandom(seed));
                Path path = EtcdContent.save(directory.resolve("fuzz.db"), file);
                Future<Boolean> answer = reader.submit((Callable<Boolean>) () -> readAll(path));
                try {
                    answers[answer.get(LIMIT.toSeconds(), TimeUnit.SECONDS) ? 0 : 1]++;
                } catch (TimeoutException e) {
                    fail("file " + seed + " was not read within " + LIMIT, e);
                } catch (ExecutionException e) {
                    fail("file " + seed + " ended in " + e.getCause(), e.getCause());
                }
            }
        } finally {
            reader.shutdownNow();
        }
        assertThat(answers[0] + answers[1]).isEqualTo(FILES);
        // both kinds were met, or the mutations miss what they are for
        assertThat(answers[0]).isPositive();
        assertThat(answers[1]).isPositive();
    }

    /** Asks everything; tells whether all of it was answered. */
    private static boolean readAll(Path path) {
        Verification verification = Verification.of(path);
        assertThat(verification.toString()).isNotEmpty();
        boolean whole = verification.holds(Verification.Level.L2);
        try (SnapshotFile snapshot = SnapshotFile.open(path)) {
            List<Runnable> questions = List.of(
                    snapshot::revision,
                    snapshot::status,
                    snapshot::hashKv,
                    snapshot::members,
                    snapshot::removedMembers,
                    snapshot::auth,
                    snapshot::alarms,
                    snapshot::consistentIndex,
                    snapshot::term,
                    snapshot::clusterVersion,
                    snapshot::storageVersion,
                    () -> snapshot.leases()
                            .forEach(lease -> assertThat(lease.toString()).isNotEmpty()),
                    () -> snapshot.history()
                            .forEach(change -> assertThat(change.toString()).isNotEmpty()),
                    () -> {
                        try (Stream<KeyRevision> keys = snapshot.keys()) {
                            keys.forEach(key -> assertThat(key.value()).hasSize(key.valueSize()));
                        }
                    },
                    () -> assertThat(SnapshotDiff.between(snapshot, snapshot)
                                    .summary()
                                    .total())
                            .isEqualTo(new DiffSummary.Counts(0, 0, 0)));
            for (Runnable question : questions) {
                whole &= answered(question);
            }
        } catch (CorruptSnapshotException e) {
            return false;
        }
        return whole;
    }

    private static boolean answered(Runnable question) {
        try {
            question.run();
            return true;
        } catch (CorruptSnapshotException e) {
            assertThat(e.offset()).isNotNegative();
            return false;
        }
    }

    private static byte[] mutate(byte[] original, SplittableRandom random) {
        byte[] file = original.clone();
        int pageSize = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(24);
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            change(file, pageSize, random);
        }
        if (random.nextInt(20) == 0) {
            file = Arrays.copyOf(file, 32 + random.nextInt(file.length));
        }
        mendMeta(file, pageSize);
        BoltImage.sealAgain(file);
        return file;
    }

    private static void change(byte[] file, int pageSize, SplittableRandom random) {
        int pages = (file.length - 32) / pageSize;
        int page = random.nextInt(pages) * pageSize;
        ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int element = page + 16 + 16 * random.nextInt(8);
        switch (random.nextInt(9)) {
            // the header of a page: number, flags, count, overflow
            case 0 -> bytes.putShort(page + 8, (short) random.nextInt(20));
            case 1 -> bytes.putShort(page + 10, (short) number(random));
            case 2 -> bytes.putInt(page + 12, (int) number(random));
            // an element: flags, position, sizes; or position, size and page of a branch
            case 3 -> bytes.putInt(element + 4 * random.nextInt(4), (int) number(random));
            case 4 -> bytes.putLong(element + 8, random.nextInt(pages + 2));
            // a number in a meta page
            case 5 -> bytes.putLong(random.nextInt(2) * pageSize + 32 + 8 * random.nextInt(5), number(random));
            // a page in place of another one, with its number
            case 6 -> {
                int other = random.nextInt(pages) * pageSize;
                System.arraycopy(file, other, file, page, pageSize);
                bytes.putLong(page, page / pageSize);
            }
            // anything anywhere
            case 7 -> bytes.put(random.nextInt(file.length - 32), (byte) random.nextInt());
            default -> {
                int at = page + random.nextInt(pageSize - 8);
                bytes.putLong(at, number(random));
            }
        }
    }

    private static long number(SplittableRandom random) {
        return random.nextInt(3) == 0 ? random.nextInt(2000) : NUMBERS[random.nextInt(NUMBERS.length)];
    }

    /** Checksums of meta pages are made right, or nearly every change of one would end there. */
    private static void mendMeta(byte[] file, int pageSize) {
        for (int at = 0; at <= pageSize && at + 80 <= file.length; at += pageSize) {
            long sum = 0xcbf29ce484222325L;
            for (int i = at + 16; i < at + 72; i++) {
                sum = (sum ^ (file[i] & 0xff)) * 0x100000001b3L;
            }
            ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putLong(at + 72, sum);
        }
    }
}
