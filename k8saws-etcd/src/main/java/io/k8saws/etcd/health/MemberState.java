package io.k8saws.etcd.health;

import java.util.List;
import java.util.OptionalLong;

/**
 * What a member that answers says of itself. Immutable.
 *
 * @param version the server's version, for example {@code 3.6.10}
 * @param storageVersion the version of the form of its data; empty before 3.6
 * @param dbSize bytes of its database file
 * @param dbSizeInUse bytes of it that hold something; the rest comes back by defragmentation
 * @param quota bytes that the database may have; empty before 3.6, which do not tell
 * @param leaderId the leader that it knows; empty for none
 * @param revision the revision of its data
 * @param raftTerm its term
 * @param raftIndex the index of its log
 * @param appliedIndex how far of its log is in its data
 * @param errors what ails it, in etcd's words
 */
public record MemberState(
        String version,
        String storageVersion,
        long dbSize,
        long dbSizeInUse,
        OptionalLong quota,
        String leaderId,
        long revision,
        long raftTerm,
        long raftIndex,
        long appliedIndex,
        List<String> errors) {
    /** Copies the list. */
    public MemberState {
        errors = List.copyOf(errors);
    }

    /**
     * Bytes of the database file that hold nothing.
     *
     * @return 0 or more
     */
    public long unused() {
        return Math.max(0, dbSize - dbSizeInUse);
    }

    /**
     * The share of the database file that holds nothing.
     *
     * @return from 0 to 1
     */
    public double unusedShare() {
        return dbSize == 0 ? 0 : (double) unused() / dbSize;
    }
}
