package io.k8saws.etcd.health;

import io.k8saws.error.EtcdCallException;
import io.k8saws.error.EtcdCallException.Failure;
import io.k8saws.error.EtcdCallException.Reason;
import io.k8saws.error.QuorumLostException;
import io.k8saws.etcd.internal.text.Table;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How an etcd was when it was looked at. Members that did not answer are in it, with the reason. Immutable; prints as a table.
 *
 * @param clusterId the cluster's id, 16 hexadecimal digits; empty when no endpoint answered
 * @param members all members, in the order of their names; none when no endpoint answered
 * @param unreachable why endpoints that were given did not answer; of those alone that no member is known for
 * @param alarms the alarms that members that answer know of
 * @param at when it was looked at
 */
public record EtcdHealth(
        String clusterId,
        List<MemberHealth> members,
        List<EndpointTrouble> unreachable,
        List<EtcdAlarm> alarms,
        Instant at) {
    private static final String NOBODY = "no member could be asked";

    /** Checks that no part is missing, and copies the lists. */
    public EtcdHealth {
        Objects.requireNonNull(clusterId, "clusterId");
        members = List.copyOf(members);
        unreachable = List.copyOf(unreachable);
        alarms = List.copyOf(alarms);
        Objects.requireNonNull(at, "at");
    }

    /**
     * The members that vote.
     *
     * @return all but learners
     */
    public List<MemberHealth> voters() {
        return members.stream().filter(one -> !one.member().learner()).toList();
    }

    /**
     * The members that do not vote.
     *
     * @return learners
     */
    public List<MemberHealth> learners() {
        return members.stream().filter(one -> one.member().learner()).toList();
    }

    /**
     * The member that leads.
     *
     * @return that which says so and has the highest term; empty when there is none
     */
    public Optional<MemberHealth> leader() {
        return members.stream()
                .filter(MemberHealth::leads)
                .max(Comparator.comparingLong(one -> one.state().orElseThrow().raftTerm()));
    }

    /**
     * Finds a member.
     *
     * @param nameOrId its name or its id
     * @return the member
     */
    public Optional<MemberHealth> member(String nameOrId) {
        return members.stream()
                .filter(one -> one.member().id().equals(nameOrId)
                        || (one.member().started() && one.member().name().equals(nameOrId)))
                .findFirst();
    }

    /**
     * Whether enough voting members follow one leader, which need not answer us: a majority that hears from it is a quorum. A member that follows another leader, or one that does not answer, does not
     * count.
     *
     * @return the view; of 0 voters when no endpoint answered
     */
    public QuorumView quorum() {
        List<MemberHealth> voters = voters();
        return new QuorumView(voters.size(), followers().size());
    }

    /**
     * Whether all is well: the quorum holds, each member answers and knows a leader, and no alarm is raised.
     *
     * @return false when there is anything to look at
     */
    public boolean isWell() {
        return quorum().holds() && members.stream().allMatch(MemberHealth::isWell) && alarms.isEmpty();
    }

    /**
     * How the voting members are spread over zones.
     *
     * @return the spread; empty when nobody told zones
     */
    public Optional<ZoneSpread> zones() {
        List<String> zones = voters().stream().map(one -> one.member().zone()).toList();
        return zones.isEmpty() || zones.stream().anyMatch(String::isEmpty)
                ? Optional.empty()
                : Optional.of(ZoneSpread.of(zones));
    }

    /**
     * What becomes of the quorum when a zone goes, as things are: members that are away already do not come back for it.
     *
     * @param zone the zone
     * @return the view
     */
    public QuorumView without(String zone) {
        int left = (int) followers().stream()
                .filter(one -> !one.member().zone().equals(zone))
                .count();
        return new QuorumView(voters().size(), left);
    }

    /** The voting members that name the leader that most of them name; of two with as many, that of the newer term. */
    private List<MemberHealth> followers() {
        return voters().stream()
                .filter(MemberHealth::isWell)
                .collect(Collectors.groupingBy(one -> one.state().orElseThrow().leaderId()))
                .values()
                .stream()
                .max(Comparator.<List<MemberHealth>>comparingInt(List::size).thenComparingLong(group -> group.stream()
                        .mapToLong(one -> one.state().orElseThrow().raftTerm())
                        .max()
                        .orElse(0)))
                .orElse(List.of());
    }

    private ZoneSpread.Loss lossOf(String zone) {
        QuorumView left = without(zone);
        return new ZoneSpread.Loss(zone, left.voters(), left.well());
    }

    /**
     * The newest revision that any member has.
     *
     * @return 0 when none answered
     */
    public long revision() {
        return states().mapToLong(MemberState::revision).max().orElse(0);
    }

    /**
     * How many entries of the log a member has yet to take in, compared with the one that has most.
     *
     * @param member the member
     * @return 0 or more; -1 when it does not answer
     */
    public long raftLag(MemberHealth member) {
        long newest = states().mapToLong(MemberState::raftIndex).max().orElse(0);
        return member.state().map(s -> Math.max(0, newest - s.appliedIndex())).orElse(-1L);
    }

    /**
     * How many revisions a member's data is behind the newest.
     *
     * @param member the member
     * @return 0 or more; -1 when it does not answer
     */
    public long revisionLag(MemberHealth member) {
        return member.state().map(s -> revision() - s.revision()).orElse(-1L);
    }

    /**
     * The versions that run.
     *
     * @return each once, in order; more than one in the middle of an upgrade
     */
    public List<String> versions() {
        return List.copyOf(states().map(MemberState::version).collect(Collectors.toCollection(TreeSet::new)));
    }

    /**
     * What there is to look at.
     *
     * @return one sentence each; none when all is well
     */
    public List<String> troubles() {
        List<String> troubles = new ArrayList<>();
        if (!quorum().holds()) {
            troubles.add(members.isEmpty() ? NOBODY : quorum().toString());
        }
        members.stream()
                .filter(one -> !one.trouble().isEmpty())
                .forEach(one -> troubles.add(one.member().label() + ": " + one.trouble()));
        unreachable.forEach(one -> troubles.add(one.toString()));
        alarms.forEach(alarm -> troubles.add("alarm " + alarm));
        zones().ifPresent(spread -> troubles.addAll(spread.warnings()));
        return List.copyOf(troubles);
    }

    /**
     * Refuses to go on without a quorum.
     *
     * @return this
     * @throws QuorumLostException if fewer voting members follow a leader than must agree
     * @throws EtcdCallException if no member could be asked, so that nothing is known of a quorum; the reason is that of the endpoint that tells most
     */
    public EtcdHealth requireQuorum() {
        requireMembers();
        QuorumView quorum = quorum();
        if (!quorum.holds()) {
            List<String> missing = new ArrayList<>();
            members.stream()
                    .filter(one -> !one.isWell())
                    .forEach(one -> missing.add(one.member().label() + ": "
                            + (one.trouble().isEmpty() ? "it knows no leader" : one.trouble())));
            unreachable.forEach(one -> missing.add(one.toString()));
            throw new QuorumLostException(
                    "Find a quorum of etcd" + (clusterId.isEmpty() ? "" : " cluster " + clusterId),
                    clusterId,
                    quorum.voters(),
                    quorum.well(),
                    missing);
        }
        return this;
    }

    /**
     * Refuses to go on when no member could be asked: a wrong endpoint, or a wrong certificate, looks the same as an etcd of which all members are away.
     *
     * @return this
     * @throws EtcdCallException if no endpoint told of any member; the reason is that of the endpoint that tells most
     */
    public EtcdHealth requireMembers() {
        if (members.isEmpty() && !unreachable.isEmpty()) {
            EndpointTrouble first = Collections.min(unreachable, Comparator.comparingInt(one -> silence(one.reason())));
            Failure failure = first.failure();
            throw new EtcdCallException(
                    failure,
                    NOBODY + ": "
                            + unreachable.stream()
                                    .map(EndpointTrouble::toString)
                                    .collect(Collectors.joining("; ")),
                    first.hint(),
                    null);
        }
        return this;
    }

    /** How little a reason tells: etcd itself knows most of what is wrong; who answers anything knows more than who is silent, and that tells more than nobody. */
    private static int silence(Reason reason) {
        return switch (reason) {
            case NO_QUORUM -> 0;
            case ACCESS_DENIED, CERTIFICATE -> 1;
            case NOT_ETCD -> 2;
            case NO_ANSWER -> 4;
            case UNREACHABLE -> 5;
            default -> 3;
        };
    }

    private Stream<MemberState> states() {
        return members.stream().flatMap(one -> one.state().stream());
    }

    /** Returns a line on the quorum, a table of the members, and what there is to look at. Where no member could be asked, a line on each endpoint with what to do. */
    @Override
    public String toString() {
        if (members.isEmpty()) {
            return "etcd: " + NOBODY + "\n"
                    + unreachable.stream()
                            .map(one -> "\n" + one + "\n  " + one.hint())
                            .collect(Collectors.joining())
                    + (unreachable.isEmpty() ? "" : "\n");
        }
        Table table = new Table(
                "MEMBER", "ID", "ZONE", "ROLE", "VERSION", "DB SIZE", "IN USE", "QUOTA", "REVISION", "LAG", "");
        for (MemberHealth one : members) {
            Optional<MemberState> state = one.state();
            table.row(
                    one.member().label(),
                    one.member().id(),
                    one.member().zone().isEmpty() ? "-" : one.member().zone(),
                    state.isPresent() ? one.role() : one.member().learner() ? "learner" : "?",
                    state.map(MemberState::version).orElse("-"),
                    state.map(s -> size(s.dbSize())).orElse("-"),
                    state.map(s -> size(s.dbSizeInUse())).orElse("-"),
                    state.map(s -> s.quota().isPresent() ? size(s.quota().getAsLong()) : "-")
                            .orElse("-"),
                    state.map(s -> Long.toString(s.revision())).orElse("-"),
                    state.map(s -> Long.toString(raftLag(one))).orElse("-"),
                    one.trouble());
        }
        List<String> rest = new ArrayList<>();
        unreachable.forEach(one -> rest.add(one.toString()));
        alarms.forEach(alarm -> rest.add("alarm " + alarm));
        zones().ifPresent(spread -> {
            spread.voters().keySet().forEach(zone -> rest.add(lossOf(zone).toString()));
            rest.addAll(spread.warnings());
        });
        return "etcd " + clusterId + ": " + quorum() + "\n\n" + table
                + (rest.isEmpty() ? "" : "\n" + String.join("\n", rest) + "\n");
    }

    private static String size(long bytes) {
        return bytes < 10L << 20
                ? String.format(Locale.ROOT, "%,d KiB", bytes >> 10)
                : bytes < 10L << 30
                        ? String.format(Locale.ROOT, "%,d MiB", bytes >> 20)
                        : String.format(Locale.ROOT, "%,d GiB", bytes >> 30);
    }
}
