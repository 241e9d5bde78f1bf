package io.k8saws.etcd.envelope;

import java.util.Arrays;

/** A key that encrypts one backup. Its text shows no secret. */
public final class DataKey implements AutoCloseable {
    /** AES-256. */
    static final int BYTES = 32;

    private final String keyId;
    private final byte[] plain;
    private final byte[] encrypted;

    /**
     * Makes a key.
     *
     * @param keyId the id of the master key
     * @param plain 32 bytes; copied
     * @param encrypted the same, encrypted by the master key; copied
     */
    public DataKey(String keyId, byte[] plain, byte[] encrypted) {
        if (plain.length != BYTES) {
            throw new IllegalArgumentException("A data key has " + BYTES + " bytes, not " + plain.length + ".");
        }
        this.keyId = keyId;
        this.plain = plain.clone();
        this.encrypted = encrypted.clone();
    }

    /**
     * The master key.
     *
     * @return its id
     */
    public String keyId() {
        return keyId;
    }

    /** The secret itself; no copy. */
    byte[] plain() {
        return plain;
    }

    /**
     * The encrypted form.
     *
     * @return a copy
     */
    public byte[] encrypted() {
        return encrypted.clone();
    }

    /** Overwrites the secret. */
    @Override
    public void close() {
        Arrays.fill(plain, (byte) 0);
    }

    @Override
    public String toString() {
        return "DataKey[of " + keyId + "]";
    }
}
