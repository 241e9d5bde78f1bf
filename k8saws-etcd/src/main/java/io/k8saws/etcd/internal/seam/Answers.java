package io.k8saws.etcd.internal.seam;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.k8saws.error.OperationCancelledException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Waits for answers that are on their way. */
final class Answers {
    private Answers() {}

    /**
     * Waits for an answer.
     *
     * @throws StatusRuntimeException if there is none
     * @throws OperationCancelledException if the thread is interrupted; the call is cancelled
     */
    static <T> T of(CompletableFuture<T> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            future.cancel(true);
            Thread.currentThread().interrupt();
            throw new OperationCancelledException("Call etcd");
        } catch (CancellationException e) {
            throw Status.CANCELLED.withCause(e).asRuntimeException();
        } catch (ExecutionException e) {
            throw failure(e.getCause() == null ? e : e.getCause());
        }
    }

    static RuntimeException failure(Throwable cause) {
        return cause instanceof RuntimeException known
                ? known
                : Status.fromThrowable(cause).asRuntimeException();
    }
}
