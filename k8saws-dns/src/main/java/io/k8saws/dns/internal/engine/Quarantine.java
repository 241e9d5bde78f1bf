package io.k8saws.dns.internal.engine;

import io.k8saws.dns.plan.NamePlan;
import io.k8saws.dns.plan.SetChange;
import io.k8saws.dns.record.DnsName;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Names that Route 53 has refused, so that they do not spoil the batches of others. Used by the lane alone. */
final class Quarantine {
    private record Case(List<SetChange> refused, NameRefusedException why, int times, long untilNanos) {}

    private final Pace pace;
    private final Map<DnsName, Case> cases = new HashMap<>();

    Quarantine(Pace pace) {
        this.pace = pace;
    }

    /** Takes a name in; returns for how long. */
    Duration add(NamePlan plan, NameRefusedException why, long nowNanos) {
        Case before = cases.get(plan.name());
        int times = before == null ? 0 : before.times + 1;
        Duration span = Pace.doubled(pace.firstQuarantine(), pace.longestQuarantine(), times);
        cases.put(plan.name(), new Case(plan.changes(), why, times, nowNanos + span.toNanos()));
        return span;
    }

    /** Why a plan is not tried again yet: it is the one that was refused, and its time is not over. */
    Optional<NameRefusedException> holds(NamePlan plan, long nowNanos) {
        Case known = cases.get(plan.name());
        return known != null && known.untilNanos - nowNanos > 0 && known.refused.equals(plan.changes())
                ? Optional.of(known.why)
                : Optional.empty();
    }

    /** Whether a plan has been refused before as it is, so that it goes in a batch without others. */
    boolean suspects(NamePlan plan) {
        Case known = cases.get(plan.name());
        return known != null && known.refused.equals(plan.changes());
    }

    void release(DnsName name) {
        cases.remove(name);
    }

    int size() {
        return cases.size();
    }
}
