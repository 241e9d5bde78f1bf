package io.k8saws.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.plan.Action;
import io.k8saws.plan.Cause;
import io.k8saws.plan.Change;
import io.k8saws.plan.Drift;
import io.k8saws.plan.FieldChange;
import io.k8saws.plan.Foreign;
import io.k8saws.plan.Plan;
import io.k8saws.plan.ResourceAddress;
import io.k8saws.plan.Risk;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PlanOutlineTest {
    private static final int WIDTH = 40;

    @Test
    void of_manyChangesOfASort_countsThemByKind_withinTheWidth() {
        List<Change> changes = Stream.of("vpc", "subnet", "route", "route-table", "nat-gateway")
                .flatMap(kind -> IntStream.range(0, kind.length()).mapToObj(i -> change(Action.CREATE, kind, kind + i)))
                .toList();

        assertThat(PlanOutline.of(plan(changes), WIDTH))
                .hasSizeGreaterThan(2)
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(WIDTH))
                .startsWith("Plan demo@eu-west-1 #" + plan(changes).id() + ": 36 create")
                .contains("  + 11 nat-gateway, 11 route-table,");
    }

    @Test
    void of_fewChanges_tellsEach_withTheFieldsOfUpdatesOnly() {
        assertThat(PlanOutline.of(
                        plan(List.of(change(Action.CREATE, "vpc", "main"), change(Action.UPDATE, "route", "a"))),
                        WIDTH))
                .endsWith("  + vpc/main [spec: name]", "  ~ route/a [spec: name]", "      size: 1 -> 2");
    }

    @Test
    void of_drift_tellsWhatIsForeign() {
        Drift drift = new Drift(
                "demo",
                List.of(change(Action.CREATE, "vpc", "main")),
                List.of(new Foreign(address("security-group", "node"), "ingress 22/tcp", "unknown")));

        assertThat(PlanOutline.of(drift))
                .containsExactly(
                        "Drift[demo: 1 to repair, 1 foreign]",
                        "  + vpc/main [spec: name]",
                        "  ! security-group/node: ingress 22/tcp (owner: unknown)");
    }

    private static Plan plan(List<Change> changes) {
        return new Plan(
                Plan.Purpose.CONVERGE, "demo", "eu-west-1", "123456789012", Optional.empty(), 0, changes, 0, List.of());
    }

    private static Change change(Action action, String kind, String name) {
        return new Change(
                address(kind, name),
                action,
                Risk.SAFE,
                new Cause(Cause.Kind.SPEC, "name"),
                Optional.empty(),
                List.of(new FieldChange("size", "1", "2")),
                List.of());
    }

    private static ResourceAddress address(String kind, String name) {
        return new ResourceAddress(kind, name);
    }
}
