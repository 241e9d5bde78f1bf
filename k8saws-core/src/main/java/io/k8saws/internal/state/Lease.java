package io.k8saws.internal.state;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.error.ConflictException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.state.ClusterState;
import io.k8saws.state.Lock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to change a cluster, for as long as it is renewed. A daemon thread renews it each third of its term. When that failed for a whole term, or
 * somebody took the lock over, {@link #requireHeld()} refuses everything further. Safe to use from many threads.
 */
public final class Lease implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Lease.class);

    private final StateStore store;
    private final Lock lock;
    private final ScheduledExecutorService renewals;
    private final Future<?> renewal;
    private String eTag;
    private long renewedAt = System.nanoTime();
    private boolean lost;
    private boolean released;

    Lease(StateStore store, Lock lock, String eTag) {
        this.store = store;
        this.lock = lock;
        this.eTag = eTag;
        this.renewals = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "k8saws-lock-renewal");
            thread.setDaemon(true);
            return thread;
        });
        long third = Math.max(1, lock.lease().toMillis() / 3);
        this.renewal = renewals.scheduleWithFixedDelay(this::renew, third, third, TimeUnit.MILLISECONDS);
    }

    private synchronized void renew() {
        if (released || lost) {
            return;
        }
        try {
            eTag = store.renew(lock, eTag);
            renewedAt = System.nanoTime();
        } catch (ConflictException e) {
            lost = true;
        } catch (K8sAwsException e) {
            LOG.debug("The lock of a cluster could not be renewed; it is tried again.", e);
        }
    }

    /**
     * Makes sure that the cluster may still be changed.
     *
     * @throws ConflictException if the lock was taken over or could not be renewed for its whole term
     */
    public void requireHeld() {
        boolean taken;
        long silent;
        synchronized (this) {
            taken = lost;
            silent = System.nanoTime() - renewedAt;
        }
        if (taken || silent > lock.lease().toNanos()) {
            throw new ConflictException(
                    "Go on changing the cluster",
                    taken
                            ? "somebody took the lock over"
                            : "the lock could not be renewed for "
                                    + Duration.ofNanos(silent).toSeconds() + " s",
                    "plan and apply again; it goes on from where this stopped",
                    Map.of("fence", String.valueOf(lock.fence())),
                    null);
        }
    }

    /**
     * The lock that is held.
     *
     * @return its fencing number and holder
     */
    public Lock lock() {
        return lock;
    }

    /**
     * Begins an apply under this lock.
     *
     * @param baseSerial the serial of the state that the plan was made on
     * @param planId the plan
     * @param spec what it asks for; empty to destroy
     * @return the state that was written
     * @throws ConflictException if another plan was applied since the plan was made
     */
    public ClusterState begin(long baseSerial, String planId, Optional<ClusterSpec> spec) {
        requireHeld();
        return store.begin(lock, baseSerial, planId, spec);
    }

    /**
     * Ends an apply under this lock.
     *
     * @param begun what {@link #begin} returned
     * @param complete whether everything was done
     */
    public void end(ClusterState begun, boolean complete) {
        requireHeld();
        evenIfInterrupted(() -> store.end(begun, complete));
    }

    /** Whoever was interrupted must still say how far it came and give the lock back; the SDK sends nothing on a thread whose interrupt flag is set. */
    private static void evenIfInterrupted(Runnable task) {
        boolean interrupted = Thread.interrupted();
        try {
            task.run();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Gives the right back. A lock that was taken over, or whose bucket is gone, is left alone. */
    @Override
    public void close() {
        renewal.cancel(false);
        renewals.shutdown();
        synchronized (this) {
            if (released || lost) {
                return;
            }
            released = true;
            try {
                evenIfInterrupted(() -> store.release(lock, eTag));
            } catch (ConflictException e) {
                lost = true;
            }
        }
    }
}
