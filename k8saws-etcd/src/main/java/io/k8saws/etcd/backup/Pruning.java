package io.k8saws.etcd.backup;

import io.k8saws.error.K8sAwsException;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.etcd.internal.stage.Stages;
import io.k8saws.etcd.retention.PrunePlan;
import io.k8saws.etcd.retention.RetentionPolicy;
import io.k8saws.etcd.retention.StoredBackup;
import io.k8saws.etcd.store.BackupStore;
import io.k8saws.etcd.store.StoredObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Asks the store for what a policy needs to know, and deletes what a plan says.
 *
 * @param store where backups lie
 * @param segments the segments of an etcd, by its name
 */
record Pruning(BackupStore store, Function<String, Segments> segments) {
    /** Locks are only asked for where it matters: for what would go otherwise. */
    PrunePlan plan(BackupList list, RetentionPolicy policy) {
        Instant now = store.now();
        List<PruneUnit> units = PruneUnit.of(list);
        Map<String, Instant> locks = new LinkedHashMap<>();
        List<StoredBackup> runs = runs(list, units, now);
        PrunePlan plan = policy.plan(known(units, locks, runs), now);
        Set<String> asked = new HashSet<>();
        boolean more = true;
        while (more) {
            more = false;
            for (PruneUnit unit : units) {
                if (plan.deleted().contains(unit.id()) && asked.add(unit.id())) {
                    Optional<Instant> lock = lock(unit);
                    lock.ifPresent(until -> locks.put(unit.id(), until));
                    more |= lock.isPresent();
                }
            }
            plan = policy.plan(known(units, locks, runs), now);
        }
        Set<String> ids = units.stream().map(PruneUnit::id).collect(Collectors.toSet());
        return new PrunePlan(plan.decisions().stream()
                .filter(decision -> ids.contains(decision.id()))
                .toList());
    }

    private static Map<String, String> unitOf(List<PruneUnit> units) {
        Map<String, String> unitOf = new LinkedHashMap<>();
        units.forEach(unit -> unit.backups().forEach(backup -> unitOf.put(backup.id(), unit.id())));
        return unitOf;
    }

    /** Segments that are there, as something that stays and needs its base. */
    private List<StoredBackup> runs(BackupList list, List<PruneUnit> units, Instant now) {
        Map<String, String> unitOf = unitOf(units);
        Map<String, List<Backup>> etcds = new LinkedHashMap<>();
        list.good().forEach(backup -> etcds.computeIfAbsent(backup.manifest().etcd(), unused -> new ArrayList<>())
                .add(backup));
        List<StoredBackup> runs = new ArrayList<>();
        etcds.forEach((etcd, good) -> segments.apply(etcd).runs().forEach(run -> run.neededBase(good)
                .ifPresent(base -> {
                    String id = "changes of " + etcd + " since " + run.history() + " up to " + run.last();
                    runs.add(new StoredBackup(
                            id, id, now, true, Optional.empty(), Optional.ofNullable(unitOf.get(base.id())), false));
                })));
        return runs;
    }

    private static List<StoredBackup> known(
            List<PruneUnit> units, Map<String, Instant> locks, List<StoredBackup> runs) {
        Map<String, String> unitOf = unitOf(units);
        return Stream.concat(
                        runs.stream(),
                        units.stream()
                                .map(unit -> new StoredBackup(
                                        unit.id(),
                                        unit.line(),
                                        unit.first().manifest().takenByStore(),
                                        unit.good(),
                                        Optional.ofNullable(locks.get(unit.id())),
                                        Optional.of(unit.first().manifest().base())
                                                .filter(base -> !base.isEmpty())
                                                .map(base -> unitOf.getOrDefault(base, base)),
                                        unit.doubted())))
                .toList();
    }

    private Optional<Instant> lock(PruneUnit unit) {
        Instant now = store.now();
        return unit.backups().stream()
                .flatMap(backup -> store.list(backup.manifest().directory()).stream())
                .flatMap(object -> store.lockedUntil(object).stream())
                .filter(now::isBefore)
                .max(Comparator.naturalOrder());
    }

    /** One alone is whole after a refusal; of a set, those before the one that is held would be gone. */
    private Optional<String> unseen(PruneUnit unit) {
        if (unit.backups().size() < 2) {
            return Optional.empty();
        }
        return unit.backups().stream()
                .map(Backup::manifest)
                .filter(manifest -> BackupListing.named(
                                store.list(manifest.directory()),
                                manifest.directory() + manifest.stored().object())
                        .filter(snapshot -> !store.showsLocks(snapshot))
                        .isPresent())
                .findFirst()
                .map(manifest -> "whether the one of " + manifest.etcd()
                        + " is locked may not be seen, and if it is, the others of the set would be gone: allow"
                        + " s3:GetObjectRetention and s3:GetObjectLegalHold to whoever prunes");
    }

