package io.k8saws.etcd.backup;

import io.k8saws.error.ConflictException;
import io.k8saws.error.CorruptSnapshotException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.etcd.backup.ChangeCollector.Position;
import io.k8saws.etcd.delta.ChangeSource;
import io.k8saws.etcd.delta.Continuity.Gap;
import io.k8saws.etcd.delta.DeltaSegment;
import io.k8saws.etcd.delta.DeltaWriter;
import io.k8saws.etcd.internal.disk.ScratchDirectory;
import io.k8saws.etcd.schedule.Leadership;
import io.k8saws.internal.seam.Sleeper;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * Backs up each change of an etcd, between full snapshots: watches from where the store's newest segment or backup ends, and stores what it sees as segments. When changes cannot go on, because revisions were compacted or
 * missed, the last segment is damaged, or it is another cluster or an older state of it, a new full snapshot is taken, and changes go on from there. Immutable.
 *
 * <pre>{@code
 * ContinuousBackup.of(backups, etcd.snapshotSource(), etcd.changes(), BackupOptions.defaults())
 *         .run(etcd.leadership("backup@host-1", Duration.ofSeconds(15)));
 * }</pre>
 *
 * <p>A program that dies loses nothing: what it had not stored is watched again. Moments of that time are not known, revisions are.
 */
public final class ContinuousBackup {
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final Duration CANDIDATE_PAUSE = Duration.ofSeconds(2);
    private static final int QUIET_SEGMENTS = 10;

    private final Backups backups;
    private final SnapshotSource snapshots;
    private final ChangeSource changes;
    private final BackupOptions options;
    private final Duration longest;
    private final long largest;
    private final Duration snapshotLimit;
    private final Sleeper sleeper;
    private final Consumer<ContinuousEvent> listener;
    private final BiFunction<String, Long, DeltaWriter> writers;

    private ContinuousBackup(
            Backups backups,
            SnapshotSource snapshots,
            ChangeSource changes,
            BackupOptions options,
            Duration longest,
            long largest,
            Duration snapshotLimit,
            Sleeper sleeper,
            Consumer<ContinuousEvent> listener,
            BiFunction<String, Long, DeltaWriter> writers) {
        this.backups = backups;
        this.snapshots = snapshots;
        this.changes = changes;
        this.options = options;
        this.longest = longest;
        this.largest = largest;
        this.snapshotLimit = snapshotLimit;
        this.sleeper = sleeper;
        this.listener = listener;
        this.writers = writers;
    }

    /**
     * Describes a continuous backup; begins nothing. A segment is stored each 20 s, or when it has 4 MiB.
     *
     * @param backups where it goes, and with which key
     * @param snapshots full snapshots of the etcd
     * @param changes the changes of the same etcd
     * @param options how full snapshots are made; segments are written in the spool directory, too
     * @return the description
     */
    public static ContinuousBackup of(
            Backups backups, SnapshotSource snapshots, ChangeSource changes, BackupOptions options) {
        return new ContinuousBackup(
                backups,
                snapshots,
                changes,
                options,
                Duration.ofSeconds(20),
                4L << 20,
                Duration.ofHours(1),
                Sleeper.system(),
                event -> {},
                DeltaWriter::after);
    }

    /**
     * A copy with other segments.
     *
     * @param time after which a segment is stored: what a lost etcd loses at most
     * @param bytes at which it is stored sooner, compressed
     * @return the copy
     */
    public ContinuousBackup withSegments(Duration time, long bytes) {
        if (time.toMillis() < 100 || bytes < 1) {
            throw new IllegalArgumentException("Store a segment each " + time + " or " + bytes
                    + " bytes: that is too often. Take 100 ms and one byte or more.");
        }
        return new ContinuousBackup(
                backups, snapshots, changes, options, time, bytes, snapshotLimit, sleeper, listener, writers);
    }

    /**
     * A copy that gives a full snapshot another time.
     *
     * @param limit how long one may take
     * @return the copy
     */
    public ContinuousBackup withSnapshotLimit(Duration limit) {
        return new ContinuousBackup(
                backups, snapshots, changes, options, longest, largest, limit, sleeper, listener, writers);
    }

    /**
     * A copy that tells what happens.
     *
     * @param heard hears events on the thread of the backup, and should not throw
     * @return the copy
     */
    public ContinuousBackup reportingTo(Consumer<ContinuousEvent> heard) {
        return new ContinuousBackup(
                backups, snapshots, changes, options, longest, largest, snapshotLimit, sleeper, heard, writers);
    }

    ContinuousBackup sleepingBy(Sleeper other) {
        return new ContinuousBackup(
                backups, snapshots, changes, options, longest, largest, snapshotLimit, other, listener, writers);
    }

    ContinuousBackup writingBy(BiFunction<String, Long, DeltaWriter> other) {
        return new ContinuousBackup(
                backups, snapshots, changes, options, longest, largest, snapshotLimit, sleeper, listener, other);
    }

    /**
     * What the work is called, and so the right to do it: of all programs that do it, one does. Ask {@link io.k8saws.etcd.LeaseLeadership#holder} for it.
     *
     * @return for example {@code continuous-payments-main}
     */
    public String work() {
        return "continuous-" + backups.cluster() + "-" + options.etcd();
    }

