package io.k8saws.etcd.delta;

import io.k8saws.error.K8sAwsException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Segments that go on from a snapshot without a gap, in their order. They may overlap.
 *
 * @param base the revision of the snapshot
 * @param segments in order
 */
public record DeltaChain(long base, List<DeltaSegment> segments) {
    /** Copies the list. */
    public DeltaChain {
        segments = List.copyOf(segments);
    }

    /**
     * Puts segments in order, of the cluster that the snapshot is of.
     *
     * @param clusterId the snapshot's cluster, as etcd prints its id
     * @param base the revision of the snapshot
     * @param files segments in any order
     * @return the chain
     * @throws io.k8saws.error.CorruptSnapshotException if one of them is damaged
     * @throws K8sAwsException if one is of another cluster, or revisions are missing
     */
    public static DeltaChain of(String clusterId, long base, List<Path> files) {
        long wanted = Long.parseUnsignedLong(clusterId, 16);
        List<DeltaSegment> segments = files.stream().map(DeltaSegment::open).toList();
        for (DeltaSegment segment : segments) {
            if (Long.parseUnsignedLong(segment.clusterId(), 16) != wanted) {
                throw refused(segment, "it is of another cluster than the snapshot, which is of " + clusterId);
            }
        }
        return ordered(base, segments);
    }

    /**
     * Puts segments in order. Whether they are of the snapshot's cluster is not known.
     *
     * @param base the revision of the snapshot
     * @param files segments in any order
     * @return the chain
     * @throws io.k8saws.error.CorruptSnapshotException if one of them is damaged
     * @throws K8sAwsException if they are of several clusters, or revisions are missing
     */
    public static DeltaChain of(long base, List<Path> files) {
        return ordered(base, files.stream().map(DeltaSegment::open).toList());
    }

    private static DeltaChain ordered(long base, List<DeltaSegment> segments) {
        List<DeltaSegment> ordered = segments.stream()
                .sorted(Comparator.comparingLong(DeltaSegment::after).thenComparingLong(DeltaSegment::last))
                .toList();
        List<DeltaSegment> used = new ArrayList<>();
        long last = base;
        for (DeltaSegment segment : ordered) {
            if (!segment.clusterId().equals(ordered.get(0).clusterId())) {
                throw refused(
                        segment,
                        "it is of another cluster than " + ordered.get(0).file());
            }
            if (segment.after() > last) {
                throw refused(segment, "revisions " + (last + 1) + " to " + segment.after() + " are missing");
            }
            if (segment.last() > last) {
                used.add(segment);
                last = segment.last();
            }
        }
        return new DeltaChain(base, used);
    }

    private static K8sAwsException refused(DeltaSegment segment, String why) {
        return new K8sAwsException(
                "Use delta " + segment.file(),
                why,
                "add what is missing, or take a later full snapshot",
                Map.of("cluster", segment.clusterId()),
                null);
    }

    /**
     * The last revision of the chain.
     *
     * @return that of the snapshot if there are no segments
     */
    public long last() {
        return segments.isEmpty() ? base : segments.get(segments.size() - 1).last();
    }

    /**
     * The last revision that had been seen by a moment. What happened while nobody watched has no time: such a moment is covered by no segment.
     *
     * @param instant a time
     * @return a revision of the chain; empty if no segment covers the moment
     */
    public OptionalLong revisionAt(Instant instant) {
        OptionalLong found = OptionalLong.empty();
        for (DeltaSegment segment : segments) {
            OptionalLong here = segment.revisionAt(instant);
            if (here.isPresent()) {
                found = OptionalLong.of(Math.max(base, here.getAsLong()));
            }
        }
        return found;
    }

    /**
     * Reads transactions after the snapshot, each once, up to a revision.
     *
     * @param upTo the last revision that is wanted
     * @param visitor takes them; what it answers does not count
     */
    public void read(long upTo, DeltaSegment.Visitor visitor) {
        long[] done = {base};
        for (DeltaSegment segment : segments) {
            segment.read(new DeltaSegment.Visitor() {
                @Override
                public boolean transaction(Transaction transaction) {
                    if (transaction.revision() > upTo) {
                        return false;
                    }
                    if (transaction.revision() > done[0]) {
                        visitor.transaction(transaction);
                        done[0] = transaction.revision();
                    }
                    return true;
                }

                @Override
                public void lease(long id, Duration ttl) {
                    visitor.lease(id, ttl);
                }
            });
        }
    }
}
