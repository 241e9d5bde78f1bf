package io.k8saws.etcd.schedule;

import java.time.Duration;
import java.time.Instant;

/**
 * Where scheduled work stands. Pure: from a state and the time follows what is to be done.
 *
 * @param handled the last moment that was handled
 * @param failures how many runs have failed in a row
 * @param notBefore no run begins before this
 */
record RunState(Instant handled, int failures, Instant notBefore) {
    static final Duration FIRST_PAUSE = Duration.ofMinutes(1);
    static final Duration LONGEST_PAUSE = Duration.ofMinutes(30);

    /** More missed moments are not counted. */
    static final int MOST_MISSED = 1_000;

    /** Clocks are corrected by less all the time. */
    static final Duration TOLERATED = Duration.ofMinutes(1);

    static RunState since(Instant handled) {
        return new RunState(handled, 0, Instant.MIN);
    }

    /**
     * What is to be done.
     *
     * @param run whether to run now
     * @param due the moment to run for, or the next one
     * @param missed how many moments before it were missed
     * @param until when to look again at the latest
     */
    record Step(boolean run, Instant due, int missed, Instant until) {}

    Step step(Schedule schedule, String name, Instant now) {
        Instant due = schedule.next(handled, name);
        if (due.isAfter(now)) {
            return new Step(false, due, 0, due);
        }
        int missed = 0;
        for (Instant next = schedule.next(due, name);
                !next.isAfter(now) && missed < MOST_MISSED;
                next = schedule.next(next, name)) {
            due = next;
            missed++;
        }
        due = missed == MOST_MISSED ? last(schedule, name, now) : due;
        return notBefore.isAfter(now) ? new Step(false, due, missed, notBefore) : new Step(true, due, missed, now);
    }

    /** The last moment up to now, without walking all of a long time: looks back further and further until there is one. */
    private static Instant last(Schedule schedule, String name, Instant now) {
        Duration back = Duration.ofMinutes(1);
        while (schedule.next(now.minus(back), name).isAfter(now)) {
            back = back.multipliedBy(2);
        }
        Instant due = schedule.next(now.minus(back), name);
        for (Instant next = due; !next.isAfter(now); next = schedule.next(next, name)) {
            due = next;
        }
        return due;
    }

    /** Whether what is said to be handled cannot have been, by this clock. */
    boolean aheadOf(Instant now) {
        return handled.isAfter(now.plus(TOLERATED));
    }

    /** Goes on from now, by a clock that was set back. */
    RunState from(Instant now) {
        return new RunState(now, failures, Instant.MIN);
    }

    /** Somebody else is at it; looks again soon, as they may fail. */
    RunState waiting(Instant now) {
        return new RunState(handled, failures, now.plus(FIRST_PAUSE));
    }

    RunState done(Instant due) {
        return since(due);
    }

    RunState failed(Instant now) {
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(failures, 10));
        return new RunState(
                handled, failures + 1, now.plus(pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause));
    }
}
