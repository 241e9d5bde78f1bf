package io.k8saws.etcd.backup;

import io.k8saws.error.CorruptSnapshotException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.etcd.envelope.MasterKey;
import io.k8saws.etcd.internal.stage.Stages;
import io.k8saws.etcd.restore.DrillResult;
import io.k8saws.etcd.restore.NewCluster;
import io.k8saws.etcd.restore.RestoreDrill;
import io.k8saws.etcd.restore.SnapshotRestore;
import io.k8saws.etcd.retention.PrunePlan;
import io.k8saws.etcd.retention.RetentionPolicy;
import io.k8saws.etcd.store.BackupStore;
import io.k8saws.progress.ProgressListener;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The entry: the backups of one cluster in one store. Immutable; opens nothing by itself, and the store stays the caller's. Safe to use from many threads.
 *
 * <pre>{@code
 * try (BackupStore store = BackupStore.s3(AwsAccess.of("eu-west-1"), S3Location.of("my-backups"))) {
 *     Backups backups = Backups.in(store, "payments");
 *     Backup backup = backups.backup(source, BackupOptions.defaults(), Duration.ofMinutes(30));
 *     backups.fetch(backup, Path.of("payments.db"));
 * }
 * }</pre>
 */
public final class Backups {
    private final BackupPlace place;

    private Backups(BackupPlace place) {
        this.place = place;
    }

    /**
     * The backups of a cluster.
     *
     * @param store where they lie
     * @param cluster the cluster's name there: lower-case letters, digits, hyphens
     * @return the backups, without encryption of ours
     */
    public static Backups in(BackupStore store, String cluster) {
        return new Backups(BackupPlace.in(store, cluster));
    }

    /**
     * A copy that encrypts what it stores, and opens what was encrypted with that key. A backup that is not encrypted is then unreadable, and a segment of changes that is not encrypted is left
     * out: whoever may write to the store could have put it there.
     *
     * @param key the master key; stays the caller's
     * @return the copy
     */
    public Backups withMasterKey(MasterKey key) {
        return new Backups(place.withMasterKey(key));
    }

    /**
     * A copy that takes backups and segments that are not encrypted although there is a master key, such as those of before there was one.
     *
     * @return the copy
     */
    public Backups acceptingUnencrypted() {
        return new Backups(place.acceptingUnencrypted());
    }

    /**
     * A copy that backs up another cluster than that of the backups which lie there under the name. Use it once after a restore, which gives a cluster another id; else it is mostly a wrong endpoint, whose backups would become the
     * newest that count.
     *
     * @return the copy
     */
    public Backups acceptingNewCluster() {
        return new Backups(place.acceptingNewCluster());
    }

    /**
     * A copy that tells a listener how far it is, in each work that takes long: backup, fetch, verify, witness, drill, copy, prune, sweep, and looks at segments.
     *
     * @param listener the listener
     * @return the copy
     */
    public Backups withProgress(ProgressListener listener) {
        return new Backups(place.withProgress(listener));
    }

    /**
     * A copy with another clock.
     *
     * @param clock dates backups and proofs
     * @return the copy
     */
    public Backups withClock(Clock clock) {
        return new Backups(place.withClock(clock));
    }

    /**
     * A copy that puts what it fetches for a moment elsewhere: {@link #verify}, {@link #open} and {@link #drill} need room there for the whole database. What is there goes at once, and what a killed program has left goes after a
     * day.
     *
     * @param directory made for its owner alone when it is not there; at first the system's directory for temporary files, which is often memory
     * @return the copy
     */
    public Backups withScratchDirectory(Path directory) {
        return new Backups(place.withScratchDirectory(directory));
    }

    /**
     * A copy for a piece of work that must end: what is done with it, however many calls of the store it takes, ends that long after now, but for the one call that is under way then. {@link #backup} and {@link #drill} have
     * limits of their own beside it.
     *
     * @param limit from now on
     * @return the copy; its methods throw {@link io.k8saws.error.WaitTimeoutException} when the time is over, and a prune or a sweep reports as failed what it did not come to
     */
    public Backups withLimit(Duration limit) {
        return withLimit(limit, System::nanoTime);
    }

    Backups withLimit(Duration limit, LongSupplier nanoTime) {
        return new Backups(place.withLimit(limit, nanoTime));
    }

