package io.k8saws.etcd.delta;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/** One key that a transaction has put or deleted: what a watch tells of it. */
public final class KeyChange {
    private static final byte[] NOTHING = new byte[0];

    private final byte[] key;
    private final boolean deleted;
    private final byte[] value;
    private final long createRevision;
    private final long version;
    private final long lease;

    private KeyChange(byte[] key, boolean deleted, byte[] value, long createRevision, long version, long lease) {
        this.key = key;
        this.deleted = deleted;
        this.value = value;
        this.createRevision = createRevision;
        this.version = version;
        this.lease = lease;
    }

    /**
     * A key was written.
     *
     * @param key its name
     * @param value what was written
     * @param createRevision when the key was made
     * @param version how often it was written since then, 1 or more
     * @param lease the id of its lease; 0 for none
     * @return a change
     */
    public static KeyChange put(byte[] key, byte[] value, long createRevision, long version, long lease) {
        return owned(key.clone(), value.clone(), createRevision, version, lease);
    }

    /** As {@link #put}, of arrays that nobody else has: values are large, and are in memory once. */
    static KeyChange owned(byte[] key, byte[] value, long createRevision, long version, long lease) {
        return new KeyChange(key, false, value, createRevision, version, lease);
    }

    /**
     * A key was deleted, by somebody or with its lease.
     *
     * @param key its name
     * @return a change
     */
    public static KeyChange delete(byte[] key) {
        return new KeyChange(key.clone(), true, NOTHING, 0, 0, 0);
    }

    /**
     * The name of the key.
     *
     * @return bytes of the caller
     */
    public byte[] key() {
        return key.clone();
    }

    /**
     * Whether it was deleted.
     *
     * @return false if it was written
     */
    public boolean deleted() {
        return deleted;
    }

    /** How many bytes key and value have; copies nothing. */
    long size() {
        return (long) key.length + value.length;
    }

    /**
     * What was written.
     *
     * @return bytes of the caller; none of a deletion
     */
    public byte[] value() {
        return value.clone();
    }

    /**
     * When the key was made.
     *
     * @return a main revision; 0 of a deletion
     */
    public long createRevision() {
        return createRevision;
    }

    /**
     * How often it was written since it was made.
     *
     * @return 1 or more; 0 of a deletion
     */
    public long version() {
        return version;
    }

    /**
     * Its lease.
     *
     * @return an id; 0 for none
     */
    public long lease() {
        return lease;
    }

    /** Orders by keys, as etcd does; copies nothing. */
    static int byKey(KeyChange one, KeyChange other) {
        return Arrays.compareUnsigned(one.key, other.key);
    }

    /** Digests all of it; copies nothing. */
    void digestTo(MessageDigest digest) {
        digest.update(ByteBuffer.allocate(32)
                .putInt(key.length)
                .putInt(value.length)
                .putLong(createRevision)
                .putLong(version)
                .putLong(lease)
                .flip());
        digest.update(key);
        digest.update(value);
    }

    boolean hasKey() {
        return key.length > 0;
    }

    /** Writes it as {@link DeltaSegment} reads it; copies nothing. */
    void writeTo(DataOutputStream body) throws IOException {
        write(body, key);
        body.writeBoolean(deleted);
        if (!deleted) {
            body.writeLong(createRevision);
            body.writeLong(version);
            body.writeLong(lease);
            write(body, value);
        }
    }

    private static void write(DataOutputStream body, byte[] bytes) throws IOException {
        body.writeInt(bytes.length);
        body.write(bytes);
    }

    /** Without the value. */
    @Override
    public String toString() {
        return new String(key, StandardCharsets.UTF_8)
                + (deleted ? ", deleted" : ", version " + version + ", " + value.length + " bytes");
    }
}
