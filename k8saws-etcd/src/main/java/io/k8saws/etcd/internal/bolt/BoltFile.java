package io.k8saws.etcd.internal.bolt;

import io.k8saws.error.CorruptSnapshotException;
import io.k8saws.etcd.internal.digest.Sha256;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A bbolt file, opened to read. What it promises for any bytes at all: it ends, it takes memory of a known size beside one value, and it throws nothing but
 * {@link CorruptSnapshotException} and what a disk can do. Sources of the rules: bbolt's {@code internal/common}, {@code db.go} and {@code tx_check.go}.
 *
 * <p>Thread-safe; each cursor belongs to one thread.
 */
public final class BoltFile implements AutoCloseable {
    /** One bit for each of these pages is 32 MiB. With pages of 4 KiB it is a file of 1 TiB. */
    static final long MOST_PAGES = 1L << 28;

    private static final int TRAILER = 32;
    private static final int BUCKET = 16;
    private static final int SECTOR = 512;
    private static final int FREELIST = 0x10;
    private static final int CHUNK = 1 << 18;

    private final FileBytes bytes;
    private final Meta meta;
    private final List<String> metaFaults;

    private BoltFile(FileBytes bytes, Meta meta, List<String> metaFaults) {
        this.bytes = bytes;
        this.meta = meta;
        this.metaFaults = List.copyOf(metaFaults);
    }

    /**
     * Opens a file and reads its meta pages.
     *
     * @param path an existing file
     * @return a file to close
     * @throws CorruptSnapshotException if no meta page is valid, or the file is shorter than it says
     * @throws io.k8saws.error.K8sAwsException if it cannot be read
     */
    public static BoltFile open(Path path) {
        return open(path, () -> {});
    }

    /**
     * Opens a file, and asks at each read whether to go on.
     *
     * @param path the file
     * @param pulse throws to stop; asked for each page, so it should be quick
     * @return an open file
     */
    public static BoltFile open(Path path, Runnable pulse) {
        FileBytes bytes = FileBytes.open(path, pulse);
        try {
            return read(bytes);
        } catch (RuntimeException e) {
            bytes.close();
            throw e;
        }
    }

    private static BoltFile read(FileBytes bytes) {
        if (bytes.size() < 2L * Meta.SMALLEST_PAGE) {
            throw corrupt(bytes, 0, "the file has " + bytes.size() + " bytes", "two meta pages and more");
        }
        List<String> faults = new ArrayList<>();
        Meta first = meta(bytes, 0, 0, faults);
        Meta second = first != null ? meta(bytes, first.pageSize(), 1, faults) : probe(bytes, faults);
        Meta meta = newest(first, second);
        if (meta == null) {
            throw corrupt(
                    bytes,
                    0,
                    "neither meta page is valid (" + String.join("; ", faults) + ")",
                    "the meta pages of bbolt");
        }
        if (first != null && second != null && first.pageSize() != second.pageSize()) {
            throw corrupt(
                    bytes,
                    second.pageSize(),
                    "the meta pages name pages of " + first.pageSize() + " and " + second.pageSize() + " bytes",
                    "one size");
        }
        long root = meta.root();
        long highWater = meta.highWater();
        if (highWater < 3 || highWater > MOST_PAGES) {
            throw corrupt(
                    bytes,
                    0,
                    "the file says that it has " + Long.toUnsignedString(highWater) + " pages",
                    "3 to " + MOST_PAGES + ", the limit of this reader");
        }
        if (highWater * meta.pageSize() > bytes.size()) {
            throw corrupt(
                    bytes,
                    bytes.size(),
                    "the file ends after " + bytes.size() + " bytes",
                    (highWater * meta.pageSize()) + ": it says that it has " + highWater + " pages of "
                            + meta.pageSize() + " bytes");
        }
        if (root < 2 || root >= highWater) {
            throw corrupt(bytes, 0, "the root bucket is at page " + Long.toUnsignedString(root), "a page of the file");
        }
        if (meta.hasFreelist() && (meta.freelist() < 2 || meta.freelist() >= highWater)) {
            throw corrupt(
                    bytes,
                    0,
                    "the freelist is at page " + Long.toUnsignedString(meta.freelist()),
                    "a page of the file");
        }
        return new BoltFile(bytes, meta, faults);
    }

