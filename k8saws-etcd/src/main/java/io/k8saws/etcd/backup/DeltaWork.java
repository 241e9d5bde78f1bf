package io.k8saws.etcd.backup;

import io.k8saws.error.K8sAwsException;
import io.k8saws.etcd.internal.stage.Stages;
import io.k8saws.etcd.internal.text.Nearest;
import io.k8saws.etcd.restore.NewCluster;
import io.k8saws.etcd.restore.SnapshotRestore;
import io.k8saws.etcd.store.BackupStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/**
 * All work on segments of changes: points in time, looks, prunes, copies.
 *
 * @param place where they lie
 */
record DeltaWork(BackupPlace place) {
    private PointsInTime points(String etcd) {
        return new PointsInTime(name(etcd), place.segments(etcd), () -> place.listing()
                .read(etcd)
                .good());
    }

    /** An etcd of which nothing lies there is mostly a mistyped one. */
    PointsInTime knownPoints(String etcd) {
        return new PointsInTime(name(etcd), place.segments(etcd), () -> {
            List<Backup> good = place.listing().read(etcd).good();
            if (good.isEmpty()) {
                requireThere(etcd);
            }
            return good;
        });
    }

    private void requireThere(String etcd) {
        List<String> there = place.store().directories(place.cluster() + "/");
        if (!there.contains(etcd)) {
            throw new K8sAwsException(
                    "Find a point in time of " + name(etcd),
                    "nothing of an etcd " + etcd + " lies in " + place.store() + ": " + Nearest.of(etcd, there),
                    "name one that is there, or another cluster or store");
        }
    }

    DeltaCheck verify(String etcd) {
        return told("verify-deltas", etcd, stages -> points(etcd).check(stages));
    }

    SnapshotRestore fetch(RestorePoint point, Path directory, NewCluster target) {
        return points(point.base().manifest().etcd())
                .restore(point, file -> place.looks().fetch(point.base(), file), directory, target);
    }

    PruneReport prune(String etcd, Duration window) {
        return told("prune-deltas", etcd, stages -> {
            BackupList there = place.listing().read(Layout.requireName("etcd", etcd));
            return place.pruning()
                    .pruneDeltas(
                            there,
                            place.segments(etcd).runs(),
                            place.observer().now().minus(window),
                            stages);
        });
    }

    DeltaCopyReport copy(String etcd, BackupStore target) {
        DeltaCopy copy = new DeltaCopy(place.segments(etcd), place.in(target).segments(etcd));
        return told("copy-deltas", etcd, copy::run);
    }

    private <T> T told(String operation, String etcd, Function<Stages, T> work) {
        return Stages.during(place.progress(), operation, name(etcd), 1, work);
    }

    private String name(String etcd) {
        return place.cluster() + "/" + etcd;
    }
}
