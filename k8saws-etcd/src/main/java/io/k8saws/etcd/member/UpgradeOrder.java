package io.k8saws.etcd.member;

import io.k8saws.etcd.health.EtcdHealth;
import io.k8saws.etcd.health.MemberHealth;
import io.k8saws.etcd.health.MemberState;
import io.k8saws.etcd.health.QuorumView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * In which order members get another version: one at a time while all others are well, the leader last, one minor version at a time (etcd's upgrade guides). Whoever replaces the programs does the steps; planning
 * again shows what is left. Immutable.
 *
 * @param version the version that all shall have, for example {@code 3.6.10}
 */
public record UpgradeOrder(String version) {
    private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+)\\.(\\d+).*");

    /** Checks that it is a version. */
    public UpgradeOrder {
        if (!VERSION.matcher(version).matches()) {
            throw new IllegalArgumentException("A version of etcd looks like 3.6.10, got " + version + ".");
        }
    }

    /**
     * What is left to do.
     *
     * @param health how the etcd is
     * @return the plan; empty when all have that version, refused while a member does not tell its version
     */
    public MemberPlan plan(EtcdHealth health) {
        List<MemberStep> steps = new ArrayList<>();
        List<String> refusals = new ArrayList<>();
        List<MemberHealth> older = health.members().stream()
                .filter(one ->
                        one.state().map(s -> !s.version().equals(version)).orElse(false))
                .sorted(Comparator.comparing(MemberHealth::leads)
                        .thenComparing(one -> !one.member().learner())
                        .thenComparing(one -> one.member().label()))
                .toList();
        for (MemberHealth one : older) {
            MemberState state = one.state().orElseThrow();
            int from = minor(state.version());
            int to = minor(version);
            if (to > from + 1) {
                refusals.add(one.member().label() + " runs " + state.version() + ": upgrade to " + from / 100 + "."
                        + (from % 100 + 1) + " first, one minor version at a time");
            } else if (to < from || (to == from && patch(state.version()) > patch(version))) {
                refusals.add(one.member().label() + " runs " + state.version()
                        + ", which is newer: a downgrade is another procedure");
            }
            if (one.leads()) {
                Optional<MemberHealth> next =
                        LeaderMove.best(health, one.member().id());
                next.ifPresent(other -> steps.add(new MemberStep(
                        MemberStep.Kind.MOVE_LEADER,
                        other.member().label(),
                        other.member().id(),
                        one.member().label() + " leads and is about to be away")));
            }
            steps.add(new MemberStep(
                    MemberStep.Kind.UPGRADE,
                    one.member().label(),
                    one.member().id(),
                    state.version() + " -> " + version));
        }
        // what does not answer may have any version
        health.members().stream()
                .filter(one -> one.state().isEmpty() || (!steps.isEmpty() && !one.isWell()))
                .forEach(one -> refusals.add(one.member().label() + " is not well: " + one.trouble()));
        return new MemberPlan("upgrade to " + version, health.clusterId(), steps, refusals, remarks(health, older));
    }

    private static List<String> remarks(EtcdHealth health, List<MemberHealth> older) {
        int voters = health.voters().size();
        boolean outage = voters - 1 < new QuorumView(voters, voters).needed();
        return outage && older.stream().anyMatch(one -> !one.member().learner())
                ? List.of(
                        voters == 1
                                ? "with one voting member nobody is answered while it is away"
                                : "with two voting members nobody is answered while one of them is away")
                : List.of();
    }

    private static int patch(String text) {
        Matcher matcher = VERSION.matcher(text);
        return matcher.matches() ? Integer.parseInt(matcher.group(3)) : 0;
    }

    private static int minor(String text) {
        Matcher matcher = VERSION.matcher(text);
        return matcher.matches() ? 100 * Integer.parseInt(matcher.group(1)) + Integer.parseInt(matcher.group(2)) : 0;
    }
}
