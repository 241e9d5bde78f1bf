package io.k8saws.etcd.backup;

import io.k8saws.error.OperationCancelledException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/** Does small calls a few at a time, as each of them mostly waits. */
final class SideBySide {
    private static final int AT_ONCE = 8;

    /** Fewer calls are made sooner than threads. */
    private static final int WORTH_IT = 4;

    private SideBySide() {}

    /**
     * Applies a function to each, on threads that end with it.
     *
     * @param what what is done, and of whom, such as {@code read manifests of payments/main}; the name of the threads says it, too
     * @return the results in the order of what was given
     * @throws OperationCancelledException if the thread was interrupted; its flag is set again
     */
    static <A, B> List<B> map(String what, Collection<A> all, Function<? super A, ? extends B> call) {
        if (all.size() < WORTH_IT) {
            List<B> results = new ArrayList<>();
            all.forEach(one -> results.add(call.apply(one)));
            return results;
        }
        ExecutorService threads = Executors.newFixedThreadPool(Math.min(AT_ONCE, all.size()), task -> {
            Thread thread = new Thread(task, "k8saws: " + what);
            thread.setDaemon(true);
            return thread;
        });
        try {
            List<Future<B>> futures = new ArrayList<>();
            all.forEach(one -> futures.add(threads.submit(() -> call.apply(one))));
            List<B> results = new ArrayList<>();
            for (Future<B> future : futures) {
                results.add(future.get());
            }
            return results;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperationCancelledException(capitalized(what));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException("a call that throws nothing checked", e);
        } finally {
            threads.shutdownNow();
        }
    }

    private static String capitalized(String what) {
        return Character.toUpperCase(what.charAt(0)) + what.substring(1);
    }
}
