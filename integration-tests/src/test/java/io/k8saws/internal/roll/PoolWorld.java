package io.k8saws.internal.roll;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.k8saws.K8sAws;
import io.k8saws.aws.AwsAccess;
import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.Topology;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.operate.Machines;
import io.k8saws.internal.resource.AutoScalingGroups;
import io.k8saws.internal.resource.BucketFiles;
import io.k8saws.internal.resource.LiveGroups;
import io.k8saws.internal.seam.GuardedClients;
import io.k8saws.internal.seam.GuardedKubernetes;
import io.k8saws.internal.seam.Sleeper;
import io.k8saws.operate.RollOptions;
import io.k8saws.operate.RollPlan;
import io.k8saws.operate.RollReport;
import io.k8saws.progress.ProgressListener;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.KubernetesApi;
import io.k8saws.testkit.fault.Faults;
import io.k8saws.testkit.fault.FaultyHttpClient;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.autoscaling.AutoScalingClient;

/** A cluster that was applied to the emulator, and a real API server with a node for each instance of its pool. */
final class PoolWorld implements AutoCloseable {
    static final String POOL = "general";
    static final String LABEL = "pool";

    private static final String REGION = "us-east-1";
    private static final String IMAGE = "ami-12c6146b";

    private final K8sAws k8s;
    private final GuardedClients aws;
    private final AwsEndpoint endpoint;
    private final ResiliencePolicy policy = ResiliencePolicy.defaults().forEmulator();
    private final KubernetesClient client;
    private final GuardedKubernetes kubernetes;
    private final ClusterScope scope;
    private final ScheduledExecutorService kubelets = Executors.newSingleThreadScheduledExecutor();
    private final ScheduledFuture<?> joining;
    private ClusterSpec spec;

    PoolWorld(AwsEndpoint endpoint, KubernetesApi api, String name, int size, int maxSize) {
        AwsAccess access = AwsAccess.builder()
                .region(REGION)
                .endpoint(endpoint.uri())
                .credentials(endpoint.credentials())
                .build();
        this.k8s = K8sAws.builder().access(access).build();
        this.aws = GuardedClients.open(access, policy, Sleeper.system());
        this.endpoint = endpoint;
        this.client = api.client();
        this.kubernetes = new GuardedKubernetes(client, policy, Sleeper.system());
        this.scope = new ClusterScope(name, k8s.account(), REGION, "aws");
        this.spec = ClusterSpec.builder()
                .name(name)
                .region(REGION)
                .network(n -> n.zones(REGION + "a").topology(Topology.PUBLIC))
                .controlPlane(c -> c.size(1).instanceTypes("t3.medium").image(IMAGE))
                .etcd(e -> e.stacked().members(1).image(IMAGE))
                .addNodePool(p -> p.name(POOL)
                        .instanceTypes("t3.large")
                        .minSize(size)
                        .maxSize(maxSize)
                        .image(IMAGE))
                .build();
        k8s.apply(k8s.plan(spec));
        this.joining = kubelets.scheduleWithFixedDelay(this::join, 0, 300, TimeUnit.MILLISECONDS);
    }

    /** What kubelets do: each instance of the pool becomes a node, once. */
    private void join() {
        for (String instance : group().instances()) {
            if (client.nodes().withName(instance).get() == null) {
                client.resource(node(instance)).create();
            }
        }
    }

    private static Node node(String name) {
        return new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .addToAnnotations("kwok.x-k8s.io/node", "fake")
                .addToLabels("kubernetes.io/hostname", name)
                .addToLabels(LABEL, POOL)
                .endMetadata()
                .build();
    }

    KubernetesClient client() {
        return client;
    }

    LiveGroups.Group group() {
        return Objects.requireNonNull(LiveGroups.of(aws, scope).get(AutoScalingGroups.name(scope, POOL)));
    }

    /** Gives the pool another label, so that its launch template has another version. */
    void change(String value) {
        spec = spec.withNodePool(POOL, pool -> pool.putLabel("round", value));
        k8s.apply(k8s.plan(spec));
    }

    RollPlan plan(Consumer<RollOptions.Builder> more) {
        RollOptions.Builder options = new RollOptions.Builder().pool(POOL);
        more.accept(options);
        RollWorld world = world();
        return world.plan(options.build(), world.look());
    }

    RollReport roll(RollPlan plan, Duration limit, Runnable beforeEachChange) {
        return new RollRun(
                        plan,
                        world(),
                        new RollHands(aws, kubernetes),
                        beforeEachChange,
                        Sleeper.system(),
                        ProgressListener.lines(System.out))
                .run(limit);
    }

    /** A roll by somebody whom AWS lets end no machine. */
    RollReport rollWithoutTheRightToEnd(RollPlan plan, Duration limit) {
        AwsAccess access = AwsAccess.builder()
                .region(REGION)
                .endpoint(endpoint.uri())
                .credentials(endpoint.credentials())
                .httpClient(FaultyHttpClient.wrap(
                        UrlConnectionHttpClient.create(),
                        Faults.none().deny("autoscaling:TerminateInstanceInAutoScalingGroup")))
                .build();
        try (GuardedClients denied = GuardedClients.open(access, policy, Sleeper.system())) {
            return new RollRun(
                            plan,
                            world(),
                            new RollHands(denied, kubernetes),
                            () -> {},
                            Sleeper.system(),
                            ProgressListener.lines(System.out))
                    .run(limit);
        }
    }

    /** What the group's own checks say of one of its instances. */
    void setHealth(String instance, String health) {
        try (AutoScalingClient groups =
                endpoint.configure(AutoScalingClient.builder()).build()) {
            groups.setInstanceHealth(r -> r.instanceId(instance).healthStatus(health));
        }
    }

    /** A machine says something of itself. */
    void say(String instance) {
        BucketFiles.writeOnce(aws, scope, status(instance), "{}");
    }

    boolean hasSaid(String instance) {
        return BucketFiles.read(aws, scope, status(instance)).isPresent();
    }

    private static String status(String instance) {
        return "status/nodes/" + instance + ".json";
    }

    int forgetGone(Instant before) {
        return new Machines(aws, scope).forgetGone(before, () -> {});
    }

    private RollWorld world() {
        return new RollWorld(aws, scope, spec, kubernetes);
    }

    /** The pool's nodes that could take pods. */
    Set<String> openNodes() {
        return client.nodes().withLabel(LABEL, POOL).list().getItems().stream()
                .filter(node -> !Boolean.TRUE.equals(node.getSpec().getUnschedulable()))
                .map(node -> node.getMetadata().getName())
                .collect(Collectors.toSet());
    }

    List<String> nodes() {
        return client.nodes().withLabel(LABEL, POOL).list().getItems().stream()
                .map(node -> node.getMetadata().getName())
                .toList();
    }

    @Override
    public void close() {
        joining.cancel(false);
        kubelets.shutdownNow();
        aws.close();
        k8s.close();
    }
}
