package io.k8saws.etcd.backup;

/**
 * Where a snapshot came from. Ids are as etcd prints them, 16 hexadecimal digits; what is not known, as for a file, is empty.
 *
 * @param clusterId the id of the cluster
 * @param memberId the id of the member that sent it
 * @param member the member's name
 * @param endpoint the member's client URL, or the path of a file
 * @param etcdVersion the version of the server
 * @param bytes the length, with the SHA-256 at its end
 * @param sha256 the SHA-256 of the pages, 64 hexadecimal digits
 */
public record SnapshotOrigin(
        String clusterId,
        String memberId,
        String member,
        String endpoint,
        String etcdVersion,
        long bytes,
        String sha256) {}
