package io.k8saws.etcd.snapshot;

import java.util.Locale;

/**
 * What {@code etcdutl snapshot status} tells of a file. It is no proof: the hash is computed from the file itself, and nothing knows what it should be.
 *
 * @param hash CRC-32C over the names and elements of all buckets, from 0 to 2^32-1. It changes with members and raft's index, so across a restore, too
 * @param revision the main revision of the last change in the file; {@link SnapshotFile#revision()} may be higher
 * @param totalKey the number of live keys, as etcd 3.6 and newer count
 * @param totalElements the number of elements in all buckets, which is what etcd 3.4 and 3.5 call total keys
 * @param totalSize bytes of all pages, without the trailer
 * @param version the storage version, such as {@code 3.6.0}; empty before 3.6
 */
public record SnapshotStatus(
        long hash, long revision, long totalKey, long totalElements, long totalSize, String version) {
    /** In the words of etcdutl: {@code 3c9768e5, 51, 42, 25 kB}. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "hash %08x, revision %d, %d keys, %d bytes%s",
                hash,
                revision,
                totalKey,
                totalSize,
                version.isEmpty() ? "" : ", version " + version);
    }
}
