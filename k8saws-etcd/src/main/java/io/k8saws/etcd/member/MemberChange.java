package io.k8saws.etcd.member;

import io.k8saws.etcd.health.EtcdHealth;
import io.k8saws.etcd.health.EtcdMember;
import io.k8saws.etcd.health.MemberHealth;
import io.k8saws.etcd.health.QuorumView;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which member shall be gone, and which shall be there. What is left to do follows from this and from what is observed, so the same value goes on after a kill at any point. Keep it: once the old member is gone, its name may be that of its successor, and a change that is made anew would be another one. Immutable.
 *
 * <p>A member is removed before another is added: with one more, a majority would be larger while the same number of members is well. The new one begins as a learner, so that it does not count until it has all data.
 *
 * @param removed the id of the member that shall be gone; empty for none
 * @param name the name of the member that shall be there; empty for none
 * @param peerUrl its peer URL; empty for none
 * @param voters how many voting members there shall be in the end
 * @param lost whether it is known from elsewhere than etcd that the removed member's data is lost. One that only does not answer from here may be well for the others
 */
public record MemberChange(
        Optional<String> removed, Optional<String> name, Optional<URI> peerUrl, int voters, boolean lost) {
    private static final Pattern ID = Pattern.compile("[0-9a-f]{16}");

    /** Checks that the parts fit together. */
    public MemberChange {
        Objects.requireNonNull(removed, "removed");
        if (name.isPresent() != peerUrl.isPresent() || (removed.isEmpty() && name.isEmpty())) {
            throw new IllegalArgumentException(
                    "A change of members removes one, adds one with a name and a peer URL, or both.");
        }
        removed.filter(id -> !ID.matcher(id).matches()).ifPresent(id -> {
            throw new IllegalArgumentException("A member's id has 16 hexadecimal digits, got " + id + ".");
        });
        if (voters < 1) {
            throw new IllegalArgumentException("etcd has one voting member or more, got " + voters + ".");
        }
    }

    /** A change of a member of which nothing is known but what etcd says. */
    public MemberChange(Optional<String> removed, Optional<String> name, Optional<URI> peerUrl, int voters) {
        this(removed, name, peerUrl, voters, false);
    }

    /**
     * Replaces a member, as after the loss of its disk or its zone.
     *
     * @param health how the etcd is before the change begins
     * @param nameOrId the member that shall be gone
     * @param name the new one's name; may be the same
     * @param peerUrl the new one's peer URL; may be the same
     * @return the change
     */
    public static MemberChange replace(EtcdHealth health, String nameOrId, String name, URI peerUrl) {
        return new MemberChange(
                Optional.of(known(health, nameOrId)),
                Optional.of(name),
                Optional.of(peerUrl),
                health.voters().size());
    }

    /**
     * Adds a member.
     *
     * @param health how the etcd is before the change begins
     * @param name its name
     * @param peerUrl its peer URL
     * @return the change
     */
    public static MemberChange grow(EtcdHealth health, String name, URI peerUrl) {
        return new MemberChange(
                Optional.empty(),
                Optional.of(name),
                Optional.of(peerUrl),
                health.voters().size() + 1);
    }

    /**
     * Removes a member.
     *
     * @param health how the etcd is before the change begins
     * @param nameOrId the member that shall be gone
     * @return the change
     */
    public static MemberChange shrink(EtcdHealth health, String nameOrId) {
        return new MemberChange(
                Optional.of(known(health, nameOrId)),
                Optional.empty(),
                Optional.empty(),
                Math.max(1, health.voters().size() - 1));
    }

    private static String known(EtcdHealth health, String nameOrId) {
        List<String> named = health.members().stream()
                .filter(one -> one.member().started() && one.member().name().equals(nameOrId))
                .map(one -> one.member().id())
                .toList();
        if (named.size() > 1) {
            throw new IllegalArgumentException("etcd " + health.clusterId() + " has " + named.size()
                    + " members of the name " + nameOrId + ": name one by its id, " + String.join(" or ", named)
                    + ".");
        }
        return health.member(nameOrId)
                .map(one -> one.member().id())
                .orElseThrow(() -> new IllegalArgumentException("etcd " + health.clusterId() + " has no member "
                        + nameOrId + "; it has "
                        + health.members().stream()
                                .map(one -> one.member().label())
                                .toList() + "."));
    }

    /**
     * What is left to do.
     *
     * @param health how the etcd is
     * @return the plan; empty when all is as it shall be
     */
    public MemberPlan plan(EtcdHealth health) {
        List<MemberStep> steps = new ArrayList<>();
        List<String> refusals = new ArrayList<>();
        List<String> remarks = new ArrayList<>();
        Optional<MemberHealth> old = removed.flatMap(id -> byId(health, id));
        Optional<MemberHealth> added = peerUrl.flatMap(url -> byPeer(health, url))
                .filter(one -> old.isEmpty()
                        || !one.member().id().equals(old.get().member().id()));
        old.ifPresent(one -> removal(health, one, steps, refusals));
        if (name.isPresent()) {
            arrival(health, old, added, steps, refusals);
        }
        if (!steps.isEmpty()) {
            others(health, old, added, refusals, remarks);
            health.alarms().forEach(alarm -> remarks.add("alarm " + alarm + " is raised"));
            if (voters % 2 == 0) {
                remarks.add(voters + " voting members tolerate no more than " + Math.max(1, voters - 1)
                        + "; take an odd number");
            }
        }
        return new MemberPlan(
                task(), health.clusterId(), steps, refusals.stream().distinct().toList(), remarks);
    }

    private void removal(EtcdHealth health, MemberHealth old, List<MemberStep> steps, List<String> refusals) {
        EtcdMember member = old.member();
        if (!member.learner() && health.voters().size() < 2) {
            refusals.add(member.label() + " is the only voting member: restore a snapshot instead");
        }
        if (old.leads()) {
            successor(health, member.id())
                    .ifPresent(one -> steps.add(new MemberStep(
                            MemberStep.Kind.MOVE_LEADER,
                            one.member().label(),
                            one.member().id(),
                            member.label() + " leads and is about to leave")));
        }
        steps.add(new MemberStep(
                MemberStep.Kind.REMOVE,
                member.label(),
                member.id(),
                old.answers() ? "it shall be gone" : "it shall be gone: " + old.trouble()));
    }

    private void arrival(
            EtcdHealth health,
            Optional<MemberHealth> old,
            Optional<MemberHealth> added,
            List<MemberStep> steps,
            List<String> refusals) {
        if (added.isEmpty()) {
            long left = health.voters().size()
                    - old.filter(one -> !one.member().learner()).stream().count();
            if (left >= voters) {
                refusals.add("there are " + left + " voting members without "
                        + removed.map(id -> "member " + id).orElse("it") + ", and there shall be " + voters
                        + " in the end: look at etcd.members(), and make the change anew");
            }
            String url = peerUrl.orElseThrow().toString();
            steps.add(new MemberStep(MemberStep.Kind.ADD_LEARNER, url, "", "it gets all data before it gets a vote"));
            steps.add(new MemberStep(MemberStep.Kind.START, url, "", "on an empty data directory"));
            steps.add(new MemberStep(MemberStep.Kind.PROMOTE, url, "", "once it is as far as the leader"));
            return;
        }
        EtcdMember member = added.get().member();
        // what has a vote is never started on an empty directory: it would forget what it has voted for
        if (!member.started() || (member.learner() && !added.get().answers())) {
            steps.add(new MemberStep(
                    MemberStep.Kind.START,
                    member.label(),
                    member.id(),
                    member.started() ? added.get().trouble() : "on an empty data directory"));
        } else if (!added.get().answers()) {
            refusals.add(member.label() + " is not well: " + added.get().trouble()
                    + "; it votes already, so start it on the data that it has");
        }
        if (member.learner()) {
            steps.add(new MemberStep(
                    MemberStep.Kind.PROMOTE, member.label(), member.id(), "once it is as far as the leader"));
        }
    }

    /**
     * All but the one that goes and the one that comes must be well before a member that is well leaves, and before one is added: etcd refuses that as well ("unhealthy cluster"). Else it is enough that a majority of those that
     * stay is well: without one that is lost for good, and with one more vote that is well, no fewer may fail than before.
     */
    private void others(
            EtcdHealth health,
            Optional<MemberHealth> old,
            Optional<MemberHealth> added,
            List<String> refusals,
            List<String> remarks) {
        if (health.leader().isEmpty()) {
            refusals.add(health.quorum().holds() ? "the leader does not answer from here" : "there is no leader");
        }
        lostQuorum(health).ifPresent(refusals::add);
        boolean harmless = isMajorityWell(health, old)
                && old.map(one -> lost && !one.answers()).orElse(added.isPresent() || name.isEmpty());
        for (MemberHealth one : health.members()) {
            boolean concerned = old.filter(one::equals).isPresent()
                    || added.filter(one::equals).isPresent();
            if (concerned) {
                continue;
            }
            if (one.member().learner()) {
                if (peerUrl.isPresent() && added.isEmpty()) {
                    refusals.add(one.member().label() + " is a learner already, and one at a time is allowed");
                }
            } else if (!one.isWell()) {
                String why = one.member().label() + " is not well: "
                        + (one.trouble().isEmpty() ? "it knows no leader" : one.trouble());
                if (!harmless) {
                    refusals.add(why);
                } else if (peerUrl.isPresent() && added.isEmpty()) {
                    remarks.add(why + "; nobody is added until it is back or has left, too");
                } else {
                    remarks.add(why);
                }
            }
        }
    }

    /** What no change of members mends. */
    private static Optional<String> lostQuorum(EtcdHealth health) {
        QuorumView quorum = health.quorum();
        return quorum.holds()
                ? Optional.empty()
                : Optional.of("the quorum is lost, " + quorum.well() + " of " + quorum.voters()
                        + " members with a vote are well: start the others with their disks, or plan a QuorumRecovery");
    }

    private static boolean isMajorityWell(EtcdHealth health, Optional<MemberHealth> leaving) {
        List<MemberHealth> staying = health.voters().stream()
                .filter(one -> leaving.filter(one::equals).isEmpty())
                .toList();
        return staying.stream().filter(MemberHealth::isWell).count() > staying.size() / 2;
    }

    private static Optional<MemberHealth> successor(EtcdHealth health, String except) {
        return LeaderMove.best(health, except);
    }

    private static Optional<MemberHealth> byId(EtcdHealth health, String id) {
        return health.members().stream()
                .filter(one -> one.member().id().equals(id))
                .findFirst();
    }

    private static Optional<MemberHealth> byPeer(EtcdHealth health, URI url) {
        return health.members().stream()
                .filter(one -> one.member().peerUrls().contains(url))
                .findFirst();
    }

    /** The member that shall be there and is known already, for its start. */
    Optional<ArrivingMember> arriving(EtcdHealth health) {
        return peerUrl.flatMap(url -> byPeer(health, url))
                .map(MemberHealth::member)
                .filter(member -> removed.filter(member.id()::equals).isEmpty())
                .map(member -> new ArrivingMember(
                        name.orElseThrow(), member.id(), peerUrl.orElseThrow(), initialCluster(health, member)));
    }

    private String initialCluster(EtcdHealth health, EtcdMember arriving) {
        return health.members().stream()
                .map(MemberHealth::member)
                .flatMap(member -> member.peerUrls().stream()
                        .map(url ->
                                (member.id().equals(arriving.id()) ? name.orElseThrow() : member.name()) + "=" + url))
                .collect(Collectors.joining(","));
    }

    private String task() {
        return removed.isPresent()
                ? peerUrl.map(url -> "replace member " + removed.get() + " by " + name.orElseThrow())
                        .orElseGet(() -> "remove member " + removed.get())
                : "add member " + name.orElseThrow();
    }
}
