package io.k8saws.etcd;

import io.k8saws.error.ConflictException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.etcd.schedule.Leadership;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * The right to do work, as a key in etcd that lives as long as its lease. Who has it keeps the lease alive; when the program dies, or is cut off, the lease ends and with it the right. Two never hold it: etcd
 * writes the key only where there is none, and who cannot reach a majority holds nothing.
 *
 * <p>Each term has a number, {@link Leadership.Term#fence()}, the revision at which its key was made. It rises from term to term. Safe to use from many threads.
 */
public final class LeaseLeadership implements Leadership {
    /** Keys begin with this, and end with the name of the work. */
    public static final String PREFIX = "k8saws/leadership/";

    private static final Duration SHORTEST = Duration.ofSeconds(2);

    private final Etcd etcd;
    private final String holder;
    private final Duration life;
    private final Clock clock;
    private final LongSupplier nanoTime;

    LeaseLeadership(Etcd etcd, String holder, Duration life, Clock clock, LongSupplier nanoTime) {
        if (life.compareTo(SHORTEST) < 0) {
            throw new IllegalArgumentException(
                    "Lead by a lease of " + life + ": it would end between two signs of life. Take 2 s or more.");
        }
        this.etcd = etcd;
        this.holder = holder;
        this.life = life;
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    /**
     * Who has a right.
     *
     * @param name what for
     * @param holder who, as it calls itself
     * @param since since when, by the clock of the holder
     * @param fence the number of the term
     * @param lease the lease that the right lives by
     */
    public record Holder(String name, String holder, Instant since, long fence, long lease) {
        /** For example {@code payments: backup@host-1 since 2026-01-01T12:00:00Z, term 4711, lease 694d8c6e1f2a}. */
        @Override
        public String toString() {
            return name + ": " + holder + " since " + since + ", term " + fence + ", lease " + Long.toHexString(lease);
        }
    }

    /**
     * Looks who has a right.
     *
     * @param name what for
     * @return who; empty if nobody has it
     */
    public Optional<Holder> holder(String name) {
        return etcd.key(PREFIX + name).map(key -> holder(name, key));
    }

    /**
     * Looks who has which right: of schedules by their names, of {@link io.k8saws.etcd.backup.ContinuousBackup} by {@link io.k8saws.etcd.backup.ContinuousBackup#work()}, of whoever else leads by this etcd.
     *
     * @return all that somebody has now, in the order of their names
     */
    public List<Holder> holders() {
        try (Stream<StoredKey> keys = etcd.keys(PREFIX)) {
            return keys.map(key -> holder(key.keyText().substring(PREFIX.length()), key))
                    .toList();
        }
    }

    private static Holder holder(String name, StoredKey key) {
        String[] value = new String(key.value(), StandardCharsets.UTF_8).split(" ", 2);
        Instant since;
        try {
            since = Instant.parse(value[0]);
        } catch (DateTimeException e) {
            since = Instant.EPOCH; // written by something else: it has the right all the same
        }
        return new Holder(name, value.length == 2 ? value[1] : "?", since, key.createRevision(), key.lease());
    }

    @Override
    public Optional<Term> tryTake(String name) {
        if (etcd.key(PREFIX + name).isPresent()) {
            return Optional.empty();
        }
        long began = nanoTime.getAsLong();
        long lease = etcd.grantLease(life);
        boolean taken = false;
        try {
            byte[] value =
                    (clock.instant().truncatedTo(ChronoUnit.SECONDS) + " " + holder).getBytes(StandardCharsets.UTF_8);
            Optional<Long> fence = etcd.putIfUnchanged(PREFIX + name, 0, value, lease);
            taken = fence.isPresent();
            return fence.map(number -> new LeaseTerm(name, lease, number, began));
        } finally {
            if (!taken) {
                revoke(lease); // also of a put whose outcome is not known: the key goes with it
            }
        }
    }

    private void revoke(long lease) {
        try {
            etcd.revokeLease(lease);
        } catch (K8sAwsException e) {
            // it ends by itself
        }
    }

    /** Whose leadership. */
    @Override
    public String toString() {
        return "leadership of " + holder + " by leases of " + life.toSeconds() + " s in " + etcd;
    }

    /** The right, with a thread that keeps its lease alive. */
    private final class LeaseTerm implements Term {
        private final String name;
        private final long lease;
        private final long fence;
        private final AtomicLong aliveFrom;
        private final ScheduledExecutorService keeper;
        private final ScheduledFuture<?> beat;

        LeaseTerm(String name, long lease, long fence, long began) {
            this.name = name;
            this.lease = lease;
            this.fence = fence;
            this.aliveFrom = new AtomicLong(began);
            this.keeper = Executors.newSingleThreadScheduledExecutor(task -> {
                Thread thread = new Thread(task, "k8saws-leadership-" + name);
                thread.setDaemon(true);
                return thread;
            });
            long pause = life.toMillis() / 3;
            this.beat = keeper.scheduleWithFixedDelay(this::keepAlive, pause, pause, TimeUnit.MILLISECONDS);
        }

        /** Its life counts from before the call, as etcd's can only begin later. */
        private void keepAlive() {
            long before = nanoTime.getAsLong();
            try {
                if (etcd.keepAlive(lease).isZero()) {
                    keeper.shutdown();
                } else {
                    aliveFrom.set(before);
                }
            } catch (K8sAwsException e) {
                // the next one may get through; until then life runs out
            }
        }

        @Override
        public long fence() {
            return fence;
        }

        @Override
        public void requireHeld() {
            if (nanoTime.getAsLong() - aliveFrom.get() >= life.toNanos()) {
                throw lost("its lease was not kept alive for " + life.toSeconds() + " s", null);
            }
            Optional<Holder> now;
            try {
                now = holder(name);
            } catch (K8sAwsException e) {
                throw lost("etcd does not say who has it: " + e.getMessage(), e);
            }
            if (now.isEmpty()) {
                throw lost("its lease has ended", null);
            }
            if (now.get().fence() != fence) {
                throw lost("it went to " + now.get(), null);
            }
        }

        private ConflictException lost(String why, @org.jspecify.annotations.Nullable Throwable cause) {
            return new ConflictException(
                    "Do the work \"" + name + "\" as " + holder + " in term " + fence,
                    why,
                    "stop this work; take the right again before the next",
                    Map.of("lease", Long.toHexString(lease)),
                    cause);
        }

        @Override
        public void close() {
            beat.cancel(true);
            keeper.shutdownNow();
            revoke(lease);
        }

        /** Of what, and who. */
        @Override
        public String toString() {
            return "term " + fence + " of " + holder + " for " + name;
        }
    }
}
