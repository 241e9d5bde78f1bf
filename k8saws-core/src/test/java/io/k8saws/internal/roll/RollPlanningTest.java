package io.k8saws.internal.roll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.operate.RollMachine;
import io.k8saws.operate.RollOptions;
import io.k8saws.operate.RollPlan;
import io.k8saws.operate.RollRefusedException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RollPlanningTest {
    private static final String CLUSTER =
            "etcd-1: a*+ ; etcd-2: b+ ; etcd-3: c+ ; control-plane 3..3: p+ q*+ r+ ; pool-x 1..3: v+ w*+";

    private static RollPlan plan(String cluster, Consumer<RollOptions.Builder> options, PodView... pods) {
        return RollPlanning.plan(
                "payments", RollViews.options(options), RollViews.view(cluster), List.of(), List.of(pods), List.of());
    }

    private static PodView pod(String node, String controller) {
        return new PodView("shop", "web-1", "u", node, Map.of("app", "web"), controller, false, "Running", false);
    }

    private static BudgetView budget(String name, int allowed, int desired) {
        return new BudgetView(
                "shop", name, LabelSelector.of(DrainTest.json("{'matchLabels':{'app':'web'}}")), allowed, desired, 2);
    }

    @Test
    void whatIsAskedForByItsIdGoes_thoughItIsUpToDate() {
        RollPlan plan = plan(
                "pool-x 1..3: v+ w+ ; pool-y 1..3: x+", roll -> roll.also("w").also("gone"));

        assertThat(plan.steps()).singleElement().satisfies(machine -> {
            assertThat(machine.instance()).isEqualTo("w");
            assertThat(machine.why()).isEqualTo("it is asked for by its id");
        });
        assertThat(plan("pool-x 1..3: v+ w+ ; pool-y 1..3: x+", roll -> roll.pool("y")
                                .also("w"))
                        .isEmpty())
                .as("its group is not asked for")
                .isTrue();
    }

    @Test
    void whatIsOutOfDate_inTheOrderInWhichItGoes() {
        RollPlan plan = plan(CLUSTER, roll -> {});

        assertThat(plan.steps()).extracting(RollMachine::instance).containsExactly("a", "q", "w");
        assertThat(plan.machines()).hasSize(8);
        assertThat(plan.refusals()).isEmpty();
        assertThat(plan.requireAllowed()).isSameAs(plan);
        assertThat(plan).hasToString("""
                roll payments: 3 machines to replace, drain timeout 900 s

                   GROUP          INSTANCE  RUNS    GROUP STARTS
                1  etcd-1         a         lt-1:1  lt-1:2        its launch template has changed
                   etcd-2         b         lt-1:2  lt-1:2        up to date
                   etcd-3         c         lt-1:2  lt-1:2        up to date
                   control-plane  p         lt-1:2  lt-1:2        up to date
                2  control-plane  q         lt-1:1  lt-1:2        its launch template has changed
                   control-plane  r         lt-1:2  lt-1:2        up to date
                   pool-x         v         lt-1:2  lt-1:2        up to date
                3  pool-x         w         lt-1:1  lt-1:2        its launch template has changed
                """);
    }

    @Test
    void groupsThatAreNotAskedForAreLeftOut() {
        assertThat(plan(CLUSTER, roll -> roll.pool("x")).instances()).containsExactly("w");
        assertThat(plan(CLUSTER, roll -> roll.etcd().controlPlane()).instances())
                .containsExactlyInAnyOrder("a", "q");
        assertThat(plan("control-plane-1: p*+ ; control-plane-2: q+ ; control-plane-3: r+", roll -> roll.etcd())
                        .instances())
                .containsExactly("p");
    }

    @Test
    void aMachineOfATypeThatItsGroupNoLongerStarts() {
        GroupView group = RollViews.groups("pool-x 1..1: w+").get(0);
        GroupView other = new GroupView(
                group.part(),
                group.role(),
                false,
                1,
                1,
                1,
                Optional.empty(),
                group.starts(),
                Set.of("m7i.large"),
                Set.of(),
                group.machines());

        assertThat(other.outOfDate(group.machines().get(0)))
                .isEqualTo("its group no longer starts machines of type m6i.large");
    }

    @Test
    void nothingToDo() {
        RollPlan plan = plan("pool-x 1..1: w+", roll -> {});

        assertThat(plan.isEmpty()).isTrue();
        assertThat(plan.toString()).startsWith("roll payments: nothing to do\n");
    }

    @Test
    void aGroupThatARollLeftLarger() {
        RollPlan plan = plan("pool-x 1..3(1+1): v+ w+", roll -> {});

        assertThat(plan.isEmpty()).isFalse();
        assertThat(plan.unsettled()).containsExactly("pool-x");
        assertThat(plan("pool-x 1..3(1+1): v+ w*+", roll -> {}).unsettled()).isEmpty();
    }

    @Test
    void aNodeThatARollLeft() {
        RollPlan plan = RollPlanning.plan(
                "payments",
                RollOptions.defaults(),
                RollViews.view("pool-x 1..1: w+"),
                List.of("i-gone"),
                List.of(),
                List.of());

        assertThat(plan.isEmpty()).isFalse();
        assertThat(plan.toString()).contains("\nnode i-gone is removed, its machine is gone");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "etcd-1: a*+ | etcd-1 a: etcd has 1 member, and none may be away",
                "etcd-1: a*+ ; etcd-2: b+ ; etcd-3: c-! | etcd-3 c: boots; while a member is away no other one may go",
                "control-plane 1..1: p*+ | control-plane p: it is the only machine of the control plane",
            })
    void whatIsRefused(String cluster, String why) {
        RollPlan plan = plan(cluster, roll -> {});

        assertThat(plan.refusals()).singleElement().asString().startsWith(why);
        assertThat(plan.toString()).contains("\nREFUSED: " + why);
        assertThatThrownBy(plan::requireAllowed)
                .isInstanceOf(RollRefusedException.class)
                .hasMessageContaining("Roll the machines of cluster payments: " + why);
    }

    @Test
    void whatMayBeAllowed() {
        assertThat(plan("etcd-1: a*+ ; control-plane 1..1: p*+", RollOptions.Builder::allowOutage)
                        .refusals())
                .isEmpty();
        assertThat(plan("control-plane 1..2: p*+", roll -> {}).refusals()).isEmpty();
        assertThat(plan("pool-x 1..1: w*+", roll -> roll.maxUnavailable(0)).refusals())
                .singleElement()
                .asString()
                .contains("none of its machines may be away");
        assertThat(plan("pool-x 1..2: w*+", roll -> roll.maxUnavailable(0)).refusals())
                .isEmpty();
    }

    @Test
    void aBarePodIsNotLostInSilence() {
        assertThat(plan("pool-x 1..1: w*+", roll -> {}, pod("w", "")).refusals())
                .singleElement()
                .asString()
                .contains("pod shop/web-1 on w belongs to no controller");
        assertThat(plan("pool-x 1..1: w*+", RollOptions.Builder::loseBarePods, pod("w", ""))
                        .refusals())
                .isEmpty();
        assertThat(plan("pool-x 1..2: v+ w*+", roll -> {}, pod("v", "")).refusals())
                .isEmpty();
        assertThat(plan("pool-x 1..1: w*+", roll -> {}, pod("w", "DaemonSet")).refusals())
                .isEmpty();
    }

    @Test
    void budgetsThatNeverLetAPodGo() {
        RollView view = RollViews.view("pool-x 1..1: w*+");
        List<PodView> pods = List.of(pod("w", "ReplicaSet"));

        assertThat(RollPlanning.plan("c", RollOptions.defaults(), view, List.of(), pods, List.of(budget("web", 0, 2)))
                        .refusals())
                .singleElement()
                .asString()
                .contains("PodDisruptionBudget web wants 2 of 2 healthy, so it never lets one go");
        assertThat(RollPlanning.plan("c", RollOptions.defaults(), view, List.of(), pods, List.of(budget("web", 0, 1)))
                        .refusals())
                .as("it will let one go when its pods are well")
                .isEmpty();
        assertThat(RollPlanning.plan(
                                "c",
                                RollOptions.defaults(),
                                view,
                                List.of(),
                                pods,
                                List.of(budget("web", 1, 1), budget("all", 1, 1)))
                        .refusals())
                .singleElement()
                .asString()
                .contains("is counted by the PodDisruptionBudgets all, web");
    }

    @Test
    void aGroupWhoseVersionCannotBeTold() {
        GroupView group = RollViews.groups("pool-x 1..1: w+").get(0);
        RollView view = new RollView(
                Optional.empty(),
                Optional.empty(),
                List.of(new GroupView(
                        group.part(),
                        group.role(),
                        false,
                        1,
                        1,
                        1,
                        Optional.empty(),
                        Optional.empty(),
                        Set.of(),
                        Set.of("Launch"),
                        group.machines())));

        assertThat(RollPlanning.plan("c", RollOptions.defaults(), view, List.of(), List.of(), List.of())
                        .refusals())
                .singleElement()
                .asString()
                .contains("does not name one version of a launch template");
    }
}
