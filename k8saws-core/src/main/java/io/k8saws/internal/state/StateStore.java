package io.k8saws.internal.state;

import io.k8saws.error.AwsCallException;
import io.k8saws.error.ConflictException;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.seam.AwsClients;
import io.k8saws.internal.state.ConditionalObjects.Versioned;
import io.k8saws.state.ClusterState;
import io.k8saws.state.Lock;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The state of one cluster in its bucket, written only under conditions ({@code If-None-Match}, {@code If-Match}; S3 user guide, "Conditional writes"): of two
 * writers one wins and the other gets a {@link ConflictException}. Reading takes no lock.
 *
 * <p>Keys: {@code state/current.json}, {@code state/history/<serial>.json}, {@code state/lock.json}. A state moves to the history before the next one takes its
 * place, so none is ever lost. Safe to use from many threads.
 */
public final class StateStore {
    static final String CURRENT = "state/current.json";
    private static final String HISTORY = "state/history/";

    private final ConditionalObjects objects;
    private final Clock clock;
    private final Duration lease;
    private final String holder;
    private final String host = Whereabouts.ofThisProcess();

    /**
     * Names a store; calls nothing.
     *
     * @param aws the calls
     * @param bucket the cluster's bucket
     * @param account the account that must own it
     * @param region the region to make it in
     * @param clock for the times in the state
     * @param lease how long a lock is held without being renewed
     */
    public StateStore(AwsClients aws, String bucket, String account, String region, Clock clock, Duration lease) {
        this.objects = new ConditionalObjects(aws.s3(), bucket, account, region);
        this.clock = clock;
        this.lease = lease;
        this.holder = Whereabouts.hostName() + "/" + ProcessHandle.current().pid() + "/"
                + UUID.randomUUID().toString().substring(0, 8);
    }

    /**
     * The buckets of the account whose names look like those of clusters.
     *
     * @param aws the calls
     * @return names of buckets in any region
     */
    public static List<String> bucketsLikeOurs(AwsClients aws) {
        return aws.s3().listBucketsPaginator(request -> request.prefix(ClusterScope.BUCKET_PREFIX)).buckets().stream()
                .map(bucket -> bucket.name())
                .filter(ClusterScope::isBucket)
                .toList();
    }

    /**
     * Reads the state.
     *
     * @return the state, or empty when the cluster has none
     */
    public Optional<ClusterState> read() {
        return objects.get(CURRENT, StateJson::state).map(Versioned::value);
    }

    /**
     * Whether there is a state, also one that this version cannot read.
     *
     * @return false when the cluster has none
     */
    public boolean exists() {
        return objects.get(CURRENT, text -> text).isPresent();
    }

    /**
     * Reads lock and state, in this order: who ended an apply between the two has freed the lock after that, which the lock's tag tells when it is taken.
     *
     * @return both, with their tags
     */
    public Standing standing() {
        Optional<Versioned<Lock>> lock = objects.get(LockObject.KEY, StateJson::lock);
        return new Standing(objects.get(CURRENT, StateJson::state), lock);
    }

    /**
     * The states of former applies, newest first. The first is the current one, unless its apply is still running. One whose apply was cut off is there as
     * {@link ClusterState.Status#APPLYING}.
     *
     * @param atMost how many
     * @return the states
     */
    public List<ClusterState> history(int atMost) {
        Optional<ClusterState> current = read();
        Stream<ClusterState> archived = objects.keys(HISTORY)
                .sorted(Comparator.reverseOrder())
                .filter(key -> current.isEmpty() || !key.equals(archive(current.get())))
                .flatMap(key -> objects.get(key, StateJson::state).map(Versioned::value).stream());
        return Stream.concat(current.stream().filter(state -> state.status() != ClusterState.Status.APPLYING), archived)
                .limit(atMost)
                .toList();
    }

    /**
     * The state before the current one.
     *
     * @return the state of the apply before the current one; empty when there was none
     */
    public Optional<ClusterState> previous() {
        long serial = read().map(ClusterState::serial).orElse(0L);
        return history(2).stream().filter(state -> state.serial() < serial).findFirst();
    }

