package io.k8saws.dns.internal.engine;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
        Logger log = LoggerFactory.getLogger(Agenda.class);
        return new Agenda() {
            @Override
            public void after(Duration delay, Runnable what) {
                Future<?> unused = threads.schedule(() -> run(what), delay.toMillis(), TimeUnit.MILLISECONDS);
            }

            private void run(Runnable what) {
                try {
                    what.run();
                } catch (RuntimeException | Error e) { // the future that would have it is nobody's
                    log.warn("What was planned has failed.", e);
                    throw e;
                }
            }

            @Override
            public long nanoTime() {
                return System.nanoTime();
            }
        };
    }
}