    PruneReport prune(BackupList list, PrunePlan plan, Stages stages) {
        Set<String> deleted = Set.copyOf(plan.deleted());
        List<PruneUnit> units = PruneUnit.of(list);
        // what has changed since the plan was made: the newest that counts may be another one
        Map<String, String> needed = plan.neededNow(known(units, Map.of(), runs(list, units, store.now())));
        Map<String, List<PruneUnit>> lines = new LinkedHashMap<>();
        units.forEach(unit ->
                lines.computeIfAbsent(unit.line(), unused -> new ArrayList<>()).add(unit));
        List<String> gone = new ArrayList<>();
        Map<String, String> failed = new LinkedHashMap<>();
        for (List<PruneUnit> line : lines.values()) {
            boolean oneStays = line.stream().anyMatch(unit -> !deleted.contains(unit.id()) && unit.good());
            for (PruneUnit unit : line) {
                if (!deleted.contains(unit.id())) {
                    continue;
                }
                stages.advance("delete", gone.size() + failed.size(), deleted.size(), "backups");
                if (!oneStays) {
                    failed.put(unit.id(), "no backup of " + unit.line() + " that counts would be left: plan again");
                    continue;
                }
                if (needed.containsKey(unit.id())) {
                    failed.put(unit.id(), needed.get(unit.id()) + " by now: plan again");
                    continue;
                }
                try {
                    Optional<Instant> lock = lock(unit);
                    if (lock.isPresent()) {
                        failed.put(unit.id(), "it is " + StoredBackup.lock(lock.get()));
                        continue;
                    }
                    Optional<String> unseen = unseen(unit);
                    if (unseen.isPresent()) {
                        failed.put(unit.id(), unseen.get());
                        continue;
                    }
                    new Deletion(store).delete(unit);
                    gone.add(unit.id());
                } catch (OperationCancelledException e) {
                    throw e;
                } catch (K8sAwsException e) {
                    failed.put(unit.id(), String.valueOf(e.getMessage()));
                }
            }
        }
        return report(gone, failed, "backups", stages);
    }

    private static PruneReport report(List<String> gone, Map<String, String> failed, String unit, Stages stages) {
        stages.end("delete", gone.size(), unit);
        stages.leave(failed.size());
        return new PruneReport(gone, failed);
    }

    /** Segments that are younger than the moment, and those that lead to them from a backup, stay. */
    PruneReport pruneDeltas(BackupList backups, List<DeltaRun> runs, Instant before, Stages stages) {
        List<String> gone = new ArrayList<>();
        Map<String, String> failed = new LinkedHashMap<>();
        for (DeltaRun run : runs) {
            long from = run.oldestNeeded(backups.good(), backups.all(), before);
            for (StoredSegment segment : run.segments()) {
                if (segment.last() >= from || !segment.lastAt().isBefore(before)) {
                    continue;
                }
                stages.advance("delete", gone.size() + failed.size(), 0, "segments");
                deleteUnlessLocked(segment.object(), gone, failed);
            }
        }
        return report(gone, failed, "segments", stages);
    }

    /** Deletes what has no manifest and is old, as far as each object lets it. */
    SweepReport sweep(String cluster, Instant before, Stages stages) {
        List<String> gone = new ArrayList<>();
        Map<String, String> failed = new LinkedHashMap<>();
        int uploads = 0;
        try {
            uploads = store.abortUnfinished(cluster + "/", before);
        } catch (OperationCancelledException e) {
            throw e;
        } catch (K8sAwsException e) {
            failed.put("unfinished uploads", String.valueOf(e.getMessage()));
        }
        Map<String, List<StoredObject>> directories = new TreeMap<>();
        for (String etcd : store.directories(cluster + "/")) {
            for (StoredObject object : store.list(cluster + "/" + etcd + "/" + Layout.MILLENNIUM)) {
                Layout.directoryOf(object.key()).ifPresent(directory -> directories
                        .computeIfAbsent(directory, unused -> new ArrayList<>())
                        .add(object));
            }
        }
        directories.forEach((directory, objects) -> {
            boolean orphan = BackupListing.named(objects, directory + Layout.MANIFEST)
                            .isEmpty()
                    && objects.stream().allMatch(object -> object.written().isBefore(before));
            if (orphan) {
                objects.forEach(object -> {
                    stages.advance("delete", gone.size() + failed.size(), 0, "objects");
                    deleteUnlessLocked(object, gone, failed);
                });
            }
        });
        stages.end("delete", gone.size(), "objects");
        stages.leave(failed.size());
        return new SweepReport(uploads, gone, failed);
    }

    private void deleteUnlessLocked(StoredObject object, List<String> gone, Map<String, String> failed) {
        try {
            Optional<Instant> lock = store.lockedUntil(object).filter(store.now()::isBefore);
            if (lock.isPresent()) {
                failed.put(object.key(), "it is " + StoredBackup.lock(lock.get()));
            } else {
                store.delete(object);
                gone.add(object.key());
            }
        } catch (OperationCancelledException e) {
            throw e;
        } catch (K8sAwsException e) {
            failed.put(object.key(), String.valueOf(e.getMessage()));
        }
    }
}
