package io.k8saws.etcd.internal.seam;

import java.util.Optional;

/**
 * A change of a key, on condition.
 *
 * @param key the key
 * @param seen the revision at which it must have been last written; 0 for a key that must not be there
 * @param value its new value; empty to delete it
 * @param lease the lease that ends it; 0 for none
 */
@SuppressWarnings("ArrayRecordComponent") // passed on at once, and never compared
public record WriteOp(byte[] key, long seen, Optional<byte[]> value, long lease) {}
