package io.k8saws.etcd.backup;

import io.k8saws.error.K8sAwsException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds what leads to a revision or a moment. Pure.
 *
 * @param name of what, for messages
 * @param good the backups of one etcd that count, oldest first
 * @param segments its segments, in order
 */
record RestorePoints(String name, List<Backup> good, List<StoredSegment> segments) {
    /** The cluster whose backup is the newest: after a restore it is another one, with revisions of its own. */
    RestorePoint at(long revision) {
        String clusterId = good.stream()
                .reduce((earlier, later) -> later)
                .map(backup -> backup.manifest().origin().clusterId())
                .orElseThrow(() -> refused("revision " + revision, "no backup counts"));
        return at(clusterId, revision);
    }

    RestorePoint at(String clusterId, long revision) {
        Optional<RestorePoint> byDeltas = DeltaRun.of(segments).stream()
                .filter(run -> run.clusterId().equals(clusterId) && revision <= run.last())
                .flatMap(run -> run.nearestBase(good, revision).stream()
                        .map(base -> new RestorePoint(
                                base, run.between(base.manifest().content().revision(), revision), revision)))
                .max(Comparator.comparing(RestorePoint::base, DeltaRun.BY_REVISION));
        return byDeltas.or(() -> byHistory(clusterId, revision))
                .orElseThrow(() -> refused("revision " + revision, "no backup and its segments have it"));
    }

    private Optional<RestorePoint> byHistory(String clusterId, long revision) {
        return good.stream()
                .filter(backup -> backup.manifest().origin().clusterId().equals(clusterId))
                .filter(backup -> backup.manifest().content().compactRevision() <= revision
                        && revision <= backup.manifest().content().revision())
                .min(DeltaRun.BY_REVISION)
                .map(base -> new RestorePoint(base, List.of(), revision));
    }

    /** The segment that says which revision it was; the last one, where one ends as the next begins. */
    StoredSegment covering(Instant instant) {
        return segments.stream()
                .filter(segment -> segment.covers(instant))
                .max(Comparator.comparing(StoredSegment::firstAt).thenComparing(StoredSegment::after))
                .orElseThrow(() -> refused(instant.toString(), "nobody watched then; " + nearest(instant)));
    }

    private String nearest(Instant instant) {
        Optional<StoredSegment> before = segments.stream()
                .filter(segment -> segment.lastAt().isBefore(instant))
                .max(Comparator.comparing(StoredSegment::lastAt));
        Optional<StoredSegment> after = segments.stream()
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
