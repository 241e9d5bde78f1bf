package io.k8saws.etcd.internal.bolt;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Writes bbolt files with any content, page size and depth, as bbolt lays them out. For tests: everything is in memory. */
public final class BoltImage {
    private static final int HEADER = 16;
    private static final int ELEMENT = 16;

    private final int pageSize;
    private final List<byte[]> pages = new ArrayList<>();
    private final boolean freelist;
    private final int inlineLimit;

    private BoltImage(int pageSize, boolean freelist, int inlineLimit) {
        this.pageSize = pageSize;
        this.freelist = freelist;
        this.inlineLimit = inlineLimit;
    }

    /** The buckets of a file, each with its elements. */
    public static final class Content {
        private final NavigableMap<byte[], NavigableMap<byte[], byte[]>> buckets =
                new TreeMap<>(Arrays::compareUnsigned);

        /** Adds a bucket. */
        public Content bucket(String name) {
            buckets.computeIfAbsent(
                    name.getBytes(StandardCharsets.UTF_8), unused -> new TreeMap<>(Arrays::compareUnsigned));
            return this;
        }

        /** Adds an element. */
        public Content put(String bucket, byte[] key, byte[] value) {
            bucket(bucket);
            buckets.get(bucket.getBytes(StandardCharsets.UTF_8)).put(key, value);
            return this;
        }

        /** Adds an element with text. */
        public Content put(String bucket, String key, byte[] value) {
            return put(bucket, key.getBytes(StandardCharsets.UTF_8), value);
        }

        /** Adds an element of text. */
        public Content put(String bucket, String key, String value) {
            return put(bucket, key, value.getBytes(StandardCharsets.UTF_8));
        }

        NavigableMap<byte[], NavigableMap<byte[], byte[]>> buckets() {
            return buckets;
        }

        /** The number of elements of all buckets. */
        public long elements() {
            return buckets.values().stream().mapToLong(Map::size).sum();
        }
    }

    /** The pages of a file without a trailer. */
    public static byte[] pages(Content content, int pageSize) {
        return pages(content, pageSize, false, pageSize / 4);
    }

    /** The pages of a file; what is not larger than a limit goes into its parent's page. */
    public static byte[] pages(Content content, int pageSize, boolean freelist, int inlineLimit) {
        return new BoltImage(pageSize, freelist, inlineLimit).write(content);
    }

    /** What snapshot save makes of pages. */
    public static byte[] withTrailer(byte[] pages) {
        byte[] file = Arrays.copyOf(pages, pages.length + 32);
        System.arraycopy(sha256(pages, pages.length), 0, file, pages.length, 32);
        return file;
    }

    /** Makes the trailer of a changed file right again. */
    public static void sealAgain(byte[] file) {
        System.arraycopy(sha256(file, file.length - 32), 0, file, file.length - 32, 32);
    }

