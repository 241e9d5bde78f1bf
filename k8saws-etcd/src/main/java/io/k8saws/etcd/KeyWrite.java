package io.k8saws.etcd;

import io.k8saws.etcd.internal.seam.WriteOp;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A key that is to be written or deleted if it is as it was seen. Its text shows no value. Immutable. */
public final class KeyWrite {
    private final WriteOp op;

    private KeyWrite(WriteOp op) {
        this.op = op;
    }

    /**
     * Writes a key.
     *
     * @param key the key
     * @param seen its {@link StoredKey#modRevision()}; 0 for a key that must not be there
     * @param value its new value; not copied, leave it as it is
     * @param lease the lease that ends it; 0 for none
     * @return the write
     */
    public static KeyWrite put(String key, long seen, byte[] value, long lease) {
        return new KeyWrite(new WriteOp(bytes(key), seen, Optional.of(value), lease));
    }

    /**
     * Deletes a key.
     *
     * @param key the key
     * @param seen its {@link StoredKey#modRevision()}
     * @return the deletion
     */
    public static KeyWrite delete(String key, long seen) {
        return new KeyWrite(new WriteOp(bytes(key), seen, Optional.empty(), 0));
    }

    private static byte[] bytes(String key) {
        if (key.isEmpty()) {
            throw new IllegalArgumentException("a key of etcd has one byte or more");
        }
        return key.getBytes(StandardCharsets.UTF_8);
    }

    WriteOp op() {
        return op;
    }

    /** For example {@code write /a, 12 bytes, if it is still of revision 7}. */
    @Override
    public String toString() {
        return op.value().map(value -> "write ").orElse("delete ")
                + new String(op.key(), StandardCharsets.UTF_8)
                + op.value().map(value -> ", " + value.length + " bytes").orElse("")
                + (op.seen() == 0 ? ", if it is not there" : ", if it is still of revision " + op.seen());
    }
}