    /**
     * Makes a backup that counts, or none. The snapshot is received at full speed, proven (L0 to L2) and stored at the same time; then all of it is read back (L4), and only then
     * it is listed. When it fails, or the program dies, what was stored so far is no backup, and {@link #sweep} removes it.
     *
     * @param source where the snapshot comes from
     * @param options how
     * @param limit how long all of it may take
     * @return the backup; it counts
     * @throws CorruptSnapshotException if the snapshot is damaged, or what was read back is not what was stored
     * @throws K8sAwsException if the source is of another cluster than the backups that lie there, see {@link #acceptingNewCluster()}
     * @throws SpoolFullException if there is no room to receive it
     * @throws io.k8saws.error.WaitTimeoutException if the limit is over
     * @throws io.k8saws.error.OperationCancelledException if the thread was interrupted
     * @throws io.k8saws.error.AwsCallException if S3 or KMS refuses a call
     */
    public Backup backup(SnapshotSource source, BackupOptions options, Duration limit) {
        return run(options, List.of(), limit).run(source);
    }

    BackupRun run(BackupOptions options, List<String> setOf, Duration limit) {
        return place.run(options, setOf, limit);
    }

    /**
     * Backs up several etcds of a cluster, such as {@code main} and {@code events}, as one set, one right after the other. The set counts when all of it does. When one
     * fails, those before it stay as backups of their own, and the set does not count.
     *
     * @param sources where the snapshots come from, by the name of the etcd; taken in that order
     * @param options how; the name of the etcd is that of the source
     * @param limit how long all of it may take
     * @return the set
     */
    public BackupSet backupSet(Map<String, SnapshotSource> sources, BackupOptions options, Duration limit) {
        return ofSets().backup(sources, options, limit);
    }

    /**
     * What is done with sets as one: restored, verified, drilled, copied.
     *
     * @return the sets among these backups
     */
    public BackupSets ofSets() {
        return new BackupSets(this);
    }

    /**
     * Looks which backups there are. Reads each manifest and all proofs, several at a time; an object that is gone or has another length makes its backup unreadable, a damaged proof only itself. What
     * somebody deletes meanwhile is left out.
     *
     * @return the backups, oldest first by the store's clock
     */
    public BackupList list() {
        return listing().read();
    }

    BackupListing listing() {
        return place.listing();
    }

    /**
     * The newest backup of the etcd {@code main} that counts. Quicker than a list: proofs are read of the newest alone.
     *
     * @return the backup, or empty
     */
    public Optional<Backup> latestGood() {
        return latestGood("main");
    }

    /**
     * The newest backup of an etcd that counts. Quicker than a list: proofs are read of the newest alone.
     *
     * @param etcd for example {@code main}
     * @return the backup, or empty
     */
    public Optional<Backup> latestGood(String etcd) {
        return listing().newestGood(Layout.requireName("etcd", etcd));
    }

    /**
     * The sets, with what is there of each.
     *
     * @return oldest first
     */
    public List<BackupSet> sets() {
        return ofSets().list();
    }

    /**
     * Fetches a snapshot: decrypted, decompressed, each byte compared. The file appears only when all of it is right.
     *
     * @param backup the backup
     * @param file the file; must not be there
     * @return the file, as {@code etcdctl snapshot save} writes it, for its owner alone
     * @throws CorruptSnapshotException if anything of it is not what was stored
     */
    public Path fetch(Backup backup, Path file) {
        return place.looks().fetch(backup, file);
    }

    /**
     * Looks at a backup again and keeps what was found as proofs: L0 to L2 and L4, by fetching all of it. What fails is kept, too: the backup then no longer counts. A store that
     * does not answer is an exception, and proves nothing.
     *
     * @param backup the backup
     * @return the backup with the new proofs
     */
    public Backup verify(Backup backup) {
        return place.looks().verify(backup);
    }

    /**
     * Compares a backup with live members (L3), by the hash of all history at its revision. Best right after it was made: once members have compacted further, they cannot be
     * compared.
     *
     * @param backup the backup
     * @param witnesses members, two at least
     * @param limit how long it may take
     * @return the backup with the new proof, which fails if a member has another hash
     * @throws K8sAwsException if fewer than two members can be compared
     */
    public Backup witness(Backup backup, List<? extends HashKvWitness> witnesses, Duration limit) {
        return place.looks().witness(backup, witnesses, limit);
    }

    /**
     * Restores a backup into a scratch etcd (L5). Damage that is found on the way is kept as a failed L4 or L5; that no etcd could be started proves nothing, and is an exception.
     *
     * @param backup the backup
     * @param drill restores, with a real etcd on this machine
     * @param limit how long the restore may take
     * @return the backup with the new proof, which fails if the etcd has other data
     * @throws K8sAwsException if the backup cannot be fetched, or the etcd not started: that proves nothing
     */
    public Backup drill(Backup backup, RestoreDrill drill, Duration limit) {
        return drill(backup, drill, () -> limit);
    }

