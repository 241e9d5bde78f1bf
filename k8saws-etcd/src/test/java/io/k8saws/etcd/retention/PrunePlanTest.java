package io.k8saws.etcd.retention;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PrunePlanTest {
    private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");

    private static StoredBackup daysOld(String id, int days, boolean good, String base) {
        return new StoredBackup(
                id,
                "main",
                NOW.minus(Duration.ofDays(days)),
                good,
                Optional.empty(),
                Optional.of(base).filter(one -> !one.isEmpty()));
    }

    @Test
    void anOldPlanSparesWhatIsNeededByNow() {
        PrunePlan plan = RetentionPolicy.last(1)
                .plan(
                        List.of(
                                daysOld("a", 9, true, ""),
                                daysOld("b", 8, true, ""),
                                daysOld("c", 7, true, ""),
                                daysOld("d", 6, true, "")),
                        NOW);
        assertThat(plan.deleted()).containsExactly("c", "b", "a");

        // d does not count any more, and a delta that stands on a came
        assertThat(plan.neededNow(List.of(
                        daysOld("a", 9, true, ""),
                        daysOld("b", 8, true, ""),
                        daysOld("c", 7, true, ""),
                        daysOld("d", 6, false, ""),
                        daysOld("e", 20, true, "a"))))
                .containsOnlyKeys("c", "a");
    }

    @Test
    void whatIsOnlyDoubtedStays() {
        StoredBackup doubted = new StoredBackup(
                "a", "main", NOW.minus(Duration.ofDays(9)), false, Optional.empty(), Optional.empty(), true);

        PrunePlan plan = RetentionPolicy.last(1).plan(List.of(doubted, daysOld("b", 8, true, "")), NOW);

        assertThat(plan.deleted()).isEmpty();
        assertThat(plan.toString()).contains("keep   a: members differ from it");
    }
}
