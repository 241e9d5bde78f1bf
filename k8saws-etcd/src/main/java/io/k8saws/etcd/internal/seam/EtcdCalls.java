package io.k8saws.etcd.internal.seam;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.AlarmRequest;
import io.etcd.jetcd.api.ClusterGrpc;
import io.etcd.jetcd.api.CompactionRequest;
import io.etcd.jetcd.api.DefragmentRequest;
import io.etcd.jetcd.api.HashKVRequest;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.LeaseRevokeRequest;
import io.etcd.jetcd.api.LeaseTimeToLiveRequest;
import io.etcd.jetcd.api.LeaseTimeToLiveResponse;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.MemberAddRequest;
import io.etcd.jetcd.api.MemberListRequest;
import io.etcd.jetcd.api.MemberPromoteRequest;
import io.etcd.jetcd.api.MemberRemoveRequest;
import io.etcd.jetcd.api.MoveLeaderRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.StatusRequest;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.k8saws.error.EtcdCallException;
import io.k8saws.error.EtcdCallException.Reason;
import io.k8saws.etcd.backup.SnapshotSink;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The calls of etcd, as values. Those that name an endpoint go to that member; the others go to any that answers. Each ends within its deadline, and throws nothing but what is below
 * {@link io.k8saws.error.K8sAwsException}. Safe to use from many threads; closing ends calls that run.
 */
public final class EtcdCalls implements AutoCloseable {
    private final Access access;
    private final Channels channels;
    private final Tokens tokens;
    private final Guard guard;
    private final Pause pause;
    private final Streams streams;
    private final Rounds rounds;

    /**
     * Makes the calls possible; connects nowhere.
     *
     * @param access how the etcd is reached
     * @param pause lets time pass
     */
    public EtcdCalls(Access access, Pause pause) {
        this.access = access;
        this.channels = new Channels(access);
        this.tokens = new Tokens(access.login());
        this.guard = new Guard(access.limits(), access.login(), pause, access.telemetry());
        this.pause = pause;
        this.streams = new Streams(access, channels, tokens, guard, pause, this::signOfLife);
        this.rounds = new Rounds(access.login(), tokens, this::attempt);
    }

    /**
     * Where this etcd is reached.
     *
     * @return the endpoints that were given
     */
    public List<URI> endpoints() {
        return access.endpoints();
    }

    /**
     * How patient the calls are.
     *
     * @return the limits
     */
    public Limits limits() {
        return access.limits();
    }

    /**
     * Lets time pass between looks.
     *
     * @return the pause
     */
    public Pause pause() {
        return pause;
    }

    // ---- members, each asked once and side by side

    /**
     * Asks members for the list of members, from what each knows itself.
     *
     * @param endpoints who is asked
     * @return what came of each
     */
    public Map<URI, Outcome<MemberList>> memberLists(Collection<URI> endpoints) {
        return rounds.ask(
                endpoints,
                ClusterGrpc.getMemberListMethod(),
                MemberListRequest.getDefaultInstance(),
                AnswerValues::memberList,
                limits().attemptTimeout());
    }

    /**
     * Asks members how they are.
     *
     * @param endpoints who is asked
     * @return what came of each
     */
    public Map<URI, Outcome<MemberStatus>> statuses(Collection<URI> endpoints) {
        return rounds.ask(
                endpoints,
                MaintenanceGrpc.getStatusMethod(),
                StatusRequest.getDefaultInstance(),
                AnswerValues::status,
                limits().attemptTimeout());
    }

    /**
     * Asks members for the hash of their keys.
     *
     * @param endpoints who is asked
     * @param revision up to which revision; 0 for the newest
     * @param limit how long a member may take, which reads its whole history
     * @return what came of each
     */
    public Map<URI, Outcome<KeyHash>> hashes(Collection<URI> endpoints, long revision, Duration limit) {
        return rounds.ask(
                endpoints,
                MaintenanceGrpc.getHashKVMethod(),
                HashKVRequest.newBuilder().setRevision(revision).build(),
                AnswerValues::hash,
                limit);
    }

    // ---- changes of members

    /**
     * Adds a member.
     *
     * @param peerUrl where the others will reach it
     * @param learner whether it begins without a vote
     * @return the member, with its new id
     */
    public MemberEntry addMember(String peerUrl, boolean learner) {
        return AnswerValues.member(call(
                        true,
                        ClusterGrpc.getMemberAddMethod(),
                        MemberAddRequest.newBuilder()
                                .addPeerURLs(peerUrl)
                                .setIsLearner(learner)
                                .build())
                .getMember());
    }

    /**
     * Removes a member.
     *
     * @param id its id
     */
    public void removeMember(long id) {
        call(
                true,
                ClusterGrpc.getMemberRemoveMethod(),
                MemberRemoveRequest.newBuilder().setID(id).build());
    }

    /**
     * Gives a learner its vote.
     *
     * @param id its id
     */
    public void promoteMember(long id) {
        call(
                true,
                ClusterGrpc.getMemberPromoteMethod(),
                MemberPromoteRequest.newBuilder().setID(id).build());
    }