    private static String archive(ClusterState state) {
        return HISTORY + String.format(Locale.ROOT, "%08d.json", state.serial());
    }

    /**
     * Who holds the lock.
     *
     * @return the lock, or empty when it was never taken
     */
    public Optional<Lock> lock() {
        return objects.get(LockObject.KEY, StateJson::lock).map(Versioned::value);
    }

    /**
     * Refuses to go on when somebody else holds the lock.
     *
     * @param standing what was read
     * @throws ConflictException if the lock is held, its lease is not over by S3's own clock, and its holder is not a process of this host that has ended
     */
    public void requireFree(Standing standing) {
        standing.lock()
                .filter(found -> found.value().held() && !abandoned(found))
                .ifPresent(found -> {
                    Lock lock = found.value();
                    long left = Math.max(1, lock.lease().minus(found.age()).toSeconds());
                    throw objects.conflict(
                            "take the lock",
                            lock.holder() + " works on the cluster; it holds the lock for " + left
                                    + " s more unless it renews it");
                });
    }

    private boolean abandoned(Versioned<Lock> found) {
        Lock lock = found.value();
        boolean ended =
                lock.host().equals(host) && ProcessHandle.of(lock.process()).isEmpty();
        return ended || found.age().compareTo(lock.lease()) > 0;
    }

    /**
     * Takes the lock, if it is still as it was read and nobody holds it. A lock that was abandoned is taken over.
     *
     * @param standing what was read before
     * @return the right to change the cluster, to be closed
     * @throws ConflictException if somebody else holds it, or held it since
     */
    public Lease acquire(Standing standing) {
        requireFree(standing);
        Lease.Moment asked = Lease.Moment.now();
        long former = Math.max(
                standing.lock().map(found -> found.value().fence()).orElse(0L),
                standing.state().map(ClusterState::fence).orElse(0L));
        Lock mine = new Lock(former + 1, holder, ProcessHandle.current().pid(), host, lease);
        String eTag = standing.lock().isPresent()
                ? objects.put(
                        LockObject.KEY,
                        StateJson.write(mine, 0),
                        standing.lock().get().eTag(),
                        "take the lock")
                : putFirst(mine);
        return new Lease(new LockObject(objects, mine, eTag), this, standing.versionedState(), asked);
    }

    /** Takes the first lock ever; makes the bucket if this cluster has none yet. */
    private String putFirst(Lock lock) {
        try {
            return objects.put(LockObject.KEY, StateJson.write(lock, 0), null, "take the lock");
        } catch (AwsCallException e) {
            if (!e.code().equals("NoSuchBucket")) {
                throw e;
            }
            objects.createBucket();
            return objects.put(LockObject.KEY, StateJson.write(lock, 0), null, "take the lock");
        }
    }

    /**
     * Frees the lock whoever holds it. For people who know that the holder is gone; if it is not, its next write is refused.
     *
     * @return the lock that was broken, or empty when nobody held it
     */
    public Optional<Lock> breakLock() {
        Optional<Versioned<Lock>> found = objects.get(LockObject.KEY, StateJson::lock)
                .filter(lock -> lock.value().held());
        found.ifPresent(lock -> objects.put(
                LockObject.KEY, StateJson.write(LockObject.free(lock.value()), 0), lock.eTag(), "break the lock"));
        return found.map(Versioned::value);
    }

    /** Replaces the state by the next one, on condition that it is still the former; that one is kept in the history. */
    Versioned<ClusterState> replace(Optional<Versioned<ClusterState>> former, ClusterState next, String tried) {
        former.map(Versioned::value)
                .filter(state -> state.serial() != next.serial())
                .ifPresent(state -> objects.putAlways(archive(state), StateJson.write(state)));
        String eTag = objects.put(
                CURRENT, StateJson.write(next), former.map(Versioned::eTag).orElse(null), tried);
        return new Versioned<>(next, eTag, Duration.ZERO);
    }

    ConflictException conflict(String tried, String why) {
        return objects.conflict(tried, why);
    }

    Clock clock() {
        return clock;
    }

    String holder() {
        return holder;
    }
}
