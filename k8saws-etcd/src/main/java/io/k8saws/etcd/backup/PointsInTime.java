package io.k8saws.etcd.backup;

import io.k8saws.error.CorruptSnapshotException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.etcd.internal.disk.OwnerOnly;
import io.k8saws.etcd.internal.stage.Stages;
import io.k8saws.etcd.restore.NewCluster;
import io.k8saws.etcd.restore.SnapshotRestore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Points in time of one etcd: from its backups and its segments to a restore.
 *
 * @param name of what, for messages
 * @param segments its segments
 * @param good lists its backups that count, oldest first
 */
record PointsInTime(String name, Segments segments, Supplier<List<Backup>> good) {
    RestorePoints all() {
        return of(segments.list());
    }

    private RestorePoints of(List<StoredSegment> usable) {
        return new RestorePoints(name, good.get(), segments.runs(usable));
    }

    RestorePoint at(long revision) {
        return all().at(revision);
    }

    RestorePoint at(long revision, DeltaCheck known) {
        return without(known).at(revision, known);
    }

    RestorePoint at(Instant instant) {
        return at(instant, all());
    }

    RestorePoint at(Instant instant, DeltaCheck known) {
        RestorePoints points = without(known);
        known.unusable().stream()
                .map(DeltaCheck.Unusable::segment)
                .filter(segment -> segment.covers(instant) && !points.covers(instant))
                .findFirst()
                .ifPresent(segment -> {
                    throw points.unusable(instant, segment, known);
                });
        return at(instant, points);
    }

    private RestorePoint at(Instant instant, RestorePoints points) {
        StoredSegment segment = points.covering(instant);
        long revision;
        try {
            revision = segments.look(
                    segment, fetched -> fetched.revisionAt(instant).orElse(segment.after()));
        } catch (CorruptSnapshotException e) {
            throw instead(segment, e, segment.after());
        }
        return points.at(segment, revision);
    }

    /** What was stored since somebody looked is used, too. */
    private RestorePoints without(DeltaCheck known) {
        if (!known.of().equals(segments.toString())) {
            throw new K8sAwsException(
                    "Find a point of " + name,
                    "the look at segments that was given is of " + known.of(),
                    "give one of " + segments);
        }
        Set<String> unusable = known.unusable().stream()
                .map(one -> one.segment().object().key())
                .collect(Collectors.toSet());
        return of(segments.list().stream()
                .filter(segment -> !unusable.contains(segment.object().key()))
                .toList());
    }

    DeltaCheck check(Stages stages) {
        DeltaCheck found = segments.check(stages);
        return new DeltaCheck(
                found.of(), found.sound(), found.unusable(), of(found.sound()).lost(found.unusable()));
    }

    /** Fetches the base of a point and its segments. */
    SnapshotRestore restore(RestorePoint point, Consumer<Path> fetch, Path directory, NewCluster target) {
        try {
            OwnerOnly.directories(directory);
        } catch (IOException e) {
            throw failed(point, e);
        }
        Path base = directory.resolve("base.db");
        if (!Fetching.isThere(point.base(), base)) {
            fetch.accept(base);
        }
        List<Path> files = new ArrayList<>();
        long reached = point.base().manifest().content().revision();
        for (StoredSegment segment : point.segments()) {
            try {
                files.add(fetch(point, segment, directory.resolve("delta-" + files.size())));
            } catch (CorruptSnapshotException e) {
                throw instead(segment, e, reached);
            }
            reached = segment.last();
        }
        SnapshotRestore restore = SnapshotRestore.of(base, target);
        return (files.isEmpty()
                        ? restore
                        : restore.withDeltas(point.segments().get(0).clusterId(), files))
                .atRevision(point.revision());
    }

    /** What a run that died has left half written is written anew, and what is there whole is compared. */
    private Path fetch(RestorePoint point, StoredSegment segment, Path file) {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            Files.deleteIfExists(part);
            segments.fetch(segment, part);
            if (!Files.exists(file)) {
                return Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
            }
            boolean same = Files.mismatch(part, file) == -1;
            Files.delete(part);
            if (same) {
                return file;
            }
        } catch (IOException e) {
            throw failed(point, e);
        }
        throw Fetching.another(point.base(), file);
    }

    private static K8sAwsException failed(RestorePoint point, IOException e) {
        return new K8sAwsException(
                "Fetch " + point,
                "the system says: " + e,
                "name a directory that may be written to",
                Map.of("backup", point.base().id()),
                e);
    }

    private CorruptSnapshotException instead(StoredSegment segment, CorruptSnapshotException cause, long reached) {
        CorruptSnapshotException named = new CorruptSnapshotException(
                segments.store() + "/" + segment.object().key(),
                cause.offset(),
                cause.page().orElse(CorruptSnapshotException.NO_PAGE),
                String.format(
                        Locale.ROOT,
                        "%s; this segment has %s, and what is before it leads to revision %d, which can be restored instead; verifyDeltas finds other ways",
                        cause.found(),
                        segment.range(),
                        reached),
                "a segment that is whole");
        named.addSuppressed(cause);
        return named;
    }
}