    /**
     * Makes another member the leader.
     *
     * @param leader the endpoint of the member that leads now
     * @param target the id of the member that shall
     */
    public void moveLeader(URI leader, long target) {
        at(
                leader,
                true,
                MaintenanceGrpc.getMoveLeaderMethod(),
                MoveLeaderRequest.newBuilder().setTargetID(target).build());
    }

    /**
     * Rewrites a member's database without its unused pages. The member answers nobody meanwhile.
     *
     * @param endpoint the member
     * @param limit how long it may take
     */
    public void defragment(URI endpoint, Duration limit) {
        patiently(
                List.of(endpoint),
                MaintenanceGrpc.getDefragmentMethod(),
                DefragmentRequest.getDefaultInstance(),
                limit);
    }

    /**
     * Forgets history. The member that answers has removed it from its database by then, others do so by themselves.
     *
     * @param revision the oldest revision that can still be read
     * @param limit how long it may take
     */
    public void compact(long revision, Duration limit) {
        patiently(
                access.endpoints(),
                KVGrpc.getCompactMethod(),
                CompactionRequest.newBuilder()
                        .setRevision(revision)
                        .setPhysical(true)
                        .build(),
                limit);
    }

    /** A change that takes a member long, sent once. */
    private <Q> void patiently(List<URI> endpoints, MethodDescriptor<Q, ?> method, Q request, Duration limit) {
        Guard patient = new Guard(
                new Limits(1, limit, limit.plusSeconds(1), limits().firstBackoff(), limits().maxBackoff()),
                access.login(),
                pause,
                access.telemetry());
        patient.call(
                name(method),
                true,
                endpoints,
                tokens::forget,
                (to, time) -> Answers.of(attempt(to, method, request, time)));
    }

    /**
     * Takes back an alarm.
     *
     * @param alarm the alarm
     */
    public void disarm(Alarm alarm) {
        call(
                true,
                MaintenanceGrpc.getAlarmMethod(),
                AlarmRequest.newBuilder()
                        .setAction(AlarmRequest.AlarmAction.DEACTIVATE)
                        .setMemberID(alarm.memberId())
                        .setAlarmValue(alarm.type()) // jetcd has no name for CORRUPT, the number goes through
                        .build());
    }

    // ---- keys

    /**
     * Reads keys, from a majority's view.
     *
     * @param from the first key
     * @param end the key after the last; of one byte 0 for all; empty for the first key alone
     * @param revision as of which revision; 0 for the newest
     * @param limit how many at most
     * @param keysOnly whether values are left out
     * @return some of the keys, in order
     */
    public EntryPage range(byte[] from, byte[] end, long revision, long limit, boolean keysOnly) {
        RangeResponse response = call(
                false,
                KVGrpc.getRangeMethod(),
                RangeRequest.newBuilder()
                        .setKey(ByteString.copyFrom(from))
                        .setRangeEnd(ByteString.copyFrom(end))
                        .setRevision(revision)
                        .setLimit(limit)
                        .setKeysOnly(keysOnly)
                        .build());
        return new EntryPage(
                response.getHeader().getClusterId(),
                response.getHeader().getRevision(),
                response.getKvsList().stream().map(AnswerValues::entry).toList(),
                response.getMore(),
                response.getCount());
    }

    /**
     * Writes a key if it is as it was seen.
     *
     * @param key the key
     * @param seen the revision at which it was last written; 0 for a key that is not there
     * @param value its value
     * @param lease the lease that ends it; 0 for none
     * @return the revision of the change; empty when the key was another, and nothing was changed
     */
    public Optional<Long> putIfUnchanged(byte[] key, long seen, byte[] value, long lease) {
        var response = call(true, KVGrpc.getTxnMethod(), Transactions.put(key, seen, value, lease));
        return response.getSucceeded() ? Optional.of(response.getHeader().getRevision()) : Optional.empty();
    }

    /**
     * Changes keys in one transaction if all are as they were seen. Sent again only when no server has seen it: a key that it made, and that somebody has deleted since, is again as it was seen.
     *
     * @param ops the changes, each key once
     * @return what came of it
     */
    public WriteAnswer writeIfUnchanged(List<WriteOp> ops) {
        return Transactions.answer(call(true, KVGrpc.getTxnMethod(), Transactions.request(ops)));
    }

    // ---- leases

    /**
     * Grants a lease.
     *
     * @param seconds how long it lives without being kept alive
     * @return its id
     */
    public long grantLease(long seconds) {
        return call(
                        true,
                        LeaseGrpc.getLeaseGrantMethod(),
                        LeaseGrantRequest.newBuilder().setTTL(seconds).build())
                .getID();
    }

    /**
     * Ends a lease, and its keys with it.
     *
     * @param id its id
     */
    public void revokeLease(long id) {
        call(
                true,
                LeaseGrpc.getLeaseRevokeMethod(),
                LeaseRevokeRequest.newBuilder().setID(id).build());
    }

