package io.k8saws.etcd.member;

import io.k8saws.etcd.health.EtcdHealth;
import io.k8saws.etcd.health.MemberHealth;
import io.k8saws.etcd.health.MemberState;
import io.k8saws.etcd.health.QuorumView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Databases shall be rewritten whose files are large for what is in them. One member at a time and only while all are well; the leader last, after another leads, because a member answers nobody while it
 * is rewritten. Immutable.
 *
 * @param unusedShare from which share of unused bytes on, from 0 to 1
 * @param unusedBytes from how many unused bytes on
 * @param outageAllowed whether nobody may be answered meanwhile, as with one or two voting members: without one of them there is no quorum
 */
public record Defragmentation(double unusedShare, long unusedBytes, boolean outageAllowed) {
    /** Checks the ranges. */
    public Defragmentation {
        if (!(unusedShare >= 0 && unusedShare <= 1) || unusedBytes < 0) {
            throw new IllegalArgumentException(
                    "A defragmentation begins from a share of 0 to 1, and from 0 bytes or more; got " + unusedShare
                            + " and " + unusedBytes + ".");
        }
    }

    /**
     * From 45 % and 100 MiB of unused bytes on; no outage.
     *
     * @return what counts unless something else is asked for
     */
    public static Defragmentation defaults() {
        return new Defragmentation(0.45, 100 << 20, false);
    }

    /**
     * What would be done.
     *
     * @param health how the etcd is
     * @return the plan; empty when no database is worth it
     */
    public MemberPlan plan(EtcdHealth health) {
        return plan(health, Set.of());
    }

    /** Without those that were done just now, whatever is left of them. */
    MemberPlan plan(EtcdHealth health, Set<String> done) {
        List<MemberHealth> worth = health.members().stream()
                .filter(one -> !done.contains(one.member().id()))
                .filter(one -> one.state().map(this::isWorthIt).orElse(false))
                .sorted(Comparator.comparing(MemberHealth::leads)
                        .thenComparing(one -> one.member().label()))
                .toList();
        List<MemberStep> steps = new ArrayList<>();
        List<String> refusals = new ArrayList<>();
        int voters = health.voters().size();
        boolean outage = voters - 1 < new QuorumView(voters, voters).needed();
        for (MemberHealth one : worth) {
            if (outage && !outageAllowed && !one.member().learner()) {
                refusals.add(one.member().label()
                        + (voters == 1 ? " is the only voting member" : " is one of two voting members")
                        + ": allow an outage, for nobody is answered while it is rewritten");
            }
            if (one.leads()) {
                Optional<MemberHealth> next =
                        LeaderMove.best(health, one.member().id());
                if (next.isPresent()) {
                    steps.add(new MemberStep(
                            MemberStep.Kind.MOVE_LEADER,
                            next.get().member().label(),
                            next.get().member().id(),
                            one.member().label() + " leads and is about to be away"));
                }
            }
            MemberState state = one.state().orElseThrow();
            steps.add(new MemberStep(
                    MemberStep.Kind.DEFRAGMENT,
                    one.member().label(),
                    one.member().id(),
                    String.format(
                            Locale.ROOT,
                            "%,d of %,d KiB unused, %.0f %%",
                            state.unused() >> 10,
                            state.dbSize() >> 10,
                            100 * state.unusedShare())));
        }
        if (!steps.isEmpty()) {
            health.members().stream()
                    .filter(one -> !one.isWell())
                    .forEach(one -> refusals.add(one.member().label() + " is not well: "
                            + (one.trouble().isEmpty() ? "it knows no leader" : one.trouble())));
            if (health.leader().isEmpty()) {
                refusals.add("there is no leader");
            }
        }
        return new MemberPlan("defragment", health.clusterId(), steps, refusals, List.of());
    }

    private boolean isWorthIt(MemberState state) {
        return state.unused() > 0 && state.unused() >= unusedBytes && state.unusedShare() >= unusedShare;
    }
}