    Backup drill(Backup backup, RestoreDrill drill, Supplier<Duration> limit) {
        return place.looks().drill(backup, drill, limit);
    }

    /**
     * Keeps what a drill has found that was run by somebody else, perhaps on another machine (L5).
     *
     * @param backup the backup
     * @param result what was found
     * @return the backup with the new proof, which fails if there were problems, or if the drill was of another snapshot
     */
    public Backup keepDrill(Backup backup, DrillResult result) {
        return place.looks().keepDrill(backup, result);
    }

    /**
     * Fetches a backup into a scratch file, proves it, and opens it.
     *
     * @param backup the backup
     * @return what is in it; to be closed, which deletes the file
     * @throws CorruptSnapshotException if anything of it is not what was stored
     */
    public OpenedBackup open(Backup backup) {
        return place.looks().open(backup);
    }

    // ---- changes between snapshots

    /**
     * The segments of changes of an etcd, as a {@link ContinuousBackup} stores them. With a master key those alone that are encrypted, see {@link #acceptingUnencrypted()}.
     *
     * @param etcd for example {@code main}
     * @return in the order of their clusters and revisions
     */
    public List<StoredSegment> deltas(String etcd) {
        return segments(etcd).list();
    }

    private DeltaWork ofDeltas() {
        return new DeltaWork(place);
    }

    Segments segments(String etcd) {
        return place.segments(etcd);
    }

    String cluster() {
        return place.cluster();
    }

    Clock clock() {
        return place.observer().clock();
    }

    /**
     * Looks at all segments of changes again: fetches each, reads it to its end, and finds which revisions are lost with those that are damaged. Deletes nothing.
     *
     * @param etcd for example {@code main}
     * @return what was found; give it to {@link #restorePoint(String, long, DeltaCheck)} to go around what is damaged
     */
    public DeltaCheck verifyDeltas(String etcd) {
        return ofDeltas().verify(etcd);
    }

    /**
     * Finds what leads to a revision: the nearest backup before it and the segments in between, or a later backup whose history has it. After a restore there is another cluster, with revisions of its own: that of
     * the newest backup is meant. Where an older state of the same cluster was restored, so that a revision has been twice, that of the newest history that has it is meant; the other one has its moment.
     *
     * @param etcd for example {@code main}
     * @param revision the revision
     * @return the point; nothing is fetched yet
     * @throws K8sAwsException if nothing leads there
     */
    public RestorePoint restorePoint(String etcd, long revision) {
        return ofDeltas().knownPoints(etcd).at(revision);
    }

    /**
     * Finds what leads to a revision without the segments that are damaged: from another backup, over segments that overlap, or by a later backup whose history has it.
     *
     * @param etcd for example {@code main}
     * @param revision the revision
     * @param known what was found of the segments of this etcd in this store; those that were stored since are used, too
     * @return the point; nothing is fetched yet
     * @throws K8sAwsException if nothing else leads there; it names the damaged segments, the revisions that are lost with them, and the last revision before
     */
    public RestorePoint restorePoint(String etcd, long revision, DeltaCheck known) {
        return ofDeltas().knownPoints(etcd).at(revision, known);
    }

    /**
     * Finds what leads to a moment: to the last revision that the continuous backup had seen by then, by its clock, in the history that it then had. Fetches a segment or two.
     *
     * @param etcd for example {@code main}
     * @param instant the moment, to the millisecond
     * @return the point
     * @throws K8sAwsException if nobody watched then; it names the nearest moments
     */
    public RestorePoint restorePoint(String etcd, Instant instant) {
        return ofDeltas().knownPoints(etcd).at(instant);
    }

    /**
     * Finds what leads to a moment without the segments that are damaged, as {@link #restorePoint(String, long, DeltaCheck)} does.
     *
     * @param etcd for example {@code main}
     * @param instant the moment, to the millisecond
     * @param known what was found of the segments
     * @return the point
     * @throws K8sAwsException if nobody watched then, or what was seen then is damaged: it names the segments, the revisions that are lost with them, and the last revision before
     */
    public RestorePoint restorePoint(String etcd, Instant instant, DeltaCheck known) {
        return ofDeltas().knownPoints(etcd).at(instant, known);
    }

