package io.k8saws.dns.controller;

import io.k8saws.error.OperationCancelledException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** Asks between two steps of the controller, and waits for the answer until the controller is closed: then whoever waits hears of that. Safe to use from many threads. */
final class Questions implements AutoCloseable {
    private final Executor steps;
    private final Map<Long, CompletableFuture<?>> open = new HashMap<>();
    private long asked;
    private boolean closed;

    Questions(Executor steps) {
        this.steps = steps;
    }

    /**
     * Asks, and waits.
     *
     * @param what what is tried, for an error
     * @param question runs between two steps
     * @return the answer
     * @throws OperationCancelledException if all is closed before
     */
    <T> T ask(String what, Supplier<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        long id;
        synchronized (this) {
            if (closed) {
                throw closed(what);
            }
            id = asked++;
            open.put(id, answer);
        }
        steps.execute(() -> {
            try {
                answer.complete(question.get());
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        try {
            return answer.join();
        } catch (CancellationException e) {
            throw closed(what);
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : e;
        } finally {
            synchronized (this) {
                open.remove(id);
            }
        }
    }

    private static OperationCancelledException closed(String what) {
        return new OperationCancelledException(what, "the controller is closed");
    }

    /** Answers no more; to be called after the steps have ended. */
    @Override
    public void close() {
        List<CompletableFuture<?>> left;
        synchronized (this) {
            closed = true;
            left = List.copyOf(open.values());
        }
        left.forEach(answer -> answer.cancel(false));
    }
}
