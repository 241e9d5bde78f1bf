package io.k8saws.dns.controller;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;

/** The threads of a controller, so many of each kind that none keeps another waiting. Tasks that come after the end are dropped. Safe to use from many threads. */
final class ControllerThreads implements AutoCloseable {
    private static final int WORKERS = 6;

    private final ScheduledExecutorService work = threads("k8saws-dns", WORKERS);
    private final ScheduledExecutorService steps = threads("k8saws-dns-steps", 1);
    private final ScheduledExecutorService tellers = threads("k8saws-dns-tells", 1);
    private final ScheduledExecutorService leases = threads("k8saws-dns-lease", 2);

    private static ScheduledExecutorService threads(String name, int count) {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(
                count,
                task -> {
                    Thread thread = new Thread(task, name);
                    thread.setDaemon(true);
                    return thread;
                },
                new ThreadPoolExecutor.DiscardPolicy());
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        return executor;
    }

    /** Calls to AWS, and all that is to be done later. */
    ScheduledExecutorService work() {
        return work;
    }

    /** One step after the other. */
    ScheduledExecutorService steps() {
        return steps;
    }

    /** Objects are told: an API that is slow to be told keeps nothing else waiting. */
    ScheduledExecutorService tellers() {
        return tellers;
    }

    /** The Lease is renewed, whatever else goes on. */
    ScheduledExecutorService leases() {
        return leases;
    }

    /** Ends steps and what is told at once; the rest comes to its end. */
    @Override
    public void close() {
        steps.shutdownNow();
        tellers.shutdownNow();
        leases.shutdown();
        work.shutdown();
    }
}
