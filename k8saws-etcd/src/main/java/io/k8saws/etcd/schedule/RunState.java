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
        for (Instant next = schedule.next(due, name); !next.isAfter(now); next = schedule.next(next, name)) {
            due = next;
            missed++;
        }
        return notBefore.isAfter(now) ? new Step(false, due, missed, notBefore) : new Step(true, due, missed, now);
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
