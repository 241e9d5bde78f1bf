package io.k8saws.etcd.backup;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Stored segments that go on from each other without a gap. Pure.
 *
 * @param clusterId the cluster
 * @param segments in order; they may overlap
 */
record DeltaRun(String clusterId, List<StoredSegment> segments) {
    DeltaRun {
        segments = List.copyOf(segments);
    }

    /** Cuts segments, in the order of {@link Segments#list}, where revisions are missing. */
    static List<DeltaRun> of(List<StoredSegment> ordered) {
        List<DeltaRun> runs = new ArrayList<>();
        List<StoredSegment> run = new ArrayList<>();
        long last = 0;
        for (StoredSegment segment : ordered) {
            boolean goesOn =
                    !run.isEmpty() && run.get(0).clusterId().equals(segment.clusterId()) && segment.after() <= last;
            if (!goesOn && !run.isEmpty()) {
                runs.add(new DeltaRun(run.get(0).clusterId(), run));
                run.clear();
                last = 0;
            }
            run.add(segment);
            last = Math.max(last, segment.last());
        }
        if (!run.isEmpty()) {
            runs.add(new DeltaRun(run.get(0).clusterId(), run));
        }
        return runs;
    }

    long after() {
        return segments.get(0).after();
    }

    long last() {
        return newest().last();
    }

    /** The one that goes farthest. */
    StoredSegment newest() {
        return segments.stream()
                .max(Comparator.comparing(StoredSegment::last).thenComparing(StoredSegment::lastAt))
                .orElseThrow();
    }

    boolean reaches(Backup base) {
        long revision = base.manifest().content().revision();
        return base.manifest().origin().clusterId().equals(clusterId) && revision >= after() && revision <= last();
    }

    /** The backup without which the oldest revisions of the run could not be restored. */
    Optional<Backup> neededBase(List<Backup> good) {
        return good.stream().filter(this::reaches).min(BY_REVISION);
    }

    /** The backup from which the fewest segments lead to a revision. */
    Optional<Backup> nearestBase(List<Backup> good, long revision) {
        return good.stream()
                .filter(this::reaches)
                .filter(base -> base.manifest().content().revision() <= revision)
                .max(BY_REVISION);
    }

    /** The revision behind which segments stay, so that all moments since another one stay possible. */
    long oldestNeeded(List<Backup> good, Instant since) {
        Optional<StoredSegment> first = segments.stream()
                .filter(segment -> !segment.lastAt().isBefore(since))
                .findFirst();
        if (first.isEmpty() || neededBase(good).isEmpty()) {
            return last(); // nothing leads to it, or nothing in it is young enough
        }
        return nearestBase(good, first.get().after())
                .or(() -> neededBase(good))
                .map(base -> base.manifest().content().revision())
                .orElseThrow();
    }

    static final Comparator<Backup> BY_REVISION = Comparator.comparing(
                    (Backup backup) -> backup.manifest().content().revision())
            .thenComparing(Backup::id);

    /** Those that lead from one revision to another, and no more than are needed. */
    List<StoredSegment> between(long from, long to) {
        List<StoredSegment> used = new ArrayList<>();
        long last = from;
        for (StoredSegment segment : segments) {
            if (segment.last() > last && segment.after() <= last && last < to) {
                used.add(segment);
                last = segment.last();
            }
        }
        return used;
    }
}