    private static @Nullable Meta newest(@Nullable Meta first, @Nullable Meta second) {
        if (first == null || second == null) {
            return first == null ? second : first;
        }
        return second.txid() > first.txid() ? second : first;
    }

    /** The second meta page, when the first one does not tell how large pages are. */
    private static @Nullable Meta probe(FileBytes bytes, List<String> faults) {
        for (int size = Meta.SMALLEST_PAGE; size <= Meta.LARGEST_PAGE; size *= 2) {
            Meta found = meta(bytes, size, 1, new ArrayList<>());
            if (found != null && found.pageSize() == size) {
                return found;
            }
        }
        faults.add("meta page 1: not found");
        return null;
    }

    private static @Nullable Meta meta(FileBytes bytes, long position, long id, List<String> faults) {
        if (position + Meta.BYTES > bytes.size()) {
            faults.add("meta page " + id + ": the file ends before");
            return null;
        }
        byte[] page = new byte[Meta.BYTES];
        bytes.read(position, page, 0, page.length, id);
        String fault = Meta.fault(page, id);
        if (!fault.isEmpty()) {
            faults.add("meta page " + id + ": " + fault);
            return null;
        }
        return Meta.of(page);
    }

    private static CorruptSnapshotException corrupt(FileBytes bytes, long offset, String found, String expected) {
        return new CorruptSnapshotException(
                bytes.file().toString(), offset, CorruptSnapshotException.NO_PAGE, found, expected);
    }

    /**
     * The file.
     *
     * @return its path, as it was opened
     */
    public Path path() {
        return bytes.file();
    }

    /**
     * The length of the file when it was opened.
     *
     * @return bytes, a trailer included
     */
    public long size() {
        return bytes.size();
    }

    /**
     * How large pages are.
     *
     * @return bytes, a power of two from 1,024 to 65,536
     */
    public int pageSize() {
        return meta.pageSize();
    }

    /**
     * How many pages are in use, free ones included.
     *
     * @return 3 or more
     */
    public long pages() {
        return meta.highWater();
    }

    /**
     * The length of the pages together.
     *
     * @return bytes
     */
    public long dataSize() {
        return meta.highWater() * meta.pageSize();
    }

    /**
     * Whether the file has exactly the length of its pages and a SHA-256 behind them.
     *
     * @return true for what {@code snapshot save} makes
     */
    public boolean hasTrailer() {
        return size() == dataSize() + TRAILER;
    }

    /**
     * Whether etcd's own tools take the last bytes for a SHA-256: they look at the length by sectors only.
     *
     * @return true if the length is 32 more than a multiple of 512
     */
    public boolean looksAsIfItHadTrailer() {
        return size() % SECTOR == TRAILER;
    }

    /**
     * The SHA-256 behind the pages.
     *
     * @return 32 bytes
     */
    public byte[] trailer() {
        byte[] trailer = new byte[TRAILER];
        bytes.read(size() - TRAILER, trailer, 0, TRAILER, CorruptSnapshotException.NO_PAGE);
        return trailer;
    }

    /**
     * Computes the SHA-256 of everything before the trailer.
     *
     * @return 32 bytes
     */
    public byte[] sha256() {
        return sha256(size() - TRAILER);
    }

    /**
     * Computes the SHA-256 of everything before the trailer, and tells how far it is.
     *
     * @param progress hears how many bytes are done, for each piece of some KiB
     * @return 32 bytes
     */
    public byte[] sha256(LongConsumer progress) {
        return sha256(size() - TRAILER, progress);
    }

