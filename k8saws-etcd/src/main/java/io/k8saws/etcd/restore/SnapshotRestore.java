package io.k8saws.etcd.restore;

import io.k8saws.error.K8sAwsException;
import io.k8saws.etcd.delta.DeltaChain;
import io.k8saws.etcd.internal.stage.Stages;
import io.k8saws.etcd.snapshot.SnapshotFile;
import io.k8saws.etcd.snapshot.Verification;
import io.k8saws.etcd.snapshot.Verification.Level;
import io.k8saws.progress.ProgressListener;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Writes a snapshot into the data directory of a new member, without etcd. Keys, revisions, versions, leases, users and roles are the snapshot's; members, ids and the log are the new cluster's.
 * Write each member from the same value, on its own machine or on one.
 *
 * <pre>{@code
 * NewCluster cluster = NewCluster.of(List.of(NewMember.of("a", "http://10.0.0.4:2380")));
 * RestoredDirectory directory = SnapshotRestore.of(Path.of("backup.db"), cluster)
 *         .withRevisionBump(1_000_000)
 *         .withoutMasterLeases()
 *         .write("a", Path.of("/var/lib/etcd"));
 * }</pre>
 *
 * @param snapshot the file
 * @param cluster the cluster that it becomes
 * @param release which etcd shall start from the directory
 * @param bump by how much revisions go ahead; 0 for not at all. With a bump all history is marked as compacted
 * @param keepsAlarms whether raised alarms stay raised
 * @param keepsMasterLeases whether the addresses of API servers stay
 * @param revision the revision to restore; empty for the newest
 * @param deltas segments of changes after the snapshot, in any order
 * @param deltaCluster the id of the cluster that the snapshot is of, as etcd prints it; empty without deltas
 * @param takesDatabase whether the file may be a copy of a member's database, which has no SHA-256
 * @param unknownLeaseTtl how long a key lives on whose lease is not known any more
 * @param origin of which etcd and which set the snapshot is, as a fetch of backups says; empty if nobody does
 */
