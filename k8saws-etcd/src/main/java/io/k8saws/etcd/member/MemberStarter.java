package io.k8saws.etcd.member;

/** Starts the program of a new member, where it belongs. */
@FunctionalInterface
public interface MemberStarter {
    /**
     * Starts it, on an empty data directory. May be called again for a member that was started before and has not shown itself yet, as after a kill: then it starts nothing twice. Need not wait.
     *
     * @param member the member
     */
    void start(ArrivingMember member);
}
