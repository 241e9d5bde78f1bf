package io.k8saws.samples;

import io.k8saws.aws.AwsAccess;
import io.k8saws.etcd.backup.Backups;
import io.k8saws.etcd.backup.RestorePoint;
import io.k8saws.etcd.restore.NewCluster;
import io.k8saws.etcd.restore.NewMember;
import io.k8saws.etcd.restore.RestoredDirectory;
import io.k8saws.etcd.store.BackupStore;
import io.k8saws.etcd.store.S3Location;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** Restores a revision or a moment of an etcd from what {@link EtcdContinuous} has stored, without an etcd. */
public final class EtcdStoredPoint {
    private EtcdStoredPoint() {}

    /**
     * Restores.
     *
     * @param args the region, the bucket, the cluster's name, a revision or an instant such as {@code 2026-11-27T04:30:00Z}, a new directory, and the peer URL of the new member
     */
    public static void main(String[] args) {
        String wanted = args[3];
        Path directory = Path.of(args[4]);
        NewCluster cluster = NewCluster.of(List.of(NewMember.of("restored", args[5])));
        try (BackupStore store = BackupStore.s3(AwsAccess.of(args[0]), S3Location.of(args[1]))) {
            Backups backups = Backups.in(store, args[2]);
            // snippet: point
            RestorePoint point = wanted.chars().allMatch(Character::isDigit)
                    ? backups.restorePoint("main", Long.parseLong(wanted))
                    : backups.restorePoint("main", Instant.parse(wanted));
            System.out.println(point);
            RestoredDirectory restored = backups.fetch(point, directory.resolve("point"), cluster)
                    .withoutMasterLeases()
                    .write("restored", directory.resolve("data"));
            System.out.println(restored);
            // end: point
        }
    }
}
