package io.k8saws.etcd;

import io.k8saws.etcd.health.EtcdMember;
import io.k8saws.etcd.snapshot.HashKv;
import java.util.Optional;

/**
 * A member's hash of its keys up to a revision, or why there is none. Members whose data is the same have the same at the same revision and compaction; so has
 * {@link io.k8saws.etcd.snapshot.SnapshotFile#hashKv(long)} of a snapshot.
 *
 * @param member the member
 * @param hash the hash; empty when the member gave none
 * @param trouble why it gave none; empty when it did
 */
public record MemberHash(EtcdMember member, Optional<HashKv> hash, String trouble) {
    /** For example {@code etcd-1: ...}. */
    @Override
    public String toString() {
        return member.label() + ": " + hash.map(HashKv::toString).orElse(trouble);
    }
}
