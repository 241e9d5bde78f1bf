package io.k8saws.etcd.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.K8sAwsException;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.internal.seam.Sleeper;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Time is made up: sleeping moves the clock. */
class ScheduledRunsTest {
    private static final Schedule HOURLY = Schedule.cron("0 * * * *", ZoneOffset.UTC);
    private static final Instant NOON = Instant.parse("2026-11-27T12:00:00Z");

    private Instant now = NOON.plusSeconds(60);
    private Instant end = NOON.plus(Duration.ofHours(4));
    private Duration longestSleep = Duration.ZERO;
    private final List<Instant> runs = new ArrayList<>();
    private final List<RunEvent> events = new ArrayList<>();

    private final Clock clock = new Clock() {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    };

    private final Sleeper sleeper = new Sleeper() {
        @Override
        public void sleep(Duration pause, String why) {
            longestSleep = pause.compareTo(longestSleep) > 0 ? pause : longestSleep;
            now = now.plus(pause);
            if (!now.isBefore(end)) {
                Thread.currentThread().interrupt();
            }
        }
    };

    @AfterEach
    void clear() {
        Thread.interrupted();
    }

    private void run(Leadership leadership, Instant handled, ScheduledRuns.Work work) {
        run(leadership, handled, work, UnaryOperator.identity());
    }

    private void run(
            Leadership leadership, Instant handled, ScheduledRuns.Work work, UnaryOperator<ScheduledRuns> more) {
        ScheduledRuns all = more.apply(ScheduledRuns.of(HOURLY, "payments", leadership, work)
                .reportingTo(events::add)
                .comparingClockWith(() -> now.plusSeconds(120))
                .withTime(clock, sleeper));
        assertThatThrownBy(() -> all.runSince(handled)).isInstanceOf(OperationCancelledException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void eachMomentIsRunOnce() {
        run(Leadership.inThisProgram(), NOON, (due, term) -> runs.add(due));

        assertThat(runs)
                .containsExactly(
                        NOON.plus(Duration.ofHours(1)), NOON.plus(Duration.ofHours(2)), NOON.plus(Duration.ofHours(3)));
        assertThat(longestSleep).isLessThanOrEqualTo(Duration.ofSeconds(30));
        assertThat(events).contains(new RunEvent.ClockSkew(Duration.ofMinutes(2)));
    }

    @Test
    void whatWasMissedIsMadeGoodByOneRun() {
        end = now.plusSeconds(60);

        run(Leadership.inThisProgram(), NOON.minus(Duration.ofHours(10)), (due, term) -> runs.add(due));

        assertThat(runs).containsExactly(NOON);
        assertThat(events)
                .filteredOn(RunEvent.Ran.class::isInstance)
                .singleElement()
                .isInstanceOfSatisfying(
                        RunEvent.Ran.class, ran -> assertThat(ran.missed()).isEqualTo(9));
    }

    @Test
    void aMachineThatSleptCatchesUpOnce() {
        run(Leadership.inThisProgram(), NOON, (due, term) -> {
            runs.add(due);
            if (runs.size() == 1) {
                now = NOON.plus(Duration.ofMinutes(200)); // slept while it ran
            }
        });

        assertThat(runs).containsExactly(NOON.plus(Duration.ofHours(1)), NOON.plus(Duration.ofHours(3)));
    }

    @Test
    void aFailingRunIsTriedAgain_lessAndLessOften() {
        run(Leadership.inThisProgram(), NOON, (due, term) -> {
            runs.add(now);
            if (runs.size() < 4) {
                throw new K8sAwsException("Back up", "S3 is down", "wait");
            }
            end = now.plusSeconds(60);
        });

        assertThat(runs)
                .containsExactly(
                        NOON.plus(Duration.ofMinutes(60)),
                        NOON.plus(Duration.ofMinutes(61)),
                        NOON.plus(Duration.ofMinutes(63)),
                        NOON.plus(Duration.ofMinutes(67)));
        assertThat(events)
                .filteredOn(RunEvent.Failed.class::isInstance)
                .extracting(event -> ((RunEvent.Failed) event).failures())
                .containsExactly(1, 2, 3);
    }

    @Test
    void whoDoesNotLeadLeavesItToOthers() {
        Leadership leadership = Leadership.inThisProgram();
        Leadership.Term other = leadership.tryTake("payments").orElseThrow();
        run(leadership, NOON, (due, term) -> runs.add(due));
        other.close();

        assertThat(runs).isEmpty();
        assertThat(events).filteredOn(RunEvent.LeftToOthers.class::isInstance).hasSize(3);
        assertThat(leadership.tryTake("payments")).isPresent();
    }

    @Test
    void theRightIsGivenBackAfterEachRun_alsoAFailedOne() {
        Leadership leadership = Leadership.inThisProgram();

        run(leadership, NOON, (due, term) -> {
            assertThat(leadership.tryTake("payments")).isEmpty();
            throw new K8sAwsException("Back up", "S3 is down", "wait");
        });

        assertThat(leadership.tryTake("payments")).isPresent();
    }

    @Test
    void whatOthersDoNotFinishIsDone() {
        Leadership mine = Leadership.inThisProgram();
        Instant free = NOON.plus(Duration.ofMinutes(70)); // then the other one has died
        run(
                name -> now.isBefore(free) ? Optional.empty() : mine.tryTake(name),
                NOON,
                (due, term) -> runs.add(due),
                all -> all.asking(Optional::empty));

        assertThat(runs)
                .containsExactly(
                        NOON.plus(Duration.ofHours(1)), NOON.plus(Duration.ofHours(2)), NOON.plus(Duration.ofHours(3)));
    }

    @Test
    void whatOthersHaveDoneIsNotDoneAgain() {
        run(
                Leadership.inThisProgram(),
                NOON,
                (due, term) -> runs.add(due),
                all -> all.asking(
                        () -> Optional.of(now.truncatedTo(ChronoUnit.HOURS).plusSeconds(5))));

        assertThat(runs).isEmpty();
        assertThat(events).filteredOn(RunEvent.LeftToOthers.class::isInstance).hasSize(3);
    }

    @Test
    void aBackupOfTheFutureStandsForNone() {
        run(
                Leadership.inThisProgram(),
                NOON.plus(Duration.ofDays(365)),
                (due, term) -> runs.add(due),
                all -> all.asking(() -> Optional.of(NOON.plus(Duration.ofDays(365)))));

        assertThat(runs).hasSize(3);
        assertThat(events).contains(new RunEvent.ClockWentBack(NOON.plus(Duration.ofDays(365)), NOON.plusSeconds(60)));
    }

    @Test
    void aListenerThatThrowsChangesNothing() {
        run(
                Leadership.inThisProgram(),
                NOON,
                (due, term) -> {
                    runs.add(due);
                    if (runs.size() == 2) {
                        throw new K8sAwsException("Back up", "S3 is down", "wait");
                    }
                },
                all -> all.reportingTo(event -> {
                    throw new IllegalStateException("a listener");
                }));

        assertThat(runs)
                .containsExactly(
                        NOON.plus(Duration.ofHours(1)),
                        NOON.plus(Duration.ofHours(2)),
                        NOON.plus(Duration.ofHours(2)),
                        NOON.plus(Duration.ofHours(3)));
    }

    @Test
    void yearsOfMissedMomentsAreNotWalked() {
        RunState.Step step =
                RunState.since(Instant.EPOCH).step(Schedule.cron("* * * * *", ZoneOffset.UTC), "payments", NOON);

        assertThat(step.due()).isEqualTo(NOON);
        assertThat(step.missed()).isEqualTo(RunState.MOST_MISSED);
    }
}
