package io.k8saws.samples;

import io.k8saws.aws.AwsAccess;
import io.k8saws.error.K8sAwsException;
import io.k8saws.etcd.backup.Backup;
import io.k8saws.etcd.backup.Backups;
import io.k8saws.etcd.restore.DrillResult;
import io.k8saws.etcd.restore.RestoreDrill;
import io.k8saws.etcd.store.BackupStore;
import io.k8saws.etcd.store.S3Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Restores the newest backup that counts into a scratch etcd, compares, and throws it away. Ends with 1 when it could not be restored. */
public final class EtcdDrill {
    private EtcdDrill() {}

    /**
     * Makes one drill.
     *
     * @param args the region, the bucket, the cluster's name, and the program etcd on this machine
     * @throws IOException if there is no room for temporary files
     */
    public static void main(String[] args) throws IOException {
        Path directory = Files.createTempDirectory("drill");
        Path file = directory.resolve("backup.db");
        boolean restored;
        try (BackupStore store = BackupStore.s3(AwsAccess.of(args[0]), S3Location.of(args[1]))) {
            Backups backups = Backups.in(store, args[2]);
            Backup newest = backups.latestGood()
                    .orElseThrow(() -> new K8sAwsException("Drill " + args[2], "no backup counts", "make one"));
            DrillResult result =
                    RestoreDrill.with(Path.of(args[3])).run(backups.fetch(newest, file), Duration.ofMinutes(5));
            System.out.println(newest);
            System.out.println(result);
            restored = result.restored();
        } finally {
            Files.deleteIfExists(file);
            Files.delete(directory);
        }
        System.exit(restored ? 0 : 1);
    }
}
