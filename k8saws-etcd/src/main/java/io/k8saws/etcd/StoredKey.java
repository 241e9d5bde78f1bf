package io.k8saws.etcd;

import io.k8saws.etcd.internal.seam.Entry;
import io.k8saws.etcd.registry.ResourceKey;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A live key of an etcd, as it was at a revision. Its text shows no value. Immutable. */
public final class StoredKey {
    private final Entry entry;

    StoredKey(Entry entry) {
        this.entry = entry;
    }

    /** As it came; nobody changes its arrays. */
    Entry entry() {
        return entry;
    }

    /**
     * The key.
     *
     * @return a copy
     */
    public byte[] key() {
        return entry.key().clone();
    }

    /**
     * The key as a text.
     *
     * @return with replacement characters for what is no UTF-8
     */
    public String keyText() {
        return new String(entry.key(), StandardCharsets.UTF_8);
    }

    /**
     * The value.
     *
     * @return a copy
     */
    public byte[] value() {
        return entry.value().clone();
    }

    /**
     * Which object of Kubernetes the key is about.
     *
     * @return the object; empty when the key is none of an API server with the usual prefix
     */
    public Optional<ResourceKey> resource() {
        return ResourceKey.of(entry.key());
    }

    /**
     * When the key was made.
     *
     * @return a revision
     */
    public long createRevision() {
        return entry.createRevision();
    }

    /**
     * When the key was last written.
     *
     * @return a revision
     */
    public long modRevision() {
        return entry.modRevision();
    }

    /**
     * How often the key was written since it was made.
     *
     * @return 1 or more
     */
    public long version() {
        return entry.version();
    }

    /**
     * The lease that ends the key.
     *
     * @return its id; 0 for none
     */
    public long lease() {
        return entry.lease();
    }

    /** For example {@code /registry/pods/default/web at 5012, version 3, 812 bytes}. */
    @Override
    public String toString() {
        return keyText() + " at " + modRevision() + ", version " + version() + ", " + entry.value().length + " bytes"
                + (lease() == 0 ? "" : ", lease " + Long.toHexString(lease()));
    }
}