public record SnapshotRestore(
        Path snapshot,
        NewCluster cluster,
        EtcdRelease release,
        long bump,
        boolean keepsAlarms,
        boolean keepsMasterLeases,
        OptionalLong revision,
        List<Path> deltas,
        String deltaCluster,
        boolean takesDatabase,
        Duration unknownLeaseTtl,
        Optional<SnapshotIdentity> origin) {
    /** Kubernetes gives its events an hour. */
    public static final Duration DEFAULT_LEASE_TTL = Duration.ofHours(1);

    /** Checks the numbers. */
    public SnapshotRestore {
        deltas = List.copyOf(deltas);
        if (!deltas.isEmpty() && deltaCluster.isEmpty()) {
            throw new IllegalArgumentException(
                    "Restore " + snapshot + " with deltas: name the cluster that the snapshot is of.");
        }
        if (bump < 0 || bump > Long.MAX_VALUE / 4 || unknownLeaseTtl.toSeconds() < 1) {
            throw new IllegalArgumentException("Restore " + snapshot + ": a bump of " + bump + " or a lease of "
                    + unknownLeaseTtl + " cannot be. Take 0 or more, and a second or more.");
        }
    }

    /**
     * Restores all that a snapshot has, as it is, for etcd 3.6.
     *
     * @param snapshot the file
     * @param cluster the cluster that it becomes
     * @return a value; nothing is read yet
     */
    public static SnapshotRestore of(Path snapshot, NewCluster cluster) {
        return new SnapshotRestore(
                snapshot,
                cluster,
                EtcdRelease.V3_6,
                0,
                true,
                true,
                OptionalLong.empty(),
                List.of(),
                "",
                false,
                DEFAULT_LEASE_TTL,
                Optional.empty());
    }

    /**
     * Restores for another etcd.
     *
     * @param other which etcd shall start; the one that wrote the snapshot, or the next minor version
     * @return a copy
     */
    public SnapshotRestore withRelease(EtcdRelease other) {
        return new SnapshotRestore(
                snapshot,
                cluster,
                other,
                bump,
                keepsAlarms,
                keepsMasterLeases,
                revision,
                deltas,
                deltaCluster,
                takesDatabase,
                unknownLeaseTtl,
                origin);
    }

    /**
     * Lets revisions go ahead and marks all history as compacted, so that clients that had seen more than the snapshot has do not take old data for new, and list again. Kubernetes
     * needs this. Source: {@code etcdutl snapshot restore --bump-revision --mark-compacted}.
     *
     * @param amount more than the revisions that were lost since the snapshot; see {@link RevisionBump}
     * @return a copy
     */
    public SnapshotRestore withRevisionBump(long amount) {
        return new SnapshotRestore(
                snapshot,
                cluster,
                release,
                amount,
                keepsAlarms,
                keepsMasterLeases,
                revision,
                deltas,
                deltaCluster,
                takesDatabase,
                unknownLeaseTtl,
                origin);
    }

    /**
     * Restores no alarms.
     *
     * @return a copy
     */
    public SnapshotRestore withoutAlarms() {
        return new SnapshotRestore(
                snapshot,
                cluster,
                release,
                bump,
                false,
                keepsMasterLeases,
                revision,
                deltas,
                deltaCluster,
                takesDatabase,
                unknownLeaseTtl,
                origin);
    }

    /**
     * Deletes the addresses of API servers ({@code /registry/masterleases/}) in one change more, at the next revision, as a transaction would. They are those of the time of the snapshot;
     * each running API server writes its own again.
     *
     * @return a copy
     */
    public SnapshotRestore withoutMasterLeases() {
        return new SnapshotRestore(
                snapshot,
                cluster,
                release,
                bump,
                keepsAlarms,
                false,
                revision,
                deltas,
                deltaCluster,
                takesDatabase,
                unknownLeaseTtl,
                origin);
    }

    /**
     * Restores the keys as they were at a revision.
     *
     * @param main from the snapshot's compaction to its revision, or to that of the last delta
     * @return a copy
     */
    public SnapshotRestore atRevision(long main) {
        return new SnapshotRestore(
                snapshot,
                cluster,
                release,
                bump,
                keepsAlarms,
                keepsMasterLeases,
                OptionalLong.of(main),
                deltas,
                deltaCluster,
                takesDatabase,
                unknownLeaseTtl,
                origin);
    }

    /**
     * Restores changes after the snapshot, too. After an earlier restore two clusters have the same revisions with different changes, so deltas of another cluster than the snapshot's are refused.
     *
     * @param clusterId the id of the cluster that the snapshot is of, as etcd prints it and a backup's manifest tells
     * @param segments files of delta segments of the same cluster, in any order; together without a gap
     * @return a copy
     */
    public SnapshotRestore withDeltas(String clusterId, List<Path> segments) {
        return new SnapshotRestore(
                snapshot,
                cluster,
                release,
                bump,
                keepsAlarms,
                keepsMasterLeases,
                revision,
                segments,
                clusterId,
                takesDatabase,
                unknownLeaseTtl,
                origin);
    }

    /**
     * Takes a copy of a member's {@code member/snap/db}, of which nothing proves that its bytes are those that etcd wrote.
     *
     * @return a copy
     */
    public SnapshotRestore takingDatabase() {
        return new SnapshotRestore(
                snapshot,
                cluster,
                release,
                bump,
                keepsAlarms,
                keepsMasterLeases,
                revision,
                deltas,
                deltaCluster,
                true,
                unknownLeaseTtl,
                origin);
    }

    /**
     * Gives keys whose lease was not known any more another time.
     *
     * @param ttl a second or more
     * @return a copy
     */
    public SnapshotRestore withUnknownLeaseTtl(Duration ttl) {
        return new SnapshotRestore(
                snapshot,
                cluster,
                release,
                bump,
                keepsAlarms,
                keepsMasterLeases,
                revision,
                deltas,
                deltaCluster,
                takesDatabase,
                ttl,
                origin);
    }

    /**
     * Says of what the snapshot is. A fetch of a set does it by itself; a {@link RestoreSetPlan} compares it, so that no snapshot becomes another etcd.
     *
     * @param identity of which etcd and which set it is
     * @return a copy
     */
    public SnapshotRestore identifiedAs(SnapshotIdentity identity) {
        return new SnapshotRestore(
                snapshot,
                cluster,
                release,
                bump,
                keepsAlarms,
                keepsMasterLeases,
                revision,
                deltas,
                deltaCluster,
                takesDatabase,
                unknownLeaseTtl,
                Optional.of(identity));
    }

    /**
     * Proves the snapshot, writes {@code member/snap/db}, the raft snapshot and the log, and proves the new database: its structure, its content, and that its keys hash to what the snapshot's do. What a run that was
     * cut off has left is written anew. The directory is there with all it needs, or is not.
     *
     * @param member the name of a member of the cluster
     * @param dataDirectory where there is nothing yet, or an empty directory
     * @return what was written
     * @throws io.k8saws.error.CorruptSnapshotException if the snapshot or a delta is not whole
     * @throws K8sAwsException if there is something in the directory, the release cannot start from this snapshot, deltas do not fit, or the disk says no
     */
    public RestoredDirectory write(String member, Path dataDirectory) {
        return write(member, dataDirectory, ProgressListener.silent());
    }

    /**
     * The same, and tells how far it is: operation {@code restore-member} with the stages {@code prove} (pages of the snapshot), {@code write} (bytes) and {@code compare} (pages of what was written).
     *
     * @param member the name of a member of the cluster
     * @param dataDirectory where there is nothing yet, or an empty directory
     * @param listener told of each stage; one that throws hears no more
     * @return what was written
     * @throws io.k8saws.error.CorruptSnapshotException if the snapshot or a delta is not whole
     * @throws K8sAwsException if there is something in the directory, the release cannot start from this snapshot, deltas do not fit, or the disk says no
     */
    public RestoredDirectory write(String member, Path dataDirectory, ProgressListener listener) {
        return Stages.during(
                listener, "restore-member", member, 3, stages -> write(member, dataDirectory, stages, () -> {}));
    }

    /** The pulse throws to stop. */
    RestoredDirectory write(String member, Path dataDirectory, Stages stages, Runnable pulse) {
        NewMember own = cluster.member(member);
        DataDirectory directory = new DataDirectory(dataDirectory);
        directory.requireFree();
        Verification source = Verification.of(snapshot, pulse);
        if (!takesDatabase) {
            source.requireHolds(Level.L0);
        }
        source.requireHolds(Level.L2);
        try (SnapshotFile file = SnapshotFile.open(snapshot)) {
            requireTaken(file);
        }
        stages.end("prove", source.counts().pages(), "pages");
        return directory.write(this, own, stages, pulse);
    }

    /**
     * Says what is restored and how, so that what another restore has prepared is not taken for this one's. Reads the snapshot and the deltas: a file that was replaced has another one.
     *
     * @return one line; the same for equal restores of equal bytes
     * @throws K8sAwsException if a file cannot be read
     */
    public String fingerprint() {
        return beginning(FileSha256.of(snapshot)) + "wanted " + revision + ", release " + release + ", bump "
                + bump
                + ", alarms " + keepsAlarms + ", master leases " + keepsMasterLeases + ", deltas "
                + deltas.stream().map(FileSha256::of).toList() + " of " + deltaCluster + ", database "
                + takesDatabase + ", unknown leases " + unknownLeaseTtl + ", cluster " + cluster;
    }

    /** How the fingerprint of a restore begins. */
    static String beginning(String sha256) {
        return "snapshot " + sha256 + ", ";
    }

    /** The segments, in order, that go on from the snapshot. */
    DeltaChain chain(long base) {
        return deltas.isEmpty() ? new DeltaChain(base, List.of()) : DeltaChain.of(deltaCluster, base, deltas);
    }

    void requireTaken(SnapshotFile file) {
        EtcdRelease writer = EtcdRelease.ofDatabase(
                file.clusterVersion(), file.storageVersion(), file.term().isPresent());
        if (!release.takes(writer)) {
            throw new K8sAwsException(
                    "Restore " + snapshot + " for etcd " + release,
                    "the snapshot is of a cluster of etcd " + writer,
                    "start etcd " + writer + " or the minor version after it from it",
                    Map.of(),
                    null);
        }
    }
}
