package io.k8saws.etcd.backup;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Stored segments of one history that go on from each other without a gap. A cluster can have several histories with the same numbers: one each time that an older state of it was restored.
 *
 * @param clusterId the cluster
 * @param history the backup that the history goes on from
 * @param segments in order; they may overlap
 * @param joint tells which other backups are of this history
 */
record DeltaRun(String clusterId, String history, List<StoredSegment> segments, Joint joint) {
    /** Looks whether a backup is of the history of a segment. */
    @FunctionalInterface
    interface Joint {
        /**
         * Compares them at the backup's last revision.
         *
         * @param backup the backup
         * @param segment a segment that has that revision in it
         * @return whether both have the same there; empty if the segment cannot tell, as it is damaged
         */
        Optional<Boolean> same(Backup backup, StoredSegment segment);
    }

    static final Comparator<Backup> BY_REVISION =
            Comparator.comparing(DeltaRun::revision).thenComparing(Backup::id);

    DeltaRun {
        segments = List.copyOf(segments);
    }

    /** Cuts segments, in the order of {@link Segments#list}, where another history begins or revisions are missing. */
    static List<DeltaRun> of(List<StoredSegment> ordered, Joint joint) {
        List<DeltaRun> runs = new ArrayList<>();
        List<StoredSegment> run = new ArrayList<>();
        long last = 0;
        for (StoredSegment segment : ordered) {
            boolean goesOn = !run.isEmpty()
                    && run.get(0).clusterId().equals(segment.clusterId())
                    && run.get(0).history().equals(segment.history())
                    && segment.after() <= last;
            if (!goesOn && !run.isEmpty()) {
                runs.add(cut(run, joint));
                run.clear();
                last = 0;
            }
            run.add(segment);
            last = Math.max(last, segment.last());
        }
        if (!run.isEmpty()) {
            runs.add(cut(run, joint));
        }
        return runs;
    }

    private static DeltaRun cut(List<StoredSegment> run, Joint joint) {
        return new DeltaRun(run.get(0).clusterId(), run.get(0).history(), run, joint);
    }

    private static long revision(Backup backup) {
        return backup.manifest().content().revision();
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

    /**
     * Those of the newest history first. What counts is what names and manifests say, which a copy keeps, and not when the store got an object, which a copy makes anew.
     *
     * @param known backups whose manifests are at hand
     */
    static Comparator<DeltaRun> newestFirst(List<Backup> known) {
        return Comparator.comparing((DeltaRun run) -> run.began(known))
                .thenComparing(DeltaRun::last)
                .thenComparing(DeltaRun::seenUntil)
                .thenComparing(DeltaRun::history)
                .reversed();
    }

    private Optional<Backup> origin(List<Backup> known) {
        return known.stream().filter(backup -> backup.id().equals(history)).findFirst();
    }

    /** When its history began: by the store's clock if the backup that it goes on from is there, else by that of who took it. */
    private Instant began(List<Backup> known) {
        return origin(known)
                .map(backup -> backup.manifest().takenByStore())
                .or(() -> Layout.timeOf(history))
                .orElse(Instant.MIN);
    }

    private Instant seenUntil() {
        return segments.stream()
                .map(StoredSegment::lastAt)
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    /** The same by the store's clock, as far as it is known how far the clock of who watched was from it. */
    private Instant seenUntilByStore(List<Backup> known) {
        return origin(known)
                .map(backup -> backup.manifest().byStore(seenUntil()))
                .orElse(seenUntil());
    }

    /** The newest segment that has the last revision in it; empty if only segments without changes are left. */
    Optional<StoredSegment> lastChange() {
        return segments.stream()
                .filter(segment -> segment.last() == last() && segment.last() > segment.after())
                .max(Comparator.comparing(StoredSegment::lastAt));
    }

    /**
     * Whether a backup was taken later and is not as far, or has other data where the run has the same number: then the history has ended.
     *
     * @param newest the newest backup of the cluster
     * @param known backups whose manifests are at hand
     */
    boolean endedBefore(Backup newest, List<Backup> known) {
        Instant taken = newest.manifest().takenByStore();
        return revision(newest) < last()
                && began(known).isBefore(taken)
                && (seenUntilByStore(known).isBefore(taken) || !same(newest).orElse(true));
    }

    private boolean reaches(Backup base) {
        return base.manifest().origin().clusterId().equals(clusterId)
                && revision(base) >= after()
                && revision(base) <= last();
    }

    /** Whether segments go on from a backup. That it has the right number is not enough. */
    boolean leadsFrom(Backup base) {
        return reaches(base) && (base.id().equals(history) || same(base).orElse(false));
    }

    private Optional<Boolean> same(Backup base) {
        return segments.stream()
                .filter(segment -> segment.after() < revision(base) && revision(base) <= segment.last())
                .findFirst()
                .flatMap(segment -> joint.same(base, segment));
    }

    /** The backup without which the oldest revisions of the run could not be restored. */
    Optional<Backup> neededBase(List<Backup> good) {
        return good.stream().sorted(BY_REVISION).filter(this::leadsFrom).findFirst();
    }

    /** What no segment of it has to lead to. Of the first one a prune needs the end alone, when the backup that the rest goes on from lies in it. */
    long beginsAfter(List<Backup> good) {
        return neededBase(good)
                .map(DeltaRun::revision)
                .filter(revision -> revision <= segments.get(0).last())
                .orElse(after());
    }

    /** The backup from which the fewest segments lead to a revision. */
    Optional<Backup> nearestBase(List<Backup> good, long revision) {
        return good.stream()
                .filter(base -> revision(base) <= revision)
                .sorted(BY_REVISION.reversed())
                .filter(this::leadsFrom)
                .findFirst();
    }

    /** The point of a revision, from the nearest backup before it, or from a later one whose own history has it. */
    Optional<RestorePoint> at(List<Backup> good, long revision) {
        if (revision > last()) {
            return Optional.empty();
        }
        return nearestBase(good, revision)
                .map(base -> new RestorePoint(base, between(revision(base), revision), revision))
                .or(() -> good.stream()
                        .filter(base ->
                                base.manifest().content().compactRevision() <= revision && revision <= revision(base))
                        .sorted(BY_REVISION)
                        .filter(this::leadsFrom)
                        .findFirst()
                        .map(base -> new RestorePoint(base, List.of(), revision)));
    }

    /**
     * The revision from which on segments stay, so that all moments since another one stay possible. That with the revision itself tells which history the backup is of.
     *
     * @param good those that count
     * @param present those that are there, whether or not they count: one that is only in doubt, or whose last look failed, may count again, and then needs what goes on from it
     * @param since the moment
     */
    long oldestNeeded(List<Backup> good, List<Backup> present, Instant since) {
        Optional<StoredSegment> first = segments.stream()
                .filter(segment -> !segment.lastAt().isBefore(since))
                .findFirst();
        if (first.isEmpty()) {
            return last() + 1; // nothing in it is young enough
        }
        return nearestBase(good, first.get().after())
                .or(() -> nearestBase(present, first.get().after()))
                .or(() -> neededBase(good))
                .or(() -> neededBase(present))
                .map(DeltaRun::revision)
                .orElse(last() + 1); // nothing leads to it
    }

    /** Those that lead from one revision to another, and no more than are needed. */
    private List<StoredSegment> between(long from, long to) {
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
