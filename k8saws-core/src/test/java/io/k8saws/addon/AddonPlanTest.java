package io.k8saws.addon;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.plan.Action;
import io.k8saws.plan.FieldChange;
import io.k8saws.plan.Risk;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddonPlanTest {
    private static AddonChange change(Action action, String kind, List<FieldConflict> conflicts) {
        return new AddonChange(
                "net",
                action,
                new ObjectRef("apps/v1", kind, "kube-system", "agent"),
                action == Action.UPDATE ? List.of(new FieldChange("spec.a", "1", "2")) : List.of(),
                conflicts,
                action == Action.DELETE ? "no longer wanted" : "",
                Optional.empty(),
                Optional.empty());
    }

    @Test
    void isReadByPeople() {
        AddonPlan plan = new AddonPlan(
                List.of(
                        change(Action.CREATE, "ConfigMap", List.of()),
                        change(Action.UPDATE, "DaemonSet", List.of(new FieldConflict("kubectl-edit", ".spec.a"))),
                        change(Action.NONE, "Role", List.of()),
                        change(Action.DELETE, "Deployment", List.of())),
                false);

        assertThat(plan).hasToString("""
                        net
                          + ConfigMap kube-system/agent
                          ~ DaemonSet kube-system/agent
                              spec.a: 1 -> 2
                              ! .spec.a is set by kubectl-edit
                          - Deployment kube-system/agent: no longer wanted
                        Add-ons: 1 to create, 1 to update, 1 to delete, 1 unchanged.""");
        assertThat(plan.isEmpty()).isFalse();
        assertThat(plan.conflicts()).hasSize(1);
        assertThat(plan.forced().force()).isTrue();
    }

    @Test
    void nothingToDoIsSaid() {
        AddonPlan plan = new AddonPlan(List.of(change(Action.NONE, "Role", List.of())), false);

        assertThat(plan.isEmpty()).isTrue();
        assertThat(plan).hasToString("Add-ons: nothing to do, 1 objects are as they should be.");
    }

    @ParameterizedTest
    @CsvSource({
        "CREATE, DaemonSet, SAFE",
        "NONE, DaemonSet, SAFE",
        "UPDATE, ConfigMap, SAFE",
        "UPDATE, DaemonSet, DISRUPTIVE",
        "REPLACE, StorageClass, DISRUPTIVE",
        "DELETE, ConfigMap, DESTRUCTIVE",
    })
    void saysHowMuchAChangeCanHurt(Action action, String kind, Risk risk) {
        assertThat(change(action, kind, List.of()).risk()).isEqualTo(risk);
    }
}
