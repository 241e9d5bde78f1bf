package io.k8saws.dns.controller;

import io.k8saws.dns.internal.engine.Agenda;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the watch of a cluster, again and again until all objects are known, and anew when it has been interrupted for a minute; and twice a minute, has what the cluster did not have at the start looked for. Who stands for election asks it first: one that does not see the cluster shall not lead. Safe to use from many
 * threads.
 */
final class Watching implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Watching.class);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(2);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(2);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(10);
    private static final Duration BETWEEN_SEARCHES = Duration.ofSeconds(30);
    private static final Duration LONGEST_GAP = Duration.ofMinutes(1);

    /** Hears how the watch is. */
    interface Listener {
        /** All objects are known. */
        void known();

        /** All objects of kinds are known that the cluster did not have before. */
        void more();

        /** What is known is no longer of now, or cannot be known. */
        void lost(Throwable why);
    }

    private final Supplier<? extends CompletionStage<?>> start;
    private final BooleanSupplier isWatching;
    private final Supplier<? extends CompletionStage<Boolean>> search;
    private final Agenda agenda;
    private final Listener listener;
    private int failures;
    private boolean closed;

    /**
     * Makes it; starts nothing.
     *
     * @param start starts all watches anew, in place of those before; its stage ends when all objects are known
     * @param isWatching whether all of them hear of changes now
     * @param search starts to watch what the cluster has by now and did not have before; its stage says whether there was such a thing
     * @param agenda when
     * @param listener hears
     */
    Watching(
            Supplier<? extends CompletionStage<?>> start,
            BooleanSupplier isWatching,
            Supplier<? extends CompletionStage<Boolean>> search,
            Agenda agenda,
            Listener listener) {
        this.start = start;
        this.isWatching = isWatching;
        this.search = search;
        this.agenda = agenda;
        this.listener = listener;
    }

    void begin() {
        agenda.after(Duration.ZERO, this::attempt);
        searchLater();
    }

    private void searchLater() {
        agenda.after(BETWEEN_SEARCHES, () -> {
            if (isClosed()) {
                return;
            }
            try {
                var unused = search.get().whenComplete((found, failure) -> {
                    if (failure == null && found && !isClosed()) {
                        Listeners.tell("kinds that are watched now", listener::more);
                    }
                    searchLater();
                });
            } catch (RuntimeException e) { // the cluster did not say which kinds it has: it is asked again
                searchLater();
            }
        });
    }

    private void attempt() {
        if (isClosed()) {
            return;
        }
        try {
            var unused = start.get().whenComplete((done, failure) -> ended(failure));
        } catch (RuntimeException e) { // such as a cluster that does not say which kinds it has
            ended(e);
        }
    }

    private void ended(@Nullable Throwable failure) {
        if (isClosed()) {
            return;
        }
        if (failure == null) {
            try {
                listener.known();
            } catch (RuntimeException e) {
                lost(e); // what is not made of what is known is tried again with all of it
                return;
            }
            synchronized (this) {
                failures = 0;
            }
            lookLater(agenda.nanoTime());
        } else {
            lost(failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure);
        }
    }

    private void lost(Throwable why) {
        Duration pause;
        synchronized (this) {
            pause = FIRST_PAUSE.multipliedBy(1L << Math.min(failures++, 6));
        }
        Listeners.tell("a watch that is lost", () -> listener.lost(why));
        agenda.after(pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE, this::attempt);
    }

    private boolean isWatching() {
        try {
            return isWatching.getAsBoolean();
        } catch (RuntimeException e) {
            LOG.warn("It is not known whether changes of the cluster are heard of.", e);
            return false;
        }
    }

    private void lookLater(long lastSeenNanos) {
        agenda.after(BETWEEN_LOOKS, () -> {
            long now = agenda.nanoTime();
            if (isClosed()) {
                return;
            }
            if (isWatching()) {
                lookLater(now);
            } else if (now - lastSeenNanos <= LONGEST_GAP.toNanos()) {
                lookLater(lastSeenNanos);
            } else {
                lost(new IllegalStateException("no changes were heard of for " + LONGEST_GAP.toSeconds() + " s"));
            }
        });
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    @Override
    public synchronized void close() {
        closed = true;
    }
}
