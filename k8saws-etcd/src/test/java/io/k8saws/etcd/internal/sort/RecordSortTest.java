package io.k8saws.etcd.internal.sort;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class RecordSortTest {
    private static final Comparator<byte[]> UNSIGNED = Arrays::compareUnsigned;

    @Provide
    Arbitrary<List<byte[]>> keys() {
        return Arbitraries.bytes().array(byte[].class).ofMaxSize(40).list().ofMaxSize(300);
    }

    /** However small the buffer is, the order is that of a sort in memory. */
    @Property(tries = 300)
    void theOrderIsThatOfUnsignedBytes(@ForAll("keys") List<byte[]> keys, @ForAll("budgets") int budget) {
        List<byte[]> found = new ArrayList<>();
        List<Integer> beside = new ArrayList<>();
        try (RecordSort sort = new RecordSort("a test", budget)) {
            for (int i = 0; i < keys.size(); i++) {
                byte[] key = keys.get(i);
                sort.add(key, 0, key.length, new byte[] {(byte) (i >> 8), (byte) i});
            }
            assertThat(sort.size()).isEqualTo(keys.size());
            RecordSort.Records records = sort.sorted();
            while (records.next()) {
                byte[] array = records.array();
                found.add(Arrays.copyOfRange(array, records.keyOffset(), records.restOffset()));
                beside.add((array[records.restOffset()] & 0xff) << 8 | array[records.restOffset() + 1] & 0xff);
            }
        }

        List<byte[]> expected = keys.stream().sorted(UNSIGNED).toList();
        assertThat(found).containsExactlyElementsOf(expected);
        for (int i = 0; i < found.size(); i++) {
            assertThat(keys.get(beside.get(i))).isEqualTo(found.get(i));
            if (i > 0 && Arrays.equals(found.get(i), found.get(i - 1))) {
                assertThat(beside.get(i)).isGreaterThan(beside.get(i - 1));
            }
        }
    }

    @Provide
    Arbitrary<Integer> budgets() {
        return Arbitraries.of(1, 64, 500, 4096, 1 << 20);
    }

    @Example
    void aRecordMayBeLargerThanTheBuffer() {
        byte[] large = new byte[100_000];
        large[0] = 1;
        try (RecordSort sort = new RecordSort("a test", 1000)) {
            sort.add(large, 0, large.length, new byte[0]);
            sort.add(new byte[] {0}, 0, 1, new byte[0]);
            RecordSort.Records records = sort.sorted();
            assertThat(records.next()).isTrue();
            assertThat(records.keyLength()).isEqualTo(1);
            assertThat(records.next()).isTrue();
            assertThat(records.keyLength()).isEqualTo(100_000);
            assertThat(records.next()).isFalse();
        }
    }

    /** A hostile file has keys of many MiB; a record of each run at once would be more than this JVM has. */
    @Example
    void largeRecordsAreMergedByFew() {
        int records = 14;
        byte[] key = new byte[20 << 20];
        try (RecordSort sort = new RecordSort("a test")) {
            for (int i = 0; i < records; i++) {
                key[0] = (byte) (i * 5 % records);
                sort.add(key, 0, key.length, new byte[0]);
            }
            RecordSort.Records sorted = sort.sorted();
            for (int i = 0; i < records; i++) {
                assertThat(sorted.next()).isTrue();
                assertThat(sorted.array()[sorted.keyOffset()]).isEqualTo((byte) i);
            }
            assertThat(sorted.next()).isFalse();
        }
    }

    @Example
    void nothingIsLeftBehind() throws IOException {
        byte[] key = "key".getBytes(StandardCharsets.UTF_8);
        List<Path> before = temporary();
        try (RecordSort sort = new RecordSort("a test", 100)) {
            for (int i = 0; i < 100; i++) {
                sort.add(key, 0, key.length, new byte[8]);
            }
            sort.sorted();
        }
        assertThat(before).containsAll(temporary());
    }

    private static List<Path> temporary() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(file -> file.getFileName().toString().startsWith("k8saws-sort-"))
                    .toList();
        }
    }
}
