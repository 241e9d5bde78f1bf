package io.k8saws.etcd.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RunEventTest {
    @Test
    void eventsReadAsSentences() {
        Instant due = Instant.parse("2026-11-27T04:00:00Z");

        assertThat(Stream.of(
                                new RunEvent.Ran(due, 0, Duration.ofMillis(12_345)),
                                new RunEvent.Ran(due, 3, Duration.ofMillis(5)),
                                new RunEvent.Failed(due, 2, new IllegalStateException("no disk"), due.plusSeconds(120)),
                                new RunEvent.LeftToOthers(due),
                                new RunEvent.ClockWentBack(due, due.minusSeconds(7200)),
                                new RunEvent.ClockSkew(Duration.ofSeconds(75)),
                                new RunEvent.ClockSkew(Duration.ofSeconds(-75)))
                        .map(Object::toString))
                .containsExactly(
                        "the run for 2026-11-27T04:00:00Z is done after 12,345 ms",
                        "the run for 2026-11-27T04:00:00Z is done after 5 ms; 3 before it were missed",
                        "the run for 2026-11-27T04:00:00Z has failed, 2 in a row, and is tried again at"
                                + " 2026-11-27T04:02:00Z: no disk",
                        "the run for 2026-11-27T04:00:00Z is somebody else's",
                        "a clock went back: work is done up to 2026-11-27T04:00:00Z, and now it is 2026-11-27T02:00:00Z",
                        "the store's clock is 75 s ahead",
                        "the store's clock is 75 s behind");
    }
}
