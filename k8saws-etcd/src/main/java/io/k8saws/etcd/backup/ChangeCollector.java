package io.k8saws.etcd.backup;

import io.k8saws.error.CorruptSnapshotException;
import io.k8saws.error.EtcdCallException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.etcd.delta.ChangeSource;
import io.k8saws.etcd.delta.Continuity;
import io.k8saws.etcd.delta.Continuity.Gap;
import io.k8saws.etcd.delta.DeltaWriter;
import io.k8saws.etcd.delta.KeyChange;
import io.k8saws.etcd.delta.Transaction;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/** Watches until there is enough for a segment. Stores nothing. Used by one thread. */
final class ChangeCollector {
    private static final int LEASES_IN_MIND = 100_000;

    private final ChangeSource changes;
    private final Clock clock;
    private final Duration longest;
    private final long largest;
    private final BiFunction<String, Long, DeltaWriter> writers;
    private final Map<Long, Boolean> leases = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Boolean> eldest) {
            return size() > LEASES_IN_MIND;
        }
    };

    ChangeCollector(
            ChangeSource changes,
            Clock clock,
            Duration longest,
            long largest,
            BiFunction<String, Long, DeltaWriter> writers) {
        this.changes = changes;
        this.clock = clock;
        this.longest = longest;
        this.largest = largest;
        this.writers = writers;
    }

    /**
     * Up to where all is stored.
     *
     * @param clusterId the cluster
     * @param history the backup that it goes on from
     * @param last the last revision
     * @param lastChange the fingerprint of that revision
     * @param until up to when it is whole; empty after a snapshot, which has no time
     * @param watching whether somebody has watched since then
     */
    record Position(
            String clusterId, String history, long last, String lastChange, Optional<Instant> until, boolean watching) {
        static Position of(Backup base) {
            return new Position(
                    base.manifest().origin().clusterId(),
                    base.id(),
                    base.manifest().content().revision(),
                    base.manifest().content().lastChange(),
                    Optional.empty(),
                    false);
        }

        static Position behind(StoredSegment segment, String lastChange) {
            return new Position(
                    segment.clusterId(),
                    segment.history(),
                    segment.last(),
                    lastChange,
                    Optional.of(segment.lastAt()),
                    true);
        }

        Position interrupted() {
            return new Position(clusterId, history, last, lastChange, until, false);
        }

        /**
         * Behind the segments of the newest history, if a backup leads to them; else, and where a later backup tells that their history has ended, behind the newest backup. Not those that go farthest: they
         * may be of a history that an older restored state has ended.
         *
         * @throws CorruptSnapshotException if the last segment cannot be read, and no backup is as far
         */
        static Optional<Position> newest(String clusterId, List<Backup> good, Segments segments) {
            List<Backup> own = good.stream()
                    .filter(backup -> backup.manifest().origin().clusterId().equals(clusterId))
                    .toList();
            Optional<Backup> newest = own.stream().reduce((earlier, later) -> later);
            return segments.runs().stream()
                    .filter(run -> run.clusterId().equals(clusterId)
                            && run.neededBase(own).isPresent())
                    .min(DeltaRun.newestFirst(own))
                    .filter(run -> newest.filter(backup -> run.endedBefore(backup, own))
                            .isEmpty())
                    .flatMap(run -> behind(run, own, newest, segments))
                    .or(() -> newest.map(Position::of));
        }

        private static Optional<Position> behind(
                DeltaRun run, List<Backup> own, Optional<Backup> newest, Segments segments) {
            try {
                return lastChange(run, own, segments)
                        .map(change -> behind(run.newest(), change).interrupted());
            } catch (CorruptSnapshotException e) {
                if (newest.filter(backup -> backup.manifest().content().revision() >= run.last())
                        .isPresent()) {
                    return Optional.empty();
                }
                throw e;
            }
        }

        private static Optional<String> lastChange(DeltaRun run, List<Backup> own, Segments segments) {
            return run.lastChange()
                    .flatMap(segment -> segments.fingerprint(segment, run.last()))
                    .or(() -> own.stream()
                            .filter(base -> base.manifest().content().revision() == run.last() && run.leadsFrom(base))
                            .map(base -> base.manifest().content().lastChange())
                            .findFirst());
        }
    }

    /** Whether what is there goes on from what is stored, which the last stored revision itself shows: a watch tells it once more. */
    private static final class Joining {
        private final Position at;
        private boolean joined;
        private Optional<List<KeyChange>> last = Optional.empty();

        Joining(Position at) {
            this.at = at;
            // etcd has nothing to tell of a revision that has only deleted, once it is compacted
            this.joined = at.lastChange().equals(Transaction.fingerprint(List.of()));
        }

        /** Whether it is the last stored one again. */
        boolean isKnown(long revision) {
            return revision == at.last();
        }

        boolean holds(long revision, List<KeyChange> changes) {
            if (isKnown(revision)) {
                joined = Transaction.fingerprint(changes).equals(at.lastChange());
            } else if (joined) {
                last = Optional.of(changes);
            }
            return joined;
        }

        String lastChange() {
            return last.map(Transaction::fingerprint).orElse(at.lastChange());
        }
    }

    /**
     * What came.
     *
     * @param writer what was seen; to be closed
     * @param lastChange the fingerprint of the last revision of it
     * @param gap why it does not go on; empty if it does
     * @param failure what has ended the watch too early; empty if nothing has
     */
    record Collected(DeltaWriter writer, String lastChange, Optional<Gap> gap, Optional<K8sAwsException> failure) {}

    Collected collect(Position at) {
        DeltaWriter writer = writers.apply(at.clusterId(), at.last());
        boolean handedOn = false;
        try {
            Collected collected = collect(at, writer);
            handedOn = true;
            return collected;
        } finally {
            if (!handedOn) {
                writer.close();
            }
        }
    }

    private Collected collect(Position at, DeltaWriter writer) {
        Instant before = clock.instant();
        long newest = changes.revision();
        // what is there already happened at some time up to now
        Instant sinceNow = clock.instant();
        if (at.watching() || newest == at.last()) {
            writer.mark(at.until().orElse(before));
        }
        if (newest < at.last()) {
            return new Collected(writer, at.lastChange(), Optional.of(Gap.WENT_BACK), Optional.empty());
        }
        Gap[] gap = new Gap[1];
        Joining joining = new Joining(at);
        try {
            changes.watch(at.last(), longest, (clusterId, revision, list) -> {
                Optional<Gap> found = clusterId.equals(at.clusterId()) && !joining.holds(revision, list)
                        ? Optional.of(Gap.WENT_BACK)
                        : joining.isKnown(revision)
                                ? Continuity.between(at.clusterId(), at.last() - 1, clusterId, revision, 0)
                                : Continuity.between(at.clusterId(), writer.lastRevision(), clusterId, revision, 0);
                if (found.isPresent()) {
                    gap[0] = found.get();
                    return false;
                }
                if (joining.isKnown(revision)) {
                    return true;
                }
                list.forEach(change -> addLease(writer, change));
                writer.add(new Transaction(revision, revision <= newest ? sinceNow : clock.instant(), list));
                return writer.size() < largest;
            });
            if (gap[0] == null && joining.joined) {
                markIfQuiet(writer);
            }
            return new Collected(writer, joining.lastChange(), Optional.ofNullable(gap[0]), Optional.empty());
        } catch (OperationCancelledException e) {
            throw e;
        } catch (EtcdCallException e) {
            return e.reason() == EtcdCallException.Reason.COMPACTED
                    ? new Collected(writer, joining.lastChange(), Optional.of(Gap.COMPACTED), Optional.empty())
                    : new Collected(writer, joining.lastChange(), Optional.empty(), Optional.of(e));
        } catch (K8sAwsException e) {
            return new Collected(writer, joining.lastChange(), Optional.empty(), Optional.of(e));
        }
    }

    private void markIfQuiet(DeltaWriter writer) {
        Instant now = clock.instant();
        if (changes.revision() == writer.lastRevision()) {
            writer.mark(now);
        }
    }

    /** A watch does not tell how long a lease lives. */
    private void addLease(DeltaWriter writer, KeyChange change) {
        if (change.lease() != 0 && !leases.containsKey(change.lease())) {
            changes.leaseLife(change.lease()).ifPresent(life -> writer.addLease(change.lease(), life));
            leases.put(change.lease(), true);
        }
    }
}
