package io.k8saws.etcd.backup;

import io.k8saws.error.K8sAwsException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Finds what leads to a revision or a moment.
 *
 * @param name of what, for messages
 * @param good the backups of one etcd that count, oldest first
 * @param runs its segments, by their histories
 */
record RestorePoints(String name, List<Backup> good, List<DeltaRun> runs) {
    /**
     * The cluster whose backup is the newest: after a restore it is another one, with revisions of its own. Where an older state of the same cluster was restored, the revision is that of the newest history that has
     * it; one that has ended comes last.
     */
    RestorePoint at(long revision) {
        Backup newest = good.stream()
                .reduce((earlier, later) -> later)
                .orElseThrow(() -> refused("revision " + revision, "no backup counts"));
        String clusterId = newest.manifest().origin().clusterId();
        List<DeltaRun> own = runs.stream()
                .filter(run -> run.clusterId().equals(clusterId))
                .sorted(Comparator.comparing(DeltaRun::written).reversed())
                .toList();
        List<Supplier<Optional<RestorePoint>>> ways = new ArrayList<>();
        own.stream().filter(run -> !run.endedBefore(newest)).forEach(run -> ways.add(() -> run.at(good, revision)));
        ways.add(() -> byHistory(clusterId, revision));
        own.stream().filter(run -> run.endedBefore(newest)).forEach(run -> ways.add(() -> run.at(good, revision)));
        return ways.stream()
                .flatMap(way -> way.get().stream())
                .findFirst()
                .orElseThrow(() -> refused("revision " + revision, "no backup and its segments have it"));
    }

    /** A revision of the history that a segment is of. */
    RestorePoint at(StoredSegment segment, long revision) {
        return runs.stream()
                .filter(run -> run.segments().contains(segment))
                .flatMap(run -> run.at(good, revision).stream())
                .findFirst()
                .orElseThrow(() -> refused("revision " + revision, "no backup and its segments have it"));
    }

    /** The newest that has it: an older one may be of a history that has ended. */
    private Optional<RestorePoint> byHistory(String clusterId, long revision) {
        List<Backup> newestFirst = new ArrayList<>(good);
        Collections.reverse(newestFirst);
        return newestFirst.stream()
                .filter(backup -> backup.manifest().origin().clusterId().equals(clusterId))
                .filter(backup -> backup.manifest().content().compactRevision() <= revision
                        && revision <= backup.manifest().content().revision())
                .findFirst()
                .map(base -> new RestorePoint(base, List.of(), revision));
    }

    private List<StoredSegment> segments() {
        return runs.stream().flatMap(run -> run.segments().stream()).toList();
    }

    /** The segment that says which revision it was; the last one, where one ends as the next begins. */
    StoredSegment covering(Instant instant) {
        return segments().stream()
                .filter(segment -> segment.covers(instant))
                .max(Comparator.comparing(StoredSegment::firstAt).thenComparing(StoredSegment::after))
                .orElseThrow(() -> refused(instant.toString(), "nobody watched then; " + nearest(instant)));
    }

    private String nearest(Instant instant) {
        Optional<StoredSegment> before = segments().stream()
                .filter(segment -> segment.lastAt().isBefore(instant))
                .max(Comparator.comparing(StoredSegment::lastAt));
        Optional<StoredSegment> after = segments().stream()
                .filter(segment -> segment.firstAt().isAfter(instant))
                .min(Comparator.comparing(StoredSegment::firstAt));
        return before.map(one -> "the last moment before it is " + one.lastAt() + ", revision " + one.last())
                        .orElse("there is no moment before it")
                + after.map(one -> ", the first after it is " + one.firstAt()).orElse(", and none after it");
    }

    private K8sAwsException refused(String what, String why) {
        return new K8sAwsException(
                "Find " + what + " of " + name,
                why,
                "name another revision or moment; see the list of backups and segments",
                Map.of(),
                null);
    }
}
