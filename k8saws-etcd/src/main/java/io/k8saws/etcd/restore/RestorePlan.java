package io.k8saws.etcd.restore;

import io.k8saws.error.K8sAwsException;
import io.k8saws.etcd.snapshot.SnapshotFile;
import io.k8saws.etcd.snapshot.Verification;
import io.k8saws.etcd.snapshot.Verification.Level;
import io.k8saws.progress.ProgressListener;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How a snapshot becomes a whole cluster on its machines. A plan has read the snapshot and looked at every machine, and has changed nothing. Print it, then restore it.
 *
 * <pre>{@code
 * RestorePlan plan = RestorePlan.plan(RestoreRequest.of(restore, hosts).replacingRunningMembers(), Duration.ofMinutes(5));
 * System.out.println(plan);
 * RestoreReport report = plan.restore(Duration.ofMinutes(30));
 * }</pre>
 */
public final class RestorePlan {
    /** New databases are smaller than their snapshots, and a log comes on top. */
    private static final long LOG_ROOM = 128L << 20;
    /** What an etcd that serves meanwhile may grow by; one that finds no room for its log ends. */
    private static final long LIVE_ROOM = 1L << 30;

    private final RestoreRequest request;
    private final String fingerprint;
    private final Verification verification;
    private final long revision;
    private final long newRevision;
    private final List<Room> rooms;
    private final List<String> warnings;
    private final List<RestoreStep> steps;

    private RestorePlan(
            RestoreRequest request,
            String fingerprint,
            Verification verification,
            long revision,
            long newRevision,
            List<Room> rooms,
            List<String> warnings) {
        this.request = request;
        this.fingerprint = fingerprint;
        this.verification = verification;
        this.revision = revision;
        this.newRevision = newRevision;
        this.rooms = List.copyOf(rooms);
        this.warnings = List.copyOf(warnings);
        this.steps = RestorePart.steps(List.of(part("")), request.fence());
    }

    /**
     * Looks at everything and plans. Changes nothing.
     *
     * @param request what is asked for
     * @param limit how long looking at one machine may take
     * @return the plan
     * @throws RestoreRefusedException if the snapshot is not whole or of a wrong version, a machine cannot be reached or has too little room, members run and nobody has agreed to replace
     *     them, writes are lost and nobody has agreed to that, or the snapshot and that of the other cluster are not of one set; with all reasons
     */
    public static RestorePlan plan(RestoreRequest request, Duration limit) {
        List<String> refusals = new ArrayList<>();
        SnapshotRestore restore = request.restore();
        List<String> warnings = new ArrayList<>();
        Ends ends = new Ends();
        // before it is read, and compared when it is restored: a file of this name may be replaced at any time
        String fingerprint = fingerprint(restore, refusals);
        Verification verification = snapshot(request, ends, refusals, warnings);
        Map<MemberHost, HostFacts> facts = new HashMap<>();
        List<Room> rooms = new ArrayList<>();
        hosts(request, limit, verification.size(), facts, rooms, refusals);
        fetched(request, refusals);
        request.pair().ifPresent(pair -> {
            if (pair.set().isBlank() || pair.otherSet().isBlank()) {
                refusals.add("One of the snapshots is of no set: take two that were taken as one");
            } else if (!pair.set().equals(pair.otherSet())) {
                refusals.add("The snapshots are of sets " + pair.set() + " and " + pair.otherSet()
                        + ": take two of one set");
            }
        });
        unsaid(request, facts.values(), warnings);
        loss(request, ends.restored, refusals);
        if (!refusals.isEmpty()) {
            throw new RestoreRefusedException(restore.snapshot().toString(), refusals);
        }
        return new RestorePlan(request, fingerprint, verification, ends.restored, ends.goesOn, rooms, warnings);
    }

    /** Who does not say where the living cluster stands gets no refusal for what is lost, so a plan says at least that. */
    private static void unsaid(RestoreRequest request, Collection<HostFacts> facts, List<String> warnings) {
        if (request.live().isPresent()) {
            return;
        }
        NewCluster cluster = request.restore().cluster();
        if (facts.stream().anyMatch(found -> found.running() && !isNew(cluster, found))) {
            warnings.add("members run, and nobody has said where they stand, so nobody knows how much is lost: say"
                    + " withLive");
        }
        goesBack(request, request.fence()).ifPresent(warnings::add);
    }

    /** What API servers need that start on it. */
    static Optional<String> goesBack(RestoreRequest request, ApiServerFence fence) {
        boolean used = !fence.subject().equals(ApiServerFence.NOBODY);
        return used && request.live().isEmpty() && request.restore().bump() == 0
                ? Optional.of("API servers start on it, and revisions go back without a bump: what watches takes old"
                        + " objects for new ones; take withRevisionBump")
                : Optional.empty();
    }

