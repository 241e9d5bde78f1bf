package io.k8saws.internal.engine;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads of one library instance: named, daemons, and gone when idle, so that a program that forgets to close still ends. */
final class Threads {
    private static final long IDLE_SECONDS = 10;

    private Threads() {}

    static ThreadPoolExecutor pool(int size) {
        AtomicInteger number = new AtomicInteger();
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                size,
                size,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                task -> {
                    Thread thread = new Thread(task, "k8saws-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                },
                (task, closed) -> {
                    throw new IllegalStateException("This K8sAws is closed.");
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }
}
