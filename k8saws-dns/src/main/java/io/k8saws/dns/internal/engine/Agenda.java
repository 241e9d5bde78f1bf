package io.k8saws.dns.internal.engine;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Runs things later. The one place from which the engine has time. */
public interface Agenda {
    /**
     * Runs something once.
     *
     * @param delay after which time; zero for as soon as possible
     * @param what what to run; may block
     */
    void after(Duration delay, Runnable what);

    /**
     * The time by which spans are measured.
     *
     * @return nanoseconds from an arbitrary origin; never goes back
     */
    long nanoTime();

    /**
     * An agenda on threads.
     *
     * @param threads as many as zones shall be written to at once; the caller ends them
     * @return the agenda
     */
    static Agenda on(ScheduledExecutorService threads) {
        return new Agenda() {
            @Override
            public void after(Duration delay, Runnable what) {
                Future<?> unused = threads.schedule(what, delay.toMillis(), TimeUnit.MILLISECONDS);
            }

            @Override
            public long nanoTime() {
                return System.nanoTime();
            }
        };
    }
}
