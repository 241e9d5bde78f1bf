package io.k8saws.etcd.store;

import java.time.Instant;
import java.util.Optional;

/**
 * An object of a store.
 *
 * @param key its key
 * @param bytes its length
 * @param written when it was written, by the store's clock
 * @param version the version that counts, where the store has versions
 */
public record StoredObject(String key, long bytes, Instant written, Optional<String> version) {}
