package io.k8saws.etcd.restore;

import io.k8saws.etcd.snapshot.HashKv;
import io.k8saws.etcd.snapshot.Verification;
import java.nio.file.Path;

/**
 * A data directory that a restore has written and proven.
 *
 * @param path the data directory, for {@code --data-dir}
 * @param member the name of the member
 * @param memberId the member's id, as etcd prints it
 * @param clusterId the cluster's id, as etcd prints it
 * @param revision the revision that etcd will count on from
 * @param compactRevision how far the history is compacted; equal to the revision after a bump
 * @param hash the hash of keys and history up to the restored revision, the same in the snapshot and in the new database
 * @param verification what holds of the new database; it has no SHA-256, so L0 does not
 */
public record RestoredDirectory(
        Path path,
        String member,
        String memberId,
        String clusterId,
        long revision,
        long compactRevision,
        HashKv hash,
        Verification verification) {
    /** For example {@code /var/lib/etcd-new: member a (8211f1d0f64f3269), revision 5012, hash ...}. */
    @Override
    public String toString() {
        return path + ": member " + member + " (" + memberId + ") of cluster " + clusterId + ", revision " + revision
                + ", " + hash;
    }
}
