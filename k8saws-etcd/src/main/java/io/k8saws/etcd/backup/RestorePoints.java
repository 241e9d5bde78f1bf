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
import java.util.stream.LongStream;
import java.util.stream.Stream;

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
        return find(revision).orElseThrow(() -> refused("revision " + revision, "no backup and its segments have it"));
    }

    /** The same, when it is known what is damaged. */
    RestorePoint at(long revision, DeltaCheck known) {
        return find(revision).orElseThrow(() -> known.lost().stream()
                .filter(lost ->
                        lost.clusterId().equals(newest().manifest().origin().clusterId()))
                .filter(lost -> lost.first() <= revision && revision <= lost.last())
                .reduce((earlier, later) -> later)
                .map(lost -> lost("revision " + revision, lost))
                .orElseGet(() -> refused("revision " + revision, "no backup and its segments have it")));
    }

    private Backup newest() {
        return good.stream()
                .reduce((earlier, later) -> later)
                .orElseThrow(() -> refused("a revision", "no backup counts"));
    }

    boolean covers(Instant instant) {
        return segments().stream().anyMatch(segment -> segment.covers(instant));
    }

    /** A moment that only a segment has which is unusable. */
    K8sAwsException unusable(Instant instant, StoredSegment unusable, DeltaCheck known) {
        return known.lost().stream()
                .filter(lost -> lost.clusterId().equals(unusable.clusterId())
                        && lost.history().equals(unusable.history())
                        && lost.keys().contains(unusable.object().key()))
                .findFirst()
                .map(lost -> lost(instant.toString(), lost))
                .orElseGet(() -> refused(
                        instant.toString(),
                        "the segment that says which revision it was is unusable: "
                                + unusable.object().key() + ", " + unusable.range()));
    }

    private K8sAwsException lost(String what, DeltaCheck.Lost lost) {
        return new K8sAwsException(
                "Find " + what + " of " + name,
                lost.toString(),
                lost.before()
                        .map(point -> "restore revision " + point.revision() + ", or one above " + lost.last())
                        .orElse("restore a revision above " + lost.last()),
                Map.of("segments", String.join(",", lost.keys())),
                null);
    }

    private Optional<RestorePoint> find(long revision) {
        Backup newest = good.stream()
                .reduce((earlier, later) -> later)
                .orElseThrow(() -> refused("revision " + revision, "no backup counts"));
        String clusterId = newest.manifest().origin().clusterId();
        List<DeltaRun> own = runs.stream()
                .filter(run -> run.clusterId().equals(clusterId))
                .sorted(DeltaRun.newestFirst(good))
                .toList();
        List<Supplier<Optional<RestorePoint>>> ways = new ArrayList<>();
        own.stream()
                .filter(run -> !run.endedBefore(newest, good))
                .forEach(run -> ways.add(() -> run.at(good, revision)));
        ways.add(() -> byHistory(clusterId, revision));
        own.stream()
                .filter(run -> run.endedBefore(newest, good))
                .forEach(run -> ways.add(() -> run.at(good, revision)));
        return ways.stream().flatMap(way -> way.get().stream()).findFirst();
    }

    /** What nothing leads to, of each history that there are segments of. */
    List<DeltaCheck.Lost> lost(List<DeltaCheck.Unusable> unusable) {
        return Stream.concat(
                        runs.stream().map(run -> new Past(run.clusterId(), run.history())),
                        unusable.stream()
                                .map(one -> new Past(
                                        one.segment().clusterId(), one.segment().history())))
                .distinct()
                .sorted(Comparator.comparing(Past::clusterId).thenComparing(Past::history))
                .flatMap(past ->
                        lost(
                                past,
                                unusable.stream()
                                        .map(DeltaCheck.Unusable::segment)
                                        .filter(past::has)
                                        .toList())
                                .stream())
                .toList();
    }

    /** One history of one cluster. */
    private record Past(String clusterId, String history) {
        boolean has(StoredSegment segment) {
            return segment.clusterId().equals(clusterId) && segment.history().equals(history);
        }

        boolean has(DeltaRun run) {
            return run.clusterId().equals(clusterId) && run.history().equals(history);
        }
    }

    /** A walk from the first revision to the last: each time to the end of what leads farthest. */
    private List<DeltaCheck.Lost> lost(Past past, List<StoredSegment> unusable) {
        List<DeltaRun> own = runs.stream().filter(past::has).toList();
        long end = LongStream.concat(
                        own.stream().mapToLong(DeltaRun::last),
                        unusable.stream().mapToLong(StoredSegment::last))
                .max()
                .orElse(0);
        long at = LongStream.concat(
                                own.stream().mapToLong(run -> run.beginsAfter(good)),
                                unusable.stream().mapToLong(StoredSegment::after))
                        .min()
                        .orElse(0)
                + 1;
        List<long[]> reached = reached(past, own);
        List<DeltaCheck.Lost> lost = new ArrayList<>();
        while (at <= end) {
            long from = at;
            Optional<long[]> covered = reached.stream()
                    .filter(span -> span[0] <= from && from <= span[1])
                    .max(Comparator.comparingLong(span -> span[1]));
            if (covered.isPresent()) {
                if (covered.get()[1] >= end) {
                    break; // behind the greatest number there is none
                }
                at = covered.get()[1] + 1;
                continue;
            }
            long to = reached.stream()
                    .mapToLong(span -> span[0] - 1)
                    .filter(before -> from <= before && before < end)
                    .min()
                    .orElse(end);
            lost.add(new DeltaCheck.Lost(
                    past.clusterId(),
                    past.history(),
                    from,
                    to,
                    unusable.stream()
                            .filter(segment -> segment.after() < to && segment.last() >= from)
                            .map(segment -> segment.object().key())
                            .toList(),
                    before(past, own, from - 1)));
            if (to == end) {
                break;
            }
            at = to + 1;
        }
        return lost;
    }

    /**
     * From and to: what backups of this history have in themselves, and what sound segments lead to from the first that they go on from. A backup of another history has other data with the same numbers.
     */
    private List<long[]> reached(Past past, List<DeltaRun> own) {
        Stream<long[]> byHistory = good.stream()
                .filter(backup -> backup.manifest().origin().clusterId().equals(past.clusterId()))
                .filter(backup ->
                        backup.id().equals(past.history()) || own.stream().anyMatch(run -> run.leadsFrom(backup)))
                .map(backup -> backup.manifest().content())
                .map(content -> new long[] {content.compactRevision(), content.revision()});
        Stream<long[]> bySegments = own.stream().flatMap(run -> run.neededBase(good).stream()
                .map(base -> new long[] {base.manifest().content().revision(), run.last()}));
        return Stream.concat(byHistory, bySegments).toList();
    }

    private Optional<RestorePoint> before(Past past, List<DeltaRun> own, long revision) {
        return own.stream()
                .flatMap(run -> run.at(good, revision).stream())
                .findFirst()
                .or(() -> byHistory(past.clusterId(), revision));
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
