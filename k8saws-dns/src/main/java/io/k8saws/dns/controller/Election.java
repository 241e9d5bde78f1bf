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

/** Stands for election, again and again, until it is closed. Safe to use from many threads. */
final class Election implements AutoCloseable {
    private final KubernetesClient client;
    private final LeaderElectionConfig config;
    private final ScheduledExecutorService threads;
    private final LeaseSettings lease;
    private boolean closed;
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

    synchronized void run() {
        if (closed) {
            return;
        }
        // an elector is for one race
        CompletableFuture<?> race = new LeaderElector(client, config, threads).start();
        running = race;
        CompletableFuture<?> unused = race.whenComplete((done, failure) -> again());
    }

    private synchronized void again() {
        if (!closed) {
            var unused = threads.schedule(this::run, lease.retryPeriod().toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void close() {
        CompletableFuture<?> race;
        synchronized (this) {
            closed = true;
            race = running;
        }
        if (race != null) {
            race.cancel(true);
        }
    }
}
