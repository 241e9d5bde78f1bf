package io.k8saws.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.DnsKind;
import io.k8saws.cluster.SpecGenerator;
import io.k8saws.internal.blueprint.Blueprint;
import io.k8saws.internal.blueprint.MadeUp;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.graph.ResourceGraph;
import io.k8saws.internal.resource.ResourceKinds;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/** The planner against a model of AWS: whatever is there, one plan makes it what is wanted, and no step comes too early. */
class PlannerModelTest {
    private static final ResourceKinds KINDS = ResourceKinds.all();
    private static final ClusterScope SCOPE = new ClusterScope("payments", "123456789012", "eu-west-1", "aws");

    @Provide
    Arbitrary<ClusterSpec> specs() {
        return SpecGenerator.specs()
                .filter(spec -> spec.region().equals(SCOPE.region()))
                .map(spec -> spec.with(builder -> builder.name(SCOPE.cluster())));
    }

    private static ResourceGraph graph(ClusterSpec spec) {
        return Blueprint.of(
                spec,
                SCOPE,
                MadeUp.surroundings(
                        spec, spec.dns().kind() == DnsKind.PUBLIC ? Optional.of("Z0123456789") : Optional.empty()));
    }

    private static Draft plan(ResourceGraph wanted, ResourceGraph last, ModelWorld world) {
        return Planner.converge(KINDS, wanted, last, world.observed());
    }

    private static void converge(ResourceGraph wanted, ResourceGraph last, ModelWorld world) {
        world.carryOut(plan(wanted, last, world), Integer.MAX_VALUE);
        assertThat(plan(wanted, wanted, world).changes()).isEmpty();
        assertThat(world.size()).isEqualTo(wanted.size() + kept(wanted, world));
    }

    /** What is no longer wanted and stays until the cluster is destroyed. */
    private static int kept(ResourceGraph wanted, ModelWorld world) {
        return (int) world.observed().all().stream()
                .filter(one -> KINDS.named(one.address().kind()).deletedWithTheClusterOnly())
                .filter(one -> wanted.find(one.address()).isEmpty())
                .count();
    }

    private static void destroy(ModelWorld world) {
        world.carryOut(Planner.destroy(KINDS, world.observed()), Integer.MAX_VALUE);
        assertThat(world.size()).isZero();
    }

    @Property(tries = 30, shrinking = ShrinkingMode.OFF)
    void fromNothing_andBack(@ForAll("specs") ClusterSpec spec, @ForAll Random random) {
        ModelWorld world = new ModelWorld(random);
        converge(graph(spec), ResourceGraph.empty(), world);
        destroy(world);
    }

    @Property(tries = 30, shrinking = ShrinkingMode.OFF)
    void fromAnyRemains_halfMadeAndTwice(@ForAll("specs") ClusterSpec spec, @ForAll Random random) {
        ModelWorld world = new ModelWorld(random);
        world.fill(graph(spec), random.nextDouble());
        world.duplicate(random.nextDouble() * 0.2);
        world.disturb(random.nextDouble() * 0.5);
        converge(graph(spec), ResourceGraph.empty(), world);
        destroy(world);
    }

    @Property(tries = 30, shrinking = ShrinkingMode.OFF)
    void fromOneSpecToAnother(
            @ForAll("specs") ClusterSpec one, @ForAll("specs") ClusterSpec other, @ForAll Random random) {
        ModelWorld world = new ModelWorld(random);
        converge(graph(one), ResourceGraph.empty(), world);
        converge(graph(other), graph(one), world);
        destroy(world);
    }

    @Property(tries = 30, shrinking = ShrinkingMode.OFF)
    void killedInAChange_thenAnotherWish(
            @ForAll("specs") ClusterSpec one,
            @ForAll("specs") ClusterSpec other,
            @ForAll("specs") ClusterSpec third,
            @ForAll Random random) {
        ModelWorld world = new ModelWorld(random);
        Draft first = plan(graph(one), ResourceGraph.empty(), world);
        world.carryOut(first, random.nextInt(2 * first.entries().size() + 1));
        Draft second = plan(graph(other), graph(one), world);
        world.carryOut(second, random.nextInt(second.entries().size() + 1));
        converge(graph(third), graph(other), world);
    }

    @Property(tries = 30, shrinking = ShrinkingMode.OFF)
    void killedInADestroy_thenAgain(@ForAll("specs") ClusterSpec spec, @ForAll Random random) {
        ModelWorld world = new ModelWorld(random);
        converge(graph(spec), ResourceGraph.empty(), world);
        world.duplicate(random.nextDouble() * 0.2);
        Draft draft = Planner.destroy(KINDS, world.observed());
        world.carryOut(draft, random.nextInt(draft.entries().size()));
        destroy(world);
    }
}
