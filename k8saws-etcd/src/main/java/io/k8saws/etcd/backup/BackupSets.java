package io.k8saws.etcd.backup;

import io.k8saws.error.K8sAwsException;
import io.k8saws.error.WaitTimeoutException;
import io.k8saws.etcd.internal.disk.OwnerOnly;
import io.k8saws.etcd.restore.NewCluster;
import io.k8saws.etcd.restore.RestoreDrill;
import io.k8saws.etcd.restore.SnapshotIdentity;
import io.k8saws.etcd.restore.SnapshotRestore;
import io.k8saws.etcd.store.BackupStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * The sets among the backups of a cluster: several etcds, such as {@code main} and {@code events}, that are backed up, looked at, copied and restored as one. A prune keeps and deletes a set as one, see
 * {@link Backups#planPrune}. Immutable; safe to use from many threads.
 */
public final class BackupSets {
    private final Backups backups;

    BackupSets(Backups backups) {
        this.backups = backups;
    }

    BackupSet backup(Map<String, SnapshotSource> sources, BackupOptions options, Duration limit) {
        if (sources.isEmpty()) {
            throw new K8sAwsException("Back up a set of " + backups.cluster(), "it is empty", "name its etcds");
        }
        long started = System.nanoTime();
        String set = Layout.newId(backups.clock().instant());
        List<String> parts = List.copyOf(sources.keySet());
        List<Backup> made = new ArrayList<>();
        sources.forEach((etcd, source) -> made.add(
                backups.run(options.withEtcd(etcd).withSet(set), parts, limit.minusNanos(System.nanoTime() - started))
                        .run(source)));
        return new BackupSet(set, parts, made);
    }

    /**
     * The sets, with what is there of each.
     *
     * @return oldest first
     */
    public List<BackupSet> list() {
        Map<String, List<Backup>> sets = new LinkedHashMap<>();
        backups.list().all().stream()
                .filter(backup -> !backup.manifest().set().isEmpty())
                .forEach(backup -> sets.computeIfAbsent(backup.manifest().set(), unused -> new ArrayList<>())
                        .add(backup));
        return sets.entrySet().stream()
                .map(set -> new BackupSet(
                        set.getKey(), set.getValue().get(0).manifest().setOf(), set.getValue()))
                .toList();
    }

    /**
     * The newest set that counts: all of it is there, and counts.
     *
     * @return the set; empty if there is none
     */
    public Optional<BackupSet> latestGood() {
        return list().stream().filter(BackupSet::counts).reduce((earlier, later) -> later);
    }

    /**
     * Looks at all of a set again, as {@link Backups#verify} does, and keeps what is found. What is not there of it is not made good: the set then does not count.
     *
     * @param set the set
     * @return the set with the new proofs
     */
    public BackupSet verify(BackupSet set) {
        return each(set, backups::verify);
    }

    /**
     * Restores each backup of a set into a scratch etcd, one after the other, as {@link Backups#drill} does, and keeps what is found.
     *
     * @param set the set; all of it
     * @param drill restores, with a real etcd on this machine
     * @param limit how long all of it may take
     * @return the set with the new proofs
     * @throws K8sAwsException if a backup of the set is missing, or a drill could not be made, which proves nothing
     * @throws WaitTimeoutException if the limit is over, also while a backup is fetched
     */
    public BackupSet drill(BackupSet set, RestoreDrill drill, Duration limit) {
        requireWhole("Drill", set);
        long started = System.nanoTime();
        Supplier<Duration> left = () -> left(set, limit, started);
        return each(set, backup -> backups.withLimit(left.get()).drill(backup, drill, left));
    }

    /**
     * Copies all of a set to another store, as {@link Backups#copy} does. What is there already is fine; until all of it is there, the set does not count there.
     *
     * @param set the set; all of it
     * @param target the other store
     * @return the set as it is there
     * @throws K8sAwsException if a backup of the set is missing
     */
    public BackupSet copy(BackupSet set, BackupStore target) {
        requireWhole("Copy", set);
        return each(set, backup -> backups.copy(backup, target));
    }

    /**
     * Fetches the backups of a set, each byte compared, for a {@link io.k8saws.etcd.restore.RestoreSet}. A file that is there already is compared and kept, so that a program that died goes on.
     *
     * @param set the set
     * @param directory where the files go, as {@code main.db}; made for its owner alone when it is not there. They are the caller's, and hold all secrets
     * @param targets the cluster that each becomes, by the name of its etcd. Keep their tokens: a restore that was cut off goes on under the same ones alone
     * @return restores that are ready, by the name of the etcd, in the order of the set; each knows of what its snapshot is, and a plan of the set compares it
     * @throws K8sAwsException if one that is asked for is not there, or does not count, or another file is there under its name
     */
    public Map<String, SnapshotRestore> fetch(BackupSet set, Path directory, Map<String, NewCluster> targets) {
        List<String> wanted = set.parts().stream().filter(targets::containsKey).toList();
        List<String> wrong = new ArrayList<>();
        targets.keySet().stream()
                .filter(etcd -> !set.parts().contains(etcd))
                .forEach(etcd -> wrong.add(etcd + " is not in it"));
        wanted.forEach(etcd -> {
            if (set.of(etcd).isEmpty()) {
                wrong.add("the backup of " + etcd + " is missing");
            } else if (!set.of(etcd).orElseThrow().counts()) {
                wrong.add("the backup of " + etcd + " does not count");
            }
        });
        if (!wrong.isEmpty()) {
            throw refused("Fetch", set, String.join(", ", wrong));
        }
        try {
            OwnerOnly.directories(directory);
        } catch (IOException e) {
            throw failed(set, directory, e);
        }
        Map<String, SnapshotRestore> restores = new LinkedHashMap<>();
        for (String etcd : wanted) {
            Backup backup = set.of(etcd).orElseThrow();
            Path file = directory.resolve(etcd + ".db");
            if (!Fetching.isThere(backup, file)) {
                backups.fetch(backup, file);
            }
            SnapshotIdentity identity = new SnapshotIdentity(
                    set.id(),
                    etcd,
                    backup.id(),
                    backup.manifest().origin().clusterId(),
                    backup.manifest().content().sha256());
            restores.put(
                    etcd,
                    SnapshotRestore.of(file, Objects.requireNonNull(targets.get(etcd)))
                            .identifiedAs(identity));
        }
        return restores;
    }

    private static Duration left(BackupSet set, Duration limit, long started) {
        Duration left = limit.minusNanos(System.nanoTime() - started);
        if (left.isNegative() || left.isZero()) {
            throw new WaitTimeoutException(
                    "the drill of set " + set.id(),
                    limit,
                    "not all of it was drilled",
                    "give it more time; what was found of those before is kept",
                    Map.of("set", set.id()));
        }
        return left;
    }

    private static BackupSet each(BackupSet set, UnaryOperator<Backup> work) {
        return new BackupSet(
                set.id(), set.parts(), set.backups().stream().map(work).toList());
    }

    private static void requireWhole(String verb, BackupSet set) {
        List<String> missing =
                set.parts().stream().filter(part -> set.of(part).isEmpty()).toList();
        if (!missing.isEmpty()) {
            throw refused(verb, set, "the backup of " + String.join(", ", missing) + " is missing");
        }
    }

    private static K8sAwsException refused(String verb, BackupSet set, String why) {
        return new K8sAwsException(
                verb + " set " + set.id(),
                why,
                "take another set, or single backups of it",
                Map.of("set", set.id()),
                null);
    }

    private static K8sAwsException failed(BackupSet set, Path path, IOException cause) {
        return new K8sAwsException(
                "Fetch set " + set.id() + " to " + path,
                "the system says: " + cause,
                "name a directory that may be written to, on a disk with room",
                Map.of("set", set.id()),
                cause);
    }
}
