package io.k8saws.etcd.member;

import java.util.Locale;
import java.util.Objects;

/**
 * One step of a plan. Immutable.
 *
 * @param kind what is done
 * @param member with which member: its name, or its peer URL before it has one
 * @param memberId its id; empty before it has one
 * @param why why, as a clause
 */
public record MemberStep(Kind kind, String member, String memberId, String why) {
    /** What a step does. */
    public enum Kind {
        /** The member becomes the leader. */
        MOVE_LEADER,
        /** The member's database is rewritten without its unused pages; it answers nobody meanwhile. */
        DEFRAGMENT,
        /** The member leaves the cluster for ever: its id is never taken again. */
        REMOVE,
        /** The member is made known to the cluster, without a vote. */
        ADD_LEARNER,
        /** The member's program is started, on an empty data directory. */
        START,
        /** The member gets its vote, once it is as far as the leader. */
        PROMOTE,
        /** The member's program is replaced by that of another version. */
        UPGRADE
    }

    /** Checks that no part is missing. */
    public MemberStep {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(member, "member");
        Objects.requireNonNull(memberId, "memberId");
        Objects.requireNonNull(why, "why");
    }

    /** For example {@code defragment etcd-1}. */
    @Override
    public String toString() {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ') + " " + member;
    }
}
