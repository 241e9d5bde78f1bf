package io.k8saws.etcd.internal.bolt;

import io.k8saws.error.CorruptSnapshotException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A branch or leaf page with the pages that it runs over into. Holds its first page and all of its element table; what lies beyond is read when it is
 * asked for, so that one value at a time is in memory. Reused for one page after the other.
 */
final class Page {
    static final int HEADER = 16;
    static final int ELEMENT = 16;
    static final int BRANCH = 0x01;
    static final int LEAF = 0x02;
    static final int LARGEST_KEY = 32_768;
    /** etcd takes requests of 1.5 MiB unless told otherwise, and warns above 10 MiB. */
    static final int LARGEST_VALUE = 128 << 20;

    private static final VarHandle SHORTS =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final FileBytes file;
    private byte[] head = new byte[0];
    private int held;
    private long start;
    private long length;
    private long id;
    private int count;
    private boolean leaf;
    private int overflow;

    // the element that the page stands at
    private int index;
    private boolean bucket;
    private long child;
    private long keyAt;
    private int keyLength;
    private long valueLength;
    private long dataEnd;

    Page(FileBytes file) {
        this.file = file;
    }

    /** Reads the page with a number that is below the high-water mark. */
    void load(long number, Meta meta) {
        id = number;
        start = number * meta.pageSize();
        fill(meta.pageSize(), 0);
        header();
        if (longAt(0) != number) {
            throw corrupt(0, "page says that it is page " + Long.toUnsignedString(longAt(0)), "page " + number);
        }
        long last = number + Integer.toUnsignedLong(overflow);
        if (last >= meta.highWater()) {
            throw corrupt(
                    12,
                    "page runs over into " + Integer.toUnsignedString(overflow) + " pages more",
                    "a last page below " + meta.highWater());
        }
        length = (last - number + 1) * meta.pageSize();
        long table = tableEnd();
        if (table > length) {
            throw corrupt(10, "page has " + count + " elements", "no more than fit into " + length + " bytes");
        }
        if (table > held) {
            fill((int) table, held);
        }
    }

    /** Takes the page of an inline bucket. */
    void take(Bucket inline) {
        id = inline.holder();
        start = inline.inlineOffset();
        head = inline.inline();
        held = head.length;
        length = held;
        if (held < HEADER) {
            throw corrupt(0, "inline bucket has " + held + " bytes", "a page header of " + HEADER);
        }
        header();
        if (!leaf || overflow != 0) {
            throw corrupt(8, "page of an inline bucket is a branch or runs over", "a single leaf page");
        }
        if (tableEnd() > length) {
            throw corrupt(10, "inline page has " + count + " elements", "no more than fit into " + length + " bytes");
        }
    }

    private void header() {
        int flags = shortAt(8);
        if (flags != BRANCH && flags != LEAF) {
            throw corrupt(8, "page has flags 0x" + Integer.toHexString(flags), "a branch (0x1) or leaf (0x2) page");
        }
        leaf = flags == LEAF;
        count = shortAt(10);
        overflow = (int) INTS.get(head, 12);
        index = -1;
        dataEnd = tableEnd();
    }

    private void fill(int bytes, int from) {
        if (head.length < bytes) {
            head = Arrays.copyOf(head, bytes);
        }
        file.read(start + from, head, from, bytes - from, id);
        held = bytes;
    }

    private long tableEnd() {
        return HEADER + (long) count * ELEMENT;
    }

    boolean isLeaf() {
        return leaf;
    }

    int count() {
        return count;
    }

    long id() {
        return id;
    }

    int index() {
        return index;
    }

    /** How many pages it runs over into; at most what the high-water mark allows. */
    int overflow() {
        return overflow;
    }

    /** Moves to the next element. What elements hold must not overlap, or a small file could hold any number of large values. */
    boolean next() {
        if (index + 1 >= count) {
            return false;
        }
        long end = dataEnd;
        moveTo(index + 1);
        if (keyAt < end) {
            throw corrupt(
                    at(),
                    "element " + index + " begins at byte " + keyAt + " of its page",
                    "a start after the table and the element before, at byte " + end + " or later");
        }
        return true;
    }

    /** Moves to any element of the page. */
    void moveTo(int element) {
        if (element < 0 || element >= count) {
            throw corrupt(10, "page has " + count + " elements", "an element " + element);
        }
        index = element;
        int at = at();
        long position;
        if (leaf) {
            int flags = (int) INTS.get(head, at);
            if ((flags & ~1) != 0) {
                throw corrupt(at, "element has flags 0x" + Integer.toHexString(flags), "0 or 1");
            }
            bucket = flags == 1;
            position = unsigned(at + 4);
            long keySize = unsigned(at + 8);
            valueLength = unsigned(at + 12);
            checkKey(at, keySize);
            if (valueLength > LARGEST_VALUE) {
                throw corrupt(
                        at + 12,
                        "value has " + valueLength + " bytes",
                        "no more than " + LARGEST_VALUE + ", the limit of this reader");
            }
        } else {
            position = unsigned(at);
            checkKey(at, unsigned(at + 4));
            child = (long) LONGS.get(head, at + 8);
            valueLength = 0;
            bucket = false;
        }
        keyAt = at + position;
        dataEnd = keyAt + keyLength + valueLength;
        if (keyAt < tableEnd() || dataEnd > length) {
            throw corrupt(
                    at,
                    "element " + index + " lies in bytes " + keyAt + " to " + dataEnd + " of its page",
                    "bytes between " + tableEnd() + " and " + length);
        }
    }

    private void checkKey(int at, long size) {
        if (size > LARGEST_KEY) {
            throw corrupt(at, "key of element " + index + " has " + size + " bytes", "at most " + LARGEST_KEY);
        }
        keyLength = (int) size;
    }

    boolean isBucket() {
        return bucket;
    }

    long child() {
        return child;
    }

    int keyLength() {
        return keyLength;
    }

    int valueLength() {
        return (int) valueLength;
    }

    /** Whether the first bytes of the page hold the key. */
    boolean holdsKey() {
        return keyAt + keyLength <= held;
    }

    boolean holdsValue() {
        return keyAt + keyLength + valueLength <= held;
    }

    byte[] head() {
        return head;
    }

    /** Where in {@link #head} the key begins, if it is held. */
    int keyStart() {
        return (int) keyAt;
    }

    int valueStart() {
        return (int) (keyAt + keyLength);
    }

    void readKey(byte[] target) {
        copy(keyAt, target, keyLength);
    }

    void readValue(byte[] target) {
        copy(keyAt + keyLength, target, valueLength());
    }

    private void copy(long from, byte[] target, int bytes) {
        if (from + bytes <= held) {
            System.arraycopy(head, (int) from, target, 0, bytes);
        } else {
            file.read(start + from, target, 0, bytes, id);
        }
    }

    /** Where in the file the key of the element begins. */
    long keyOffset() {
        return start + keyAt;
    }

    long valueOffset() {
        return start + keyAt + keyLength;
    }

    private int at() {
        return HEADER + index * ELEMENT;
    }

    private int shortAt(int at) {
        return (short) SHORTS.get(head, at) & 0xffff;
    }

    private long unsigned(int at) {
        return Integer.toUnsignedLong((int) INTS.get(head, at));
    }

    private long longAt(int at) {
        return (long) LONGS.get(head, at);
    }

    CorruptSnapshotException corrupt(long at, String found, String expected) {
        return new CorruptSnapshotException(file.file().toString(), start + at, id, found, expected);
    }
}
