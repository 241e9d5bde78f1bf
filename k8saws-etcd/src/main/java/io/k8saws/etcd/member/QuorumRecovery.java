package io.k8saws.etcd.member;

import io.k8saws.etcd.health.EtcdHealth;
import io.k8saws.etcd.health.MemberHealth;
import io.k8saws.etcd.restore.RestoreRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What would be done when more members are lost for ever than may be: a new cluster of one member is made from what is left, and grown again. That loses writes, so it is done only by somebody who has said
 * since when: see {@link #confirmDataLossSince(Instant)}. It changes nothing. Immutable.
 *
 * @param clusterId the id of the cluster that is lost
 * @param source what the new cluster is made from
 * @param lossSince from when on writes are lost
 * @param steps what is done, a sentence each, in their order
 * @param refusals why it would not be done; empty when it would
 * @param confirmed since when somebody has agreed to lose what was written
 */
public record QuorumRecovery(
        String clusterId,
        Source source,
        Instant lossSince,
        List<String> steps,
        List<String> refusals,
        Optional<Instant> confirmed) {
    /** What a new cluster is made from. */
    public sealed interface Source {
        /**
         * The data of a member that is left.
         *
         * @param member its name
         * @param revision the revision of its data
         */
        record Survivor(String member, long revision) implements Source {}

        /**
         * A backup.
         *
         * @param name what it is called
         * @param revision its revision
         * @param takenAt when it was taken
         */
        record Backup(String name, long revision, Instant takenAt) implements Source {}
    }

    /** Checks that no part is missing, and copies the lists. */
    public QuorumRecovery {
        Objects.requireNonNull(clusterId, "clusterId");
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(lossSince, "lossSince");
        steps = List.copyOf(steps);
        refusals = List.copyOf(refusals);
        Objects.requireNonNull(confirmed, "confirmed");
    }

    /**
     * Plans a recovery: from the member, learner or not, that is left and has most, when it has at least as much as the backup, else from the backup.
     *
     * @param health how the etcd is; its quorum is lost
     * @param lostSince when the quorum was lost: what was answered as written until then may be on lost members only
     * @param backup the newest backup that counts; empty for none
     * @return the plan; with refusals when the quorum is not lost, or there is nothing to make a cluster from
     */
    public static QuorumRecovery plan(EtcdHealth health, Instant lostSince, Optional<Source.Backup> backup) {
        List<String> refusals = new ArrayList<>();
        if (health.quorum().holds()) {
            refusals.add("the quorum holds (" + health.quorum() + "): replace members instead, which loses nothing");
        }
        // the term says nothing of the data: a member that was cut off has the higher one and the shorter log
        // a learner that is left has all that it was sent
        Optional<MemberHealth> survivor = health.members().stream()
                .filter(MemberHealth::answers)
                .max(Comparator.comparingLong(
                                (MemberHealth one) -> one.state().orElseThrow().appliedIndex())
                        .thenComparingLong(one -> one.state().orElseThrow().raftIndex())
                        .thenComparingLong(one -> one.state().orElseThrow().raftTerm()));
        boolean fromSurvivor = survivor.isPresent()
                && backup.map(one -> one.revision()
                                <= survivor.get().state().orElseThrow().revision())
                        .orElse(true);
        if (!fromSurvivor && backup.isEmpty()) {
            refusals.add("no member answers, and there is no backup");
        }
        Source source = fromSurvivor
                ? new Source.Survivor(
                        survivor.get().member().label(),
                        survivor.get().state().orElseThrow().revision())
                : backup.<Source>map(one -> one).orElse(new Source.Survivor("nobody", 0));
        Instant since = source instanceof Source.Backup taken ? taken.takenAt() : lostSince;
        return new QuorumRecovery(health.clusterId(), source, since, steps(health, source), refusals, Optional.empty());
    }

    /** Who did not answer may run all the same, cut off, and would come back with the old data. */
    private static String stopping(EtcdHealth health) {
        String running = labels(health, true);
        String silent = labels(health, false);
        String rest = silent.isEmpty() ? "" : silent + " did not answer: see that none of them runs or comes back";
        if (running.isEmpty()) {
            return rest.isEmpty() ? "stop all members that still run" : rest;
        }
        return "stop the members that still run: " + running + (rest.isEmpty() ? "" : "; " + rest);
    }

    private static String labels(EtcdHealth health, boolean answering) {
        return health.members().stream()
                .filter(one -> one.answers() == answering)
                .map(one -> one.member().label())
                .collect(Collectors.joining(", "));
    }

    private static List<String> steps(EtcdHealth health, Source source) {
        List<String> steps = new ArrayList<>();
        steps.add("stop all API servers, so that nobody sees revisions go back");
        steps.add(stopping(health) + "; keep all data directories aside");
        if (source instanceof Source.Survivor survivor) {
            steps.add("take a snapshot of the data of " + survivor.member() + ", revision " + survivor.revision()
                    + ", and verify it up to L2");
        } else if (source instanceof Source.Backup backup) {
            steps.add("read back backup " + backup.name() + ", revision " + backup.revision()
                    + ", and verify it up to L2");
        }
        steps.add(
                "restore it into new data directories of all members, with a new cluster token, its revision bumped and marked as compacted");
        steps.add("start all members, wait for a quorum, and compare keys and hash with the snapshot");
        steps.add("start the API servers, then replace nodes that were made since");
        return steps;
    }

    /**
     * Agrees to lose what was written since a time.
     *
     * @param since the time; not later than {@link #lossSince()}, or less would be agreed to than is lost
     * @return the plan, confirmed
     * @throws MembersRefusedException if more would be lost than this agrees to, or the plan has refusals
     */
    public QuorumRecovery confirmDataLossSince(Instant since) {
        List<String> reasons = new ArrayList<>(refusals);
        if (since.isAfter(lossSince)) {
            reasons.add("writes since " + lossSince + " are lost, which is more than those since " + since);
        }
        if (!reasons.isEmpty()) {
            throw new MembersRefusedException(
                    new MemberPlan("recover from a lost quorum", clusterId, List.of(), reasons, List.of()), reasons);
        }
        return new QuorumRecovery(clusterId, source, lossSince, steps, refusals, Optional.of(since));
    }

    /**
     * Refuses to go on without consent.
     *
     * @return this plan
     * @throws MembersRefusedException if nobody has agreed to the loss
     */
    public QuorumRecovery requireConfirmed() {
        if (confirmed.isEmpty()) {
            String reason =
                    "writes since " + lossSince + " are lost, and nobody has agreed to that: confirmDataLossSince(...)";
            throw new MembersRefusedException(
                    new MemberPlan("recover from a lost quorum", clusterId, List.of(), List.of(reason), List.of()),
                    List.of(reason));
        }
        return this;
    }

    /**
     * Brings the consent to the restore that recovers: since when writes are lost, and that somebody has agreed to it.
     *
     * @param request a restore of what {@link #source()} says
     * @return a copy that has both
     * @throws MembersRefusedException if nobody has agreed to the loss
     */
    public RestoreRequest consentTo(RestoreRequest request) {
        Instant agreed = requireConfirmed().confirmed().orElseThrow();
        return request.takenAt(lossSince).confirmDataLossSince(agreed);
    }

    /** Returns the steps, numbered, and what is lost. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("recover etcd " + clusterId + " from ");
        text.append(
                source instanceof Source.Survivor survivor
                        ? "the data of " + survivor.member()
                        : "backup " + ((Source.Backup) source).name());
        text.append("\nLOST: what was written since ").append(lossSince);
        for (int i = 0; i < steps.size(); i++) {
            text.append('\n').append(i + 1).append(". ").append(steps.get(i));
        }
        refusals.forEach(why -> text.append("\nREFUSED: ").append(why));
        return text.append(confirmed
                        .map(since -> "\nconfirmed: loss since " + since)
                        .orElse("\nnot confirmed"))
                .toString();
    }
}
