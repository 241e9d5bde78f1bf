package io.k8saws.etcd.restore;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a restore of a whole cluster is asked to do. Make one by {@link #of} and copy it.
 *
 * @param restore which snapshot becomes which cluster, and how
 * @param hosts the machine of each member
 * @param fence keeps API servers away meanwhile
 * @param takenAt when the snapshot was taken, if that is known; of a member's database, when the member ended
 * @param live where the cluster stands that is to be replaced, if it answers
 * @param replacesRunning whether members that run may be stopped and replaced
 * @param lossConfirmedSince from when on the loss of what was written is agreed to
 * @param pair the snapshot of the cluster beside this one, that of events, if there is one
 */
public record RestoreRequest(
        SnapshotRestore restore,
        List<MemberHost> hosts,
        ApiServerFence fence,
        Optional<Instant> takenAt,
        Optional<Live> live,
        boolean replacesRunning,
        Optional<Instant> lossConfirmedSince,
        Optional<Pair> pair) {
    /** Copies the list. */
    public RestoreRequest {
        hosts = List.copyOf(hosts);
    }

    /**
     * Where a cluster stands.
     *
     * @param clusterId its id, as etcd prints it
     * @param revision its newest revision
     * @param at when it was asked
     */
    public record Live(String clusterId, long revision, Instant at) {}

    /**
     * Two snapshots that were taken as one set: the main cluster's, and that of events.
     *
     * @param set the name of the set that this snapshot belongs to
     * @param otherSet the name of the set that the other belongs to
     */
    public record Pair(String set, String otherSet) {}

    /**
     * A restore on machines where no member runs.
     *
     * @param restore which snapshot becomes which cluster
     * @param hosts the machine of each member
     * @return a value
     */
    public static RestoreRequest of(SnapshotRestore restore, List<MemberHost> hosts) {
        return new RestoreRequest(
                restore,
                hosts,
                ApiServerFence.none(),
                Optional.empty(),
                Optional.empty(),
                false,
                Optional.empty(),
                Optional.empty());
    }

    /**
     * Keeps API servers away meanwhile.
     *
     * @param other the fence
     * @return a copy
     */
    public RestoreRequest withFence(ApiServerFence other) {
        return new RestoreRequest(restore, hosts, other, takenAt, live, replacesRunning, lossConfirmedSince, pair);
    }

    /**
     * Says when the snapshot was taken, or when the member ended whose database it is.
     *
     * @param instant the time
     * @return a copy
     */
    public RestoreRequest takenAt(Instant instant) {
        return new RestoreRequest(
                restore, hosts, fence, Optional.of(instant), live, replacesRunning, lossConfirmedSince, pair);
    }

    /**
     * Says where the live cluster stands, so that the plan tells what is lost.
     *
     * @param state what it answered
     * @return a copy
     */
    public RestoreRequest withLive(Live state) {
        return new RestoreRequest(
                restore, hosts, fence, takenAt, Optional.of(state), replacesRunning, lossConfirmedSince, pair);
    }

    /**
     * Agrees to stop members that run, and to replace them.
     *
     * @return a copy
     */
    public RestoreRequest replacingRunningMembers() {
        return new RestoreRequest(restore, hosts, fence, takenAt, live, true, lossConfirmedSince, pair);
    }

    /**
     * Agrees that what was written from then on is lost. A restore asks for this when the live cluster has revisions that the snapshot has not, and when it is from the database of one surviving member.
     *
     * @param instant from when on; not later than the time at which the snapshot was taken, or, if that is not known, the live cluster was asked
     * @return a copy
     */
    public RestoreRequest confirmDataLossSince(Instant instant) {
        return new RestoreRequest(restore, hosts, fence, takenAt, live, replacesRunning, Optional.of(instant), pair);
    }

    /**
     * Says which set the snapshot belongs to, and which that of the other cluster.
     *
     * @param names both names
     * @return a copy
     */
    public RestoreRequest withPair(Pair names) {
        return new RestoreRequest(
                restore, hosts, fence, takenAt, live, replacesRunning, lossConfirmedSince, Optional.of(names));
    }
}
