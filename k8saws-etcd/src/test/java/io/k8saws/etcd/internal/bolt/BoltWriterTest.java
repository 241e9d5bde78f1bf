package io.k8saws.etcd.internal.bolt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.K8sAwsException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the writer writes, the parser reads, and takes for whole. */
class BoltWriterTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({
        "1024,0,0",
        "1024,1,10",
        "1024,7,20",
        "1024,500,3000",
        "1024,20000,60",
        "4096,0,0",
        "4096,1,5000",
        "4096,30000,100",
        "16384,3000,400",
        "65536,5000,500"
    })
    void everyElementComesBackInPagesThatAreSound(int pageSize, int count, int largest) {
        Path file = directory.resolve("db");
        try (BoltWriter writer = BoltWriter.create(file, pageSize)) {
            writer.bucket("empty");
            BucketWriter bucket = writer.bucket("key");
            SplittableRandom random = new SplittableRandom(count);
            for (int i = 0; i < count; i++) {
                bucket.put(key(i), value(random, largest));
            }
            writer.bucket("after").put(key(1), key(2));
            writer.finish();
        }
        try (BoltFile read = BoltFile.open(file)) {
            assertThat(read.metaFaults()).isEmpty();
            assertThat(read.size()).isEqualTo(read.dataSize());
            PageSet seen = new PageSet();
            BucketCursor names = read.names(seen);
            SplittableRandom random = new SplittableRandom(count);
            long branches = 0;
            int elements = 0;
            while (names.next()) {
                BucketCursor cursor = read.cursor(read.bucket(names), seen);
                boolean big = new String(names.key(), StandardCharsets.US_ASCII).equals("key");
                for (; cursor.next(); elements++) {
                    if (big) {
                        int i = ByteBuffer.wrap(cursor.key()).getInt();
                        assertThat(cursor.key()).isEqualTo(key(i));
                        assertThat(cursor.value()).isEqualTo(value(random, largest));
                    }
                }
                branches += cursor.branches();
            }
            assertThat(elements).isEqualTo(count + 1);
            assertThat(branches > 0).isEqualTo(count >= 500);
            // no page is free
            assertThat(read.checkFreePages(seen)).isZero();
        }
    }

    private static byte[] key(int i) {
        return ByteBuffer.allocate(17).putInt(i).array();
    }

    private static byte[] value(SplittableRandom random, int largest) {
        byte[] value = new byte[largest == 0 ? 0 : random.nextInt(largest + 1)];
        random.nextBytes(value);
        return value;
    }

    @Test
    void whatCannotBeWrittenIsRefused() throws IOException {
        Path file = directory.resolve("db");
        try (BoltWriter writer = BoltWriter.create(file, 4096)) {
            BucketWriter bucket = writer.bucket("key");
            bucket.put(key(2), key(0));
            assertThatThrownBy(() -> bucket.put(key(2), key(0))).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> bucket.put(key(1), key(0))).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> bucket.put(new byte[0], key(0))).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> writer.bucket("key")).isInstanceOf(IllegalArgumentException.class);
        }
        // without its end it is no database
        assertThatThrownBy(() -> BoltFile.open(file)).isInstanceOf(K8sAwsException.class);
        assertThatThrownBy(() -> BoltWriter.create(file, 4096)).isInstanceOf(K8sAwsException.class);
        assertThatThrownBy(() -> BoltWriter.create(directory.resolve("odd"), 5000))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(Files.exists(directory.resolve("odd"))).isFalse();
    }

    /** The last branch of a level is never alone with one child. */
    @Test
    void everyBranchHasTwoChildren() {
        for (int count = 1; count < 1200; count += 7) {
            Path file = directory.resolve("db-" + count);
            try (BoltWriter writer = BoltWriter.create(file, 1024)) {
                BucketWriter bucket = writer.bucket("key");
                for (int i = 0; i < count; i++) {
                    bucket.put(key(i), new byte[700]);
                }
                writer.finish();
            }
            byte[] bytes = read(file);
            for (int at = 2048; at < bytes.length; at += 1024) {
                ByteBuffer page =
                        ByteBuffer.wrap(Arrays.copyOfRange(bytes, at, at + 16)).order(ByteOrder.LITTLE_ENDIAN);
                if (page.getShort(8) == Page.BRANCH) {
                    assertThat(page.getShort(10)).as("%d elements", count).isGreaterThanOrEqualTo((short) 2);
                }
            }
        }
    }

    private static byte[] read(Path file) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            Files.delete(file);
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
