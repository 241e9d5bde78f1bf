package io.k8saws.etcd.schedule;

import io.k8saws.error.OperationCancelledException;
import io.k8saws.internal.seam.Sleeper;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does work whenever a schedule says so, one run at a time, and only while this program leads. A run that fails is told and tried again, after a minute first, after half an hour
 * at most. Moments that were missed while the program or its machine slept are made good by one run. Time is looked at anew at least twice a minute, so a clock that is set, or a
 * machine that wakes up, is noticed.
 */
public final class ScheduledRuns {
    private static final Logger LOG = LoggerFactory.getLogger(ScheduledRuns.class);

    /** From there on AWS refuses calls, so that nobody's work would be done. */
    private static final Duration TRUSTED_SKEW = Duration.ofMinutes(5);

    private static final Duration LONGEST_SLEEP = Duration.ofSeconds(30);
    private static final Duration TOLERATED_SKEW = Duration.ofMinutes(1);

    /** The work. */
    @FunctionalInterface
    public interface Work {
        /**
         * Does it once.
         *
         * @param due the moment that it is for
         * @param term the right to do it; ask it before what must not be done twice
         */
        void run(Instant due, Leadership.Term term);
    }

    private final Schedule schedule;
    private final String name;
    private final Leadership leadership;
    private final Work work;
    private final Clock clock;
    private final Sleeper sleeper;
    private final Optional<Supplier<Instant>> otherClock;
    private final Consumer<RunEvent> listener;
    private final Optional<Supplier<Optional<Instant>>> newest;

    private ScheduledRuns(
            Schedule schedule,
            String name,
            Leadership leadership,
            Work work,
            Clock clock,
            Sleeper sleeper,
            Optional<Supplier<Instant>> otherClock,
            Consumer<RunEvent> listener,
            Optional<Supplier<Optional<Instant>>> newest) {
        this.schedule = schedule;
        this.name = name;
        this.leadership = leadership;
        this.work = work;
        this.clock = clock;
        this.sleeper = sleeper;
        this.otherClock = otherClock;
        this.listener = listener;
        this.newest = newest;
    }

    /**
     * Describes work; begins nothing.
     *
     * @param schedule when
     * @param name what for, for example the cluster's name: of all programs that say the same, one does it
     * @param leadership which of them
     * @param work the work
     * @return the runs
     */
    public static ScheduledRuns of(Schedule schedule, String name, Leadership leadership, Work work) {
        return new ScheduledRuns(
                schedule,
                name,
                leadership,
                work,
                Clock.systemUTC(),
                Sleeper.system(),
                Optional.empty(),
                event -> {},
                Optional.empty());
    }

    /**
     * A copy that tells what happens.
     *
     * @param heard hears events on the thread of the runs; what it throws changes nothing
     * @return the copy
     */
    public ScheduledRuns reportingTo(Consumer<RunEvent> heard) {
        return new ScheduledRuns(schedule, name, leadership, work, clock, sleeper, otherClock, heard, newest);
    }

    /**
     * A copy that compares its clock before each run.
     *
     * @param other the other clock, for example {@code store::now}
     * @return the copy
     */
    public ScheduledRuns comparingClockWith(Supplier<Instant> other) {
        return new ScheduledRuns(
                schedule, name, leadership, work, clock, sleeper, Optional.of(other), listener, newest);
    }

    /**
     * A copy that asks what others have done. Without it a moment that is left to others counts as done, even if they fail, and one that they have finished may be done again by a clock
     * that is a little behind. With it, what is left to others is looked at again every minute until it is done, and nothing is done twice.
     *
     * @param when when the newest of such work was begun, by the clock of whoever did it; for example that of the newest backup. Empty if there is none
     * @return the copy
     */
    public ScheduledRuns asking(Supplier<Optional<Instant>> when) {
        return new ScheduledRuns(
                schedule, name, leadership, work, clock, sleeper, otherClock, listener, Optional.of(when));
    }

    /** A copy whose time is made up. */
    ScheduledRuns withTime(Clock madeUp, Sleeper passing) {
        return new ScheduledRuns(schedule, name, leadership, work, madeUp, passing, otherClock, listener, newest);
    }

    /**
     * Does the work until the thread is interrupted. The caller brings the thread.
     *
     * @param handled the last moment that is done already, for example when the newest backup was taken: what was due since is made good at once
     * @throws OperationCancelledException when the thread is interrupted; its flag is set again
     */
    public void runSince(Instant handled) {
        RunState state = RunState.since(handled);
        while (true) {
            if (Thread.currentThread().isInterrupted()) {
                throw new OperationCancelledException("Run " + name + " on schedule");
            }
            Instant now = clock.instant();
            if (state.aheadOf(now)) {
                tell(new RunEvent.ClockWentBack(state.handled(), now));
                state = state.from(now);
            }
            RunState.Step step = state.step(schedule, name, now);
            if (step.run()) {
                state = run(state, step);
            } else {
                Duration wait = Duration.between(now, step.until());
                sleeper.sleep(wait.compareTo(LONGEST_SLEEP) > 0 ? LONGEST_SLEEP : wait, "Run " + name + " on schedule");
            }
        }
    }

    private RunState run(RunState state, RunState.Step step) {
        long started = sleeper.nanoTime();
        try {
            otherClock.ifPresent(this::compare);
            Optional<Leadership.Term> taken = leadership.tryTake(name);
            if (taken.isEmpty()) {
                return leave(state, step);
            }
            try (Leadership.Term term = taken.get()) {
                if (isDone(step.due())) {
                    tell(new RunEvent.LeftToOthers(step.due()));
                    return state.done(step.due());
                }
                work.run(step.due(), term);
            }
            tell(new RunEvent.Ran(step.due(), step.missed(), Duration.ofNanos(sleeper.nanoTime() - started)));
            return state.done(step.due());
        } catch (OperationCancelledException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw e;
            }
            return failed(state, step, e);
        } catch (RuntimeException e) {
            return failed(state, step, e);
        }
    }

    private RunState leave(RunState state, RunState.Step step) {
        if (newest.isPresent() && !isDone(step.due())) {
            return state.waiting(clock.instant());
        }
        tell(new RunEvent.LeftToOthers(step.due()));
        return state.done(step.due());
    }

    /** By the clock of whoever did it, which was past the moment; one that is far ahead says nothing. */
    private boolean isDone(Instant due) {
        Instant latest = clock.instant().plus(TRUSTED_SKEW);
        return newest.flatMap(Supplier::get)
                .filter(done -> !done.isBefore(due) && !done.isAfter(latest))
                .isPresent();
    }

    private void tell(RunEvent event) {
        try {
            listener.accept(event);
        } catch (RuntimeException e) {
            LOG.warn("A listener of {} has failed on {}.", name, event, e);
        }
    }

    private RunState failed(RunState state, RunState.Step step, RuntimeException e) {
        RunState next = state.failed(clock.instant());
        tell(new RunEvent.Failed(step.due(), next.failures(), e, next.notBefore()));
        return next;
    }

    private void compare(Supplier<Instant> other) {
        Duration ahead = Duration.between(clock.instant(), other.get());
        if (ahead.abs().compareTo(TOLERATED_SKEW) > 0) {
            tell(new RunEvent.ClockSkew(ahead));
        }
    }

    @Override
    public String toString() {
        return name + " at " + schedule;
    }
}
