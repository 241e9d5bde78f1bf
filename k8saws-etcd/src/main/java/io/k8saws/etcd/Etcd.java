package io.k8saws.etcd;

import io.k8saws.Cluster;
import io.k8saws.error.EtcdCallException;
import io.k8saws.error.QuorumLostException;
import io.k8saws.etcd.backup.HashKvWitness;
import io.k8saws.etcd.backup.KubernetesFacts;
import io.k8saws.etcd.backup.SnapshotSource;
import io.k8saws.etcd.delta.ChangeSource;
import io.k8saws.etcd.health.EtcdAlarm;
import io.k8saws.etcd.health.EtcdHealth;
import io.k8saws.etcd.health.EtcdMember;
import io.k8saws.etcd.health.MemberHealth;
import io.k8saws.etcd.internal.seam.Access;
import io.k8saws.etcd.internal.seam.EtcdCalls;
import io.k8saws.etcd.internal.seam.Ids;
import io.k8saws.etcd.internal.seam.Pause;
import io.k8saws.etcd.member.Defragmentation;
import io.k8saws.etcd.member.LeaderMove;
import io.k8saws.etcd.member.MemberChange;
import io.k8saws.etcd.member.MemberPlan;
import io.k8saws.etcd.member.MemberReport;
import io.k8saws.etcd.member.MemberRun;
import io.k8saws.etcd.member.MemberStarter;
import io.k8saws.etcd.member.MembersException;
import io.k8saws.etcd.member.MembersRefusedException;
import io.k8saws.etcd.snapshot.SnapshotDiff;
import io.k8saws.etcd.snapshot.SnapshotFile;
import io.k8saws.progress.ProgressListener;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A live etcd of version 3.4 to 3.6, of a cluster of yours or of nobody's.
 *
 * <pre>{@code
 * try (Etcd etcd = Etcd.at("http://127.0.0.1:2379")) {
 *     System.out.println(etcd.health());
 * }
 * }</pre>
 *
 * <p>Making one calls nobody. Each call has a deadline, is sent again where that is safe, and goes to another member when one does not answer. Safe to use from many threads. Closing ends calls that run; it
 * holds daemon threads only, so a program ends without it, too.
 */
public final class Etcd implements AutoCloseable {
    private final EtcdCalls calls;
    private final Keyspace keyspace;
    private final HealthLook look;
    private final ProgressListener progress;
    private final Optional<ClusterEtcd> origin;
    private final Supplier<KubernetesFacts> kubernetes;
    private final String text;

    Etcd(
            Access access,
            Function<EtcdMember, String> zones,
            Clock clock,
            ProgressListener progress,
            Optional<ClusterEtcd> origin,
            Supplier<KubernetesFacts> kubernetes,
            String text) {
        this.kubernetes = kubernetes;
        this.calls = new EtcdCalls(access, Pause.system());
        this.keyspace = new Keyspace(calls);
        this.look = new HealthLook(calls, zones, clock);
        this.progress = progress;
        this.origin = origin;
        this.text = text;
    }

    /**
     * An etcd without users, over plain text, or over TLS with whom the JDK trusts.
     *
     * @param endpoints client URLs, such as {@code http://127.0.0.1:2379}; one is enough, more are surer
     * @return to close
     */
    public static Etcd at(String... endpoints) {
        return builder().endpoints(List.of(endpoints)).build();
    }

    /**
     * The etcd of a cluster of this library: its members' addresses and zones from its spec, and a client certificate that is made from the authority in its bucket, and made anew in time. The members answer
     * machines alone that their security groups let in, such as those of the control plane. Backups of it say the cluster's version of Kubernetes and its keys of encryption at rest.
     *
     * @param cluster the cluster; good for as long as its library is open
     * @return a builder that has all that; to be built
     * @throws io.k8saws.error.K8sAwsException if the authority cannot be read
     */
    public static EtcdBuilder on(Cluster cluster) {
        return EtcdBuilder.on(ClusterEtcd.main(cluster), cluster::etcdAccess)
                .kubernetes(() -> ClusterKubernetes.of(cluster));
    }

    /**
     * The etcd for events of a cluster of this library. See {@link #on(Cluster)}.
     *
     * @param cluster the cluster
     * @return a builder that has all that; to be built
     * @throws io.k8saws.error.K8sAwsException if there is no etcd for events, too
     */
    public static EtcdBuilder onEvents(Cluster cluster) {
        return EtcdBuilder.on(ClusterEtcd.events(cluster), cluster::etcdEventsAccess)
                .kubernetes(() -> ClusterKubernetes.of(cluster));
    }

