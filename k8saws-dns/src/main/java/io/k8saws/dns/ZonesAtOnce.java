package io.k8saws.dns;

import io.k8saws.error.OperationCancelledException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;

/** Works on several zones at once. Safe to use from many threads. */
final class ZonesAtOnce implements AutoCloseable {
    private static final int COUNT = 4;

    private final ExecutorService threads = Executors.newFixedThreadPool(COUNT, ZonesAtOnce::thread);

    static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "k8saws-dns");
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Does all of it, and waits for that.
     *
     * @param works one for each zone
     * @param what what is tried, for the message
     * @return what they answer, in their order
     * @throws OperationCancelledException if the thread is interrupted, or this is closed, before the end
     */
    <T> List<T> all(List<Callable<T>> works, String what) {
        List<T> done = new ArrayList<>();
        try {
            for (Future<T> one : threads.invokeAll(works)) {
                done.add(one.get());
            }
            return done;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperationCancelledException(what, "the thread was interrupted");
        } catch (RejectedExecutionException | CancellationException e) {
            throw closed(what);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof InterruptedException) {
                throw closed(what);
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private static OperationCancelledException closed(String what) {
        return new OperationCancelledException(what, "this was closed");
    }

    /**
     * Refuses what comes too late.
     *
     * @throws IllegalStateException if this is closed
     */
    void requireOpen() {
        if (threads.isShutdown()) {
            throw new IllegalStateException("This Dns is closed. Open another one.");
        }
    }

    /** Interrupts what runs, and drops what has not begun: who waits for that would do so for ever. */
    @Override
    public void close() {
        threads.shutdownNow().forEach(task -> {
            if (task instanceof Future<?> work) {
                work.cancel(false);
            }
        });
    }
}
