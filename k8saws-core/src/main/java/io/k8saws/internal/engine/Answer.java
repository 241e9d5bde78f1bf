package io.k8saws.internal.engine;

import io.k8saws.error.OperationCancelledException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Something that another thread finds out. */
final class Answer<T> {
    private final FutureTask<T> task;

    private Answer(FutureTask<T> task) {
        this.task = task;
    }

    /** Starts to find out. */
    static <T> Answer<T> of(Executor threads, Supplier<? extends T> ask) {
        FutureTask<T> task = new FutureTask<>(ask::get);
        threads.execute(task);
        return new Answer<>(task);
    }

    /** Lets those who wait for questions that no thread has begun go on: the answers will never come. */
    static void cancel(List<Runnable> notBegun) {
        for (Runnable question : notBegun) {
            if (question instanceof Future<?> task) {
                task.cancel(false);
            }
        }
    }

    /** Waits for the answer; what the other thread threw is thrown here. */
    T get() {
        try {
            return task.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            task.cancel(true);
            throw new OperationCancelledException("Read the state of the cluster");
        } catch (CancellationException e) {
            throw new OperationCancelledException("Read the state of the cluster", "the library was closed");
        } catch (ExecutionException e) {
            throw unchecked(e.getCause() == null ? e : e.getCause());
        }
    }

    /** Waits for all answers; when some failed, the first failure is thrown with the others suppressed. */
    static <T> List<T> all(List<Answer<T>> answers) {
        List<T> all = new ArrayList<>();
        @Nullable RuntimeException first = null;
        for (Answer<T> answer : answers) {
            try {
                all.add(answer.get());
            } catch (RuntimeException e) {
                if (first == null) {
                    first = e;
                } else if (e != first) {
                    first.addSuppressed(e);
                }
            }
        }
        if (first != null) {
            throw first;
        }
        return all;
    }

    private static RuntimeException unchecked(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        return failure instanceof RuntimeException runtime ? runtime : new IllegalStateException(failure);
    }
}
