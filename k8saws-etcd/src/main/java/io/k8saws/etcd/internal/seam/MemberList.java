package io.k8saws.etcd.internal.seam;

import java.util.List;

/**
 * The members that one member knows of.
 *
 * @param clusterId the cluster's id
 * @param from the id of the member that answered
 * @param raftTerm its term
 * @param members all members
 */
public record MemberList(long clusterId, long from, long raftTerm, List<MemberEntry> members) {
    /** Copies the list. */
    public MemberList {
        members = List.copyOf(members);
    }
}
