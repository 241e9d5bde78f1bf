package io.k8saws.internal.state;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.Pins;
import io.k8saws.error.ConflictException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.internal.state.ConditionalObjects.Versioned;
import io.k8saws.pki.KeyRing;
import io.k8saws.state.ClusterState;
import io.k8saws.state.Lock;
import io.k8saws.state.PublicRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to change a cluster, for as long as it is renewed. A daemon thread renews it each third of its term. When that failed for a whole term, or
 * somebody took the lock over, {@link #requireHeld()} refuses everything further. {@link #requireHeld()} is safe to use from many threads; the rest belongs to
 * the thread that took the lock.
 */
public final class Lease implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Lease.class);

    private final StateStore store;
    private final Lock lock;
    private final ScheduledExecutorService renewals;
    private final Future<?> renewal;
    private final ReentrantLock writing = new ReentrantLock();
    private final LockObject object; // guarded by writing
    private boolean renewedForTheLastTime; // guarded by writing
    private Optional<Versioned<ClusterState>> state;
    private volatile Moment renewed;
    private volatile boolean lost;

    /**
     * Starts to renew a lock that was just taken.
     *
     * @param object the lock
     * @param store the state that it guards
     * @param state the state as it was read before the lock was taken
     * @param asked when the request that took it was sent: the term runs from then, because S3 may have served it at once
     */
    Lease(LockObject object, StateStore store, Optional<Versioned<ClusterState>> state, Moment asked) {
        this.object = object;
        this.lock = object.lock();
        this.store = store;
        this.state = state;
        this.renewed = asked;
        this.renewals = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "k8saws-lock-renewal");
            thread.setDaemon(true);
            return thread;
        });
        long third = Math.max(1, lock.lease().toMillis() / 3);
        this.renewal = renewals.scheduleWithFixedDelay(this::renew, third, third, TimeUnit.MILLISECONDS);
    }

    private void renew() {
        write(() -> {
            if (!renewedForTheLastTime) {
                renewNow();
            }
        });
    }

    /** A term that is over stays over: somebody may have looked at the lock and taken it for abandoned. */
    private void renewNow() {
        Moment asked = Moment.now();
        requireHeld();
        object.renew();
        renewed = asked;
    }

    /**
     * A moment by two clocks. On Linux the one for spans stands still while the machine sleeps, and the one for times of day may be set back: the longer span counts.
     */
    record Moment(long nanos, long millis) {
        static Moment now() {
            return new Moment(System.nanoTime(), System.currentTimeMillis());
        }

        Duration ago() {
            Duration span = Duration.ofNanos(System.nanoTime() - nanos);
            Duration timeOfDay = Duration.ofMillis(System.currentTimeMillis() - millis);
            return span.compareTo(timeOfDay) > 0 ? span : timeOfDay;
        }
    }

    /** Writes the lock, one write at a time, so that each knows the tag of the one before. */
    private void write(Runnable change) {
        if (!mayWrite()) {
            lost = true; // a write that gets no answer is under way, and nobody knows what becomes of it
            return;
        }
        try {
            if (!lost) {
                change.run();
            }
        } catch (ConflictException e) {
            lost = true;
        } catch (K8sAwsException e) {
            LOG.debug("The lock of a cluster could not be written; its lease ends by itself.", e);
        } finally {
            writing.unlock();
        }
    }

    private boolean mayWrite() {
        try {
            return writing.tryLock(lock.lease().toMillis() / 3, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /**
     * Makes sure that the cluster may still be changed. Does not wait for a renewal that is under way.
     *
     * @throws ConflictException if the lock was taken over or could not be renewed for its whole term
     */
    public void requireHeld() {
        Duration silent = renewed.ago();
        boolean over = silent.compareTo(lock.lease()) > 0;
        if (lost || over) {
            lost = true;
            throw new ConflictException(
                    "Go on changing the cluster",
                    over
                            ? "the lock could not be renewed for " + silent.toSeconds() + " s"
                            : "somebody took the lock over",
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
     * Begins an apply: writes the state, if it is still the one that was read before the lock was taken, and the one that the plan was made on.
     *
     * @param baseSerial the serial of the state that the plan was made on
     * @param planId the plan
     * @param spec what it asks for; empty to destroy
     * @param pins what was looked up for it
     * @param keys which keys are in use and how far each rotation is: saved before any file of it is written
     * @param records all records in hosted zones of others that were looked at, those of the former state among them
     * @return the state that was written
     * @throws ConflictException if another plan was applied since the plan was made
     */
    public ClusterState begin(
            long baseSerial,
            String planId,
            Optional<ClusterSpec> spec,
            Pins pins,
            KeyRing keys,
            Set<PublicRecord> records) {
        requireHeld();
        Optional<ClusterState> former = state.map(Versioned::value);
        long serial = former.map(ClusterState::serial).orElse(0L);
        boolean samePlan = former.filter(found -> found.planId().equals(planId)).isPresent();
        boolean goesOn = samePlan && former.get().status() != ClusterState.Status.APPLIED;
        if (serial != baseSerial && !samePlan) {
            throw store.conflict(
                    "begin plan " + planId,
                    "the plan was made on state #" + baseSerial + ", but now it is "
                            + former.map(ClusterState::toString).orElse("gone"));
        }
        ClusterState begun = new ClusterState(
                goesOn ? serial : serial + 1,
                ClusterState.Status.APPLYING,
                planId,
                spec,
                former.flatMap(ClusterState::applied),
                pins,
                former.map(ClusterState::appliedPins).orElse(Pins.none()),
                keys,
                former.map(ClusterState::appliedKeys).orElse(KeyRing.first()),
                records,
                lock.fence(),
                Instant.now(store.clock()),
                store.holder());
        state = Optional.of(store.replace(state, begun, "begin plan " + planId));
        return begun;
    }

    /**
     * Ends an apply under this lock; also when the thread is interrupted, so that the next run knows how far this one came.
     *
     * @param begun what {@link #begin} returned
     * @param complete whether everything was done
     * @param wanted the records in hosted zones of others that stay when it was
     * @throws ConflictException if the lock was lost, or somebody else has written the state since
     */
    public void end(ClusterState begun, boolean complete, Set<PublicRecord> wanted) {
        requireHeld();
        ClusterState ended = new ClusterState(
                begun.serial(),
                complete ? ClusterState.Status.APPLIED : ClusterState.Status.FAILED,
                begun.planId(),
                begun.spec(),
                complete ? begun.spec() : begun.applied(),
                begun.pins(),
                complete ? begun.pins() : begun.appliedPins(),
                begun.keys(),
                complete ? begun.keys() : begun.appliedKeys(),
                complete ? wanted : begun.records(),
                begun.fence(),
                Instant.now(store.clock()),
                begun.writer());
        uninterrupted(() -> state = Optional.of(store.replace(state, ended, "end plan " + begun.planId())));
    }

    /**
     * Renews the lock once more and then no longer. Before its own bucket is deleted: a lock that appears from then on is another writer's.
     *
     * @throws ConflictException if the lock was lost
     */
    public void renewForTheLastTime() {
        write(() -> {
            renewedForTheLastTime = true; // one that is under way waits for this and then does nothing
            renewNow();
        });
        requireHeld();
    }

    /**
     * Gives the right back; also when the thread is interrupted. A lock that was taken over, or whose bucket is gone, is left alone. One that cannot be given back
     * runs out by itself.
     */
    @Override
    public void close() {
        renewal.cancel(false);
        uninterrupted(() -> write(() -> {
            object.release();
            lost = true; // a renewal that is under way must not take it again
        }));
        renewals.shutdown();
    }

    private static void uninterrupted(Runnable write) {
        boolean interrupted = Thread.interrupted();
        try {
            write.run();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