    /**
     * Starts to describe how an etcd is reached.
     *
     * @return a builder
     */
    public static EtcdBuilder builder() {
        return new EtcdBuilder();
    }

    /**
     * Looks at all members side by side. A member that does not answer is part of the answer, and no exception.
     *
     * @return how it is now
     * @throws io.k8saws.error.EtcdAccessDeniedException if users are on, and this one may not ask: newer versions want one with the role root
     */
    public EtcdHealth health() {
        return look.look();
    }

    /**
     * Refuses to go on without a quorum: reads from a majority.
     *
     * @throws QuorumLostException if fewer voting members are well than must agree; it names the others
     * @throws EtcdCallException if no member could be asked: the reason tells a wrong endpoint ({@code UNREACHABLE}, {@code NOT_ETCD}) from a wrong certificate ({@code CERTIFICATE})
     */
    public void requireQuorum() {
        keyspace.requireMajority(this::health);
    }

    /**
     * The members, as the cluster lists them.
     *
     * @return in the order of their names
     * @throws EtcdCallException if no member could be asked
     */
    public List<EtcdMember> members() {
        return health().requireMembers().members().stream()
                .map(MemberHealth::member)
                .toList();
    }

    /**
     * Snapshots, each from the member that is missed least at that time: a learner before a follower before the leader.
     *
     * @return the source; good until this is closed
     */
    public SnapshotSource snapshotSource() {
        return snapshotSource(MemberChoice.leastMissed());
    }

    /**
     * Snapshots of a member.
     *
     * @param choice which member
     * @return the source; good until this is closed
     */
    public SnapshotSource snapshotSource(MemberChoice choice) {
        return new LiveSnapshots(calls, this::health, choice, kubernetes);
    }

    /**
     * Asks all members for the hash of their keys. Two that differ at the same revision and compaction have different data: one of them is wrong.
     *
     * @param revision up to which revision; 0 for the newest of each
     * @return one for each member that has a client URL, with the hash or the reason why not
     */
    public List<MemberHash> hashKv(long revision) {
        return hashKv(revision, member -> true);
    }

    /**
     * Asks members for the hash of their keys.
     *
     * @param revision up to which revision; 0 for the newest of each
     * @param members which
     * @return one for each of them
     */
    public List<MemberHash> hashKv(long revision, Predicate<MemberHealth> members) {
        return hashKv(revision, members, MemberHashes.LIMIT);
    }

    /**
     * The same with a limit of yours: a member reads its whole history, which takes minutes where it has many GiB. One that does not answer at all is not waited for as long.
     *
     * @param revision up to which revision; 0 for the newest of each
     * @param members which members are asked
     * @param limit how long a member may take
     * @return one of each that was asked; with a trouble where no hash came
     */
    public List<MemberHash> hashKv(long revision, Predicate<MemberHealth> members, Duration limit) {
        return new MemberHashes(calls).of(health(), members, revision, limit);
    }

    /**
     * The members that can say what their data hashes to, for {@link io.k8saws.etcd.backup.Backups#witness}.
     *
     * @return one for each member that has a client URL; good until this is closed. A call of one takes no longer than one attempt, see {@link EtcdBuilder#timeouts}
     */
    public List<HashKvWitness> witnesses() {
        return new MemberHashes(calls).witnesses(health());
    }

    /**
     * All changes, for backups that go on between snapshots.
     *
     * @return the source; good until this is closed
     */
    public ChangeSource changes() {
        return new LiveChanges(this);
    }

    /**
     * Leadership among programs that use this etcd: by a key whose lease they keep alive.
     *
     * @param holder who this program is, for people to read, such as {@code backup@host-1}
     * @param life how long a right outlives its program; 2 s or more. 15 s suit most
     * @return the leadership; good until this is closed
     */
    public LeaseLeadership leadership(String holder, Duration life) {
        return new LeaseLeadership(this, holder, life, Clock.systemUTC(), System::nanoTime);
    }

    /**
     * The revision of the store, from a majority's view.
     *
     * @return 1 or more
     */
    public long revision() {
        return keyspace.look().revision();
    }

    /**
     * The cluster's id, from the answer of a majority. Asks for no right but to read keys.
     *
     * @return 16 hexadecimal digits, as {@link EtcdHealth#clusterId()}
     */
    public String clusterId() {
        return Ids.text(keyspace.look().clusterId());
    }

