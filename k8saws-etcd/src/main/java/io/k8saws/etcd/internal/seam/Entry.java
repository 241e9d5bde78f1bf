package io.k8saws.etcd.internal.seam;

/**
 * A live key.
 *
 * @param key the key
 * @param value the value; empty when only keys were asked for
 * @param createRevision when it was made
 * @param modRevision when it was last written
 * @param version how often it was written since
 * @param lease the lease that ends it; 0 for none
 */
@SuppressWarnings("ArrayRecordComponent") // passed on at once, and never compared
public record Entry(byte[] key, byte[] value, long createRevision, long modRevision, long version, long lease) {}
