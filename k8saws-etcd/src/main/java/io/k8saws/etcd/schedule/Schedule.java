package io.k8saws.etcd.schedule;

import com.cronutils.model.Cron;
import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.Violation;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Moments that come again, by a cron expression of five fields: minute, hour, day of month, month, day of week. With jitter each moment is later by a span that differs from
 * moment to moment and from name to name, and is always the same for both, so that many clusters do not begin at once. Immutable.
 */
public final class Schedule {
    private final String expression;
    private final ZoneId zone;
    private final Duration jitter;
    private final ExecutionTime times;

    private Schedule(String expression, ZoneId zone, Duration jitter, ExecutionTime times) {
        this.expression = expression;
        this.zone = zone;
        this.jitter = jitter;
        this.times = times;
    }

    /**
     * A schedule without jitter.
     *
     * @param expression for example {@code 15 * * * *}, a quarter past each hour
     * @param zone the time zone of hours and days; what a change to summer time leaves out comes right after it
     * @return the schedule
     * @throws InvalidSpecException if it is no such expression, or never comes
     */
    public static Schedule cron(String expression, ZoneId zone) {
        try {
            Cron cron = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX))
                    .parse(expression)
                    .validate();
            Schedule schedule = new Schedule(expression, zone, Duration.ZERO, ExecutionTime.forCron(cron));
            if (schedule.momentAfter(Instant.EPOCH).isPresent()) {
                return schedule;
            }
            throw refused(expression, "it never comes");
        } catch (IllegalArgumentException e) {
            throw refused(expression, String.valueOf(e.getMessage()));
        }
    }

    private static InvalidSpecException refused(String expression, String why) {
        return new InvalidSpecException(
                "Read the schedule \"" + expression + "\"",
                List.of(new Violation(
                        "schedule", why, "use five fields: minute, hour, day of month, month, day of week")));
    }

    /**
     * A copy with jitter.
     *
     * @param longest no moment is later by this or more; should be shorter than the time between two moments
     * @return the copy
     */
    public Schedule withJitter(Duration longest) {
        if (longest.isNegative()) {
            throw new InvalidSpecException(
                    "Describe a schedule",
                    List.of(new Violation("jitter", longest + " is below zero", "use zero or more")));
        }
        return new Schedule(expression, zone, longest, times);
    }

    /**
     * The first moment after another one.
     *
     * @param after the other one
     * @param name whose moment, for the jitter
     * @return the moment; always later
     */
    public Instant next(Instant after, String name) {
        Instant moment = after.minus(jitter).minusNanos(1);
        while (true) {
            moment = momentAfter(moment)
                    .orElseThrow(() -> new IllegalStateException("A schedule that came once comes again."));
            Instant late = moment.plus(late(moment, name));
            if (late.isAfter(after)) {
                return late;
            }
        }
    }

    /**
     * The first moments after another one.
     *
     * @param after the other one
     * @param name whose moments, for the jitter
     * @param count how many
     * @return the moments, in order
     */
    public List<Instant> next(Instant after, String name, int count) {
        List<Instant> moments = new ArrayList<>();
        Instant last = after;
        for (int i = 0; i < count; i++) {
            last = next(last, name);
            moments.add(last);
        }
        return moments;
    }

    private Optional<Instant> momentAfter(Instant after) {
        return times.nextExecution(after.atZone(zone)).map(time -> time.toInstant());
    }

    private Duration late(Instant moment, String name) {
        return jitter.isZero()
                ? Duration.ZERO
                : Duration.ofMillis(new SplittableRandom(31L * name.hashCode() + moment.getEpochSecond())
                        .nextLong(Math.max(1, jitter.toMillis())));
    }

    @Override
    public String toString() {
        return expression + " " + zone + (jitter.isZero() ? "" : ", up to " + jitter.toSeconds() + " s later");
    }
}
