package io.k8saws.etcd.internal.proto;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Walks the fields of one protocol buffers message in an array. Never reads outside its bounds; what cannot be a message ends the walk with {@link #fault()}, and
 * no exception, because half of the callers only guess that there is a message. Not thread-safe.
 */
public final class ProtoReader {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED32 = 5;

    private final byte[] array;
    private final int end;
    private int at;
    private int field;
    private int type;
    private long number;
    private int from;
    private int length;
    private String fault = "";

    /**
     * Reads a message.
     *
     * @param array holds it
     * @param offset where it begins
     * @param length how long it is
     */
    public ProtoReader(byte[] array, int offset, int length) {
        this.array = array;
        this.at = offset;
        this.end = offset + length;
    }

    /**
     * Moves to the next field.
     *
     * @return false at the end, and when what comes is no field: then {@link #fault()} says why
     */
    public boolean next() {
        if (at >= end || !fault.isEmpty()) {
            return false;
        }
        long tag = varint();
        if (!fault.isEmpty()) {
            return false;
        }
        field = (int) (tag >>> 3);
        type = (int) (tag & 7);
        if (tag >>> 3 == 0 || tag >>> 3 > 0x1fffffff) {
            return failed("field number " + Long.toUnsignedString(tag >>> 3));
        }
        switch (type) {
            case VARINT -> number = varint();
            case FIXED64 -> skip(8);
            case FIXED32 -> skip(4);
            case BYTES -> {
                long size = varint();
                if (fault.isEmpty() && (size < 0 || size > end - at)) {
                    return failed("field " + field + " of " + Long.toUnsignedString(size) + " bytes");
                }
                from = at;
                length = (int) size;
                at += fault.isEmpty() ? length : 0;
            }
            default -> {
                return failed("wire type " + type);
            }
        }
        return fault.isEmpty();
    }

    private void skip(int bytes) {
        if (end - at < bytes) {
            failed("field " + field + " beyond the end");
        } else {
            at += bytes;
        }
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            if (at >= end) {
                failed("a number beyond the end");
                return 0;
            }
            byte part = array[at++];
            if (shift < 64) {
                value |= (long) (part & 0x7f) << shift;
            }
            if (part >= 0) {
                return value;
            }
        }
        failed("a number of more than ten bytes");
        return 0;
    }

    private boolean failed(String why) {
        fault = why;
        return false;
    }

    /**
     * Why the walk has ended before the end of the message.
     *
     * @return a noun; empty when nothing is wrong
     */
    public String fault() {
        return fault;
    }

    /**
     * The number of the field.
     *
     * @return 1 or more
     */
    public int field() {
        return field;
    }

    /**
     * Whether the field has this number and is an integer.
     *
     * @param wanted the number of a field
     * @return true if {@link #number} may be asked
     */
    public boolean isNumber(int wanted) {
        return field == wanted && type == VARINT;
    }

    /**
     * Whether the field has this number and is a text, bytes or a message.
     *
     * @param wanted the number of a field
     * @return true if {@link #bytes}, {@link #text} and {@link #message} may be asked
     */
    public boolean isBytes(int wanted) {
        return field == wanted && type == BYTES;
    }

    /**
     * The value of an integer field.
     *
     * @return the 64 bits
     */
    public long number() {
        return number;
    }

    /**
     * Where in the array the value of a text, bytes or message begins.
     *
     * @return an index
     */
    public int offset() {
        return from;
    }

    /**
     * How long it is.
     *
     * @return bytes
     */
    public int length() {
        return length;
    }

    /**
     * A copy of the bytes.
     *
     * @return an array of the caller
     */
    public byte[] bytes() {
        return Arrays.copyOfRange(array, from, from + length);
    }

    /**
     * The text, with replacement characters for what is no UTF-8.
     *
     * @return a text
     */
    public String text() {
        return new String(array, from, length, StandardCharsets.UTF_8);
    }

    /**
     * Reads the message inside.
     *
     * @return a reader of its own
     */
    public ProtoReader message() {
        return new ProtoReader(array, from, length);
    }
}
