package io.k8saws.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.WaitTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RollValuesTest {
    private static final RollMachine OLD = new RollMachine("pool-x", "i-1", "lt-1:1", "lt-1:2", "its template changed");
    private static final RollMachine LEFT =
            new RollMachine("pool-x", "i-2", "lt-1:1", "lt-1:2", "its template changed");
    private static final RollReport REPORT = new RollReport(
            "payments",
            List.of(new RollReport.Ended(OLD, 2, Duration.ofSeconds(42))),
            List.of(LEFT),
            Duration.ofSeconds(75));

    @Test
    void whatIsLeftOpenIsCareful() {
        assertThat(RollOptions.defaults())
                .isEqualTo(new RollOptions(
                        Set.of(), Duration.ofMinutes(15), OptionalInt.empty(), 1, false, false, Set.of()));
        assertThat(new RollOptions.Builder()
                        .pool("x")
                        .etcd()
                        .controlPlane()
                        .maxUnavailable(2)
                        .surge(0)
                        .allowOutage()
                        .loseBarePods()
                        .also("i-1")
                        .drainTimeout(Duration.ofSeconds(1))
                        .build())
                .isEqualTo(new RollOptions(
                        Set.of("pool-x", "etcd", "control-plane"),
                        Duration.ofSeconds(1),
                        OptionalInt.of(2),
                        0,
                        true,
                        true,
                        Set.of("i-1")));
    }

    @Test
    void numbersHaveRanges() {
        assertThatThrownBy(() ->
                        new RollOptions.Builder().drainTimeout(Duration.ZERO).build())
                .hasMessage("A roll needs a drainTimeout of more than zero, not PT0S.");
        assertThatThrownBy(() -> new RollOptions.Builder().surge(-1).build())
                .hasMessage("A roll needs a surge of 0 or more, not -1.");
        assertThatThrownBy(() -> new RollOptions.Builder().maxUnavailable(-1).build())
                .hasMessage("A roll needs a maxUnavailable of 0 or more, not -1.");
    }

    @Test
    void aReportTellsWhatWasDoneAndWhatIsLeft() {
        assertThat(REPORT).hasToString("""
                roll payments: 1 replaced, 1 left in 1 min 15 s
                pool-x i-1 ended after 42 s, 2 pods evicted
                pool-x i-2 still runs""");
    }

    @Test
    void whatStoppedARollIsTold() {
        DrainTimeoutException late = new DrainTimeoutException(
                LEFT,
                Duration.ofSeconds(4),
                List.of(
                        new HeldPod("shop", "web-1", "web", "The disruption budget web needs 1 healthy pods"),
                        new HeldPod("shop", "web-2", "", "it is on its way")));

        assertThat(late)
                .hasMessage("Drain node i-2 of pool-x: after 4 s it still has shop/web-1 (PodDisruptionBudget web):"
                        + " The disruption budget web needs 1 healthy pods; shop/web-2: it is on its way."
                        + " See that the pods that their budgets count become ready, let the budgets allow a disruption,"
                        + " or give more time with drainTimeout. [node=i-2]");
        RollException stopped = new RollException(REPORT, late);
        assertThat(stopped)
                .hasMessageStartingWith(
                        "Roll the machines of cluster payments: 1 were replaced and 1 were not: Drain node i-2")
                .hasCause(late);
        assertThat(stopped.report()).isEqualTo(REPORT);
        assertThat(stopped.retryable()).isTrue();
        assertThat(new RollException(REPORT, new WaitTimeoutException("x", Duration.ofSeconds(1), "y", Map.of()))
                        .retryable())
                .isTrue();
    }
}
