package io.k8saws.samples;

import io.k8saws.aws.AwsAccess;
import io.k8saws.etcd.Etcd;
import io.k8saws.etcd.backup.Backup;
import io.k8saws.etcd.backup.BackupOptions;
import io.k8saws.etcd.backup.Backups;
import io.k8saws.etcd.store.BackupStore;
import io.k8saws.etcd.store.S3Location;
import java.time.Duration;

/** Backs up an etcd to S3, whoever made its cluster, and prints how far the backup is proven. README shows it. */
public final class EtcdBackup {
    private EtcdBackup() {}

    /**
     * Makes one backup.
     *
     * @param args the client URL of a member, the region, the bucket, and the cluster's name
     */
    public static void main(String[] args) {
        String endpoint = args[0];
        String region = args[1];
        String bucket = args[2];
        String cluster = args[3];
        // snippet: backup
        try (Etcd etcd = Etcd.at(endpoint);
                BackupStore store = BackupStore.s3(AwsAccess.of(region), S3Location.of(bucket))) {
            Backups backups = Backups.in(store, cluster);
            Backup backup = backups.backup(etcd.snapshotSource(), BackupOptions.defaults(), Duration.ofMinutes(30));
            System.out.println(backup);
            backup.proofs().forEach(System.out::println);
        }
        // end: backup
    }
}
