package io.k8saws.etcd.health;

import java.util.Objects;
import java.util.Optional;

/**
 * One member and how it is. A member that does not answer is part of the answer, with the reason. Immutable.
 *
 * @param member the member
 * @param endpoint the client URL that was asked; empty when it has none
 * @param state what it said; empty when it did not answer
 * @param trouble why it did not answer, or what ails it; empty when it is well
 */
public record MemberHealth(EtcdMember member, String endpoint, Optional<MemberState> state, String trouble) {
    /** Checks that no part is missing. */
    public MemberHealth {
        Objects.requireNonNull(member, "member");
        Objects.requireNonNull(endpoint, "endpoint");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(trouble, "trouble");
    }

    /**
     * Whether it answers.
     *
     * @return true when it said how it is
     */
    public boolean answers() {
        return state.isPresent();
    }

    /**
     * Whether it answers and knows a leader.
     *
     * @return true also when it lags behind or an alarm is raised
     */
    public boolean isWell() {
        return state.map(s -> !s.leaderId().isEmpty()).orElse(false);
    }

    /**
     * Whether it leads.
     *
     * @return true when it says so itself
     */
    public boolean leads() {
        return state.map(s -> s.leaderId().equals(member.id())).orElse(false);
    }

    /**
     * What it is in the cluster.
     *
     * @return {@code leader}, {@code follower} or {@code learner}
     */
    public String role() {
        return member.learner() ? "learner" : leads() ? "leader" : "follower";
    }
}