    private static byte[] sha256(byte[] bytes, int length) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes, 0, length);
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private byte[] write(Content content) {
        pages.add(new byte[pageSize]);
        pages.add(new byte[pageSize]);
        // a page that nothing uses, as every file has some
        pages.add(new byte[pageSize]);
        NavigableMap<byte[], byte[]> root = new TreeMap<>(Arrays::compareUnsigned);
        content.buckets().forEach((name, elements) -> root.put(name, bucket(elements)));
        long rootPage = tree(root, true);
        long listPage = -1;
        if (freelist) {
            listPage = pages.size();
            ByteBuffer list = page(pageSize, listPage, 0x10, 1);
            list.putLong(HEADER, 2);
            pages.add(bytes(list));
        }
        int highWater = pages.size();
        for (int i = 0; i < 2; i++) {
            ByteBuffer meta = ByteBuffer.wrap(pages.get(i)).order(ByteOrder.LITTLE_ENDIAN);
            meta.putLong(0, i).putShort(8, (short) 4);
            meta.putInt(16, 0xED0CDAED).putInt(20, 2).putInt(24, pageSize).putInt(28, 0);
            meta.putLong(32, rootPage).putLong(40, 0).putLong(48, listPage).putLong(56, highWater);
            meta.putLong(64, 100 - i);
            meta.putLong(72, Meta.checksum(pages.get(i)));
        }
        byte[] file = new byte[highWater * pageSize];
        for (int i = 0; i < highWater; i++) {
            System.arraycopy(pages.get(i), 0, file, i * pageSize, pageSize);
        }
        return file;
    }

    private byte[] bucket(NavigableMap<byte[], byte[]> elements) {
        int size = HEADER
                + elements.entrySet().stream()
                        .mapToInt(e -> ELEMENT + e.getKey().length + e.getValue().length)
                        .sum();
        if (size <= inlineLimit) {
            ByteBuffer value = ByteBuffer.allocate(16 + size).order(ByteOrder.LITTLE_ENDIAN);
            byte[] page = leaf(new ArrayList<>(elements.entrySet()), 0, size, false);
            value.put(16, page, 0, size);
            return value.array();
        }
        return ByteBuffer.allocate(16)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(0, tree(elements, false))
                .array();
    }

    /** Writes leaf pages and as many levels of branch pages as they need; gives the root page. */
    private long tree(NavigableMap<byte[], byte[]> elements, boolean buckets) {
        List<Map.Entry<byte[], Long>> level = new ArrayList<>();
        List<Map.Entry<byte[], byte[]>> group = new ArrayList<>();
        int size = HEADER;
        for (Map.Entry<byte[], byte[]> element : elements.entrySet()) {
            int length = ELEMENT + element.getKey().length + element.getValue().length;
            if (size + length > pageSize && !group.isEmpty()) {
                level.add(leafPage(group, size, buckets));
                group = new ArrayList<>();
                size = HEADER;
            }
            group.add(element);
            size += length;
        }
        if (!group.isEmpty() || level.isEmpty()) {
            level.add(leafPage(group, size, buckets));
        }
        while (level.size() > 1) {
            level = branches(level);
        }
        return level.get(0).getValue();
    }

    private Map.Entry<byte[], Long> leafPage(List<Map.Entry<byte[], byte[]>> group, int size, boolean buckets) {
        long id = pages.size();
        append(leaf(group, id, size, buckets));
        return Map.entry(group.isEmpty() ? new byte[0] : group.get(0).getKey(), id);
    }

    private List<Map.Entry<byte[], Long>> branches(List<Map.Entry<byte[], Long>> children) {
        List<Map.Entry<byte[], Long>> level = new ArrayList<>();
        int from = 0;
        while (from < children.size()) {
            int size = HEADER;
            int to = from;
            while (to < children.size()
                    && (to - from < 2 || size + ELEMENT + children.get(to).getKey().length <= pageSize)) {
                size += ELEMENT + children.get(to).getKey().length;
                to++;
            }
            if (children.size() - to == 1) {
                // two in each
                size += ELEMENT + children.get(to).getKey().length;
                to++;
            }
            long id = pages.size();
            ByteBuffer page = page(rounded(size), id, 0x01, to - from);
            int data = HEADER + (to - from) * ELEMENT;
            for (int i = from; i < to; i++) {
                byte[] key = children.get(i).getKey();
                int at = HEADER + (i - from) * ELEMENT;
                page.putInt(at, data - at)
                        .putInt(at + 4, key.length)
                        .putLong(at + 8, children.get(i).getValue());
                page.put(data, key);
                data += key.length;
            }
            append(bytes(page));
            level.add(Map.entry(children.get(from).getKey(), id));
            from = to;
        }
        return level;
    }

    private byte[] leaf(List<? extends Map.Entry<byte[], byte[]>> elements, long id, int size, boolean buckets) {
        ByteBuffer page = page(id == 0 ? size : rounded(size), id, 0x02, elements.size());
        int data = HEADER + elements.size() * ELEMENT;
        for (int i = 0; i < elements.size(); i++) {
            byte[] key = elements.get(i).getKey();
            byte[] value = elements.get(i).getValue();
            int at = HEADER + i * ELEMENT;
            page.putInt(at, buckets ? 1 : 0).putInt(at + 4, data - at).putInt(at + 8, key.length);
            page.putInt(at + 12, value.length);
            page.put(data, key).put(data + key.length, value);
            data += key.length + value.length;
        }
        return bytes(page);
    }

    private int rounded(int size) {
        return (size + pageSize - 1) / pageSize * pageSize;
    }

    private ByteBuffer page(int bytes, long id, int flags, int count) {
        ByteBuffer page = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        page.putLong(0, id).putShort(8, (short) flags).putShort(10, (short) count);
        if (bytes > pageSize) {
            page.putInt(12, bytes / pageSize - 1);
        }
        return page;
    }

    private static byte[] bytes(ByteBuffer page) {
        byte[] bytes = new byte[page.capacity()];
        page.get(0, bytes);
        return bytes;
    }

    private void append(byte[] run) {
        for (int at = 0; at < run.length; at += pageSize) {
            pages.add(Arrays.copyOfRange(run, at, at + pageSize));
        }
    }
}
