package io.k8saws.samples;

import io.k8saws.etcd.restore.NewCluster;
import io.k8saws.etcd.restore.NewMember;
import io.k8saws.etcd.restore.SnapshotRestore;
import io.k8saws.etcd.snapshot.KeyRevision;
import io.k8saws.etcd.snapshot.SnapshotFile;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Finds in the history of a snapshot where a key was deleted, and writes a data directory of the revision before that. */
public final class EtcdPointInTime {
    private EtcdPointInTime() {}

    /**
     * Restores.
     *
     * @param args the snapshot, the key, the new data directory, and the peer URL of its member
     */
    public static void main(String[] args) {
        Path file = Path.of(args[0]);
        long deleted;
        try (SnapshotFile snapshot = SnapshotFile.open(file);
                Stream<KeyRevision> history = snapshot.history()) {
            deleted = history.filter(
                            change -> change.deleted() && change.keyText().equals(args[1]))
                    .mapToLong(change -> change.revision().main())
                    .max()
                    .orElseThrow(() -> new IllegalArgumentException(args[1] + " was not deleted in " + snapshot));
        }
        System.out.println(args[1] + " was deleted at revision " + deleted);
        NewCluster cluster = NewCluster.of(List.of(NewMember.of("restored", args[3])));
        System.out.println(
                SnapshotRestore.of(file, cluster).atRevision(deleted - 1).write("restored", Path.of(args[2])));
        System.out.println("Start it: etcd --name restored --data-dir " + args[2] + " --initial-cluster "
                + cluster.initialCluster() + " --initial-advertise-peer-urls " + args[3] + " --listen-peer-urls "
                + args[3]);
    }
}
