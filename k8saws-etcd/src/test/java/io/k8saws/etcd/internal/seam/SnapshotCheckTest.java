package io.k8saws.etcd.internal.seam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.CorruptSnapshotException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SnapshotCheckTest {
    /** Pages with nothing but two metas, and the SHA-256 of them. */
    private static byte[] snapshot(int pageSize, int pages, long seed) {
        byte[] file = new byte[pageSize * pages + 32];
        new Random(seed).nextBytes(file);
        ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 2; i++) {
            bytes.putInt(i * pageSize + 16, 0xED0CDAED);
            bytes.putInt(i * pageSize + 24, pageSize);
            bytes.putLong(i * pageSize + 56, i == 0 ? 77 : pages); // the older one is wrong on purpose
            bytes.putLong(i * pageSize + 64, 10 + i);
        }
        System.arraycopy(sha(file), 0, file, file.length - 32, 32);
        return file;
    }

    private static byte[] sha(byte[] file) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(file, 0, file.length - 32);
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static StreamedSnapshot check(byte[] file, int length, List<Integer> blobs) {
        SnapshotCheck check = new SnapshotCheck("of a test");
        int at = 0;
        for (int i = 0; at < length; i++) {
            int size = Math.min(length - at, Math.max(1, blobs.get(i % blobs.size())));
            check.update(ByteBuffer.wrap(file, at, size));
            at += size;
        }
        return check.finish(1, 2, "3.6.0");
    }

    @Property(tries = 200)
    void howeverTheBytesAreCut(
            @ForAll @Size(min = 1, max = 5) List<@IntRange(min = 1, max = 5000) Integer> blobs,
            @ForAll @IntRange(min = 3, max = 40) int pages,
            @ForAll long seed) {
        byte[] file = snapshot(1024, pages, seed);

        StreamedSnapshot streamed = check(file, file.length, blobs);

        assertThat(streamed.bytes()).isEqualTo(file.length);
        assertThat(streamed.sha256()).isEqualTo(HexFormat.of().formatHex(sha(file)));
    }

    @Property(tries = 300)
    void aFlippedBitIsSeen(@ForAll @IntRange(min = 0, max = 8 * (4096 * 4 + 32) - 1) int bit, @ForAll long seed) {
        byte[] file = snapshot(4096, 4, seed);
        file[bit / 8] ^= (byte) (1 << bit % 8);

        assertThatThrownBy(() -> check(file, file.length, List.of(32768))).isInstanceOf(CorruptSnapshotException.class);
    }

    @Property(tries = 300)
    void acutIsSeen(@ForAll @IntRange(min = 0, max = 4096 * 4 + 31) int length) {
        byte[] file = snapshot(4096, 4, 1);

        assertThatThrownBy(() -> check(file, length, List.of(512))).isInstanceOf(CorruptSnapshotException.class);
    }

    /** Bytes that fit their SHA-256 are still not a snapshot when there are fewer or more than the pages that are named. */
    @Test
    void aWrongLengthIsSeenEvenWithTheRightSum() {
        byte[] file = snapshot(4096, 4, 1);
        byte[] shorter = Arrays.copyOf(file, 4096 * 3 + 32);
        System.arraycopy(sha(shorter), 0, shorter, shorter.length - 32, 32);

        assertThatThrownBy(() -> check(shorter, shorter.length, List.of(1000)))
                .isInstanceOf(CorruptSnapshotException.class)
                .hasMessageContaining("there are 12288 bytes of pages")
                .hasMessageContaining("16384 bytes, as the meta page says");
    }
}
