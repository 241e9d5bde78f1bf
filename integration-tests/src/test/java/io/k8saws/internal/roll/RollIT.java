package io.k8saws.internal.roll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.k8saws.error.AccessDeniedException;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.operate.DrainTimeoutException;
import io.k8saws.operate.HeldPod;
import io.k8saws.operate.RollException;
import io.k8saws.operate.RollMachine;
import io.k8saws.operate.RollPlan;
import io.k8saws.operate.RollReport;
import io.k8saws.testkit.ApiServer;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.KubernetesApi;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RollIT {
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private static void nothing() {}

    private static Deployment deployment() {
        return new DeploymentBuilder()
                .withNewMetadata()
                .withName("web")
                .withNamespace("default")
                .endMetadata()
                .withNewSpec()
                .withReplicas(2)
                .withNewSelector()
                .addToMatchLabels("app", "web")
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .addToLabels("app", "web")
                .endMetadata()
                .withNewSpec()
                .addToNodeSelector(PoolWorld.LABEL, PoolWorld.POOL)
                .withNewAffinity()
                .withNewPodAntiAffinity()
                .addNewRequiredDuringSchedulingIgnoredDuringExecution()
                .withTopologyKey("kubernetes.io/hostname") // a node without a pod has nothing that a budget could hold
                .withNewLabelSelector()
                .addToMatchLabels("app", "web")
                .endLabelSelector()
                .endRequiredDuringSchedulingIgnoredDuringExecution()
                .endPodAntiAffinity()
                .endAffinity()
                .addNewContainer()
                .withName("web")
                .withImage("example.com/web")
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }

    private static PodDisruptionBudget budget(int minAvailable) {
        return new PodDisruptionBudgetBuilder()
                .withNewMetadata()
                .withName("web-stays")
                .withNamespace("default")
                .endMetadata()
                .withNewSpec()
                .withMinAvailable(new IntOrString(minAvailable))
                .withNewSelector()
                .addToMatchLabels("app", "web")
                .endSelector()
                .endSpec()
                .build();
    }

    /** Sets the budget, and waits until the disruption controller has counted. */
    private static void allow(PoolWorld world, int minAvailable, int allowed) {
        world.client().resource(budget(minAvailable)).serverSideApply();
        world.client()
                .resource(budget(minAvailable))
                .waitUntilCondition(
                        seen -> seen != null
                                && seen.getStatus() != null
                                && Integer.valueOf(2).equals(seen.getStatus().getExpectedPods())
                                && Integer.valueOf(allowed)
                                        .equals(seen.getStatus().getDisruptionsAllowed()),
                        LIMIT.toSeconds(),
                        TimeUnit.SECONDS);
    }

    @Test
    void aBudgetHoldsARollUp_andLetsItGoOn(
            @AwsEmulator AwsEndpoint aws,
            @ApiServer(controllers = true, kwokNodes = 1, shared = false) KubernetesApi kubernetes) {
        try (PoolWorld world = new PoolWorld(aws, kubernetes, "rolled", 2, 2)) {
            world.client().resource(deployment()).create();
            world.client().resource(deployment()).waitUntilReady(LIMIT.toSeconds(), TimeUnit.SECONDS);
            allow(world, 1, 1);
            assertThat(world.plan(roll -> {}).isEmpty()).isTrue();
            String named = world.group().instances().get(0);
            String other = world.group().instances().get(1);
            RollReport one = world.roll(world.plan(roll -> roll.also(named)), LIMIT, RollIT::nothing);
            assertThat(one.ended())
                    .extracting(ended -> ended.machine().instance())
                    .containsExactly(named);
            assertThat(world.group().instances()).hasSize(2).contains(other).doesNotContain(named);
            world.client().resource(deployment()).waitUntilReady(LIMIT.toSeconds(), TimeUnit.SECONDS);
            allow(world, 1, 1);
            Set<String> before = Set.copyOf(world.group().instances());
            world.change("second");

            RollPlan plan = world.plan(roll -> roll.drainTimeout(Duration.ofSeconds(4)));

            assertThat(plan.steps()).extracting(RollMachine::instance).containsExactlyInAnyOrderElementsOf(before);
            assertThat(plan.refusals()).isEmpty();

            allow(world, 2, 0);
            assertThat(world.plan(roll -> {}).refusals())
                    .isNotEmpty()
                    .allMatch(why -> why.contains(
                            "PodDisruptionBudget web-stays wants 2 of 2 healthy, so it never lets one go"));
            RollException stopped =
                    catchThrowableOfType(RollException.class, () -> world.roll(plan, LIMIT, RollIT::nothing));

            assertThat(stopped.report().ended()).isEmpty();
            assertThat(stopped.report().left()).hasSize(2);
            assertThat(stopped.getCause()).isInstanceOfSatisfying(DrainTimeoutException.class, late -> {
                assertThat(before).contains(late.node());
                assertThat(late.pods()).isNotEmpty().extracting(HeldPod::budget).containsOnly("web-stays");
                assertThat(late).hasMessageContaining("PodDisruptionBudget web-stays");
            });
            assertThat(world.openNodes()).as("the node takes pods again").isEqualTo(before);
            assertThat(world.group().instances()).as("nothing has ended").containsExactlyInAnyOrderElementsOf(before);

            allow(world, 1, 1);
            RollReport report = world.roll(world.plan(roll -> {}), LIMIT, RollIT::nothing);

            assertThat(report.left()).isEmpty();
            assertThat(report.ended()).hasSize(2);
            assertThat(report.ended().stream()
                            .mapToInt(RollReport.Ended::evicted)
                            .sum())
                    .isGreaterThanOrEqualTo(2);
            assertRolled(world, before, 2);
            whatAwsRefusesIsNotReportedAsDone(world);
            whoIsGoneIsForgotten(world, before.iterator().next());
            whoIsIllIsAway(world);
        }
    }

    private static void whatAwsRefusesIsNotReportedAsDone(PoolWorld world) {
        world.change("third");
        Set<String> before = Set.copyOf(world.group().instances());
        RollException refused = catchThrowableOfType(
                RollException.class, () -> world.rollWithoutTheRightToEnd(world.plan(roll -> {}), LIMIT));

        assertThat(refused.report().ended()).isEmpty();
        assertThat(refused.report().left()).hasSize(2);
        assertThat(refused.getCause())
                .isInstanceOf(AccessDeniedException.class)
                .hasMessageContaining("autoscaling:TerminateInstanceInAutoScalingGroup");
        assertThat(world.group().instances()).containsExactlyInAnyOrderElementsOf(before);
    }

    private static void whoIsGoneIsForgotten(PoolWorld world, String gone) {
        String there = world.group().instances().get(0);
        world.say(gone);
        world.say(there);

        assertThat(world.forgetGone(Instant.now().minus(Duration.ofHours(1))))
                .as("what was said a moment ago stays: not every machine is seen at once")
                .isZero();
        assertThat(world.forgetGone(Instant.now().plus(Duration.ofHours(1)))).isEqualTo(1);
        assertThat(world.hasSaid(gone)).isFalse();
        assertThat(world.hasSaid(there)).isTrue();
    }

    /** Its group will end it: a roll neither counts on it nor replaces it. */
    private static void whoIsIllIsAway(PoolWorld world) {
        String ill = world.group().instances().get(0);
        String well = world.group().instances().get(1);
        world.setHealth(ill, "Unhealthy");

        assertThat(world.group().instances()).contains(well).doesNotContain(ill);
        assertThat(world.plan(roll -> roll.also(ill).also(well)).instances()).containsExactly(well);
    }

    @Test
    void aPoolWithRoomGrowsFirst_andARollThatDiesAtAnyChangeIsGoneOnWith(
            @AwsEmulator AwsEndpoint aws,
            @ApiServer(controllers = true, kwokNodes = 1, shared = false) KubernetesApi kubernetes) {
        try (PoolWorld world = new PoolWorld(aws, kubernetes, "killed", 2, 4)) {
            world.client().resource(deployment()).create();
            world.client().resource(deployment()).waitUntilReady(LIMIT.toSeconds(), TimeUnit.SECONDS);
            allow(world, 1, 1);
            Set<String> before = new HashSet<>(world.group().instances());
            world.change("second");

            int runs = 0;
            for (RollPlan plan = world.plan(roll -> {}); !plan.isEmpty(); plan = world.plan(roll -> {})) {
                assertThat(++runs).as("runs; left is\n%s", plan).isLessThan(20);
                AtomicInteger changes = new AtomicInteger();
                RollPlan now = plan;
                RollException died = catchThrowableOfType(
                        RollException.class,
                        () -> world.roll(now, LIMIT, () -> {
                            assertThat(world.group().desired()).isBetween(2, 3);
                            if (changes.incrementAndGet() > 1) {
                                throw new OperationCancelledException("Roll");
                            }
                        }));
                assertThat(died == null || died.getCause() instanceof OperationCancelledException)
                        .as("%s", died)
                        .isTrue();
            }
            assertThat(runs).as("each run came one change further").isGreaterThan(3);
            assertRolled(world, before, 2);
            assertThat(world.group().growth()).isEmpty();
        }
    }

    private static void assertRolled(PoolWorld world, Set<String> before, int size) {
        assertThat(world.plan(roll -> {}).isEmpty()).isTrue();
        assertThat(world.group().desired()).isEqualTo(size);
        assertThat(world.group().instances()).hasSize(size).doesNotContainAnyElementsOf(before);
        assertThat(world.nodes())
                .containsExactlyInAnyOrderElementsOf(world.group().instances());
        assertThat(world.openNodes()).hasSize(size);
        world.client().resource(deployment()).waitUntilReady(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }
}
