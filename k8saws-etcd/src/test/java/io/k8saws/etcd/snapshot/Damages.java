package io.k8saws.etcd.snapshot;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** What can happen to the bytes of a backup. For tests. */
public final class Damages {
    private Damages() {}

    /** One bit is another one. */
    public static byte[] flip(byte[] file, SplittableRandom random) {
        byte[] damaged = file.clone();
        damaged[random.nextInt(file.length)] ^= (byte) (1 << random.nextInt(8));
        return damaged;
    }

    /** The end is missing from a boundary of sectors on. */
    public static byte[] cut(byte[] file, int sectors) {
        return Arrays.copyOf(file, sectors * 512);
    }

    /** Sectors are missing in the middle, so that the length still looks as etcd wants it. */
    public static byte[] drop(byte[] file, int sector, int sectors) {
        byte[] damaged = new byte[file.length - sectors * 512];
        System.arraycopy(file, 0, damaged, 0, sector * 512);
        System.arraycopy(file, (sector + sectors) * 512, damaged, sector * 512, damaged.length - sector * 512);
        return damaged;
    }

    /** Two blocks have changed places; null when they are alike, and nothing happened. */
    public static byte @Nullable [] swap(byte[] file, int size, SplittableRandom random) {
        int blocks = (file.length - 32) / size;
        int a = random.nextInt(blocks) * size;
        int b = random.nextInt(blocks) * size;
        if (Arrays.equals(file, a, a + size, file, b, b + size)) {
            return null;
        }
        byte[] damaged = file.clone();
        System.arraycopy(file, a, damaged, b, size);
        System.arraycopy(file, b, damaged, a, size);
        return damaged;
    }
}
