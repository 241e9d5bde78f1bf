package io.k8saws.etcd.internal.seam;

/**
 * A member's hash of its keys.
 *
 * @param clusterId the cluster's id
 * @param memberId the member's id
 * @param hash the hash, as an unsigned number
 * @param revision the revision that it is of; that of the member's data where its version does not tell
 * @param compactRevision how far the member has compacted; -1 when it has not
 */
public record KeyHash(long clusterId, long memberId, long hash, long revision, long compactRevision) {}