    /** Nobody agrees to a loss without a time, or to less than is lost. */
    private static void loss(RestoreRequest request, long restored, List<String> refusals) {
        boolean database = request.restore().takesDatabase();
        long lost = restored == 0
                ? 0
                : request.live().map(live -> live.revision() - restored).orElse(0L);
        if (request.lossConfirmedSince().isEmpty()) {
            if (database) {
                refusals.add("A copy of one member's database may lack what was written last: agree with"
                        + " confirmDataLossSince");
            } else if (lost > 0) {
                refusals.add(lost + " revisions that the live cluster has are lost: agree with confirmDataLossSince");
            }
            return;
        }
        Instant since = request.lossConfirmedSince().get();
        Optional<Instant> begins = request.takenAt().or(() -> request.live().map(RestoreRequest.Live::at));
        if (begins.isEmpty() && database) {
            refusals.add("Nothing says since when writes are lost: say takenAt, the time at which the member ended,"
                    + " or take a plan of QuorumRecovery");
        }
        begins.filter(since::isAfter)
                .ifPresent(from -> refusals.add("The loss is agreed to from " + since + " on, and writes since " + from
                        + " are lost: agree to that time, or take a newer snapshot"));
    }

    private static String fingerprint(SnapshotRestore restore, List<String> refusals) {
        try {
            return restore.fingerprint();
        } catch (K8sAwsException e) {
            refusals.add(String.valueOf(e.getMessage()));
            return "";
        }
    }

    /** Where the restored cluster ends: what is restored, and from where it goes on. */
    private static final class Ends {
        private long restored;
        private long goesOn;
    }

    /** What machines fetch by themselves is what was proven here, or each would begin with other data. */
    private static void fetched(RestoreRequest request, List<String> refusals) {
        if (request.hosts().stream().noneMatch(host -> host.fetches().isPresent())) {
            return;
        }
        String planned;
        try {
            planned = FileSha256.of(request.restore().snapshot());
        } catch (K8sAwsException e) {
            refusals.add(String.valueOf(e.getMessage()));
            return;
        }
        for (MemberHost host : request.hosts()) {
            host.fetches()
                    .filter(sha256 -> !sha256.equalsIgnoreCase(planned))
                    .ifPresent(sha256 -> refusals.add("Host " + host + " fetches a backup with SHA-256 " + sha256
                            + ", and that of " + request.restore().snapshot() + " is " + planned
                            + ": let it fetch the same"));
        }
    }

    private static Verification snapshot(
            RestoreRequest request, Ends ends, List<String> refusals, List<String> warnings) {
        SnapshotRestore restore = request.restore();
        Verification verification = Verification.of(restore.snapshot());
        if (!restore.takesDatabase() && !verification.holds(Level.L0)) {
            refusals.add(verification.finding(Level.L0) + ": take another snapshot");
        }
        if (!verification.holds(Level.L2)) {
            refusals.add(verification.firstFailure().map(Object::toString).orElse("L2 does not hold")
                    + ": take another snapshot");
            return verification;
        }
        try (SnapshotFile file = SnapshotFile.open(restore.snapshot())) {
            restore.requireTaken(file);
            long head = restore.chain(file.revision()).last();
            restore.revision().ifPresent(wanted -> {
                if (wanted < file.compactRevision() || wanted > head) {
                    refusals.add("Revision " + wanted + " is not in the snapshot"
                            + (restore.deltas().isEmpty() ? "" : " and its deltas") + ": there is "
                            + file.compactRevision() + " to " + head);
                }
            });
            ends.restored = restore.revision().orElse(head);
            ends.goesOn = ends.restored + restore.bump() + (restore.keepsMasterLeases() ? 0 : 1);
            request.live().ifPresent(live -> {
                if (ends.goesOn > live.revision()) {
                    return;
                }
                if (restore.bump() > 0) {
                    refusals.add("A bump by " + restore.bump() + " from revision " + ends.restored
                            + " ends below revision " + live.revision()
                            + ", which clients have seen: take RevisionBump.between");
                } else if (ends.restored < live.revision()) {
                    warnings.add("revisions go back from " + live.revision() + " to " + ends.goesOn
                            + ": clients that watch, such as those of Kubernetes, take old objects for new ones; take"
                            + " a revision bump");
                }
            });
        } catch (K8sAwsException e) {
            refusals.add(String.valueOf(e.getMessage()));
        }
        return verification;
    }

