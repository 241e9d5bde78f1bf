package io.k8saws.etcd.rescue;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.plan.Action;
import io.k8saws.plan.Outcome;
import io.k8saws.plan.Risk;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RescueReportTest {
    private static RescueReport.Result result(String key, Outcome outcome, String error, boolean already) {
        return new RescueReport.Result(
                new RescueChange(key, Action.CREATE, Risk.SAFE, "gone", 0, 5, 1, Duration.ZERO),
                outcome,
                error.isEmpty() ? Optional.empty() : Optional.of(error),
                already);
    }

    /** Applied once more, nothing is rescued a second time. */
    @Test
    void whatStoodAlreadyIsNotToldAsRescuedAnew() {
        RescueReport again = new RescueReport(
                List.of(
                        result("/app/a", Outcome.DONE, "", true),
                        result("/app/b", Outcome.DONE, "", true),
                        result("/app/c", Outcome.FAILED, "it was changed", false)),
                Duration.ofMillis(7));

        assertThat(again).hasToString("""
                Rescued 2 of 3 keys in 7 ms, 2 of them stood already
                  FAILED /app/c: it was changed""");
        assertThat(new RescueReport(List.of(result("/app/a", Outcome.DONE, "", false)), Duration.ofMillis(7)))
                .hasToString("Rescued 1 of 1 keys in 7 ms");
    }
}
