package io.k8saws.etcd.restore;

/**
 * Of what a snapshot is, as the manifest of its backup says.
 *
 * @param set the id of the set that it was taken with; empty if it is of none
 * @param etcd which etcd of its cluster, for example {@code events}
 * @param backup the id of the backup
 * @param clusterId the id of the cluster that it was taken from, as etcd prints it; empty if that is not known
 * @param sha256 the SHA-256 of the whole file, 64 hexadecimal digits
 */
public record SnapshotIdentity(String set, String etcd, String backup, String clusterId, String sha256) {}
