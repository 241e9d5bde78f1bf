package io.k8saws.etcd.internal.seam;

import java.util.List;

/**
 * What a member says of itself. Numbers that its version does not tell are 0, texts empty.
 *
 * @param clusterId the cluster's id
 * @param memberId its id
 * @param revision the revision of its data
 * @param version the server's version
 * @param storageVersion the version of the data's form; since 3.6
 * @param dbSize bytes of the database file
 * @param dbSizeInUse bytes of it that hold something
 * @param quota bytes that the database may have; since 3.6
 * @param leader the id of the leader that it knows; 0 for none
 * @param raftIndex the index of its log
 * @param raftTerm its term
 * @param appliedIndex how far of its log is in its data
 * @param learner whether it does not vote
 * @param errors what ails it
 */
public record MemberStatus(
        long clusterId,
        long memberId,
        long revision,
        String version,
        String storageVersion,
        long dbSize,
        long dbSizeInUse,
        long quota,
        long leader,
        long raftIndex,
        long raftTerm,
        long appliedIndex,
        boolean learner,
        List<String> errors) {
    /** Copies the list. */
    public MemberStatus {
        errors = List.copyOf(errors);
    }
}
