package io.k8saws.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.plan.Action;
import io.k8saws.plan.Cause;
import io.k8saws.plan.Change;
import io.k8saws.plan.FieldChange;
import io.k8saws.plan.Foreign;
import io.k8saws.plan.Plan;
import io.k8saws.plan.ResourceAddress;
import io.k8saws.plan.Risk;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A plan in colours")
class ConsolePlanTest {
    private static final Plan PLAN = new Plan(
            Plan.Purpose.CONVERGE,
            "payments",
            "eu-west-1",
            "123456789012",
            Optional.empty(),
            1,
            Arrays.stream(Action.values())
                    .filter(action -> action != Action.NONE)
                    .map(action -> new Change(
                            ResourceAddress.parse("volume/" + action.name().toLowerCase(Locale.ROOT)),
                            action,
                            action == Action.DELETE ? Risk.DATA_LOSS : Risk.SAFE,
                            new Cause(Cause.Kind.SPEC, "etcd"),
                            Optional.empty(),
                            List.of(new FieldChange("sizeGib", "20", "40")),
                            List.of()))
                    .toList(),
            3,
            List.of(new Foreign(ResourceAddress.parse("vpc/main"), "a tag", "unknown")));

    @Test
    @DisplayName("has the words of the plan and nothing else")
    void words() {
        assertThat(ConsolePlan.ansi(PLAN).replaceAll("\u001b\\[[0-9;]*m", "")).isEqualTo(PLAN.toString());
    }

    @Test
    @DisplayName("gives each action its colour and puts a risk in bold red")
    void colours() {
        assertThat(ConsolePlan.ansi(PLAN).lines())
                .anyMatch(line -> line.startsWith("\u001b[1mPlan payments@eu-west-1"))
                .anyMatch(line -> line.startsWith("\u001b[32m  + volume/create\u001b[0m"))
                .anyMatch(line -> line.startsWith("\u001b[33m  ~ volume/update\u001b[0m"))
                .anyMatch(line -> line.startsWith("\u001b[35m  ± volume/replace\u001b[0m"))
                .anyMatch(line -> line.startsWith("\u001b[36m  > volume/adopt\u001b[0m"))
                .anyMatch(line -> line.startsWith("\u001b[31m  - volume/delete\u001b[0m")
                        && line.contains("\u001b[31;1mDATA_LOSS"));
    }
}
