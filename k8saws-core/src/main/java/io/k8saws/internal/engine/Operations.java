package io.k8saws.internal.engine;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The operations that run on one library instance, so that closing it can let them end. Safe to use from many threads. */
final class Operations {
    private final Set<Running> running = new HashSet<>(); // guarded by this
    private volatile boolean closed;

    /**
     * Runs an operation on the calling thread.
     *
     * @param work the operation
     * @return what it returns
     * @throws IllegalStateException if the library was closed
     */
    <T> T run(Function<Running, T> work) {
        Running operation = new Running();
        synchronized (this) {
            if (closed) {
                throw new IllegalStateException("This K8sAws is closed.");
            }
            running.add(operation);
        }
        try {
            return work.apply(operation);
        } finally {
            operation.endSteps();
            synchronized (this) {
                running.remove(operation);
                notifyAll();
            }
        }
    }

    /**
     * Lets what runs end and refuses what is new. An operation is first asked to start nothing more; when it is still there after a while its steps are
     * interrupted, and it gets as long again to write down how far it came. Operations of the calling thread are not waited for.
     *
     * @param patience how long to wait each time
     */
    synchronized void close(Duration patience) {
        closed = true;
        if (!ended(patience)) {
            running.forEach(Running::interruptSteps);
            ended(patience);
        }
    }

    private synchronized boolean ended(Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (running.stream().anyMatch(operation -> operation.thread != Thread.currentThread())) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                return false;
            }
            try {
                wait(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }

    /** One operation. */
    final class Running {
        private final Thread thread = Thread.currentThread();
        private volatile @Nullable ThreadPoolExecutor steps;

        private Running() {}

        /** Whether to start nothing more, because the library is being closed. */
        boolean stopping() {
            return closed;
        }

        /**
         * Threads for the steps of this operation alone, so that steps which wait for AWS keep nobody else waiting.
         *
         * @param size how many steps run at once
         */
        ThreadPoolExecutor steps(int size) {
            ThreadPoolExecutor pool = Threads.pool(size);
            steps = pool;
            return pool;
        }

        private void interruptSteps() {
            ThreadPoolExecutor pool = steps;
            if (pool != null) {
                pool.shutdownNow()
                        .forEach(Runnable::run); // those that had no thread yet: they see that they must not start
            }
        }

        private void endSteps() {
            ThreadPoolExecutor pool = steps;
            if (pool != null) {
                pool.shutdown();
            }
        }
    }
}
