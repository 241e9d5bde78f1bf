package io.k8saws.dns.controller;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfig;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Stands for election, again and again, until it resigns or is closed. Safe to use from many threads. */
final class Election implements AutoCloseable {
    private final KubernetesClient client;
    private final LeaderElectionConfig config;
    private final ScheduledExecutorService threads;
    private final LeaseSettings lease;
    private boolean closed;
    private boolean standing;
    private @Nullable CompletableFuture<?> running;

    Election(
            KubernetesClient client,
            LeaseSettings lease,
            ScheduledExecutorService threads,
            Runnable elected,
            Runnable deposed) {
        this.threads = threads;
        this.lease = lease;
        this.client = client;
        this.config = new LeaderElectionConfigBuilder()
                .withName(lease.name())
                .withLock(new LeaseLock(lease.namespace(), lease.name(), lease.identity()))
                .withLeaseDuration(lease.duration())
                .withRenewDeadline(lease.renewDeadline())
                .withRetryPeriod(lease.retryPeriod())
                .withReleaseOnCancel(true)
                .withLeaderCallbacks(new LeaderCallbacks(elected, deposed, leader -> {}))
                .build();
    }

    /** Stands, unless it does. */
    synchronized void stand() {
        if (!standing) {
            standing = true;
            run();
        }
    }

    private synchronized void run() {
        if (closed || !standing) {
            return;
        }
        // an elector is for one race
        CompletableFuture<?> race = new LeaderElector(client, config, threads).start();
        running = race;
        CompletableFuture<?> unused = race.whenComplete((done, failure) -> again(race));
    }

    private synchronized void again(CompletableFuture<?> race) {
        if (!closed && standing && running == race) {
            var unused = threads.schedule(this::run, lease.retryPeriod().toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** Stands no longer, and gives the Lease back if it has it. */
    void resign() {
        CompletableFuture<?> race;
        synchronized (this) {
            standing = false;
            race = running;
            running = null;
        }
        if (race != null) {
            race.cancel(true);
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        resign();
    }
}
