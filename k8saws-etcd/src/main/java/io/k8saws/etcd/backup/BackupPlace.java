package io.k8saws.etcd.backup;

import io.k8saws.etcd.envelope.MasterKey;
import io.k8saws.etcd.store.BackupStore;
import io.k8saws.progress.ProgressListener;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Where the backups of a cluster lie, and how one goes about them. Its methods make what works there; nothing is opened.
 *
 * @param store where they lie; stays the caller's
 * @param cluster the cluster's name there
 * @param master encrypts what is stored, and opens it
 * @param observer who looks
 * @param progress hears of what takes long
 * @param trust what is taken although it is doubtful
 * @param scratch where something is put for a moment
 */
record BackupPlace(
        BackupStore store,
        String cluster,
        Optional<MasterKey> master,
        Observer observer,
        ProgressListener progress,
        Trust trust,
        Path scratch) {
    /**
     * What is taken although it is doubtful.
     *
     * @param unencrypted what is not encrypted although there is a master key
     * @param newCluster a backup of another cluster than those that lie there
     */
    record Trust(boolean unencrypted, boolean newCluster) {}

    BackupPlace {
        Layout.requireName("cluster", cluster);
    }

    /** One without a key, which trusts nothing that is doubtful. */
    static BackupPlace in(BackupStore store, String cluster) {
        return new BackupPlace(
                store,
                cluster,
                Optional.empty(),
                Observer.here(Clock.systemUTC()),
                ProgressListener.silent(),
                new Trust(false, false),
                Path.of(System.getProperty("java.io.tmpdir")));
    }

    BackupPlace withMasterKey(MasterKey key) {
        return new BackupPlace(store, cluster, Optional.of(key), observer, progress, trust, scratch);
    }

    BackupPlace acceptingUnencrypted() {
        return with(new Trust(true, trust.newCluster()));
    }

    BackupPlace acceptingNewCluster() {
        return with(new Trust(trust.unencrypted(), true));
    }

    private BackupPlace with(Trust more) {
        return new BackupPlace(store, cluster, master, observer, progress, more, scratch);
    }

    BackupPlace withProgress(ProgressListener listener) {
        return new BackupPlace(store, cluster, master, observer, listener, trust, scratch);
    }

    BackupPlace withClock(Clock clock) {
        return new BackupPlace(store, cluster, master, new Observer(observer.tool(), clock), progress, trust, scratch);
    }

    BackupPlace withScratchDirectory(Path directory) {
        return new BackupPlace(store, cluster, master, observer, progress, trust, directory);
    }

    BackupPlace withLimit(Duration limit, LongSupplier nanoTime) {
        return with(new TimedStore(store, "the work on backups of " + cluster, limit, nanoTime));
    }

    /** The same in another store; a limit that began here holds there, too. */
    BackupPlace in(BackupStore other) {
        return with(store instanceof TimedStore timed ? timed.alike(other) : other);
    }

    private BackupPlace with(BackupStore other) {
        return new BackupPlace(other, cluster, master, observer, progress, trust, scratch);
    }

    /** One backup, which is still to be made. */
    BackupRun run(BackupOptions options, List<String> setOf, Duration limit) {
        return new BackupRun(
                store,
                master,
                observer,
                cluster,
                options,
                setOf,
                limit,
                progress,
                this::requireKnown,
                System::nanoTime);
    }

    private void requireKnown(String etcd, SnapshotOrigin origin) {
        if (!trust.newCluster()) {
            listing().requireSameCluster(etcd, origin);
        }
    }

    BackupListing listing() {
        return new BackupListing(store, cluster, fetching()::refused);
    }

    private Fetching fetching() {
        return new Fetching(store, master, trust.unencrypted());
    }

    Looks looks() {
        return new Looks(store, cluster, fetching(), observer, progress, scratch);
    }

    Segments segments(String etcd) {
        return new Segments(store, cluster, Layout.requireName("etcd", etcd), master, trust.unencrypted(), scratch);
    }

    Pruning pruning() {
        return new Pruning(store, this::segments);
    }
}
