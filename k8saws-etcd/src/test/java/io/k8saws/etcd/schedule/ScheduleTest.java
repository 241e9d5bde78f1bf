package io.k8saws.etcd.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.InvalidSpecException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {
    private static final Schedule HOURLY = Schedule.cron("15 * * * *", ZoneOffset.UTC);

    @ParameterizedTest
    @CsvSource({
        "15 * * * *, 2026-11-27T12:00:00Z, 2026-11-27T12:15:00Z",
        "15 * * * *, 2026-11-27T12:15:00Z, 2026-11-27T13:15:00Z",
        "*/20 * * * *, 2026-11-27T12:41:00Z, 2026-11-27T13:00:00Z",
        "0 3 * * 1, 2026-11-27T12:00:00Z, 2026-11-30T03:00:00Z",
        "0 0 29 2 *, 2026-11-27T12:00:00Z, 2028-02-29T00:00:00Z",
    })
    void momentsComeAsCronSays(String expression, Instant after, Instant next) {
        assertThat(Schedule.cron(expression, ZoneOffset.UTC).next(after, "a")).isEqualTo(next);
    }

    @Test
    void hoursAreThoseOfTheZone() {
        Schedule nightly = Schedule.cron("0 3 * * *", ZoneId.of("Europe/Berlin"));

        assertThat(nightly.next(Instant.parse("2026-07-01T12:00:00Z"), "a"))
                .isEqualTo(Instant.parse("2026-07-02T01:00:00Z"));
        assertThat(nightly.next(Instant.parse("2026-12-01T12:00:00Z"), "a"))
                .isEqualTo(Instant.parse("2026-12-02T02:00:00Z"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "* * * *", "61 * * * *", "0 0 31 2 *", "every day", "0 0 0 0 0 0 0 0"})
    void whatIsNoScheduleIsRefused(String expression) {
        assertThatThrownBy(() -> Schedule.cron(expression, ZoneOffset.UTC)).isInstanceOf(InvalidSpecException.class);
    }

    @Property(tries = 500)
    void jitterIsBoundedAndAlwaysTheSame(
            @ForAll @LongRange(min = 0, max = 4_000_000_000L) long second, @ForAll String name) {
        Duration longest = Duration.ofMinutes(10);
        Instant after = Instant.ofEpochSecond(second);

        Instant next = HOURLY.withJitter(longest).next(after, name);

        assertThat(next).isAfter(after).isEqualTo(HOURLY.withJitter(longest).next(after, name));
        Instant moment = HOURLY.next(next.minus(longest), name);
        assertThat(Duration.between(moment, next)).isBetween(Duration.ZERO, longest);
    }

    @Test
    void namesDoNotComeAtOnce() {
        Schedule jittered = HOURLY.withJitter(Duration.ofMinutes(10));

        assertThat(java.util.stream.IntStream.range(0, 50)
                        .mapToObj(i -> jittered.next(Instant.EPOCH, "cluster-" + i))
                        .distinct())
                .hasSizeGreaterThan(40);
        assertThat(jittered.next(Instant.EPOCH, "a", 5)).isSorted().hasSize(5).doesNotHaveDuplicates();
    }
}
