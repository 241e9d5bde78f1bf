package io.k8saws.etcd.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.aws.AwsAccess;
import io.k8saws.error.K8sAwsException;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.etcd.Etcd;
import io.k8saws.etcd.envelope.MasterKey;
import io.k8saws.etcd.member.QuorumRecovery;
import io.k8saws.etcd.restore.ApiServerFence;
import io.k8saws.etcd.restore.MemberHost;
import io.k8saws.etcd.restore.NewCluster;
import io.k8saws.etcd.restore.RestorePlan;
import io.k8saws.etcd.restore.RestoreRequest;
import io.k8saws.etcd.restore.RestoreSet;
import io.k8saws.etcd.restore.RestoreSetPlan;
import io.k8saws.etcd.restore.RevisionBump;
import io.k8saws.etcd.restore.SnapshotRestore;
import io.k8saws.etcd.retention.PrunePlan;
import io.k8saws.etcd.retention.RetentionPolicy;
import io.k8saws.etcd.schedule.Leadership;
import io.k8saws.etcd.schedule.Schedule;
import io.k8saws.etcd.schedule.ScheduledRuns;
import io.k8saws.etcd.snapshot.EtcdContent;
import io.k8saws.etcd.store.BackupStore;
import io.k8saws.etcd.store.S3Location;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The code of docs/etcd-backup.md. */
class BackupPageTest {
    @TempDir
    Path directory;

    static Backup toS3(SnapshotSource source) {
        // snippet: s3
        AwsAccess access = AwsAccess.of("eu-west-1");
        try (BackupStore store =
                        BackupStore.s3(access, S3Location.of("acme-backups").withPrefix("etcd/"));
                MasterKey key = MasterKey.kms(access, "alias/etcd-backups")) {
            Backups backups = Backups.in(store, "payments").withMasterKey(key);
            Backup backup = backups.backup(source, BackupOptions.defaults(), Duration.ofMinutes(30));
            System.out.println(backup);
            return backup;
        }
        // end: s3
    }

    @Test
    void aBackupIsMadeListedAndFetched() {
        BackupStore store = BackupStore.directory(directory.resolve("store"));
        SnapshotSource source = SnapshotSource.file(EtcdContent.random(5, 100).save(directory.resolve("source.db")));
        Path file = directory.resolve("payments.db");
        // snippet: list
        Backups backups = Backups.in(store, "payments");
        backups.backup(source, BackupOptions.defaults(), Duration.ofMinutes(30));
        backups.list().unreadable().forEach(System.err::println);
        Backup newest = backups.latestGood()
                .orElseThrow(() -> new K8sAwsException("Restore payments", "no backup counts", "look at the list"));
        backups.fetch(newest, file);
        // end: list
        assertThat(file).hasSameBinaryContentAs(directory.resolve("source.db"));
    }

    @Test
    void aSetIsOnePairOfBackups() {
        Backups backups = Backups.in(BackupStore.directory(directory.resolve("store")), "payments");
        SnapshotSource main = SnapshotSource.file(EtcdContent.random(5, 100).save(directory.resolve("main.db")));
        SnapshotSource events = SnapshotSource.file(EtcdContent.random(6, 100).save(directory.resolve("events.db")));
        // snippet: set
        Map<String, SnapshotSource> sources = new LinkedHashMap<>();
        sources.put("main", main);
        sources.put("events", events);
        BackupSet set = backups.backupSet(sources, BackupOptions.defaults(), Duration.ofHours(1));
        // end: set
        assertThat(set.counts()).isTrue();
    }

