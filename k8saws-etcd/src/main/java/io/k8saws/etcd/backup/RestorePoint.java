package io.k8saws.etcd.backup;

import java.util.List;
import java.util.Locale;

/**
 * What in a store leads to a revision: a backup, and the segments of changes after it. A value: nothing is fetched yet.
 *
 * @param base the backup
 * @param segments segments that go on from it without a gap, in order; none if its own history has the revision
 * @param revision the revision that is restored
 */
public record RestorePoint(Backup base, List<StoredSegment> segments, long revision) {
    /** Copies the list. */
    public RestorePoint {
        segments = List.copyOf(segments);
    }

    /** For example {@code revision 5,012 of payments/main: backup 2026..., revision 4,800, and 3 delta segments}. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "revision %,d of %s/%s: backup %s, revision %,d, and %d delta segments",
                revision,
                base.manifest().cluster(),
                base.manifest().etcd(),
                base.id(),
                base.manifest().content().revision(),
                segments.size());
    }
}
