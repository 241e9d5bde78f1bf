package io.k8saws.etcd.internal.bolt;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One of the two meta pages, as bbolt's {@code internal/common/meta.go} lays it out. Values are those of a page whose checksum is right.
 *
 * @param pageSize bytes of a page
 * @param root the page of the bucket that holds all buckets
 * @param freelist the page of the list of free pages, or {@link #NO_FREELIST}
 * @param highWater the number of pages in use, free ones included
 * @param txid the number of the transaction that wrote it
 */
record Meta(int pageSize, long root, long freelist, long highWater, long txid) {
    static final long NO_FREELIST = -1L;

    static final int SMALLEST_PAGE = 1024;
    static final int LARGEST_PAGE = 65536;
    /** Header and meta. */
    static final int BYTES = 80;

    private static final int FLAG = 0x04;
    private static final int MAGIC = 0xED0CDAED;
    private static final int VERSION = 2;
    private static final int SUMMED = 56;
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    /** What is wrong with the first bytes of a page as meta page; empty when nothing is. */
    static String fault(byte[] page, long id) {
        ByteBuffer bytes = ByteBuffer.wrap(page).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.getInt(16) != MAGIC) {
            return "magic number is 0x" + Integer.toHexString(bytes.getInt(16));
        }
        if (bytes.getInt(20) != VERSION) {
            return "format version is " + Integer.toUnsignedString(bytes.getInt(20));
        }
        if (bytes.getLong(72) != checksum(page)) {
            return "checksum does not fit";
        }
        int pageSize = bytes.getInt(24);
        if (pageSize < SMALLEST_PAGE || pageSize > LARGEST_PAGE || Integer.bitCount(pageSize) != 1) {
            return "page size is " + Integer.toUnsignedString(pageSize);
        }
        if (bytes.getLong(0) != id || (bytes.getShort(8) & 0xffff) != FLAG) {
            return "page header is none of meta page " + id;
        }
        return "";
    }

    /** Reads a page without fault. */
    static Meta of(byte[] page) {
        ByteBuffer bytes = ByteBuffer.wrap(page).order(ByteOrder.LITTLE_ENDIAN);
        return new Meta(bytes.getInt(24), bytes.getLong(32), bytes.getLong(48), bytes.getLong(56), bytes.getLong(64));
    }

    boolean hasFreelist() {
        return freelist != NO_FREELIST;
    }

    /** FNV-1a, 64 bits, over the meta without its checksum. */
    static long checksum(byte[] page) {
        long sum = FNV_OFFSET;
        for (int i = 16; i < 16 + SUMMED; i++) {
            sum = (sum ^ (page[i] & 0xff)) * FNV_PRIME;
        }
        return sum;
    }
}
