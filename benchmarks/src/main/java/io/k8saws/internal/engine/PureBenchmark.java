package io.k8saws.internal.engine;

import io.k8saws.bootstrap.AssetCatalogue;
import io.k8saws.bootstrap.AssetSums;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.Pins;
import io.k8saws.internal.blueprint.Blueprint;
import io.k8saws.internal.blueprint.GroupImage;
import io.k8saws.internal.blueprint.Surroundings;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.graph.Fields;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.graph.Resource;
import io.k8saws.internal.graph.ResourceGraph;
import io.k8saws.internal.resource.ResourceKinds;
import io.k8saws.network.NetworkPlan;
import io.k8saws.plan.Plan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** What planning costs without AWS: from the spec to the plan's page, each computation by itself. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class PureBenchmark {
    private static final ClusterScope SCOPE = new ClusterScope("bench", "123456789012", "us-east-1", "aws");

    /** The number of node pools. */
    @Param({"1", "10", "100", "1000"})
    public int pools;

    private ClusterSpec spec = validate();
    private Surroundings surroundings = surroundings(spec);
    private ResourceGraph graph = ResourceGraph.empty();
    private World empty = new World(List.of(), List.of());
    private World applied = empty;
    private ResourceKinds kinds = ResourceKinds.all();
    private Plan plan = plan(spec, new Draft(List.of(), 0, empty));
    private String json = "";

    /** Makes what the computations start from. */
    @Setup
    public void prepare() {
        spec = validate();
        surroundings = surroundings(spec);
        graph = blueprint();
        applied = seen(graph);
        plan = plan(spec, converge(empty));
        json = plan.toJson();
        if (!converge(applied).isEmpty()) {
            throw new IllegalStateException("A world as wanted must need no change: "
                    + converge(applied).changes().get(0));
        }
    }

    private static Surroundings surroundings(ClusterSpec spec) {
        Map<String, String> pins = new HashMap<>();
        AssetCatalogue.of(spec)
                .forEach(asset ->
                        pins.put(Surroundings.pin(asset), AssetSums.madeUp().read(asset.sumsAddress())));
        GroupImage.of(spec).forEach(image -> pins.put(image.query().pin(), "ami-0123456789abcdef0"));
        return new Surroundings(Optional.empty(), new Pins(pins), Optional.empty());
    }

    /** A world in which everything is as a graph wants it; a reference is shown as the address that it points to. */
    private static World seen(ResourceGraph graph) {
        Map<Object, Map<String, String>> outputs = new HashMap<>();
        for (Resource resource : graph.inOrder()) {
            for (Ref ref : Fields.refs(resource.attributes())) {
                if (ref instanceof Ref.To to && !to.output().equals(Ref.ID)) {
                    outputs.computeIfAbsent(to.target(), unused -> new HashMap<>())
                            .put(to.output(), to.toString());
                }
            }
        }
        List<Observed<?>> resources = new ArrayList<>();
        for (Resource resource : graph.inOrder()) {
            resources.add(new Observed<>(
                    resource.address(),
                    resource.address().toString(),
                    outputs.getOrDefault(resource.address(), Map.of()),
                    resource.attributes(),
                    Observed.Origin.OURS));
        }
        return new World(resources, List.of());
    }

    private static Plan plan(ClusterSpec spec, Draft draft) {
        return new Plan(
                Plan.Purpose.CONVERGE,
                spec.name(),
                SCOPE.region(),
                SCOPE.account(),
                Optional.of(spec),
                0,
                draft.changes(),
                draft.unchanged(),
                List.of());
    }

    private Draft converge(World world) {
        return Planner.converge(kinds, graph, graph, graph, world);
    }

    /** Builds a spec, which checks all its rules. */
    @Benchmark
    public ClusterSpec validate() {
        ClusterSpec.Builder builder = ClusterSpec.builder()
                .name(SCOPE.cluster())
                .region(SCOPE.region())
                .network(n -> n.zones("us-east-1a", "us-east-1b", "us-east-1c"))
                .controlPlane(c -> c.size(3));
        for (int i = 0; i < pools; i++) {
            String name = String.format(Locale.ROOT, "pool-%04d", i);
            builder.addNodePool(
                    p -> p.name(name).instanceTypes("m6i.xlarge").minSize(1).maxSize(4));
        }
        return builder.build();
    }

    /** Allocates subnets and addresses. */
    @Benchmark
    public NetworkPlan network() {
        return NetworkPlan.of(spec);
    }

    /** Draws the graph of wanted resources. */
    @Benchmark
    public ResourceGraph blueprint() {
        return Blueprint.of(spec, SCOPE, surroundings);
    }

    /** Compares with an empty account. */
    @Benchmark
    public Object convergeNew() {
        return converge(empty);
    }

    /** Compares with an account in which all is as wanted. */
    @Benchmark
    public Object convergeUnchanged() {
        return converge(applied);
    }

    /** Flattens the fields of all resources. */
    @Benchmark
    public void flatten(Blackhole sink) {
        graph.inOrder().forEach(resource -> sink.consume(Fields.flat(resource.attributes(), Ref::toString)));
    }

    /** Writes the plan of a new cluster as JSON. */
    @Benchmark
    public String writeJson() {
        return plan.toJson();
    }

    /** Reads it back. */
    @Benchmark
    public Plan readJson() {
        return Plan.fromJson(json);
    }

    /** Renders it as a page. */
    @Benchmark
    public String html() {
        return plan.toHtml();
    }
}