    /**
     * Lets a lease begin its life anew.
     *
     * @param id its id
     * @return the seconds that it lives from now; 0 when it has ended
     */
    public long keepAlive(long id) {
        return call(
                        false,
                        LeaseGrpc.getLeaseKeepAliveMethod(),
                        LeaseKeepAliveRequest.newBuilder().setID(id).build())
                .getTTL();
    }

    /**
     * How long a lease was granted for.
     *
     * @param id its id
     * @return seconds; 0 when it has ended
     */
    public long grantedSeconds(long id) {
        LeaseTimeToLiveResponse response = call(
                false,
                LeaseGrpc.getLeaseTimeToLiveMethod(),
                LeaseTimeToLiveRequest.newBuilder().setID(id).build());
        return response.getTTL() >= 0 ? response.getGrantedTTL() : 0;
    }

    // ---- the snapshot

    /**
     * Streams a snapshot of a member to a sink, on the calling thread.
     *
     * @param endpoint the member
     * @param sink takes the bytes
     * @param limit how long all of it may take
     * @return what was streamed
     */
    public StreamedSnapshot snapshot(URI endpoint, SnapshotSink sink, Duration limit) {
        return streams.snapshot(endpoint, sink, limit);
    }

    /**
     * Tells a sink of changes as they happen, on the calling thread, until the sink or the limit ends it. A member that cannot begin is passed over; once begun, a failure ends the watch, and whoever watches
     * begins again behind the last revision that it has seen.
     *
     * @param from the first key
     * @param end the key after the last
     * @param revision the first revision
     * @param limit how long at most
     * @param sink takes the changes
     */
    public void watch(byte[] from, byte[] end, long revision, Duration limit, WatchSink sink) {
        streams.watch(from, end, revision, limit, sink);
    }

    /** Any answer will do, also that this user may not ask. */
    private void signOfLife(URI endpoint) {
        try {
            Answers.of(attempt(
                    endpoint,
                    MaintenanceGrpc.getStatusMethod(),
                    StatusRequest.getDefaultInstance(),
                    limits().attemptTimeout()));
        } catch (StatusRuntimeException e) {
            if (Failures.serverTrouble(e.getStatus())) {
                throw e;
            }
        }
    }

    // ---- how calls are sent

    private <Q, R> R call(boolean changes, MethodDescriptor<Q, R> method, Q request) {
        return call(access.endpoints(), changes, method, request);
    }

    private <Q, R> R at(URI endpoint, boolean changes, MethodDescriptor<Q, R> method, Q request) {
        return call(List.of(endpoint), changes, method, request);
    }

    private <Q, R> R call(List<URI> endpoints, boolean changes, MethodDescriptor<Q, R> method, Q request) {
        long started = pause.nanoTime();
        try {
            return guard.call(
                    name(method),
                    changes,
                    endpoints,
                    tokens::forget,
                    (endpoint, limit) -> Answers.of(attempt(endpoint, method, request, limit)));
        } catch (EtcdCallException e) {
            throw e.reason() == Reason.NO_ANSWER ? explained(e, started) : e;
        }
    }

    /** Asks who was silent how it is, in the time that the call has left: without a leader it answers that, and nothing else. */
    private EtcdCallException explained(EtcdCallException silent, long started) {
        Duration left = limits().callDeadline().minusNanos(pause.nanoTime() - started);
        return left.isNegative() || left.isZero()
                ? silent
                : Leaderless.explained(silent, statusOnce(URI.create(silent.endpoint()), atMostAnAttempt(left)));
    }

    private Duration atMostAnAttempt(Duration left) {
        return left.compareTo(limits().attemptTimeout()) < 0 ? left : limits().attemptTimeout();
    }

    /** Sent once, with the token that is at hand: another one would take as long again. */
    private Optional<MemberStatus> statusOnce(URI member, Duration limit) {
        try {
            return Optional.of(AnswerValues.status(Answers.of(Unary.start(
                    channels.to(member),
                    MaintenanceGrpc.getStatusMethod(),
                    StatusRequest.getDefaultInstance(),
                    tokens.headersAtHand(),
                    limit))));
        } catch (StatusRuntimeException e) {
            return Optional.empty();
        }
    }

    private <Q, R> CompletableFuture<R> attempt(
            URI endpoint, MethodDescriptor<Q, R> method, Q request, Duration limit) {
        try {
            Channel channel = channels.to(endpoint);
            return Unary.start(channel, method, request, tokens.headers(channel, limit), limit);
        } catch (StatusRuntimeException e) {
            // there is no such host, the user was refused, or nobody gave a token
            return CompletableFuture.failedFuture(
                    Failures.notSent(e.getStatus()).asRuntimeException());
        }
    }

    /** For example {@code KV.Range} of {@code etcdserverpb.KV/Range}. */
    static String name(MethodDescriptor<?, ?> method) {
        String full = method.getFullMethodName();
        return full.substring(full.lastIndexOf('.', full.indexOf('/')) + 1).replace('/', '.');
    }

    /** Ends calls that run, and the connections. */
    @Override
    public void close() {
        channels.close();
    }
}
