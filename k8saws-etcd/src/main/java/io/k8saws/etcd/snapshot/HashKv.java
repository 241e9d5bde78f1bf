package io.k8saws.etcd.snapshot;

/**
 * The hash of all keys and their history up to a revision, equal to what each member of the cluster answers to {@code etcdctl endpoint hashkv --rev} for a revision above its
 * last compaction, as long as that is the snapshot's. At the compaction itself servers do not compare: 3.4 refuses, and 3.6 answers with the hash of the history before it. A
 * restore keeps the hash.
 *
 * @param hash CRC-32C, from 0 to 2^32-1
 * @param revision the main revision that it goes up to
 * @param compactRevision how far the history was compacted; 0 if it never was
 */
public record HashKv(long hash, long revision, long compactRevision) {
    /** For example {@code hash 4144341243 at revision 5012, compacted at 4000}. */
    @Override
    public String toString() {
        return "hash " + hash + " at revision " + revision
                + (compactRevision == 0 ? "" : ", compacted at " + compactRevision);
    }
}
