package io.k8saws.etcd.backup;

import io.k8saws.error.K8sAwsException;
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
    /** Backups that stay or go together: a set, or one alone. */
    private record Unit(String id, List<Backup> backups) {
        Backup first() {
            return backups.get(0);
        }

        boolean counts() {
            String set = first().manifest().set();
            return set.isEmpty()
                    ? first().counts()
                    : new BackupSet(set, first().manifest().setOf(), backups).counts();
        }

        /** Whether it would count if members were not in doubt of it. */
        boolean doubted() {
            return !counts()
                    && backups.stream().allMatch(backup -> backup.counts() || backup.doubted())
                    && backups.stream().anyMatch(Backup::doubted);
        }

        /** Sets of the same etcds of the same clusters stand for each other. */
        String line() {
            String etcds = first().manifest().set().isEmpty()
                    ? first().manifest().etcd()
                    : String.join("+", first().manifest().setOf());
            String clusters = backups.stream()
                    .map(backup -> backup.manifest().origin().clusterId())
                    .filter(id -> !id.isEmpty())
                    .distinct()
                    .sorted()
                    .collect(Collectors.joining("+"));
            return clusters.isEmpty() ? etcds : etcds + " of cluster " + clusters;
        }
    }

    private static List<Unit> units(BackupList list) {
        Map<String, List<Backup>> units = new LinkedHashMap<>();
        list.all().forEach(backup -> units.computeIfAbsent(
                        backup.manifest().set().isEmpty()
                                ? backup.id()
                                : backup.manifest().set(),
                        unused -> new ArrayList<>())
                .add(backup));
        return units.entrySet().stream()
                .map(unit -> new Unit(unit.getKey(), unit.getValue()))
                .toList();
    }

    /** Locks are only asked for where it matters: for what would go otherwise. */
    PrunePlan plan(BackupList list, RetentionPolicy policy) {
        Instant now = store.now();
        List<Unit> units = units(list);
        Map<String, Instant> locks = new LinkedHashMap<>();
        List<StoredBackup> runs = runs(list, units, now);
        PrunePlan plan = policy.plan(known(units, locks, runs), now);
        Set<String> asked = new HashSet<>();
        boolean more = true;
        while (more) {
            more = false;
            for (Unit unit : units) {
                if (plan.deleted().contains(unit.id()) && asked.add(unit.id())) {
                    Optional<Instant> lock = lock(unit);
                    lock.ifPresent(until -> locks.put(unit.id(), until));
                    more |= lock.isPresent();
                }
            }
            plan = policy.plan(known(units, locks, runs), now);
        }
        Set<String> ids = units.stream().map(Unit::id).collect(Collectors.toSet());
        return new PrunePlan(plan.decisions().stream()
                .filter(decision -> ids.contains(decision.id()))
                .toList());
    }

    private static Map<String, String> unitOf(List<Unit> units) {
        Map<String, String> unitOf = new LinkedHashMap<>();
        units.forEach(unit -> unit.backups().forEach(backup -> unitOf.put(backup.id(), unit.id())));
        return unitOf;
    }

    /** Segments that are there, as something that stays and needs its base. */
    private List<StoredBackup> runs(BackupList list, List<Unit> units, Instant now) {
        Map<String, String> unitOf = unitOf(units);
        Map<String, List<Backup>> etcds = new LinkedHashMap<>();
        list.good().forEach(backup -> etcds.computeIfAbsent(backup.manifest().etcd(), unused -> new ArrayList<>())
                .add(backup));
        List<StoredBackup> runs = new ArrayList<>();
        etcds.forEach((etcd, good) -> segments.apply(etcd)
                .runs()
                .forEach(run -> run.neededBase(good).ifPresent(base -> {
                    String id = "changes of " + etcd + " since " + run.history() + " up to " + run.last();
                    runs.add(new StoredBackup(
                            id, id, now, true, Optional.empty(), Optional.ofNullable(unitOf.get(base.id())), false));
                })));
        return runs;
    }

    private static List<StoredBackup> known(List<Unit> units, Map<String, Instant> locks, List<StoredBackup> runs) {
        Map<String, String> unitOf = unitOf(units);
        return Stream.concat(
                        runs.stream(),
                        units.stream()
                                .map(unit -> new StoredBackup(
                                        unit.id(),
                                        unit.line(),
                                        unit.first().manifest().takenByStore(),
                                        unit.counts(),
                                        Optional.ofNullable(locks.get(unit.id())),
                                        Optional.of(unit.first().manifest().base())
                                                .filter(base -> !base.isEmpty())
                                                .map(base -> unitOf.getOrDefault(base, base)),
                                        unit.doubted())))
                .toList();
    }

    private Optional<Instant> lock(Unit unit) {
        Instant now = store.now();
        return unit.backups().stream()
                .flatMap(backup -> store.list(backup.manifest().directory()).stream())
                .flatMap(object -> store.lockedUntil(object).stream())
                .filter(now::isBefore)
                .max(Comparator.naturalOrder());
    }

    PruneReport prune(BackupList list, PrunePlan plan) {
        Set<String> deleted = Set.copyOf(plan.deleted());
        // what has changed since the plan was made: the newest that counts may be another one
        Map<String, String> needed = plan.neededNow(known(units(list), Map.of(), runs(list, units(list), store.now())));
        Map<String, List<Unit>> lines = new LinkedHashMap<>();
        units(list).forEach(unit -> lines.computeIfAbsent(unit.line(), unused -> new ArrayList<>())
                .add(unit));
        List<String> gone = new ArrayList<>();
        Map<String, String> failed = new LinkedHashMap<>();
        for (List<Unit> line : lines.values()) {
            boolean oneStays = line.stream().anyMatch(unit -> !deleted.contains(unit.id()) && unit.counts());
            for (Unit unit : line) {
                if (!deleted.contains(unit.id())) {
                    continue;
                }
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
                        failed.put(unit.id(), "it is locked until " + lock.get());
                        continue;
                    }
                    unit.backups().forEach(this::delete);
                    gone.add(unit.id());
                } catch (K8sAwsException e) {
                    failed.put(unit.id(), String.valueOf(e.getMessage()));
                }
            }
        }
        return new PruneReport(gone, failed);
    }

    /** Segments that are younger than the moment, and those that lead to them from a backup, stay. */
    PruneReport pruneDeltas(List<Backup> good, List<DeltaRun> runs, Instant before) {
        List<String> gone = new ArrayList<>();
        Map<String, String> failed = new LinkedHashMap<>();
        for (DeltaRun run : runs) {
            long from = run.oldestNeeded(good, before);
            for (StoredSegment segment : run.segments()) {
                if (segment.last() >= from || !segment.lastAt().isBefore(before)) {
                    continue;
                }
                String key = segment.object().key();
                try {
                    Optional<Instant> lock = store.lockedUntil(segment.object()).filter(store.now()::isBefore);
                    if (lock.isPresent()) {
                        failed.put(key, "it is locked until " + lock.get());
                    } else {
                        store.delete(segment.object());
                        gone.add(key);
                    }
                } catch (K8sAwsException e) {
                    failed.put(key, String.valueOf(e.getMessage()));
                }
            }
        }
        return new PruneReport(gone, failed);
    }

    private void delete(Backup backup) {
        List<StoredObject> objects =
                new ArrayList<>(store.list(backup.manifest().directory()));
        objects.sort(Comparator.comparing(object -> !object.key().endsWith("/" + Layout.MANIFEST)));
        objects.forEach(store::delete);
    }
}