    /**
     * The live keys that begin with a prefix, as they are now. All are read at the same revision, a page at a time.
     *
     * @param prefix the beginning; empty for all
     * @return in the order of their bytes; reads as it goes
     */
    public Stream<StoredKey> keys(String prefix) {
        return keys(prefix, revision());
    }

    /**
     * The live keys that begin with a prefix, as they were at a revision.
     *
     * @param prefix the beginning; empty for all
     * @param revision not compacted away
     * @return in the order of their bytes; reads as it goes, and throws an {@link EtcdCallException} with the reason {@code COMPACTED} when the revision goes meanwhile
     */
    public Stream<StoredKey> keys(String prefix, long revision) {
        return keyspace.keys(prefix, revision);
    }

    /**
     * Compares a snapshot with what is live now. The live keys are read at one revision, which is taken when the comparison is made, a page at a time; so memory is bounded however many there are.
     *
     * @param before the snapshot, open as long as the comparison is used
     * @param prefix of which keys, such as {@code /registry/secrets/}; empty for all
     * @return the comparison, of the snapshot before and the live keys after; it throws an {@link EtcdCallException} with the reason {@code COMPACTED} if the revision goes meanwhile: compare again then
     */
    public SnapshotDiff diff(SnapshotFile before, String prefix) {
        return keyspace.diff(before, prefix, revision());
    }

    /**
     * Tells a sink of the changes of keys that begin with a prefix, as they happen, on the calling thread. Ends when the sink says so, or after the limit; then, or after a failure, watch again from the
     * revision after the last one that the sink has seen. No revision is left out in between.
     *
     * @param prefix the beginning; empty for all
     * @param fromRevision the first revision
     * @param limit how long at most
     * @param sink takes the changes; a slow one is waited for
     * @throws EtcdCallException with the reason {@code COMPACTED} if revisions since then are gone, so that only a snapshot helps; with another if the member that tells is lost
     * @throws io.k8saws.error.OperationCancelledException if the thread was interrupted
     */
    public void watch(String prefix, long fromRevision, Duration limit, KeyEvents.Sink sink) {
        keyspace.watch(prefix, fromRevision, limit, sink);
    }

    /**
     * Reads one key, from a majority's view.
     *
     * @param key the key
     * @return the key as it is; empty when it is not there
     */
    public Optional<StoredKey> key(String key) {
        return keyspace.key(key);
    }

    /**
     * Writes a key if it is as it was seen last.
     *
     * @param key the key
     * @param seen its {@link StoredKey#modRevision()}; 0 for a key that must not be there
     * @param value its new value
     * @param lease the lease that ends it; 0 for none
     * @return the revision of the change; empty when somebody else has changed it, and nothing was written
     */
    public Optional<Long> putIfUnchanged(String key, long seen, byte[] value, long lease) {
        return calls.putIfUnchanged(Keyspace.bytes(key), seen, value, lease);
    }

    /**
     * Writes and deletes keys in one transaction, if all of them are as they were seen last. When the answer was lost ({@link EtcdCallException#outcomeUnknown()}), read the keys before you ask again: what was done the first time is seen as a key that is no longer as it was, unless somebody has deleted it since.
     *
     * @param writes at least one, at most 128, each key once; all values together below the server's limit of a request, 1.5 MiB unless it was told otherwise
     * @return what came of it; when one key is another, nothing was written, and it tells how all are now
     */
    public WriteResult writeIfUnchanged(List<KeyWrite> writes) {
        return WriteResult.of(
                calls.writeIfUnchanged(writes.stream().map(KeyWrite::op).toList()));
    }

    /**
     * Grants a lease.
     *
     * @param life how long it lives without being kept alive; a second or more
     * @return its id
     */
    public long grantLease(Duration life) {
        return calls.grantLease(Math.max(1, life.toSeconds()));
    }

    /**
     * Lets a lease begin its life anew.
     *
     * @param lease its id
     * @return how long it lives from now; zero when it has ended
     */
    public Duration keepAlive(long lease) {
        return Duration.ofSeconds(Math.max(0, calls.keepAlive(lease)));
    }

    /**
     * How long a lease was granted for.
     *
     * @param lease its id
     * @return its time to live when it was granted; empty when it has ended
     */
    public Optional<Duration> leaseLife(long lease) {
        long seconds = calls.grantedSeconds(lease);
        return seconds > 0 ? Optional.of(Duration.ofSeconds(seconds)) : Optional.empty();
    }