    /**
     * Computes the SHA-256 of the first bytes.
     *
     * @param end how many; at most the size
     * @return 32 bytes
     */
    public byte[] sha256(long end) {
        return sha256(end, done -> {});
    }

    private byte[] sha256(long end, LongConsumer progress) {
        MessageDigest digest = Sha256.digest();
        byte[] chunk = new byte[CHUNK];
        for (long at = 0; at < end; ) {
            int length = (int) Math.min(chunk.length, end - at);
            bytes.read(at, chunk, 0, length, CorruptSnapshotException.NO_PAGE);
            digest.update(chunk, 0, length);
            at += length;
            progress.accept(at);
        }
        return digest.digest();
    }

    /**
     * What is wrong with the meta pages. bbolt works with one of them.
     *
     * @return a clause for each that is not valid
     */
    public List<String> metaFaults() {
        return metaFaults;
    }

    /**
     * Walks the names of all buckets.
     *
     * @param seen pages that were come to; the walk adds its own
     * @return a cursor whose keys are names
     */
    public BucketCursor names(PageSet seen) {
        return new BucketCursor(this, Bucket.tree(meta.root()), true, seen);
    }

    /**
     * Walks the elements of a bucket.
     *
     * @param bucket a bucket of this file
     * @param seen pages that were come to; the walk adds its own
     * @return a cursor
     */
    public BucketCursor cursor(Bucket bucket, PageSet seen) {
        return new BucketCursor(this, bucket, false, seen);
    }

    /**
     * The bucket that a cursor over names stands at.
     *
     * @param names a cursor over names
     * @return the bucket
     * @throws CorruptSnapshotException if its value names no page of the file
     */
    public Bucket bucket(BucketCursor names) {
        int length = names.valueLength();
        // bbolt gives an inline bucket a quarter of a page; without a limit, a list of buckets could fill the memory
        if (length < BUCKET || length > BUCKET + meta.pageSize()) {
            throw names.current()
                    .corrupt(
                            0,
                            "a bucket is described by " + length + " bytes",
                            BUCKET + ", and a page inside of at most " + meta.pageSize());
        }
        byte[] value = names.value();
        long root = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
        if (root != 0) {
            requirePage(names.current(), root);
            return Bucket.tree(root);
        }
        byte[] inline = Arrays.copyOfRange(value, BUCKET, length);
        return new Bucket(0, inline, names.valuePosition() + BUCKET, names.page());
    }

    /**
     * Finds buckets by name.
     *
     * @param names the names that are asked for
     * @return those that are there
     */
    public Map<String, Bucket> buckets(Collection<String> names) {
        Map<String, Bucket> found = new LinkedHashMap<>();
        BucketCursor cursor = names(new PageSet());
        while (cursor.next()) {
            String name =
                    new String(cursor.keyArray(), cursor.keyOffset(), cursor.keyLength(), StandardCharsets.ISO_8859_1);
            if (names.contains(name)) {
                found.put(name, bucket(cursor));
            }
        }
        return found;
    }

    /**
     * The last key of a bucket.
     *
     * @param bucket a bucket of this file
     * @return the key; empty when the bucket is
     */
    public Optional<byte[]> lastKey(Bucket bucket) {
        Page page = new Page(bytes);
        if (bucket.isInline()) {
            page.take(bucket);
        } else {
            page.load(bucket.root(), meta);
            for (int depth = 1; !page.isLeaf(); depth++) {
                if (depth == BucketCursor.DEEPEST) {
                    throw page.corrupt(0, "the tree is deeper than " + depth + " pages", "leaves");
                }
                page.moveTo(page.count() - 1);
                requirePage(page, page.child());
                page.load(page.child(), meta);
            }
        }
        if (page.count() == 0) {
            return Optional.empty();
        }
        page.moveTo(page.count() - 1);
        byte[] key = new byte[page.keyLength()];
        page.readKey(key);
        return Optional.of(key);
    }

