package io.k8saws.internal.operate;

import io.k8saws.error.OperationCancelledException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/** Asks several questions at once, a few at a time: a large cluster has hundreds of machines, and each answer takes a round trip. */
final class AtOnce {
    static final int MOST = 8;

    private AtOnce() {}

    /**
     * Asks.
     *
     * @param questions do not depend on each other
     * @return the answers in the order of the questions
     * @throws RuntimeException of the first question in their order that failed
     * @throws OperationCancelledException when the thread was interrupted
     */
    static <T> List<T> ask(List<? extends Supplier<? extends T>> questions) {
        if (questions.isEmpty()) {
            return List.of();
        }
        ExecutorService threads = Executors.newFixedThreadPool(Math.min(MOST, questions.size()), task -> {
            Thread thread = new Thread(task, "k8saws-look");
            thread.setDaemon(true);
            return thread;
        });
        try {
            List<Future<? extends T>> answers = new ArrayList<>();
            questions.forEach(question -> answers.add(threads.submit(question::get)));
            List<T> all = new ArrayList<>();
            for (Future<? extends T> answer : answers) {
                all.add(answer.get());
            }
            return all;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperationCancelledException("Read what machines said");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(e);
        } finally {
            threads.shutdownNow();
        }
    }
}