    /**
     * Fetches all that leads to a point, each byte compared. What is there already of the same point is kept, so that a program that died goes on; take an empty directory for each point.
     *
     * @param point the point
     * @param directory where the files go; made for its owner alone when it is not there. They are the caller's, and hold all secrets
     * @param target the cluster that it becomes
     * @return a restore that is ready to write
     * @throws CorruptSnapshotException if anything is not what was stored; of a segment it names the revisions in it, and the last revision that what is before it leads to
     */
    public SnapshotRestore fetch(RestorePoint point, Path directory, NewCluster target) {
        return ofDeltas().fetch(point, directory, target);
    }

    /**
     * Deletes segments that are older and lead nowhere that is younger: the nearest backup before that age, and what comes after it, stay, also while that backup does not count. Prune backups afterwards, as a backup that segments need stays.
     *
     * @param etcd for example {@code main}
     * @param window how far back any moment shall be possible, by the clock of who watched; a segment that is locked stays, too
     * @return what is gone, by the keys of the objects, and what could not be deleted
     */
    public PruneReport pruneDeltas(String etcd, Duration window) {
        return ofDeltas().prune(etcd, window);
    }

    /**
     * Copies the segments of changes of an etcd to another store, such as a bucket in another region or account, so that points in time are possible there, too: byte by byte, opened here before and there after if the key is at hand. What is
     * there already is compared with what is here, so calling it again copies what has come since. Copy the backups that segments go on from as well, see {@link #copy}.
     *
     * @param etcd for example {@code main}
     * @param target the other store
     * @return what is there by now, and what was not copied because it is damaged or cannot be read, or another one is there
     */
    public DeltaCopyReport copyDeltas(String etcd, BackupStore target) {
        return ofDeltas().copy(etcd, target);
    }

    /**
     * Copies a backup to another store, such as a bucket in another region or account: byte by byte, compared on the way, read back there, the manifest last. It keeps its id, its
     * encryption and its proofs. That it is there already is fine: then it is given back as it is there, also if it does not count.
     *
     * @param backup the backup
     * @param target the other store
     * @return the backup as it is there
     * @throws CorruptSnapshotException if what is here is damaged, or what was read back there
     */
    public Backup copy(Backup backup, BackupStore target) {
        BackupPlace there = place.in(target);
        return there.listing().find(backup.manifest().etcd(), backup.id()).orElseGet(() -> place.looks()
                .told("copy", backup, 2, stages -> new BackupCopy(
                                place.store(), there.store(), place.master(), place.observer())
                        .copy(backup, stages)));
    }

    /**
     * Plans which backups go. Backups of a set stay or go together, and a backup that stored segments of changes need stays. Reads only.
     *
     * @param policy what is to stay
     * @return the plan, with a reason for each
     */
    public PrunePlan planPrune(RetentionPolicy policy) {
        return place.pruning().plan(list(), policy);
    }

    /**
     * Deletes what a plan says. What has become locked since, the newest that counts by now, what another one needs by now,
     * and what is in doubt only because members differ, is not deleted. Snapshots go before their manifests: one that may not be deleted is a backup as before.
     *
     * @param plan the plan
     * @return what is gone and what could not be deleted
     */
    public PruneReport prune(PrunePlan plan) {
        return Stages.during(place.progress(), "prune", place.cluster(), 1, stages -> place.pruning()
                .prune(list(), plan, stages));
    }

    /**
     * How far the store's clock is ahead of ours.
     *
     * @return negative if it is behind; some hundred milliseconds say nothing, as S3 tells whole seconds
     */
    public Duration clockSkew() {
        return Duration.between(place.observer().now(), place.store().now());
    }

    /**
     * Removes what backups of this cluster have left that never came to an end: unfinished uploads, and directories of backups without a manifest, with all that is in them. Nothing is
     * touched that is younger than an hour, or locked.
     *
     * @param olderThan how old it must be, by the store's clock; at least an hour, and longer than a backup may take
     * @return what is gone, and what could not be deleted: a lock or a missing right of one object is no reason to leave the others
     */
    public SweepReport sweep(Duration olderThan) {
        if (olderThan.compareTo(Duration.ofHours(1)) < 0) {
            throw new K8sAwsException(
                    "Sweep after " + place.cluster(),
                    "a backup that began " + olderThan.toMinutes() + " min ago may still be under way",
                    "give an hour or more");
        }
        return Stages.during(place.progress(), "sweep", place.cluster(), 1, stages -> place.pruning()
                .sweep(place.cluster(), place.store().now().minus(olderThan), stages));
    }
}
