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
    /** By etcd's default, {@code --max-request-bytes}. The request that did not fit raised the alarm, when the database was still smaller than its quota, and would raise it again. */
    private static final long LARGEST_REQUEST = 3 << 19;

    void disarm(EtcdAlarm alarm, EtcdHealth health) {
        health.requireQuorum();
        boolean full = alarm.kind() == EtcdAlarm.Kind.NO_SPACE;
        List<String> refusals = full ? tooLarge(health) : differing(health);
        new MemberPlan("disarm " + alarm, health.clusterId(), List.of(), refusals, List.of()).requireAllowed();
        calls.disarm(new Alarm(Ids.number(alarm.memberId()), full ? Alarm.NO_SPACE : Alarm.CORRUPT));
    }

    static List<String> tooLarge(EtcdHealth health) {
        List<String> refusals = new ArrayList<>();
        health.members()
                .forEach(one -> one.state().ifPresent(state -> state.quota().ifPresent(quota -> {
                    if (state.dbSize() + Math.min(LARGEST_REQUEST, quota / 10) >= quota) {
                        refusals.add(one.member().label() + " has " + state.dbSize() + " bytes of " + quota
                                + ": compact and defragment first, or raise its quota");
                    }
                })));
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
