package io.k8saws.etcd.internal.proto;

import java.io.ByteArrayOutputStream;

/** Writes one protocol buffers message. Fields come in the order of the calls, and zeros are written too. Not thread-safe. */
public final class ProtoWriter {
    private static final int VARINT = 0;
    private static final int BYTES = 2;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** Begins an empty message. */
    public ProtoWriter() {
        // nothing to do
    }

    /**
     * Writes an integer field.
     *
     * @param field the number of the field
     * @param value its 64 bits
     * @return this
     */
    public ProtoWriter number(int field, long value) {
        varint((long) field << 3 | VARINT);
        varint(value);
        return this;
    }

    /**
     * Writes an integer field unless it is zero, as proto3 does.
     *
     * @param field the number of the field
     * @param value its 64 bits
     * @return this
     */
    public ProtoWriter numberUnlessZero(int field, long value) {
        return value == 0 ? this : number(field, value);
    }

    /**
     * Writes bytes, a text or a message.
     *
     * @param field the number of the field
     * @param value the bytes
     * @return this
     */
    public ProtoWriter bytes(int field, byte[] value) {
        varint((long) field << 3 | BYTES);
        varint(value.length);
        out.write(value, 0, value.length);
        return this;
    }

    /**
     * Writes bytes unless there are none, as proto3 does.
     *
     * @param field the number of the field
     * @param value the bytes
     * @return this
     */
    public ProtoWriter bytesUnlessEmpty(int field, byte[] value) {
        return value.length == 0 ? this : bytes(field, value);
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.write((int) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    /**
     * The message so far.
     *
     * @return an array of the caller
     */
    public byte[] toByteArray() {
        return out.toByteArray();
    }
}
