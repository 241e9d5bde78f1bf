package io.k8saws.etcd.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.error.CorruptSnapshotException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing that happens to the bytes of a backup goes unseen: the first level of the ladder detects all of it. */
class DamageTest {
    private static final long SEED = 20_261_127;

    @TempDir
    Path directory;

    private byte[] file = {};

    @BeforeEach
    void makeAFile() {
        file = EtcdContent.random(7, 120).snapshot(4096);
        assertThat(firstLevelHolds(file)).isTrue();
    }

    @Test
    void flippedBits() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < 4000; i++) {
            assertDetected("flip " + i, Damages.flip(file, random));
        }
    }

    @Test
    void everyFlippedBitOfTheMetaPagesAndTheTrailer() {
        for (int at = 0; at < file.length; at++) {
            boolean meta = at % 4096 < 80 && at < 8192;
            if (meta || at >= file.length - 32) {
                for (int bit = 0; bit < 8; bit++) {
                    byte[] damaged = file.clone();
                    damaged[at] ^= (byte) (1 << bit);
                    assertDetected("bit " + bit + " of byte " + at, damaged);
                }
            }
        }
    }

    @Test
    void truncationAtEverySector() {
        for (int sectors = 0; sectors * 512 < file.length; sectors++) {
            assertDetected("cut after " + sectors + " sectors", Damages.cut(file, sectors));
        }
        for (int bytes = 1; bytes <= 64; bytes++) {
            assertDetected("cut by " + bytes, Arrays.copyOf(file, file.length - bytes));
        }
    }

    @Test
    void sectorsThatAreMissingInTheMiddle() {
        SplittableRandom random = new SplittableRandom(SEED);
        int all = (file.length - 32) / 512;
        for (int i = 0; i < 1000; i++) {
            int sectors = 1 + random.nextInt(16);
            assertDetected("drop " + i, Damages.drop(file, random.nextInt(all - sectors), sectors));
        }
    }

    @Test
    void swappedBlocks() {
        SplittableRandom random = new SplittableRandom(SEED);
        int swapped = 0;
        for (int i = 0; i < 2000; i++) {
            byte[] damaged = Damages.swap(file, i % 2 == 0 ? 512 : 4096, random);
            if (damaged != null) {
                assertDetected("swap " + i, damaged);
                swapped++;
            }
        }
        assertThat(swapped).isGreaterThan(1500);
    }

    /** A file that cannot be opened is detected; of one that can, the first level must not hold. */
    private void assertDetected(String damage, byte[] bytes) {
        assertThat(firstLevelHolds(bytes)).as("%s, seed %d", damage, SEED).isFalse();
    }

    private boolean firstLevelHolds(byte[] bytes) {
        try (SnapshotFile snapshot = SnapshotFile.open(EtcdContent.save(directory.resolve("damaged.db"), bytes))) {
            return snapshot.verifyBytes().outcome() == Verification.Outcome.HOLDS;
        } catch (CorruptSnapshotException e) {
            return false;
        }
    }
}
