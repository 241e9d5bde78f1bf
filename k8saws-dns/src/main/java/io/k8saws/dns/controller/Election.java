package io.k8saws.dns.controller;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfig;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaderElectionRecord;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.Lock;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stands for election, again and again, until it resigns or is closed. Safe to use from many threads. */
final class Election implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Election.class);

    private final KubernetesClient client;
    private final LeaderElectionConfig config;
    private final ScheduledExecutorService threads;
    private final LeaseSettings lease;
    private boolean closed;
    private boolean standing;
    private @Nullable CompletableFuture<?> running;
    private volatile Optional<String> trouble = Optional.empty();

    /** A Lease of which whatever fails is a failure of the call: of another one the race would hear, and never come to its end. */
    private final class ToldLock implements Lock {
        private final Lock lock;

        ToldLock(Lock lock) {
            this.lock = lock;
        }

        @Override
        public @Nullable LeaderElectionRecord get(KubernetesClient by) {
            return told(() -> lock.get(by));
        }

        @Override
        public void create(KubernetesClient by, LeaderElectionRecord wanted) {
            told(() -> {
                lock.create(by, wanted);
                return null;
            });
        }

        @Override
        public void update(KubernetesClient by, LeaderElectionRecord wanted) {
            told(() -> {
                lock.update(by, wanted);
                return null;
            });
        }

        @Override
        public String identity() {
            return lock.identity();
        }

        @Override
        public String describe() {
            return lock.describe();
        }
    }

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
                .withLock(new ToldLock(new LeaseLock(lease.namespace(), lease.name(), lease.identity())))
                .withLeaseDuration(lease.duration())
                .withRenewDeadline(lease.renewDeadline())
                .withRetryPeriod(lease.retryPeriod())
                .withReleaseOnCancel(true)
                .withLeaderCallbacks(new LeaderCallbacks(
                        () -> Listeners.tell("being elected", elected),
                        () -> Listeners.tell("being deposed", deposed),
                        leader -> {}))
                .build();
    }

    private <T extends @Nullable Object> T told(Supplier<T> call) {
        try {
            T answer = call.get();
            trouble = Optional.empty();
            return answer;
        } catch (KubernetesClientException e) {
            throw e; // such as another who was faster
        } catch (RuntimeException e) {
            trouble = Optional.of("The Lease " + lease.namespace() + "/" + lease.name() + " cannot be used: " + e
                    + ". Correct or delete it. It is tried again");
            throw new KubernetesClientException("The Lease cannot be used", e);
        }
    }

    /** What is in the way of any leader. */
    Optional<String> problem() {
        return trouble;
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
        CompletableFuture<?> race = race();
        running = race;
        CompletableFuture<?> unused = race.whenComplete((done, failure) -> standAgain(race));
    }

    private CompletableFuture<?> race() {
        try {
            return new LeaderElector(client, config, threads).start(); // an elector is for one race
        } catch (RuntimeException e) {
            LOG.warn("The election did not begin. It is tried again.", e);
            return CompletableFuture.failedFuture(e);
        }
    }

    private synchronized void standAgain(CompletableFuture<?> race) {
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
