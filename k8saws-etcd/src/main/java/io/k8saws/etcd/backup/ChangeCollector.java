package io.k8saws.etcd.backup;

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
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Watches until there is enough for a segment. Stores nothing. Used by one thread. */
final class ChangeCollector {
    private static final int LEASES_IN_MIND = 100_000;

    private final ChangeSource changes;
    private final Clock clock;
    private final Duration longest;
    private final long largest;
    private final Map<Long, Boolean> leases = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Boolean> eldest) {
            return size() > LEASES_IN_MIND;
        }
    };

    ChangeCollector(ChangeSource changes, Clock clock, Duration longest, long largest) {
        this.changes = changes;
        this.clock = clock;
        this.longest = longest;
        this.largest = largest;
    }

    /**
     * Up to where all is stored.
     *
     * @param clusterId the cluster
     * @param last the last revision
     * @param until up to when it is whole; empty after a snapshot, which has no time
     * @param watching whether somebody has watched since then
     */
    record Position(String clusterId, long last, Optional<Instant> until, boolean watching) {
        static Position of(Backup base) {
            return new Position(
                    base.manifest().origin().clusterId(),
                    base.manifest().content().revision(),
                    Optional.empty(),
                    false);
        }

        static Position behind(StoredSegment segment) {
            return new Position(segment.clusterId(), segment.last(), Optional.of(segment.lastAt()), true);
        }

        Position interrupted() {
            return new Position(clusterId, last, until, false);
        }

        /** Behind the segments that go farthest, if a backup leads to them; else behind the newest backup. */
        static Optional<Position> newest(String clusterId, List<Backup> good, List<StoredSegment> segments) {
            List<Backup> own = good.stream()
                    .filter(backup -> backup.manifest().origin().clusterId().equals(clusterId))
                    .toList();
            Optional<Position> run = DeltaRun.of(segments).stream()
                    .filter(one -> one.clusterId().equals(clusterId)
                            && one.neededBase(own).isPresent())
                    .max(Comparator.comparing(DeltaRun::last))
                    .map(one -> behind(one.newest()).interrupted());
            return run.or(() -> own.stream().max(DeltaRun.BY_REVISION).map(Position::of));
        }
    }

    /**
     * What came.
     *
     * @param writer what was seen
     * @param gap why it does not go on; empty if it does
     * @param failure what has ended the watch too early; empty if nothing has
     */
    record Collected(DeltaWriter writer, Optional<Gap> gap, Optional<K8sAwsException> failure) {}

    Collected collect(Position at) {
        Instant before = clock.instant();
        long newest = changes.revision();
        // what is there already happened at some time up to now
        Instant sinceNow = clock.instant();
        DeltaWriter writer = DeltaWriter.after(at.clusterId(), at.last());
        if (at.watching() || newest == at.last()) {
            writer.mark(at.until().orElse(before));
        }
        if (newest < at.last()) {
            return new Collected(writer, Optional.of(Gap.WENT_BACK), Optional.empty());
        }
        Gap[] gap = new Gap[1];
        try {
            changes.watch(at.last() + 1, longest, (clusterId, revision, list) -> {
                Optional<Gap> found = Continuity.between(at.clusterId(), writer.lastRevision(), clusterId, revision, 0);
                if (found.isPresent()) {
                    gap[0] = found.get();
                    return false;
                }
                list.forEach(change -> addLease(writer, change));
                writer.add(new Transaction(revision, revision <= newest ? sinceNow : clock.instant(), list));
                return writer.size() < largest;
            });
            if (gap[0] == null) {
                markIfQuiet(writer);
            }
            return new Collected(writer, Optional.ofNullable(gap[0]), Optional.empty());
        } catch (OperationCancelledException e) {
            throw e;
        } catch (EtcdCallException e) {
            return e.reason() == EtcdCallException.Reason.COMPACTED
                    ? new Collected(writer, Optional.of(Gap.COMPACTED), Optional.empty())
                    : new Collected(writer, Optional.empty(), Optional.of(e));
        } catch (K8sAwsException e) {
            return new Collected(writer, Optional.empty(), Optional.of(e));
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
