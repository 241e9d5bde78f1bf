package io.k8saws.internal.seam;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.aws.ResiliencePolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Programs that share the token bucket of one account and never run out of work. Time is virtual. AWS's bucket is that of EC2's changing actions: 50 tokens,
 * 5 more a second.
 */
class SharedAccountTest {
    private static final double CAPACITY = 50;
    private static final double PER_SECOND = 5;
    private static final Duration RUN = Duration.ofMinutes(30);
    private static final ResiliencePolicy POLICY = ResiliencePolicy.defaults();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void twoPrograms_shareFairlyAndUseWhatThereIs(long seed) {
        Account account = new Account(seed);
        Program one = account.program(32, Duration.ZERO);
        Program other = account.program(32, Duration.ZERO);

        account.run(RUN);

        assertFair(account, one, other);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void aLateProgram_getsItsShareFromOneThatHadItAll(long seed) {
        Account account = new Account(seed);
        Program early = account.program(32, Duration.ZERO);
        Program late = account.program(32, Duration.ofMinutes(5));

        account.run(Duration.ofMinutes(5));
        early.served = 0;
        account.run(Duration.ofMinutes(10));

        assertThat(share(late, early, late))
                .as("the late one's share, %s", account)
                .isGreaterThan(0.35);
        assertThat(share(early, early, late))
                .as("the early one's share, %s", account)
                .isGreaterThan(0.35);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void aSmallProgram_isNotStarvedByALargeOne(long seed) {
        Account account = new Account(seed);
        Program large = account.program(64, Duration.ZERO);
        Program small = account.program(16, Duration.ZERO);

        account.run(RUN);

        assertFair(account, large, small);
    }

    @Test
    void fourPrograms_getAtLeastHalfOfTheirFairShare() {
        Account account = new Account(7);
        Program[] programs = {
            account.program(32, Duration.ZERO),
            account.program(32, Duration.ofSeconds(20)),
            account.program(32, Duration.ofSeconds(40)),
            account.program(32, Duration.ofSeconds(60))
        };

        account.run(RUN);

        for (Program program : programs) {
            assertThat(share(program, programs)).as("%s", account).isGreaterThan(0.125);
        }
        assertThat(account.failedForGood()).as("calls given up, %s", account).isZero();
    }

    @Test
    void aProgramAlone_isNeverThrottled_andGetsAllThereIs() {
        Account account = new Account(1);
        account.program(32, Duration.ZERO);

        account.run(RUN);

        assertThat(account.throttledShare()).as("%s", account).isLessThan(0.01);
        assertThat(account.used()).as("%s", account).isGreaterThan(0.95);
    }

    private static void assertFair(Account account, Program... programs) {
        for (Program program : programs) {
            assertThat(share(program, programs))
                    .as("share of the served calls, %s", account)
                    .isGreaterThan(0.35);
        }
        assertThat(account.used()).as("used of what AWS grants, %s", account).isGreaterThan(0.8);
        assertThat(account.throttledShare()).as("throttled share, %s", account).isLessThan(0.1);
        assertThat(account.failedForGood()).as("calls given up, %s", account).isZero();
    }

    private static double share(Program program, Program... all) {
        return (double) program.served
                / Arrays.stream(all).mapToLong(one -> one.served).sum();
    }

    /** Something that happens at a time, in nanoseconds. */
    private record Event(long at, long order, Runnable what) {}

    /** AWS's side of the bucket, and the virtual time. */
    private static final class Account {
        private final PriorityQueue<Event> events =
                new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::order));
        private final List<Program> programs = new ArrayList<>();
        private final Random random;
        private long now;
        private long end;
        private long order;
        private double tokens = CAPACITY;
        private long refilled;

        Account(long seed) {
            this.random = new Random(seed);
        }

        Program program(int workers, Duration start) {
            Program program = new Program(this);
            programs.add(program);
            for (int i = 0; i < workers; i++) {
                at(start, () -> program.next(0));
            }
            return program;
        }

        void at(Duration delay, Runnable what) {
            events.add(new Event(now + delay.toNanos(), order++, what));
        }

        void run(Duration time) {
            end += time.toNanos();
            while (!events.isEmpty() && events.peek().at() <= end) {
                Event event = events.remove();
                now = event.at();
                event.what().run();
            }
            now = end;
        }

        boolean grants() {
            tokens = Math.min(CAPACITY, tokens + (now - refilled) / 1e9 * PER_SECOND);
            refilled = now;
            if (tokens < 1) {
                return false;
            }
            tokens -= 1;
            return true;
        }

        double used() {
            return programs.stream().mapToLong(program -> program.served).sum() / (CAPACITY + PER_SECOND * end / 1e9);
        }

        double throttledShare() {
            double throttled =
                    programs.stream().mapToLong(program -> program.throttled).sum();
            return throttled
                    / (throttled
                            + programs.stream()
                                    .mapToLong(program -> program.served)
                                    .sum());
        }

        long failedForGood() {
            return programs.stream().mapToLong(program -> program.givenUp).sum();
        }

        @Override
        public String toString() {
            return String.format(
                    "programs %s, %.2f of the bucket used, %.3f throttled", programs, used(), throttledShare());
        }
    }

    /** A program with workers that send one call after the other through the bucket, as the guard does. */
    private static final class Program {
        private final Account account;
        private final TokenBucket bucket;
        private long served;
        private long throttled;
        private long givenUp;

        Program(Account account) {
            this.account = account;
            this.bucket = new TokenBucket(CAPACITY, PER_SECOND, () -> account.now);
        }

        void next(int failures) {
            waitFor(bucket.draw(1), failures);
        }

        private void waitFor(double ticket, int failures) {
            Duration wait = bucket.untilTurn(ticket);
            if (wait.isZero()) {
                send(failures);
            } else {
                account.at(wait, () -> waitFor(ticket, failures));
            }
        }

        private void send(int failures) {
            account.at(way(), () -> {
                boolean granted = account.grants();
                account.at(way(), () -> answered(granted, failures));
            });
        }

        /** The way to AWS or back takes 10 to 60 milliseconds. */
        private Duration way() {
            return Duration.ofMillis(account.random.nextInt(10, 61));
        }

        private void answered(boolean granted, int failures) {
            if (granted) {
                served++;
                next(0);
            } else {
                throttled++;
                bucket.throttled();
                retry(failures + 1);
            }
        }

        private void retry(int failures) {
            if (failures >= POLICY.maxAttempts()) {
                givenUp++;
                next(0);
            } else {
                account.at(Guard.pause(POLICY, failures, account.random), () -> next(failures));
            }
        }

        @Override
        public String toString() {
            return served + " served and " + throttled + " throttled at " + bucket.rate() + "/s";
        }
    }
}
