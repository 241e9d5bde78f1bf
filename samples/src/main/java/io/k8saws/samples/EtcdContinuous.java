package io.k8saws.samples;

import io.k8saws.aws.AwsAccess;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.etcd.Etcd;
import io.k8saws.etcd.backup.BackupOptions;
import io.k8saws.etcd.backup.Backups;
import io.k8saws.etcd.backup.ContinuousBackup;
import io.k8saws.etcd.backup.ContinuousEvent;
import io.k8saws.etcd.store.BackupStore;
import io.k8saws.etcd.store.S3Location;
import java.time.Duration;

/** Stores each change of an etcd in S3 until it is stopped; of several of these programs one works. {@link EtcdStoredPoint} restores what they have stored. */
public final class EtcdContinuous {
    private EtcdContinuous() {}

    /**
     * Backs up until it is stopped.
     *
     * @param args the client URL of a member, the region, the bucket, the cluster's name, the name of this program, and, if it shall end by itself, a revision: then it ends when that is stored
     */
    public static void main(String[] args) {
        long last = args.length > 5 ? Long.parseLong(args[5]) : Long.MAX_VALUE;
        String name = args[4];
        Thread working = Thread.currentThread();
        try (Etcd etcd = Etcd.at(args[0]);
                BackupStore store = BackupStore.s3(AwsAccess.of(args[1]), S3Location.of(args[2]))) {
            Backups backups = Backups.in(store, args[3]);
            // snippet: continuous
            ContinuousBackup.of(backups, etcd.snapshotSource(), etcd.changes(), BackupOptions.defaults())
                    .withSegments(Duration.ofSeconds(20), 4 << 20)
                    .reportingTo(event -> {
                        System.out.println(event);
                        if (stored(event) >= last) {
                            working.interrupt(); // the way to end it
                        }
                    })
                    .run(etcd.leadership(name, Duration.ofSeconds(15)));
            // end: continuous
        } catch (OperationCancelledException e) {
            System.out.println("Ended.");
        }
    }

    private static long stored(ContinuousEvent event) {
        if (event instanceof ContinuousEvent.StoredChanges changes) {
            return changes.segment().last();
        }
        return event instanceof ContinuousEvent.TookSnapshot snapshot
                ? snapshot.backup().manifest().content().revision()
                : 0;
    }
}
