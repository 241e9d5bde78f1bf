package io.k8saws.dns.internal.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("What cannot be read is tried more and more seldom")
class ReadPauseTest {
    @ParameterizedTest
    @CsvSource({"1, PT30S", "2, PT1M", "3, PT2M", "4, PT4M", "5, PT8M", "6, PT10M", "7, PT10M", "2147483647, PT10M"})
    void eachPauseIsTwiceTheOneBefore_upToTenMinutes(int failures, Duration pause) {
        assertThat(ReadPause.length(failures)).isEqualTo(pause);
    }

    @Test
    void itIsOverAfterItsLength_alsoWhereTheTimeOverflows() {
        for (long now : new long[] {0, Long.MAX_VALUE - 1, Long.MIN_VALUE}) {
            ReadPause second = ReadPause.first(now).next(now);
            assertThat(second.isOver(now + Duration.ofMinutes(1).toNanos() - 1)).isFalse();
            assertThat(second.isOver(now + Duration.ofMinutes(1).toNanos())).isTrue();
        }
    }
}
