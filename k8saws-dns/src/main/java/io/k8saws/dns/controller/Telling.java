package io.k8saws.dns.controller;

import io.k8saws.dns.internal.engine.Agenda;
import io.k8saws.dns.source.ObjectKey;
import java.time.Duration;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells objects how their names are, one after the other, each once however often it is to be told meanwhile. What is not told at the end of a term is dropped: who leads next tells it. Safe to use from many threads. */
final class Telling implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Telling.class);
    private static final Duration BETWEEN = Duration.ofMinutes(10);

    /** Tells one object. */
    @FunctionalInterface
    interface Teller {
        /**
         * Tells; may block.
         *
         * @param object which
         * @param written whether a name of it was written since it was told before
         */
        void tell(ObjectKey object, boolean written);
    }

    private final Executor thread;
    private final Teller teller;
    private final Agenda agenda;
    private final Supplier<? extends Collection<ObjectKey>> missed;

    // guarded by this
    private final Map<ObjectKey, Boolean> waiting = new LinkedHashMap<>();
    private boolean running;
    private boolean closed;

    /**
     * Makes it; tells nobody.
     *
     * @param thread on which objects are told
     * @param teller tells one
     * @param agenda when those are told again that could not be told
     * @param missed takes those that could not be told, such as for want of a right that may be given later
     */
    Telling(Executor thread, Teller teller, Agenda agenda, Supplier<? extends Collection<ObjectKey>> missed) {
        this.thread = thread;
        this.teller = teller;
        this.agenda = agenda;
        this.missed = missed;
    }

    /** From now on, those that could not be told are told every ten minutes. */
    void tellMissed() {
        agenda.after(BETWEEN, () -> {
            if (!isClosed()) {
                addMissed();
                tellMissed();
            }
        });
    }

    private void addMissed() {
        try {
            add(missed.get(), false);
        } catch (RuntimeException e) {
            LOG.warn("Objects that could not be told are not told again now, but in {}.", BETWEEN, e);
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    /** Has objects told soon. */
    void add(Collection<ObjectKey> objects, boolean written) {
        synchronized (this) {
            if (closed) {
                return;
            }
            objects.forEach(object -> waiting.merge(object, written, Boolean::logicalOr));
            if (running || waiting.isEmpty()) {
                return;
            }
            running = true;
        }
        thread.execute(this::run);
    }

    private void run() {
        for (Map.Entry<ObjectKey, Boolean> next = next(); next != null; next = next()) {
            try {
                teller.tell(next.getKey(), next.getValue());
            } catch (RuntimeException e) { // what is told is a courtesy; the other objects hear of theirs
                LOG.debug("{} was not told", next.getKey(), e);
            }
        }
    }

    private synchronized Map.@Nullable Entry<ObjectKey, Boolean> next() {
        Iterator<Map.Entry<ObjectKey, Boolean>> all = waiting.entrySet().iterator();
        if (!all.hasNext()) {
            running = false;
            return null;
        }
        Map.Entry<ObjectKey, Boolean> next = Map.Entry.copyOf(all.next());
        all.remove();
        return next;
    }

    @Override
    public synchronized void close() {
        closed = true;
        waiting.clear();
    }
}
