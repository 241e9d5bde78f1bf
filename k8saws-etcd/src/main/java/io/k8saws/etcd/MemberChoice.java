package io.k8saws.etcd;

import io.k8saws.error.K8sAwsException;
import io.k8saws.etcd.health.EndpointTrouble;
import io.k8saws.etcd.health.EtcdAlarm;
import io.k8saws.etcd.health.EtcdHealth;
import io.k8saws.etcd.health.MemberHealth;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which member does something that only one does, such as sending a snapshot. Immutable. */
public final class MemberChoice {
    /** A member that is further behind does not come up in the seconds that it takes to begin. */
    static final long MOST_LAG = 1000;

    private final String wanted;

    private MemberChoice(String wanted) {
        this.wanted = wanted;
    }

    /**
     * The one that is missed least: a learner before a follower before the leader; of equal ones the one that lags least. None that knows no leader, that lags far behind, or whose data is said to be
     * corrupt.
     *
     * @return the choice
     */
    public static MemberChoice leastMissed() {
        return new MemberChoice("");
    }

    /**
     * A certain member.
     *
     * @param nameOrId its name, or its id
     * @return the choice
     */
    public static MemberChoice named(String nameOrId) {
        if (Objects.requireNonNull(nameOrId, "nameOrId").isBlank()) {
            throw new IllegalArgumentException("a member of etcd has a name or an id");
        }
        return new MemberChoice(nameOrId);
    }

    /**
     * Chooses.
     *
     * @param health the members and how they are
     * @return the member; it answers
     * @throws K8sAwsException if none fits, with the reason of each
     * @throws io.k8saws.error.EtcdCallException if no member could be asked, as {@link EtcdHealth#requireMembers()}
     */
    public MemberHealth in(EtcdHealth health) {
        return all(health).get(0);
    }

    /** All that fit, the one to take first at first; at least one. */
    List<MemberHealth> all(EtcdHealth health) {
        List<MemberHealth> found = wanted.isEmpty()
                ? least(health)
                : health.member(wanted).filter(MemberHealth::answers).stream().toList();
        if (found.isEmpty()) {
            health.requireMembers();
            throw refused(health, health.member(wanted));
        }
        return found;
    }

    private static List<MemberHealth> least(EtcdHealth health) {
        return health.members().stream()
                .filter(MemberHealth::isWell)
                .filter(one -> health.raftLag(one) <= MOST_LAG && health.revisionLag(one) <= MOST_LAG)
                .filter(one -> health.alarms().stream()
                        .noneMatch(alarm -> alarm.kind() == EtcdAlarm.Kind.CORRUPT
                                && alarm.memberId().equals(one.member().id())))
                .sorted(Comparator.comparingInt(
                                (MemberHealth one) -> one.member().learner() ? 0 : one.leads() ? 2 : 1)
                        .thenComparingLong(health::raftLag)
                        .thenComparing(one -> one.member().label()))
                .toList();
    }

    private K8sAwsException refused(EtcdHealth health, Optional<MemberHealth> found) {
        String all = Stream.concat(
                        health.members().stream()
                                .map(one -> one.member().label()
                                        + why(health, one)
                                                .map(why -> ": " + why)
                                                .orElse("")),
                        health.unreachable().stream().map(EndpointTrouble::toString))
                .collect(Collectors.joining("; "));
        return new K8sAwsException(
                "Choose " + this + " of etcd",
                found.isPresent()
                        ? found.get().member().label() + " does not answer: "
                                + found.get().trouble()
                        : wanted.isEmpty() ? "no member can be asked: " + all : "there is none; known are " + all,
                "look at etcd.health(), start members that are away, or choose another",
                health.clusterId().isEmpty() ? Map.of() : Map.of("cluster", health.clusterId()),
                null);
    }

    private static Optional<String> why(EtcdHealth health, MemberHealth one) {
        if (!one.trouble().isEmpty()) {
            return Optional.of(one.trouble());
        }
        if (!one.isWell()) {
            return Optional.of("it knows no leader");
        }
        long lag = Math.max(health.raftLag(one), health.revisionLag(one));
        return lag > MOST_LAG ? Optional.of("it lags " + lag + " changes behind") : Optional.empty();
    }

    /** For example {@code member etcd-1}. */
    @Override
    public String toString() {
        return wanted.isEmpty() ? "the member that is missed least" : "member " + wanted;
    }
}
