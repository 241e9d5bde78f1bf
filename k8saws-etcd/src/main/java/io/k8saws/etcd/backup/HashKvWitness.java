package io.k8saws.etcd.backup;

import io.k8saws.etcd.snapshot.HashKv;
import java.time.Duration;

/** A live member that can be asked for the hash of its history. */
public interface HashKvWitness {
    /**
     * The member.
     *
     * @return its id or name, which tells it from the others
     */
    String member();

    /**
     * Hashes the member's keys and history up to a revision.
     *
     * @param revision the main revision
     * @param limit how long it may take
     * @return the hash, with the compaction of the member
     * @throws io.k8saws.error.K8sAwsException if the member does not answer, or has compacted that revision away
     */
    HashKv hashKv(long revision, Duration limit);
}
