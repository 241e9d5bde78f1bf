package io.k8saws.etcd.backup;

import io.k8saws.error.OperationCancelledException;
import io.k8saws.etcd.store.BackupStore;
import io.k8saws.etcd.store.StoredObject;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The pieces of an object in their order, some of them read ahead: one call after the other does not make full use of a network, and what is done with a piece takes its time, too. Used by
 * one thread. Closed, it reads no more.
 */
final class PiecesAhead implements AutoCloseable {
    static final int AHEAD = 3;

    private final BackupStore store;
    private final StoredObject object;
    private final Deque<Future<byte[]>> pieces = new ArrayDeque<>();
    private final ExecutorService threads = Executors.newFixedThreadPool(AHEAD, task -> {
        Thread thread = new Thread(task, "k8saws-backup-piece");
        thread.setDaemon(true);
        return thread;
    });
    private long asked;

    PiecesAhead(BackupStore store, StoredObject object) {
        this.store = store;
        this.object = object;
    }

    /** The next piece; not to be asked for when all were given. */
    byte[] next() {
        while (pieces.size() < AHEAD && asked < object.bytes()) {
            long from = asked;
            int length = (int) Math.min(StoredStream.PIECE, object.bytes() - from);
            pieces.add(threads.submit(() -> store.read(object, from, length)));
            asked += length;
        }
        try {
            return pieces.remove().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperationCancelledException("Read the object " + object.key());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error failure) {
                throw failure;
            }
            throw new IllegalStateException("A store throws no checked exceptions.", e);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
