package io.k8saws.etcd.snapshot;

import io.k8saws.etcd.registry.ResourceKey;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A key as one transaction left it: with a value, or deleted. The bytes of the value may still lie in the file; {@link #value()} reads them then, and needs the
 * {@link SnapshotFile} open. Its text shows no value. Thread-safe.
 */
public final class KeyRevision {
    private final byte[] key;
    private final Revision revision;
    private final boolean deleted;
    private final long createRevision;
    private final long version;
    private final long lease;
    private final int valueSize;
    private final ValueSource source;

    KeyRevision(
            byte[] key,
            Revision revision,
            boolean deleted,
            long createRevision,
            long version,
            long lease,
            int valueSize,
            ValueSource source) {
        this.key = key;
        this.revision = revision;
        this.deleted = deleted;
        this.createRevision = createRevision;
        this.version = version;
        this.lease = lease;
        this.valueSize = valueSize;
        this.source = source;
    }

    /**
     * A live key as a server tells it, to be compared with those of a snapshot.
     *
     * @param key the key
     * @param value its value
     * @param createRevision when it was made
     * @param modRevision when it was last written; a server does not tell its place within the revision, so that is 0
     * @param version how often it was written since it was made
     * @param lease the lease that ends it; 0 for none
     * @return the key; keeps copies
     */
    public static KeyRevision live(
            byte[] key, byte[] value, long createRevision, long modRevision, long version, long lease) {
        byte[] kept = value.clone();
        return new KeyRevision(
                key.clone(),
                new Revision(modRevision, 0),
                false,
                createRevision,
                version,
                lease,
                kept.length,
                kept::clone);
    }

    /** Where the value comes from; each call gives an array of its own. */
    interface ValueSource {
        byte[] read();
    }

    /**
     * The key.
     *
     * @return a copy; empty for the row that a restore with {@code --bump-revision} adds
     */
    public byte[] key() {
        return key.clone();
    }

    /**
     * The key as a text.
     *
     * @return with replacement characters for what is no UTF-8
     */
    public String keyText() {
        return new String(key, StandardCharsets.UTF_8);
    }

    /**
     * Which object of Kubernetes the key is about.
     *
     * @return the object; empty when the key is none of an API server with the usual prefix
     */
    public Optional<ResourceKey> resource() {
        return ResourceKey.of(key);
    }

    /**
     * When it came to be so.
     *
     * @return the revision of the change
     */
    public Revision revision() {
        return revision;
    }

    /**
     * Whether the change deleted the key.
     *
     * @return true for what etcd calls a tombstone
     */
    public boolean deleted() {
        return deleted;
    }

    /**
     * When the key was made.
     *
     * @return a main revision; 0 if it is deleted
     */
    public long createRevision() {
        return createRevision;
    }

    /**
     * How often the key was written since it was made.
     *
     * @return 1 or more; 0 if it is deleted
     */
    public long version() {
        return version;
    }

    /**
     * The lease that ends the key.
     *
     * @return the id of a lease; 0 if there is none
     */
    public long lease() {
        return lease;
    }

    /**
     * How long the value is.
     *
     * @return bytes
     */
    public int valueSize() {
        return valueSize;
    }

    /**
     * The value.
     *
     * @return an array of the caller; empty if the key is deleted
     * @throws io.k8saws.error.K8sAwsException if the file is closed or cannot be read
     */
    public byte[] value() {
        return source.read();
    }

    /** For example {@code /registry/pods/default/web at 5012, version 3, 812 bytes}. */
    @Override
    public String toString() {
        return keyText() + " at " + revision
                + (deleted ? ", deleted" : ", version " + version + ", " + valueSize + " bytes")
                + (lease == 0 ? "" : ", lease " + Long.toHexString(lease));
    }
}
