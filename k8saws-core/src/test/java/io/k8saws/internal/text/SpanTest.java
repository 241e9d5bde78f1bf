package io.k8saws.internal.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpanTest {
    @ParameterizedTest
    @CsvSource({
        "-5, 0.0 s",
        "0, 0.0 s",
        "49, 0.0 s",
        "50, 0.1 s",
        "9949, 9.9 s",
        "9950, 10 s",
        "59499, 59 s",
        "59500, 1 min",
        "61000, 1 min 1 s",
        "3599499, 59 min 59 s",
        "3599500, 1 h",
        "3840000, 1 h 4 min",
        "90000000, 25 h"
    })
    void isRoundedToWhatMatters(long millis, String text) {
        assertThat(Span.of(Duration.ofMillis(millis))).isEqualTo(text);
    }
}