    static void theSetComesBack(
            Backups backups,
            BackupSet set,
            Path directory,
            Map<String, NewCluster> targets,
            Map<String, List<MemberHost>> hosts,
            Map<String, RestoreRequest.Live> live,
            ApiServerFence fence) {
        // snippet: restoreset
        Map<String, SnapshotRestore> restores = backups.ofSets().fetch(set, directory, targets);
        Map<String, RestoreRequest> requests = new LinkedHashMap<>();
        restores.forEach((etcd, restore) -> {
            BackupManifest manifest = set.of(etcd).orElseThrow().manifest();
            RestoreRequest.Live now = live.get(etcd); // what Etcd says: clusterId(), revision(), and when
            long bump = RevisionBump.between(manifest.content().revision(), now.revision());
            requests.put(
                    etcd,
                    RestoreRequest.of(restore.withRevisionBump(bump).withoutMasterLeases(), hosts.get(etcd))
                            .withLive(now)
                            .takenAt(manifest.taken())
                            .confirmDataLossSince(manifest.taken()) // what came after the snapshots is lost
                            .replacingRunningMembers());
        });
        RestoreSetPlan plan = RestoreSetPlan.plan(
                RestoreSet.of(set.id(), set.parts(), requests).withFence(fence), Duration.ofMinutes(5));
        System.out.println(plan);
        plan.restore(Duration.ofMinutes(30));
        // end: restoreset
    }

    /** The code of docs/etcd.md, "When the quorum is lost". */
    static void theQuorumIsLost(
            Etcd etcd,
            Backups backups,
            Instant lostSince,
            Instant agreed,
            NewCluster cluster,
            List<MemberHost> hosts,
            Path file,
            Path database) {
        // snippet: quorum
        Optional<Backup> newest = backups.latestGood();
        QuorumRecovery recovery = QuorumRecovery.plan(
                etcd.health(),
                lostSince,
                newest.map(backup -> new QuorumRecovery.Source.Backup(
                        backup.id(),
                        backup.manifest().content().revision(),
                        backup.manifest().taken())));
        System.out.println(recovery); // from what, in which steps, and LOST: since when

        SnapshotRestore restore = recovery.source() instanceof QuorumRecovery.Source.Backup
                ? SnapshotRestore.of(backups.fetch(newest.orElseThrow(), file), cluster)
                : SnapshotRestore.of(database, cluster).takingDatabase(); // member/snap/db of the member that is left
        RestoreRequest request = RestoreRequest.of(
                restore.withRevisionBump(RevisionBump.of(50, Duration.ofHours(1)))
                        .withoutMasterLeases(),
                hosts);
        QuorumRecovery consent = recovery.confirmDataLossSince(agreed); // as somebody has read it
        RestorePlan plan =
                RestorePlan.plan(consent.consentTo(request.replacingRunningMembers()), Duration.ofMinutes(5));
        System.out.println(plan);
        plan.restore(Duration.ofMinutes(30));
        // end: quorum
    }

    @Test
    void oldOnesArePruned() {
        Backups backups = Backups.in(BackupStore.directory(directory.resolve("store")), "payments");
        // snippet: prune
        PrunePlan plan = backups.planPrune(RetentionPolicy.defaults());
        System.out.println(plan);
        backups.prune(plan);
        backups.sweep(Duration.ofDays(1));
        // end: prune
        assertThat(plan.deleted()).isEmpty();
    }

    static void untilItIsStopped(ContinuousBackup continuous, Leadership leadership) throws InterruptedException {
        // snippet: stop
        Thread agent = new Thread(() -> {
            try {
                continuous.run(leadership);
            } catch (OperationCancelledException e) {
                System.out.println("ended");
            }
        });
        agent.start();
        // ... and when the program ends, before the Etcd and the store are closed:
        agent.interrupt();
        agent.join();
        // end: stop
    }

    static void everyHour(Backups backups, SnapshotSource source, BackupStore store, Leadership leadership) {
        // snippet: schedule
        Schedule hourly = Schedule.cron("0 * * * *", ZoneOffset.UTC).withJitter(Duration.ofMinutes(10));
        ScheduledRuns.of(hourly, "payments", leadership, (due, term) -> {
                    backups.backup(source, BackupOptions.defaults(), Duration.ofMinutes(30));
                    term.requireHeld();
                    backups.prune(backups.planPrune(RetentionPolicy.defaults()));
                    backups.sweep(Duration.ofDays(1));
                })
                .comparingClockWith(store::now)
                .asking(() -> backups.latestGood().map(one -> one.manifest().taken()))
                .reportingTo(System.out::println)
                .runSince(
                        backups.latestGood().map(one -> one.manifest().taken()).orElse(Instant.now()));
        // end: schedule
    }
}