    /**
     * Works whenever this program has the right to, until the thread is interrupted. The caller brings the thread.
     *
     * @param leadership which program works
     * @throws OperationCancelledException when the thread is interrupted; its flag is set again
     */
    public void run(Leadership leadership) {
        int failures = 0;
        while (true) {
            try {
                Optional<Leadership.Term> taken = leadership.tryTake(work());
                failures = 0;
                if (taken.isEmpty()) {
                    sleeper.sleep(CANDIDATE_PAUSE, "Wait for the right to do " + work());
                    continue;
                }
                try (Leadership.Term term = taken.get()) {
                    run(term);
                }
            } catch (OperationCancelledException e) {
                throw e;
            } catch (ConflictException e) {
                listener.accept(new ContinuousEvent.LostLeadership(String.valueOf(e.getMessage())));
            } catch (K8sAwsException e) {
                failures = pause(failures, e);
            }
        }
    }

    /**
     * Works until the right is lost or the thread is interrupted.
     *
     * @param term the right; asked before anything is stored
     * @throws ConflictException when the right is lost
     * @throws OperationCancelledException when the thread is interrupted; its flag is set again
     */
    public void run(Leadership.Term term) {
        Optional<Position> at = Optional.empty();
        ChangeCollector collector = collector();
        int failures = 0;
        int gaps = 0;
        while (true) {
            if (Thread.currentThread().isInterrupted()) {
                throw new OperationCancelledException("Back up changes of " + work());
            }
            term.requireHeld();
            try {
                if (at.isEmpty()) {
                    at = Optional.of(begin(term));
                }
                ChangeCollector.Collected collected = collector.collect(at.get());
                try (DeltaWriter writer = collected.writer()) {
                    requireHeld(term);
                    at = Optional.of(store(at.get(), writer, collected.lastChange()));
                }
                if (collected.gap().isPresent()) {
                    if (gaps > 0) { // a watch that never holds must not take one snapshot after the other
                        sleeper.sleep(pauseAfter(gaps - 1), "Go on with " + work());
                    }
                    gaps++;
                    at = Optional.of(snapshot(collected.gap(), term));
                    collector = collector();
                } else {
                    gaps = 0;
                }
                if (collected.failure().isPresent()) {
                    at = at.map(Position::interrupted);
                    failures = pause(failures, collected.failure().get());
                } else {
                    failures = 0;
                }
            } catch (OperationCancelledException | LostException e) {
                throw e;
            } catch (K8sAwsException e) {
                at = Optional.empty(); // what is stored says where to go on
                collector = collector(); // and leases that were told of may be in nothing that is stored
                failures = pause(failures, e);
            }
        }
    }

    private ChangeCollector collector() {
        return new ChangeCollector(changes, backups.clock(), longest, largest, writers);
    }

    /** The right was lost inside of a step, which no retry mends. */
    private static final class LostException extends ConflictException {
        private static final long serialVersionUID = 1L;

        LostException(ConflictException cause) {
            super("Go on with a continuous backup", String.valueOf(cause.getMessage()), "wait", Map.of(), cause);
        }
    }

    private static void requireHeld(Leadership.Term term) {
        try {
            term.requireHeld();
        } catch (ConflictException e) {
            throw new LostException(e);
        }
    }

    private Position begin(Leadership.Term term) {
        String clusterId = changes.clusterId();
        long revision = changes.revision();
        List<Backup> good = backups.listing().read(options.etcd()).good();
        Optional<Position> known;
        try {
            known = Position.newest(clusterId, good, backups.segments(options.etcd()));
        } catch (CorruptSnapshotException e) {
            return snapshot(Optional.of(Gap.DAMAGED), term); // no retry mends it
        }
        if (known.isEmpty()) {
            return snapshot(good.isEmpty() ? Optional.empty() : Optional.of(Gap.OTHER_CLUSTER), term);
        }
        return known.get().last() > revision ? snapshot(Optional.of(Gap.WENT_BACK), term) : known.get();
    }

    private Position snapshot(Optional<Gap> gap, Leadership.Term term) {
        requireHeld(term);
        Backup backup = backups.backup(snapshots, options, snapshotLimit);
        listener.accept(new ContinuousEvent.TookSnapshot(backup, gap));
        return Position.of(backup);
    }

    /** A segment without changes only says that nothing has happened, which need not be said often. */
    private Position store(Position at, DeltaWriter writer, String lastChange) {
        boolean quiet = writer.transactions() == 0
                && at.until()
                        .map(until ->
                                Duration.between(until, writer.lastAt()).compareTo(longest.multipliedBy(QUIET_SEGMENTS))
                                        < 0)
                        .orElse(false);
        if (quiet || writer.transactions() == 0 && writer.lastAt().toEpochMilli() == 0) {
            return at;
        }
        try (ScratchDirectory directory = ScratchDirectory.in(options.spoolDirectory(), "Write changes of " + work())) {
            DeltaSegment segment = writer.write(directory.file("segment"));
            StoredSegment stored = backups.segments(options.etcd()).store(segment, at.history());
            listener.accept(new ContinuousEvent.StoredChanges(stored));
            return Position.behind(stored, lastChange);
        }
    }

    private int pause(int failures, K8sAwsException cause) {
        Duration wait = pauseAfter(failures);
        listener.accept(new ContinuousEvent.Failed(failures + 1, cause, wait));
        sleeper.sleep(wait, "Go on with " + work());
        return failures + 1;
    }

    private static Duration pauseAfter(int failures) {
        Duration pause = Duration.ofSeconds(1L << Math.min(failures, 5));
        return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    }

    /** What of which etcd. */
    @Override
    public String toString() {
        return work() + ": a segment each " + longest.toSeconds() + " s or " + largest + " bytes, from " + changes;
    }
}