    /**
     * Ends a lease, and with it the keys that it holds.
     *
     * @param lease its id
     */
    public void revokeLease(long lease) {
        calls.revokeLease(lease);
    }

    // ---- members

    /**
     * Plans to make another member the leader. Reads only.
     *
     * @param nameOrId the member that shall lead
     * @return the plan; empty when it leads already
     */
    public MemberPlan planMoveLeader(String nameOrId) {
        return new LeaderMove(nameOrId).plan(health());
    }

    /**
     * Makes another member the leader, and waits until it leads.
     *
     * @param nameOrId the member that shall lead
     * @param limit how long at most
     * @return what was done
     * @throws MembersRefusedException if it cannot lead; nothing was changed
     * @throws MembersException if it does not lead in time
     */
    public MemberReport moveLeader(String nameOrId, Duration limit) {
        LeaderMove move = new LeaderMove(nameOrId);
        return run(limit).run(move, move.plan(health()));
    }

    /**
     * Plans to rewrite the databases that are large for what is in them. Reads only.
     *
     * @param wanted which are worth it
     * @return the plan; empty when none is
     */
    public MemberPlan planDefragment(Defragmentation wanted) {
        return wanted.plan(health());
    }

    /**
     * Rewrites databases, one member at a time and only while all are well, the leader last. Can be cut off anywhere: planning and doing it again goes on from there.
     *
     * @param wanted which are worth it, as in the plan
     * @param plan the plan
     * @param limit how long all of it may take
     * @return what was done
     * @throws MembersRefusedException if the plan has refusals, or is no longer true; nothing was changed
     * @throws MembersException if it stopped before its end
     */
    public MemberReport defragment(Defragmentation wanted, MemberPlan plan, Duration limit) {
        return run(limit).run(wanted, plan);
    }

    /**
     * Plans a change of members: a replacement, one more, one less. Reads only.
     *
     * @param change which shall be gone and which shall be there
     * @return the plan; empty when all is as it shall be
     */
    public MemberPlan planMembers(MemberChange change) {
        return change.plan(health());
    }

    /**
     * Changes the members: removes before it adds, adds as a learner, gives the vote when the new one has all data; before each step all others must be well. Can be cut off anywhere: the same
     * change, planned and done again, goes on from there.
     *
     * @param change the change, as in the plan
     * @param plan the plan
     * @param starter starts the new member; not called when none is added
     * @param limit how long all of it may take
     * @return what was done
     * @throws MembersRefusedException if the plan has refusals, or is no longer true; nothing was changed
     * @throws MembersException if it stopped before its end
     */
    public MemberReport changeMembers(MemberChange change, MemberPlan plan, MemberStarter starter, Duration limit) {
        return run(limit).run(change, plan, starter);
    }

    private MemberRun run(Duration limit) {
        return new MemberRun(calls, this::health, progress, limit);
    }

    ProgressListener progress() {
        return progress;
    }

    /** Of which cluster of this library it is; empty when somebody gave its endpoints. */
    Optional<ClusterEtcd> origin() {
        return origin;
    }

    EtcdCalls calls() {
        return calls;
    }

    /**
     * Forgets all history before a revision, so that a defragmentation can give its room back. What is live stays. Watches and reads that need older revisions then fail with the reason {@code COMPACTED}, and backups that were made
     * before can no longer be compared with members. API servers of Kubernetes do this every five minutes by themselves.
     *
     * @param revision the oldest revision that can still be read; at most {@link #revision()}
     * @param limit how long the member that is asked may take to remove it from its database; others remove it by themselves soon after
     * @throws EtcdCallException with the reason {@code COMPACTED} if the history is gone already, {@code FUTURE_REVISION} if there is no such revision yet
     */
    public void compact(long revision, Duration limit) {
        calls.compact(revision, limit);
    }

    /**
     * Takes back an alarm, when what raised it is mended: for NOSPACE each database has room for a request of 1.5 MiB below its quota (of a tenth of one that is below 15 MiB), as far as members tell; for CORRUPT all members have the same hash of their keys.
     *
     * @param alarm the alarm, of {@link EtcdHealth#alarms()}
     * @throws MembersRefusedException if it would be raised again; nothing was changed
     */
    public void disarm(EtcdAlarm alarm) {
        new Disarming(calls).disarm(alarm, health());
    }

    /** Ends calls that run, and closes connections. Further calls fail. */
    @Override
    public void close() {
        calls.close();
    }

    /** The endpoints, TLS and user; no secret. */
    @Override
    public String toString() {
        return text;
    }
}
