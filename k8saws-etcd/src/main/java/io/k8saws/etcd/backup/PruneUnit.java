package io.k8saws.etcd.backup;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Backups that stay or go together: a set, or one alone.
 *
 * @param id of the set, or of the backup
 * @param backups those that are there, in the order of the set
 * @param line sets of the same etcds of the same clusters stand for each other
 * @param good whether it stands for others
 */
record PruneUnit(String id, List<Backup> backups, String line, boolean good) {
    /** The backups of a set in the order of its etcds. */
    PruneUnit {
        List<String> order = backups.get(0).manifest().setOf();
        backups = backups.stream()
                .sorted(Comparator.comparing(
                        backup -> order.indexOf(backup.manifest().etcd())))
                .toList();
    }

    /** Finds them. */
    static List<PruneUnit> of(BackupList list) {
        Map<String, List<Backup>> units = new LinkedHashMap<>();
        list.all().forEach(backup -> units.computeIfAbsent(
                        backup.manifest().set().isEmpty()
                                ? backup.id()
                                : backup.manifest().set(),
                        unused -> new ArrayList<>())
                .add(backup));
        List<PruneUnit> whole = new ArrayList<>();
        units.forEach((id, backups) -> {
            if (isWhole(backups)) {
                whole.add(new PruneUnit(id, backups, line(backups), counts(id, backups)));
            }
        });
        return units.entrySet().stream()
                .map(unit -> isWhole(unit.getValue())
                        ? whole.stream()
                                .filter(one -> one.id().equals(unit.getKey()))
                                .findFirst()
                                .orElseThrow()
                        : rest(unit.getKey(), unit.getValue(), whole))
                .toList();
    }

    private static boolean isWhole(List<Backup> backups) {
        return backups.stream()
                .map(backup -> backup.manifest().etcd())
                .collect(Collectors.toSet())
                .containsAll(backups.get(0).manifest().setOf());
    }

    private static boolean counts(String id, List<Backup> backups) {
        BackupManifest first = backups.get(0).manifest();
        return first.set().isEmpty() ? backups.get(0).counts() : new BackupSet(id, first.setOf(), backups).counts();
    }

    /**
     * Part of a set, as the backup of its other etcds has failed or a prune was cut off. It does not count beside a newer set of the same clusters that does, and goes with it. Until there is one, it is the
     * newest that there is of its etcds, and stands for others like it.
     */
    private static PruneUnit rest(String id, List<Backup> backups, List<PruneUnit> whole) {
        return whole.stream()
                .filter(set -> set.good() && set.replaces(backups))
                .findFirst()
                .map(set -> new PruneUnit(id, backups, set.line(), false))
                .orElseGet(() -> new PruneUnit(
                        id,
                        backups,
                        backups.stream()
                                        .map(backup -> backup.manifest().etcd())
                                        .sorted()
                                        .collect(Collectors.joining("+"))
                                + " alone of sets of " + line(backups),
                        backups.stream().allMatch(Backup::counts)));
    }

    private boolean replaces(List<Backup> older) {
        return !taken(older).isAfter(taken(backups))
                && first().manifest().setOf().equals(older.get(0).manifest().setOf())
                && older.stream().allMatch(one -> backups.stream()
                        .filter(own ->
                                own.manifest().etcd().equals(one.manifest().etcd()))
                        .anyMatch(own -> isSame(
                                own.manifest().origin().clusterId(),
                                one.manifest().origin().clusterId())));
    }

    private static boolean isSame(String clusterId, String other) {
        return clusterId.isEmpty() || other.isEmpty() || clusterId.equals(other);
    }

    private static Instant taken(List<Backup> backups) {
        return backups.get(0).manifest().takenByStore();
    }

    private static String line(List<Backup> backups) {
        BackupManifest first = backups.get(0).manifest();
        String etcds = first.set().isEmpty() ? first.etcd() : String.join("+", first.setOf());
        String clusters = backups.stream()
                .map(backup -> backup.manifest().origin().clusterId())
                .filter(id -> !id.isEmpty())
                .distinct()
                .sorted()
                .collect(Collectors.joining("+"));
        return clusters.isEmpty() ? etcds : etcds + " of cluster " + clusters;
    }

    Backup first() {
        return backups.get(0);
    }

    /** Whether it would count if members were not in doubt of it. */
    boolean doubted() {
        return !good
                && backups.stream().allMatch(backup -> backup.counts() || backup.doubted())
                && backups.stream().anyMatch(Backup::doubted);
    }
}
