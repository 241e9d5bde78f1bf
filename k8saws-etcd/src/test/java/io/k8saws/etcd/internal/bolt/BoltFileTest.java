package io.k8saws.etcd.internal.bolt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.CorruptSnapshotException;
import io.k8saws.error.K8sAwsException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class BoltFileTest {
    private static final int PAGE = 1024;

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(ints = {1024, 4096, 16_384, 65_536})
    void readsWhatWasWritten(int pageSize) {
        BoltImage.Content content = new BoltImage.Content();
        for (int i = 0; i < 3000; i++) {
            content.put("many", String.format("key-%06d", i), "value " + i);
        }
        content.put("large", "a", new byte[300_000]).put("large", "b", "small").put("large", "c", new byte[70_000]);
        content.put("small", "x", "y").bucket("none");

        try (BoltFile file = open(BoltImage.pages(content, pageSize))) {
            assertThat(file.pageSize()).isEqualTo(pageSize);
            assertThat(read(file)).isEqualTo(expected(content));
            assertThat(file.metaFaults()).isEmpty();
        }
    }

    @Test
    void deepTrees() {
        BoltImage.Content content = new BoltImage.Content();
        // two or three of these keys fit into a branch page, so this is a tree of some ten levels
        for (int i = 0; i < 2000; i++) {
            content.put("deep", String.format("%0300d", i), "v");
        }

        try (BoltFile file = open(BoltImage.pages(content, PAGE))) {
            assertThat(read(file)).isEqualTo(expected(content));
            Bucket deep = file.buckets(Set.of("deep")).get("deep");
            assertThat(file.lastKey(deep)).hasValueSatisfying(key -> assertThat(new String(key, StandardCharsets.UTF_8))
                    .isEqualTo(String.format("%0300d", 1999)));
        }
    }

    @Test
    void aTreeThatIsTooDeepIsRefused() {
        byte[] file = BoltImage.pages(simple(), PAGE);
        // a chain of branches with one child each, which ends in a leaf
        int chain = 40;
        int pages = file.length / PAGE;
        byte[] longer = Arrays.copyOf(file, file.length + chain * PAGE);
        for (int i = 0; i < chain; i++) {
            ByteBuffer page = at(longer, pages + i);
            page.putLong(0, pages + i).putShort(8, (short) 1).putShort(10, (short) 1);
            page.putInt(16, 16)
                    .putInt(20, 1)
                    .putLong(24, i + 1 < chain ? pages + i + 1 : pages - 1)
                    .put(32, (byte) 'a');
        }
        setMeta(longer, meta -> meta.putLong(32, pages).putLong(56, pages + chain));

        assertCorrupt(longer, "deeper than 32 pages");
    }

    @Test
    void valuesOverManyPagesAreReadAgain() {
        byte[] large = new byte[200_000];
        large[199_999] = 7;
        try (BoltFile file = open(BoltImage.pages(new BoltImage.Content().put("b", "k", large), PAGE))) {
            Bucket bucket = file.buckets(Set.of("b")).get("b");
            BucketCursor cursor = file.cursor(bucket, new PageSet());
            assertThat(cursor.next()).isTrue();
            assertThat(cursor.valueLength()).isEqualTo(200_000);
            assertThat(file.value(bucket, cursor.page(), cursor.index())).isEqualTo(large);
            assertThat(cursor.value()).isEqualTo(large);
        }
    }

    @Test
    void aDamagedMetaPageIsReportedAndTheOtherOneTaken() {
        for (int page = 0; page < 2; page++) {
            byte[] bytes = BoltImage.pages(simple(), PAGE);
            bytes[page * PAGE + 20] ^= 1;
            try (BoltFile file = open(bytes)) {
                assertThat(read(file)).isEqualTo(expected(simple()));
                assertThat(file.metaFaults()).singleElement().asString().startsWith("meta page " + page);
            }
        }
    }

    @Test
    void theSecondMetaPageIsFoundWithoutTheFirst() {
        for (int pageSize = Meta.SMALLEST_PAGE; pageSize <= Meta.LARGEST_PAGE; pageSize *= 2) {
            byte[] bytes = BoltImage.pages(simple(), pageSize);
            bytes[24] ^= 4;
            try (BoltFile file = open(bytes)) {
                assertThat(file.pageSize()).isEqualTo(pageSize);
            }
        }
    }

    @Test
    void freePagesThatNobodyListedAreFine() {
        try (BoltFile file = open(BoltImage.pages(simple(), PAGE))) {
            PageSet seen = walk(file);
            assertThat(file.checkFreePages(seen)).isEqualTo(1);
        }
    }

    @Test
    void aFreelistCountsEveryPage() {
        byte[] good = BoltImage.pages(simple(), PAGE, true, PAGE / 4);
        try (BoltFile file = open(good)) {
            assertThat(file.checkFreePages(walk(file))).isEqualTo(1);
        }
        long list = at(good, 0).getLong(48);
        byte[] lost = good.clone();
        at(lost, list).putShort(10, (short) 0);
        assertCorrupt(lost, "nothing uses the page, and it is not free");
        byte[] used = good.clone();
        at(used, list).putLong(16, at(good, 0).getLong(32));
        assertCorrupt(used, "is free, and in use");
        byte[] twice = good.clone();
        at(twice, list).putShort(10, (short) 2).putLong(24, 2);
        assertCorrupt(twice, "free twice");
        byte[] many = good.clone();
        at(many, list).putShort(10, (short) 0xffff).putLong(16, Long.MAX_VALUE);
        assertCorrupt(many, "freelist has 9223372036854775807 pages");
        byte[] none = good.clone();
        at(none, list).putShort(8, (short) 2);
        assertCorrupt(none, "none of the freelist");
    }

    static Stream<Arguments> damages() {
        return Stream.of(
                damage("page says that it is page 9", (leaf, all) -> leaf.putLong(0, 9)),
                damage("page has flags 0x3", (leaf, all) -> leaf.putShort(8, (short) 3)),
                damage("page has flags 0x10", (leaf, all) -> leaf.putShort(8, (short) 0x10)),
                damage("page has 65535 elements", (leaf, all) -> leaf.putShort(10, (short) -1)),
                damage("page runs over into 4294967295 pages more", (leaf, all) -> leaf.putInt(12, -1)),
                damage("page is used more than once", (leaf, all) -> leaf.putInt(12, 1)),
                damage("element has flags 0x2", (leaf, all) -> leaf.putInt(16, 2)),
                damage("a bucket inside a bucket", (leaf, all) -> leaf.putInt(16, 1)),
                damage("lies in bytes", (leaf, all) -> leaf.putInt(20, -1)),
                damage("lies in bytes 18 to", (leaf, all) -> leaf.putInt(20, 2)),
                damage("key of element 0 has 32769 bytes", (leaf, all) -> leaf.putInt(24, 32_769)),
                damage("value has 4294967295 bytes", (leaf, all) -> leaf.putInt(28, -1)),
                damage("value has 134217729 bytes", (leaf, all) -> leaf.putInt(28, Page.LARGEST_VALUE + 1)),
                damage("a start after the table", (leaf, all) -> leaf.putInt(36, leaf.getInt(36) - 1)),
                damage("is not above the one before", (leaf, all) -> leaf.put(16 + leaf.getInt(20), (byte) 'z')));
    }

    private static Arguments damage(String message, BiConsumer<ByteBuffer, byte[]> change) {
        return Arguments.of(message, change);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("damages")
    void whatALeafSaysIsNotTrusted(String message, BiConsumer<ByteBuffer, byte[]> change) {
        byte[] file = BoltImage.pages(tree(), PAGE);
        change.accept(at(file, firstLeaf(file)), file);

        assertCorrupt(file, message);
    }

    @Test
    void whatABranchSaysIsNotTrusted() {
        byte[] good = BoltImage.pages(tree(), PAGE);
        int branch = firstBranch(good);
        byte[] cycle = good.clone();
        at(cycle, branch).putLong(24, branch);
        assertCorrupt(cycle, "page is used more than once");
        byte[] twice = good.clone();
        at(twice, branch).putLong(40, at(good, branch).getLong(24));
        assertCorrupt(twice, "page is used more than once");
        byte[] outside = good.clone();
        at(outside, branch).putLong(24, Long.MIN_VALUE);
        assertCorrupt(outside, "points to page 9223372036854775808");
        byte[] meta = good.clone();
        at(meta, branch).putLong(24, 1);
        assertCorrupt(meta, "points to page 1");
        byte[] empty = good.clone();
        at(empty, branch).putShort(10, (short) 0);
        assertCorrupt(empty, "page has no elements");
        byte[] high = good.clone();
        ByteBuffer first = at(high, branch);
        first.put(16 + first.getInt(16), (byte) 'z');
        assertCorrupt(high, "is below that of its branch");
        byte[] low = good.clone();
        ByteBuffer second = at(low, branch);
        second.put(32 + second.getInt(32), (byte) 'A');
        assertCorrupt(low, "is not above the keys before");
    }

    static Stream<Arguments> metas() {
        return Stream.of(
                meta("neither meta page is valid", meta -> meta.putInt(16, 0)),
                meta("page size is 512", meta -> meta.putInt(24, 512)),
                meta("page size is 3000", meta -> meta.putInt(24, 3000)),
                meta("format version is 3", meta -> meta.putInt(20, 3)),
                meta("the root bucket is at page 0", meta -> meta.putLong(32, 0)),
                meta("the root bucket is at page 18446744073709551615", meta -> meta.putLong(32, -1)),
                meta("18446744073709551615 pages", meta -> meta.putLong(56, -1)),
                meta("it says that it has 268435456 pages", meta -> meta.putLong(56, BoltFile.MOST_PAGES)),
                meta("it has 268435457 pages", meta -> meta.putLong(56, BoltFile.MOST_PAGES + 1)),
                meta("the freelist is at page 1", meta -> meta.putLong(48, 1)));
    }

    private static Arguments meta(String message, Consumer<ByteBuffer> change) {
        return Arguments.of(message, change);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("metas")
    void whatAMetaPageSaysIsNotTrusted(String message, Consumer<ByteBuffer> change) {
        byte[] file = BoltImage.pages(simple(), PAGE);
        setMeta(file, change);

        assertCorrupt(file, message);
    }

    /** Many buckets with the same tree would make a small file as long to read as a large one. */
    @Test
    void bucketsDoNotShareATree() {
        byte[] file = BoltImage.pages(simple(), PAGE, false, 0);
        int root = (int) at(file, 0).getLong(32);
        ByteBuffer page = at(file, root);
        int first = 16 + page.getInt(20) + page.getInt(24);
        int second = 32 + page.getInt(36) + page.getInt(40);
        page.putLong(second, page.getLong(first));

        assertCorrupt(file, "page is used more than once");
    }

    @Test
    void aBucketInsideAPageIsNoLargerThanAPage() {
        BoltImage.Content content = new BoltImage.Content().put("a", "k", new byte[2 * PAGE]);

        assertCorrupt(BoltImage.pages(content, PAGE, false, 4 * PAGE), "a bucket is described by");
    }

    @Test
    void aFileThatIsTooShortIsRefusedWithItsLength() {
        byte[] file = BoltImage.pages(tree(), PAGE);
        assertCorrupt(new byte[0], "the file has 0 bytes");
        assertCorrupt(new byte[4096], "neither meta page is valid");
        assertCorrupt(Arrays.copyOf(file, file.length - 1), "the file ends after " + (file.length - 1) + " bytes");
    }

    @Test
    void anErrorTellsPlaceAndWhatToDo() {
        byte[] file = BoltImage.pages(tree(), PAGE);
        int leaf = firstLeaf(file);
        at(file, leaf).putShort(8, (short) 3);

        assertThatThrownBy(() -> readAll(file)).isInstanceOfSatisfying(CorruptSnapshotException.class, e -> {
            assertThat(e.page()).hasValue(leaf);
            assertThat(e.offset()).isEqualTo((long) leaf * PAGE + 8);
            assertThat(e)
                    .hasMessageContaining("Do not restore this file")
                    .hasMessageEndingWith("[offset=" + e.offset() + " page=" + leaf + "]");
        });
    }

    @Test
    void aMissingFileAndAClosedOneAreNoDamage() {
        Path missing = directory.resolve("missing.db");
        assertThatThrownBy(() -> BoltFile.open(missing))
                .isExactlyInstanceOf(K8sAwsException.class)
                .hasMessageContaining("there is no such file");
        BoltFile file = open(BoltImage.pages(simple(), PAGE));
        file.close();
        assertThatThrownBy(() -> file.names(new PageSet()).next())
                .isExactlyInstanceOf(K8sAwsException.class)
                .hasMessageContaining("it was closed");
    }

    /** The only page of a bucket lies behind a hole, beyond what an int can count. */
    @Test
    void filesOverTwoGibibytes() throws IOException {
        int pageSize = 65_536;
        long far = 50_000;
        byte[] small = BoltImage.pages(tree(), pageSize, false, 0);
        int leaf = 3;
        byte[] moved = Arrays.copyOfRange(small, leaf * pageSize, (leaf + 1) * pageSize);
        ByteBuffer.wrap(moved).order(ByteOrder.LITTLE_ENDIAN).putLong(0, far);
        ByteBuffer file = ByteBuffer.wrap(small).order(ByteOrder.LITTLE_ENDIAN);
        int root = (int) file.getLong(32) * pageSize;
        // the value of the root's only element: the page of the bucket
        int value = root + 16 + file.getInt(root + 20) + file.getInt(root + 24);
        assertThat(file.getLong(value)).isEqualTo(leaf);
        file.putLong(value, far);
        for (int i = 0; i < 2; i++) {
            byte[] meta = Arrays.copyOfRange(small, i * pageSize, i * pageSize + 80);
            ByteBuffer.wrap(meta).order(ByteOrder.LITTLE_ENDIAN).putLong(56, far + 1);
            file.putLong(i * pageSize + 56, far + 1).putLong(i * pageSize + 72, Meta.checksum(meta));
        }
        Path path = Files.write(directory.resolve("large.db"), small);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(moved), far * pageSize);
        }

        try (BoltFile large = BoltFile.open(path)) {
            assertThat(large.size()).isEqualTo(50_001L * pageSize).isGreaterThan(1L << 31);
            assertThat(read(large)).isEqualTo(expected(tree()));
        }
    }

    private static BoltImage.Content simple() {
        return new BoltImage.Content().put("a", "k", "v").put("b", "k", "v");
    }

    /** A bucket with a branch page. */
    private static BoltImage.Content tree() {
        BoltImage.Content content = new BoltImage.Content();
        for (int i = 0; i < 100; i++) {
            content.put("tree", String.format("k%03d", i), "some value that takes room " + i);
        }
        return content;
    }

    /** The first page of the tree: pages are written from the leaves up, after meta pages and a free one. */
    private static int firstLeaf(byte[] file) {
        assertThat(file[3 * PAGE + 8]).isEqualTo((byte) 2);
        return 3;
    }

    private static int firstBranch(byte[] file) {
        for (int page = 3; page < file.length / PAGE; page++) {
            if (file[page * PAGE + 8] == 1) {
                return page;
            }
        }
        throw new AssertionError("no branch");
    }

    private static ByteBuffer at(byte[] file, long page) {
        return ByteBuffer.wrap(file, (int) page * PAGE, PAGE).slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void setMeta(byte[] file, Consumer<ByteBuffer> change) {
        for (int page = 0; page < 2; page++) {
            ByteBuffer meta = at(file, page);
            change.accept(meta);
            byte[] copy = new byte[80];
            meta.get(0, copy);
            meta.putLong(72, Meta.checksum(copy));
        }
    }

    private BoltFile open(byte[] bytes) {
        try {
            return BoltFile.open(Files.write(directory.resolve("file.db"), bytes));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void assertCorrupt(byte[] bytes, String message) {
        assertThatThrownBy(() -> readAll(bytes))
                .isInstanceOf(CorruptSnapshotException.class)
                .hasMessageContaining(message);
    }

    private void readAll(byte[] bytes) {
        try (BoltFile file = open(bytes)) {
            file.checkFreePages(walk(file));
        }
    }

    private static PageSet walk(BoltFile file) {
        PageSet seen = new PageSet();
        BucketCursor names = file.names(seen);
        while (names.next()) {
            BucketCursor cursor = file.cursor(file.bucket(names), seen);
            while (cursor.next()) {
                cursor.valueArray();
            }
        }
        return seen;
    }

    private static Map<String, Map<String, String>> read(BoltFile file) {
        Map<String, Map<String, String>> found = new TreeMap<>();
        BucketCursor names = file.names(new PageSet());
        while (names.next()) {
            Map<String, String> elements = new TreeMap<>();
            BucketCursor cursor = file.cursor(file.bucket(names), new PageSet());
            while (cursor.next()) {
                elements.put(text(cursor.key()), text(cursor.value()));
            }
            found.put(text(names.key()), elements);
        }
        return found;
    }

    private static Map<String, Map<String, String>> expected(BoltImage.Content content) {
        Map<String, Map<String, String>> expected = new TreeMap<>();
        for (Map.Entry<byte[], NavigableMap<byte[], byte[]>> bucket :
                content.buckets().entrySet()) {
            Map<String, String> elements = new TreeMap<>();
            bucket.getValue().forEach((key, value) -> elements.put(text(key), text(value)));
            expected.put(text(bucket.getKey()), elements);
        }
        return expected;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
