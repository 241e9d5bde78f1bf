package io.k8saws.etcd.member;

import io.k8saws.etcd.health.EtcdHealth;
import io.k8saws.etcd.health.MemberHealth;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Another member shall lead. Immutable.
 *
 * @param to the id of the member that shall lead
 */
public record LeaderMove(String to) {
    /**
     * Chooses who is fit to lead.
     *
     * @param health how the etcd is
     * @param except the id of a member that shall not
     * @return the voting member that is well and lags least
     */
    static Optional<MemberHealth> best(EtcdHealth health, String except) {
        return health.voters().stream()
                .filter(MemberHealth::isWell)
                .filter(one -> !one.member().id().equals(except))
                .min(Comparator.comparingLong(health::raftLag)
                        .thenComparing(one -> one.member().label()));
    }

    /**
     * What is left to do.
     *
     * @param health how the etcd is
     * @return the plan; empty when it leads already
     */
    public MemberPlan plan(EtcdHealth health) {
        Optional<MemberHealth> target = health.member(to);
        String label = target.map(one -> one.member().label()).orElse(to);
        String task = "move the leader to " + label;
        if (target.filter(MemberHealth::leads).isPresent()
                && health.leader().filter(target.get()::equals).isPresent()) {
            return new MemberPlan(task, health.clusterId(), List.of(), List.of(), List.of());
        }
        List<String> refusals = new ArrayList<>();
        if (target.isEmpty()) {
            refusals.add("there is no member " + to);
        } else if (target.get().member().learner()) {
            refusals.add(label + " is a learner and cannot lead");
        } else if (!target.get().isWell()) {
            refusals.add(label + " is not well: " + target.get().trouble());
        }
        if (health.leader().isEmpty()) {
            refusals.add("there is no leader that could hand over");
        }
        return new MemberPlan(
                task,
                health.clusterId(),
                List.of(new MemberStep(
                        MemberStep.Kind.MOVE_LEADER,
                        label,
                        target.map(one -> one.member().id()).orElse(""),
                        health.leader()
                                .map(one -> one.member().label() + " leads")
                                .orElse(""))),
                refusals,
                List.of());
    }
}
