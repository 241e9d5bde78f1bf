package io.k8saws.dns.controller;

import io.k8saws.dns.internal.engine.Agenda;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The agenda of a term: what was planned in it, up to a day ahead, is dropped with it, and so is all that hangs on that, such as the mirrors of zones. Otherwise a Lease that changes hands often would fill the memory. Safe to use from many threads.
 */
final class TermAgenda implements Agenda, AutoCloseable {
    private final Agenda agenda;
    private final Set<Task> planned = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    TermAgenda(Agenda agenda) {
        this.agenda = agenda;
    }

    /** Something that is planned, and holds nothing any more once it is dropped. */
    static final class Task implements Runnable {
        private final AtomicReference<@Nullable Runnable> what;
        private final Set<Task> planned;

        Task(Runnable what, Set<Task> planned) {
            this.what = new AtomicReference<>(what);
            this.planned = planned;
        }

        @Override
        public void run() {
            planned.remove(this);
            Runnable left = what.getAndSet(null);
            if (left != null) {
                left.run();
            }
        }

        void drop() {
            what.set(null);
        }

        boolean isDropped() {
            return what.get() == null;
        }
    }

    @Override
    public void after(Duration delay, Runnable what) {
        if (closed) {
            return;
        }
        Task task = new Task(what, planned);
        planned.add(task);
        if (closed) {
            close(); // it was closed meanwhile
        }
        agenda.after(delay, task);
    }

    @Override
    public long nanoTime() {
        return agenda.nanoTime();
    }

    /** Drops all that is planned; what runs comes to its end. */
    @Override
    public void close() {
        closed = true;
        planned.forEach(Task::drop);
        planned.clear();
    }
}
