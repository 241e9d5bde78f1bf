package io.k8saws.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** The most heap that was in use at one of many looks, a few milliseconds apart, garbage included. Safe to use from many threads. */
final class HeapWatch implements AutoCloseable {
    private static final long MILLIS_BETWEEN_LOOKS = 5;

    private final MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    private final AtomicLong peak = new AtomicLong();
    private final ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "heap-watch");
        thread.setDaemon(true);
        return thread;
    });

    private final Future<?> looking;

    private HeapWatch() {
        memory.gc();
        looking = looks.scheduleAtFixedRate(this::look, 0, MILLIS_BETWEEN_LOOKS, TimeUnit.MILLISECONDS);
    }

    /** Collects the garbage, then watches until it is closed. */
    static HeapWatch start() {
        return new HeapWatch();
    }

    private void look() {
        peak.accumulateAndGet(memory.getHeapMemoryUsage().getUsed(), Math::max);
    }

    /** The most bytes in use so far. */
    long peak() {
        look();
        return peak.get();
    }

    /** The bytes in use after a full collection: what is still referred to. */
    long live() {
        memory.gc();
        return memory.getHeapMemoryUsage().getUsed();
    }

    @Override
    public void close() {
        looking.cancel(false);
        looks.shutdownNow();
    }
}
