package io.k8saws.dns.controller;

import io.k8saws.dns.internal.engine.Agenda;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a step when it is asked for, one after the other; all who ask before it begins share it. After one that failed comes a pause that doubles each time, whoever asks meanwhile: what fails is not tried as often as a busy cluster
 * changes. Safe to use from many threads.
 */
final class Steps implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Steps.class);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(2);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(2);

    private final Agenda agenda;
    private final Runnable step;

    // guarded by this
    private boolean waiting;
    private boolean running;
    private @Nullable Duration next; // asked for while one runs
    private int failures;
    private boolean closed;

    /**
     * Makes it; runs nothing.
     *
     * @param agenda when
     * @param step what; may block, and throw
     */
    Steps(Agenda agenda, Runnable step) {
        this.agenda = agenda;
        this.step = step;
    }

    /**
     * Has a step run.
     *
     * @param delay after which time, if none comes before
     */
    synchronized void soon(Duration delay) {
        if (running) {
            next = next == null || delay.compareTo(next) < 0 ? delay : next;
        } else if (!waiting && !closed) {
            waiting = true;
            agenda.after(delay, this::run);
        }
    }

    private void run() {
        synchronized (this) {
            waiting = false;
            if (closed) {
                return;
            }
            running = true;
        }
        boolean done = false;
        try {
            step.run();
            done = true;
        } catch (RuntimeException e) {
            LOG.debug("A step failed", e);
        } finally {
            ended(done);
        }
    }

    private synchronized void ended(boolean done) {
        Duration after = next;
        running = false;
        next = null;
        if (!done) {
            Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(failures++, 6));
            after = pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
        } else {
            failures = 0;
        }
        if (after != null) {
            soon(after);
        }
    }

    /** Runs no more steps; one that runs comes to its end. */
    @Override
    public synchronized void close() {
        closed = true;
    }
}