    private static void hosts(
            RestoreRequest request,
            Duration limit,
            long size,
            Map<MemberHost, HostFacts> facts,
            List<Room> rooms,
            List<String> refusals) {
        NewCluster cluster = request.restore().cluster();
        Set<String> seen = new HashSet<>();
        for (MemberHost host : request.hosts()) {
            String name = host.member();
            if (cluster.members().stream().noneMatch(member -> member.name().equals(name)) || !seen.add(name)) {
                refusals.add("Host " + host + " is of member " + name
                        + ", which the cluster does not have or another host is of: name one host for each member");
                continue;
            }
            try {
                HostFacts found = host.facts(cluster, limit);
                facts.put(host, found);
                boolean begun = isNew(cluster, found);
                if (!begun && found.running() && !request.replacesRunning()) {
                    refusals.add("etcd runs on " + host + ": agree with replacingRunningMembers, or stop it");
                }
                if (EtcdRelease.of(found.etcdVersion()) != request.restore().release()) {
                    refusals.add("etcd " + found.etcdVersion() + " is on " + host + ", and the restore is for "
                            + request.restore().release() + ": use withRelease");
                }
                long needed = host.roomFor(request.restore(), size) + LOG_ROOM + (found.running() ? LIVE_ROOM : 0);
                // what is prepared and does not say of what is written anew, beside what is there
                boolean done = begun
                        || isPrepared(cluster, found) && !found.restoredFrom().isEmpty();
                rooms.add(new Room(host, found.freeBytes(), done ? 0 : needed));
                if (!done && found.freeBytes() < needed) {
                    refusals.add(host + " has " + found.freeBytes() + " bytes left and needs " + needed
                            + (found.running() ? ", with 1 GiB for the etcd that serves" : "") + ": make room");
                }
            } catch (RuntimeException e) {
                refusals.add("Host " + host + " cannot be looked at: " + e.getMessage());
            }
        }
        cluster.members().stream()
                .map(NewMember::name)
                .filter(name -> !seen.contains(name))
                .forEach(name -> refusals.add("Member " + name + " has no host: name one"));
    }

    private static boolean isNew(NewCluster cluster, HostFacts facts) {
        return facts.clusterId().equals(cluster.clusterId());
    }

    private static boolean isPrepared(NewCluster cluster, HostFacts facts) {
        return facts.preparedClusterId().equals(cluster.clusterId());
    }

    /** This one among those that are restored as one. */
    RestorePart part(String etcd) {
        return new RestorePart(etcd, request, fingerprint);
    }

    /**
     * What a host has and still needs.
     *
     * @param host the host
     * @param free what its disk has left, in bytes
     * @param needed what preparing it takes; 0 when it is prepared
     */
    record Room(MemberHost host, long free, long needed) {}

    /** Of each host. */
    List<Room> rooms() {
        return rooms;
    }

    /**
     * What was asked for.
     *
     * @return the request
     */
    public RestoreRequest request() {
        return request;
    }

    /**
     * What will be done, in this order.
     *
     * @return at least seven steps
     */
    public List<RestoreStep> steps() {
        return steps;
    }

    /**
     * The revision that is restored.
     *
     * @return a main revision
     */
    public long revision() {
        return revision;
    }

    /**
     * What is allowed, and is worth a second look.
     *
     * @return a sentence each
     */
    public List<String> warnings() {
        return warnings;
    }

    /**
     * How many revisions of the live cluster are lost.
     *
     * @return empty when it did not answer
     */
    public Optional<Long> lostRevisions() {
        return request.live().map(live -> Math.max(0, live.revision() - revision));
    }

    /**
     * Restores. Before anything is stopped, all directories are written and proven, each from what the plan has read: a snapshot that was replaced since ends the restore. A run that was cut off anywhere goes on when the same plan, or one of an equal request, is restored again.
     *
     * @param limit how long all of it may take
     * @return the report; complete
     * @throws RestoreException if a step failed; it has the report
     */
    public RestoreReport restore(Duration limit) {
        return restore(limit, ProgressListener.silent());
    }

    /**
     * Restores, and tells how far it is.
     *
     * @param limit how long all of it may take
     * @param listener told of each step
     * @return the report; complete
     * @throws RestoreException if a step failed; it has the report
     */
    public RestoreReport restore(Duration limit, ProgressListener listener) {
        return new RestoreRun(
                        request.restore().cluster().token(), List.of(part("")), request.fence(), steps, limit, listener)
                .run();
    }

    /** What it does, what is lost, and each step. */
    @Override
    public String toString() {
        return withSteps("Restore " + facts(request.fence()), steps);
    }

    static String withSteps(String facts, List<RestoreStep> steps) {
        StringBuilder text = new StringBuilder(facts);
        int number = 1;
        for (RestoreStep step : steps) {
            text.append(String.format(Locale.ROOT, "%n  %2d. %s", number++, step));
        }
        return text.toString();
    }

    /** What it does and what is lost. */
    String facts(ApiServerFence fence) {
        SnapshotRestore restore = request.restore();
        StringBuilder text = new StringBuilder(restore.snapshot().toString())
                .append(request.takenAt().map(at -> " of " + at).orElse(""))
                .append(" to ")
                .append(restore.cluster())
                .append("\n  etcd       ")
                .append(restore.release())
                .append("\n  revision   ")
                .append(revision)
                .append(newRevision == revision ? "" : ", goes on from " + newRevision)
                .append(restore.bump() == 0 ? "" : ", all before is compacted")
                .append("\n  lost       ")
                .append(loss())
                .append("\n  API server ")
                .append(fence.subject());
        for (Level level : Level.values()) {
            text.append("\n  ").append(verification.finding(level));
        }
        warnings.forEach(warning -> text.append("\n  WARNING    ").append(warning));
        return text.toString();
    }

    private String loss() {
        String since = request.takenAt()
                .or(request::lossConfirmedSince)
                .map(Instant::toString)
                .map(at -> "what was written since " + at)
                .orElse("what was written since the snapshot");
        return lostRevisions()
                .map(count -> count + " revisions, " + since)
                .orElse(since + "; the cluster was not asked");
    }
}
