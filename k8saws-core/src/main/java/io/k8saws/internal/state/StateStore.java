package io.k8saws.internal.state;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.error.AccessDeniedException;
import io.k8saws.error.AwsCallException;
import io.k8saws.error.ConflictException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.seam.AwsClients;
import io.k8saws.state.ClusterState;
import io.k8saws.state.Lock;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * The state of one cluster in its bucket, written only under conditions ({@code If-None-Match}, {@code If-Match}; S3 user guide, "Conditional writes"): of two
 * writers one wins and the other gets a {@link ConflictException}. Reading takes no lock.
 *
 * <p>Keys: {@code state/current.json}, {@code state/history/<serial>.json}, {@code state/lock.json}. Safe to use from many threads.
 */
public final class StateStore {
    private static final String CURRENT = "state/current.json";
    private static final String HISTORY = "state/history/";
    private static final String LOCK = "state/lock.json";

    private final S3Client s3;
    private final String bucket;
    private final String account;
    private final String region;
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
        this.s3 = aws.s3();
        this.bucket = bucket;
        this.account = account;
        this.region = region;
        this.clock = clock;
        this.lease = lease;
        this.holder = Whereabouts.hostName() + "/" + ProcessHandle.current().pid() + "/"
                + UUID.randomUUID().toString().substring(0, 8);
    }

    /** What was read, with the tag that a conditional write needs. */
    record Versioned<T>(T value, String eTag, Duration age) {}

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
        return current().map(Versioned::value);
    }

    private Optional<Versioned<ClusterState>> current() {
        return get(CURRENT).map(object -> versioned(object, StateJson.state(object.asUtf8String())));
    }

    /**
     * The states of former applies, newest first.
     *
     * @param atMost how many
     * @return the states
     */
    public List<ClusterState> history(int atMost) {
        List<String> keys;
        try {
            keys = s3
                    .listObjectsV2Paginator(request ->
                            request.bucket(bucket).expectedBucketOwner(account).prefix(HISTORY))
                    .contents()
                    .stream()
                    .map(S3Object::key)
                    .sorted(java.util.Comparator.reverseOrder())
                    .limit(atMost)
                    .toList();
        } catch (AwsCallException e) {
            if (e.code().equals("NoSuchBucket")) {
                return List.of();
            }
            throw e;
        }
        List<ClusterState> states = new ArrayList<>();
        for (String key : keys) {
            get(key).ifPresent(object -> states.add(StateJson.state(object.asUtf8String())));
        }
        return states;
    }

    /**
     * The state before the current one.
     *
     * @return the state of the last apply that ended before the current one; empty when there was none
     */
    public Optional<ClusterState> previous() {
        long serial = read().map(ClusterState::serial).orElse(0L);
        return history(10).stream().filter(state -> state.serial() < serial).findFirst();
    }

    /**
     * Who holds the lock.
     *
     * @return the lock, or empty when it was never taken
     */
    public Optional<Lock> lock() {
        return get(LOCK).map(object -> StateJson.lock(object.asUtf8String()));
    }

    /**
     * Takes the lock. A lock whose lease is over, by S3's own clock, or whose holder was a process of this host that has ended, is taken over.
     *
     * @return the right to change the cluster, to be closed
     * @throws ConflictException if somebody else holds it
     */
    public Lease acquire() {
        long askedAt = System.nanoTime();
        Optional<ResponseBytes<GetObjectResponse>> existing = get(LOCK);
        Lock mine;
        String eTag;
        if (existing.isEmpty()) {
            mine = lockOf(1);
            eTag = putFirst(mine);
        } else {
            Versioned<Lock> found =
                    versioned(existing.get(), StateJson.lock(existing.get().asUtf8String()));
            if (found.value().held() && !abandoned(found)) {
                throw conflict(
                        "take the lock",
                        found.value().holder() + " works on the cluster; it holds the lock for "
                                + Math.max(
                                        1,
                                        found.value().lease().minus(found.age()).toSeconds())
                                + " s more unless it renews it");
            }
            mine = lockOf(found.value().fence() + 1);
            eTag = put(LOCK, StateJson.write(mine), found.eTag(), "take the lock");
        }
        return new Lease(this, mine, eTag, askedAt);
    }

    /** Takes the first lock ever; makes the bucket if this cluster has none yet. */
    private String putFirst(Lock lock) {
        try {
            return put(LOCK, StateJson.write(lock), null, "take the lock");
        } catch (AwsCallException e) {
            if (!e.code().equals("NoSuchBucket")) {
                throw e;
            }
            createBucket();
            return put(LOCK, StateJson.write(lock), null, "take the lock");
        }
    }

    private void createBucket() {
        try {
            s3.createBucket(request -> {
                request.bucket(bucket);
                if (!region.equals("us-east-1")) { // the one region that S3 does not take as a constraint
                    request.createBucketConfiguration(where -> where.locationConstraint(region));
                }
            });
        } catch (AwsCallException e) {
            if (e.code().equals("BucketAlreadyExists")) {
                throw new K8sAwsException(
                        "Create the cluster's bucket",
                        "another AWS account owns the name " + bucket,
                        "give the cluster another name",
                        Map.of("bucket", bucket, "account", account),
                        e);
            }
            if (!e.code().equals("BucketAlreadyOwnedByYou")) {
                throw e;
            }
        }
    }

    private Lock lockOf(long fence) {
        return new Lock(fence, holder, ProcessHandle.current().pid(), host, lease);
    }

    private boolean abandoned(Versioned<Lock> found) {
        Lock lock = found.value();
        boolean ended =
                lock.host().equals(host) && ProcessHandle.of(lock.process()).isEmpty();
        return ended || found.age().compareTo(lock.lease()) > 0;
    }

    /**
     * Frees the lock whoever holds it. For people who know that the holder is gone; if it is not, its next write is refused.
     *
     * @return the lock that was broken, or empty when nobody held it
     */
    public Optional<Lock> breakLock() {
        Optional<ResponseBytes<GetObjectResponse>> existing = get(LOCK);
        if (existing.isEmpty()) {
            return Optional.empty();
        }
        Versioned<Lock> found =
                versioned(existing.get(), StateJson.lock(existing.get().asUtf8String()));
        if (!found.value().held()) {
            return Optional.empty();
        }
        put(LOCK, StateJson.write(free(found.value())), found.eTag(), "break the lock");
        return Optional.of(found.value());
    }

    private static Lock free(Lock lock) {
        return new Lock(lock.fence(), "", 0, "", lock.lease());
    }

    String renew(Lock lock, String eTag) {
        return put(LOCK, StateJson.write(lock), eTag, "renew the lock");
    }

    void release(Lock lock, String eTag) {
        try {
            put(LOCK, StateJson.write(free(lock)), eTag, "release the lock");
        } catch (AwsCallException e) {
            if (!e.code().equals("NoSuchBucket")) {
                throw e;
            }
        }
    }

    /**
     * Begins an apply: writes the state if it is still the one that the plan was made on.
     *
     * @param lock the lock that is held
     * @param baseSerial the serial that the plan was made on
     * @param planId the plan
     * @param spec what it asks for; empty to destroy
     * @return the state that was written
     * @throws ConflictException if somebody applied another plan since
     */
    ClusterState begin(Lock lock, long baseSerial, String planId, Optional<ClusterSpec> spec) {
        Optional<Versioned<ClusterState>> found = current();
        long serial = found.map(current -> current.value().serial()).orElse(0L);
        boolean samePlan = found.isPresent() && found.get().value().planId().equals(planId) && serial == baseSerial + 1;
        if (serial != baseSerial && !samePlan) {
            throw conflict(
                    "begin plan " + planId,
                    "the plan was made on state #" + baseSerial + ", but now it is "
                            + found.map(current -> current.value().toString()).orElse("gone"));
        }
        ClusterState state = new ClusterState(
                baseSerial + 1,
                ClusterState.Status.APPLYING,
                planId,
                spec,
                found.flatMap(current -> current.value().applied()),
                lock.fence(),
                Instant.now(clock),
                holder);
        put(CURRENT, StateJson.write(state), found.map(Versioned::eTag).orElse(null), "begin plan " + planId);
        return state;
    }

    /**
     * Ends an apply.
     *
     * @param begun the state that {@link #begin} wrote
     * @param complete whether everything was done
     * @throws ConflictException if somebody else wrote since, after taking the lock over
     */
    void end(ClusterState begun, boolean complete) {
        Versioned<ClusterState> found = current()
                .filter(current -> current.value().fence() == begun.fence()
                        && current.value().serial() == begun.serial())
                .orElseThrow(() -> conflict("end plan " + begun.planId(), "somebody else has written the state since"));
        ClusterState state = new ClusterState(
                begun.serial(),
                complete ? ClusterState.Status.APPLIED : ClusterState.Status.FAILED,
                begun.planId(),
                begun.spec(),
                complete ? begun.spec() : begun.applied(),
                begun.fence(),
                Instant.now(clock),
                begun.writer());
        put(CURRENT, StateJson.write(state), found.eTag(), "end plan " + begun.planId());
        s3.putObject(
                request -> request.bucket(bucket)
                        .expectedBucketOwner(account)
                        .key(HISTORY + String.format(java.util.Locale.ROOT, "%08d.json", state.serial()))
                        .contentType("application/json"),
                RequestBody.fromString(StateJson.write(state)));
    }

    private Optional<ResponseBytes<GetObjectResponse>> get(String key) {
        try {
            return Optional.of(s3.getObjectAsBytes(request ->
                    request.bucket(bucket).expectedBucketOwner(account).key(key)));
        } catch (AwsCallException e) {
            if (e.code().equals("NoSuchKey") || e.code().equals("NoSuchBucket")) {
                return Optional.empty();
            }
            throw e instanceof AccessDeniedException denied ? naming(bucket, denied) : e;
        }
    }

    /** This is the first call to a bucket, so here it shows when it is someone else's. */
    private AccessDeniedException naming(String bucket, AccessDeniedException e) {
        return new AccessDeniedException(
                new AwsCallException.Failure(
                        e.service(),
                        e.operation(),
                        e.code(),
                        e.statusCode(),
                        e.requestId(),
                        e.attempts(),
                        e.retryable()),
                e.missingAction(),
                "S3 denies access to bucket " + bucket + "; the caller may not do this, or another account than "
                        + account + " owns it",
                e);
    }

    /** Writes on condition that the object is as it was read, or is not there when no tag is given. */
    private String put(String key, String json, @Nullable String eTag, String tried) {
        try {
            return s3.putObject(
                            request -> {
                                request.bucket(bucket)
                                        .expectedBucketOwner(account)
                                        .key(key)
                                        .contentType("application/json");
                                if (eTag == null) {
                                    request.ifNoneMatch("*");
                                } else {
                                    request.ifMatch(eTag);
                                }
                            },
                            RequestBody.fromString(json))
                    .eTag();
        } catch (AwsCallException e) {
            boolean gone = eTag != null && e.code().equals("NoSuchKey");
            if (e.statusCode() != 412 && e.statusCode() != 409 && !gone) {
                throw e;
            }
            Optional<String> stored = get(key).filter(
                            object -> object.asUtf8String().equals(json))
                    .map(object -> object.response().eTag());
            if (stored.isPresent()) {
                return stored.get(); // ours: the answer to an earlier attempt was lost
            }
            throw conflict(tried, "somebody else wrote it at the same time");
        }
    }

    private ConflictException conflict(String tried, String why) {
        return new ConflictException(
                "Change the cluster: " + tried,
                why,
                "wait until the other writer has ended, then plan again",
                Map.of("bucket", bucket),
                null);
    }

    private static <T> Versioned<T> versioned(ResponseBytes<GetObjectResponse> object, T value) {
        GetObjectResponse response = object.response();
        Instant now = response.sdkHttpResponse()
                .firstMatchingHeader("Date")
                .map(date -> ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                        .toInstant())
                .orElseThrow(() -> new K8sAwsException(
                        "Read the state", "S3 answered without its time", "check what stands between here and S3"));
        return new Versioned<>(value, response.eTag(), Duration.between(response.lastModified(), now));
    }
}
