package io.k8saws.etcd;

import io.k8saws.etcd.health.EtcdHealth;
import io.k8saws.etcd.health.EtcdMember;
import io.k8saws.etcd.health.MemberHealth;
import io.k8saws.etcd.member.MemberChange;
import io.k8saws.etcd.member.MemberPlan;
import io.k8saws.etcd.member.MemberStep;
import io.k8saws.operate.EtcdDisk;
import io.k8saws.operate.EtcdOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What is left to do about a member whose disk is lost, from what its machine, its last order and its etcd say. Nothing else is remembered, so whoever is cut off anywhere goes on from here. Pure.
 *
 * <p>An id of a member is ordered once. When the disk of an order is lost as well, the id that was ordered goes, too: somebody may have counted on what it had confirmed.
 *
 * @param disk the member's disk, and its machine
 * @param health all members of its etcd
 */
record LostMember(EtcdDisk disk, EtcdHealth health) {
    /** The member as its etcd has it now: the one that is lost, or its successor. A name alone says nothing: each etcd has an etcd-1. */
    private Optional<MemberHealth> there() {
        return health.members().stream()
                .filter(one -> one.member().peerUrls().contains(disk.peerUrl()))
                .findFirst();
    }

    /** Why this is not the etcd of the disk; empty when all its members are where the cluster has them. */
    private List<String> strangers() {
        return health.members().stream()
                .map(MemberHealth::member)
                .filter(one -> !isPlanned(one))
                .map(one -> "etcd " + health.clusterId() + " has the member " + one.label() + " " + one.id() + " at "
                        + one.peerUrls() + ", and etcd-" + disk.etcd() + " of the cluster has "
                        + new TreeMap<>(disk.peers())
                        + ": this is another etcd, or somebody changed its members by hand")
                .toList();
    }

    private boolean isPlanned(EtcdMember one) {
        return one.started() && disk.peers().containsKey(one.name())
                ? one.peerUrls().contains(disk.peers().get(one.name()))
                : !one.started() && one.peerUrls().stream().anyMatch(disk.peers()::containsValue);
    }

    /** Whether the last order is for this member, under the id that it has now. */
    private boolean isOrdered(MemberHealth one) {
        return disk.order()
                .map(EtcdOrder::memberId)
                .filter(one.member().id()::equals)
                .isPresent();
    }

    private boolean isLost(MemberHealth one) {
        if (one.answers()) {
            return false;
        }
        if (!one.member().learner()) {
            return disk.waits();
        }
        return isOrdered(one)
                ? !disk.volumes().equals(List.of(disk.order().orElseThrow().volume()))
                        || (disk.followed().isPresent() && disk.waits())
                : one.member().started() && disk.waits();
    }

    MemberChange change() {
        return new MemberChange(
                there().filter(this::isLost).map(one -> one.member().id()),
                Optional.of(disk.member().name()),
                Optional.of(disk.peerUrl()),
                disk.peers().size(),
                true);
    }

    /** Whether the next thing that a run does is to remove a member: nothing is in its way, and nothing else comes before. */
    static boolean removesNow(MemberPlan left) {
        return left.refusals().isEmpty()
                && left.steps().stream()
                        .findFirst()
                        .filter(step -> step.kind() == MemberStep.Kind.REMOVE)
                        .isPresent();
    }

    MemberPlan plan() {
        MemberPlan left = change().plan(health);
        List<String> refusals = new ArrayList<>(strangers());
        refusals.addAll(left.refusals());
        Optional<MemberHealth> there = there();
        boolean orders = there.map(one -> isLost(one) || (!one.answers() && !isOrdered(one)))
                .orElse(true);
        if (orders) {
            disk.hindrance().ifPresent(refusals::add);
        } else {
            there.filter(one -> one.answers() && !isOrdered(one) && disk.waits())
                    .ifPresent(one -> refusals.add(
                            one.member().label() + " " + one.member().id() + " answers at "
                                    + one.endpoint() + ", and its machine says that its disk is lost: "
                                    + disk.status().orElseThrow() + ". Find out who answers there"));
        }
        return new MemberPlan(
                "replace " + disk.member().name() + " of etcd-" + disk.etcd(),
                left.clusterId(),
                left.steps(),
                refusals,
                left.remarks());
    }
}
