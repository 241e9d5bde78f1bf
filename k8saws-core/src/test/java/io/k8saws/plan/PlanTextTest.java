package io.k8saws.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A plan as text")
class PlanTextTest {
    private static Change general() {
        return Plans.change(
                "auto-scaling-group/general",
                Action.UPDATE,
                Risk.SAFE,
                new Cause(Cause.Kind.SPEC, "nodePools[general].maxSize"),
                "payments-general",
                List.of(new FieldChange("maxSize", "4", "6")));
    }

    @Test
    @DisplayName("begins with what happens, in one line")
    void headline() {
        Plan plan = Plans.with(general());

        assertThat(plan.toString().lines().findFirst())
                .contains("Plan payments@eu-west-1 #" + plan.id() + ": 1 update, 38 unchanged");
    }

    @Test
    @DisplayName("says that there is nothing to do")
    void empty() {
        assertThat(Plans.empty())
                .hasToString("Plan payments@eu-west-1 #" + Plans.empty().id()
                        + ": nothing to do, 38 resources are as they should be");
    }

    @Test
    @DisplayName("says that nothing is left to destroy")
    void nothingLeft() {
        Plan plan = new Plan(
                Plan.Purpose.DESTROY, "payments", "eu-west-1", "1", Optional.empty(), 0, List.of(), 0, List.of());

        assertThat(plan)
                .hasToString("Plan to destroy payments@eu-west-1 #" + plan.id()
                        + ": nothing to do, nothing of the cluster is left");
    }

    @Test
    @DisplayName("orders the names of a kind as people count")
    void naturalOrder() {
        Plan plan = Plans.with(
                Plans.creates("volume/pool-10", "x", List.of()),
                Plans.creates("subnet/a", "x", List.of()),
                Plans.creates("volume/pool-2", "x", List.of()));

        assertThat(plan.toString().lines().skip(2).map(String::strip))
                .containsExactly("+ volume/pool-2   spec: x", "+ volume/pool-10  spec: x", "+ subnet/a        spec: x");
    }

    @Test
    @DisplayName("lets no value forge a line, move the cursor or turn the reading direction")
    void hostile() {
        Plan plan = Plans.with(Plans.change(
                "subnet/a\n  - vpc/main",
                Action.UPDATE,
                Risk.SAFE,
                new Cause(Cause.Kind.DRIFT, "\u001b[2Jgone\u202e"),
                "id\r",
                List.of(new FieldChange("tags[x]", "a\u0000b", "c\u2028d"))));

        assertThat(plan.toString().lines()).hasSize(4);
        assertThat(plan.toString())
                .contains("subnet/a\\n  - vpc/main", "\\u001b[2Jgone\\u202e", "id\\r", "a\\u0000b -> c\\u2028d");
    }

    @Test
    @DisplayName("shows of two long values the place where they differ")
    void longValues() {
        String common = "x".repeat(500);
        Difference difference = Difference.of(new FieldChange("f", common + "before", common + "after"), 60);

        assertThat(difference.before()).isEqualTo("…" + "x".repeat(12) + "before");
        assertThat(difference.after()).isEqualTo("…" + "x".repeat(12) + "after");
    }

    @Test
    @DisplayName("cuts a long value that has no counterpart")
    void longValue() {
        Difference difference = Difference.of(new FieldChange("f", "", "y".repeat(500)), 60);

        assertThat(difference.before()).isEmpty();
        assertThat(difference.after()).isEqualTo("y".repeat(59) + "…");
    }
}
