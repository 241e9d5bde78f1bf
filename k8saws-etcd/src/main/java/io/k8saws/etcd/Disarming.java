package io.k8saws.etcd;

import io.k8saws.etcd.health.EtcdAlarm;
import io.k8saws.etcd.health.EtcdHealth;
import io.k8saws.etcd.internal.seam.Alarm;
import io.k8saws.etcd.internal.seam.EtcdCalls;
import io.k8saws.etcd.internal.seam.Ids;
import io.k8saws.etcd.member.MemberPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Takes alarms back whose causes are mended. */
record Disarming(EtcdCalls calls) {
    void disarm(EtcdAlarm alarm, EtcdHealth health) {
        health.requireQuorum();
        boolean full = alarm.kind() == EtcdAlarm.Kind.NO_SPACE;
        List<String> refusals = full ? tooLarge(health) : differing(health);
        new MemberPlan("disarm " + alarm, health.clusterId(), List.of(), refusals, List.of()).requireAllowed();
        calls.disarm(new Alarm(Ids.number(alarm.memberId()), full ? Alarm.NO_SPACE : Alarm.CORRUPT));
    }

    private static List<String> tooLarge(EtcdHealth health) {
        List<String> refusals = new ArrayList<>();
        health.members().forEach(one -> one.state()
                .filter(s -> s.quota().isPresent() && s.dbSize() >= s.quota().getAsLong())
                .ifPresent(s -> refusals.add(one.member().label() + " has " + s.dbSize() + " bytes of "
                        + s.quota().getAsLong() + ": compact and defragment first, or raise its quota")));
        return refusals;
    }

    private List<String> differing(EtcdHealth health) {
        if (health.members().size() <= 1) {
            return List.of();
        }
        List<MemberHash> hashes =
                new MemberHashes(calls).of(health, member -> true, health.revision(), MemberHashes.LIMIT);
        boolean same = hashes.stream().map(MemberHash::hash).distinct().count() == 1
                && hashes.get(0).hash().isPresent();
        return same
                ? List.of()
                : List.of("members do not have the same data: "
                        + hashes.stream().map(MemberHash::toString).collect(Collectors.joining("; ")));
    }
}