    /**
     * Reads a value again that a cursor has passed.
     *
     * @param bucket the bucket
     * @param number the page of the element; does not count for an inline bucket
     * @param index which element of the page
     * @return the value
     */
    public byte[] value(Bucket bucket, long number, int index) {
        Page page = new Page(bytes);
        if (bucket.isInline()) {
            page.take(bucket);
        } else {
            page.load(number, meta);
        }
        page.moveTo(index);
        byte[] value = new byte[page.valueLength()];
        page.readValue(value);
        return value;
    }

    /**
     * Checks the list of free pages, if the file has one, against the pages that were come to. etcd's servers on Linux write none: then pages that nothing
     * points to are the free ones, and nothing is wrong with them.
     *
     * @param seen the pages of all buckets
     * @return how many pages are free
     * @throws CorruptSnapshotException if a page is free and in use, or neither
     */
    public long checkFreePages(PageSet seen) {
        seen.add(0, 1);
        if (!meta.hasFreelist()) {
            return meta.highWater() - seen.size();
        }
        byte[] header = new byte[24];
        long at = meta.freelist() * meta.pageSize();
        bytes.read(at, header, 0, header.length, meta.freelist());
        ByteBuffer page = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
        long last = meta.freelist() + Integer.toUnsignedLong(page.getInt(12));
        if (page.getLong(0) != meta.freelist() || (page.getShort(8) & 0xffff) != FREELIST || last >= meta.highWater()) {
            throw freelist(at, "page is none of the freelist", "its header");
        }
        if (!seen.add(meta.freelist(), last)) {
            throw freelist(at, "a page of the freelist is used twice", "pages of its own");
        }
        boolean many = (page.getShort(10) & 0xffff) == 0xffff;
        long count = many ? page.getLong(16) : page.getShort(10) & 0xffff;
        long start = at + (many ? 24 : 16);
        long room = ((last + 1) * meta.pageSize() - start) / 8;
        if (count < 0 || count > room) {
            throw freelist(at, "freelist has " + Long.toUnsignedString(count) + " pages", "no more than " + room);
        }
        byte[] chunk = new byte[8 * 4096];
        for (long done = 0; done < count; ) {
            int now = (int) Math.min(4096, count - done);
            bytes.read(start + 8 * done, chunk, 0, 8 * now, meta.freelist());
            ByteBuffer ids = ByteBuffer.wrap(chunk).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < now; i++) {
                long id = ids.getLong(8 * i);
                if (id < 2 || id >= meta.highWater() || !seen.add(id, id)) {
                    throw freelist(
                            start + 8 * (done + i),
                            "page " + Long.toUnsignedString(id)
                                    + " is free, and in use, free twice or outside the file",
                            "pages that nothing uses");
                }
            }
            done += now;
        }
        long lost = seen.nextMissing(0);
        if (lost < meta.highWater()) {
            throw new CorruptSnapshotException(
                    path().toString(),
                    lost * meta.pageSize(),
                    lost,
                    "nothing uses the page, and it is not free",
                    "one of the two");
        }
        return count;
    }

    private CorruptSnapshotException freelist(long at, String found, String expected) {
        return new CorruptSnapshotException(path().toString(), at, meta.freelist(), found, expected);
    }

    @Override
    public void close() {
        bytes.close();
    }

    FileBytes bytes() {
        return bytes;
    }

    /** Refuses a number that is none of a page below the high-water mark. */
    void requirePage(Page from, long number) {
        if (number < 2 || number >= meta.highWater()) {
            throw from.corrupt(
                    0, "page points to page " + Long.toUnsignedString(number), "one of 2 to " + (meta.highWater() - 1));
        }
    }

    void load(Page page, long number, PageSet seen) {
        page.load(number, meta);
        if (!seen.add(number, number + Integer.toUnsignedLong(page.overflow()))) {
            throw page.corrupt(0, "page is used more than once", "one parent for each page");
        }
    }
}
