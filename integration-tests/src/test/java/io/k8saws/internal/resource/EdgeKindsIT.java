package io.k8saws.internal.resource;

import static io.k8saws.internal.resource.EdgeWorld.only;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.K8sAwsException;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.resource.Listeners.Listener;
import io.k8saws.internal.resource.LoadBalancers.LoadBalancer;
import io.k8saws.internal.resource.TargetGroups.TargetGroup;
import io.k8saws.internal.seam.AwsClients;
import io.k8saws.plan.Foreign;
import io.k8saws.plan.ResourceAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.elasticloadbalancing.ElasticLoadBalancingClient;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Action;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Tag;

/** The kinds of load balancing, against an emulator of their own. */
class EdgeKindsIT extends EdgeKinds {
    private static EdgeWorld emulator;

    EdgeKindsIT() {
        super(emulator);
    }

    @BeforeAll
    static void startWorld() {
        emulator = new EdgeWorld();
    }

    @AfterAll
    static void stopWorld() {
        emulator.close();
    }

    // ---- load balancing

    @Test
    void aHealthCheckThatSomeoneSlowedDownIsMended() {
        ResourceAddress address = new ResourceAddress(TargetGroups.KIND, "api");
        TargetGroup wanted = group(network().vpc(), "HTTPS", Optional.of("/readyz"), 30, true, TAGS);
        String arn = new TargetGroups().create(step(aws, address), wanted).id();
        aws.loadBalancing().modifyTargetGroup(r -> r.targetGroupArn(arn)
                .healthCheckPort("80")
                .healthCheckIntervalSeconds(30)
                .healthyThresholdCount(5)
                .unhealthyThresholdCount(3));
        mends(
                new TargetGroups(),
                address,
                wanted,
                "otherSettings",
                "health check every 30 s, health check on port 80, healthy after 5 checks, unhealthy after 3 checks");
    }

    @Test
    void aLoadBalancerLives() {
        Network network = network();
        lives(
                new LoadBalancers(),
                "api",
                balancer(network, 2, true, TAGS),
                List.of(balancer(network, 2, false, TAGS), balancer(network, 3, true, OTHER_TAGS)));
    }

    @Test
    void aLoadBalancerSurvivesBeingKilled() {
        survivesBeingKilled(new LoadBalancers(), "api", balancer(network(), 2, true, TAGS));
    }

    @Test
    void aLoadBalancerTellsWhatRecordsNeed() {
        Made made = new LoadBalancers()
                .create(step(aws, new ResourceAddress(LoadBalancers.KIND, "api")), balancer(network(), 2, true, TAGS));
        assertThat(made.outputs().get(LoadBalancers.DNS_NAME))
                .endsWith(".amazonaws.com")
                .isLowerCase();
        assertThat(made.outputs().get(LoadBalancers.ZONE_ID)).startsWith("Z");
        assertThat(made.outputs().get(LoadBalancers.ARN)).isEqualTo(made.id());
    }

    @Test
    void aLoadBalancerOfSomeoneElseIsNotTaken() {
        Network network = network();
        aws.loadBalancing().createLoadBalancer(r -> r.name(scope.hyphenated("api", 32))
                .type("network")
                .subnets(network.subnets().get(0)));
        assertThatThrownBy(() -> new LoadBalancers()
                        .create(
                                step(aws, new ResourceAddress(LoadBalancers.KIND, "api")),
                                balancer(network, 2, true, TAGS)))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("not this cluster's");
        assertThat(new LoadBalancers().read(reading()).resources()).isEmpty();
    }

    @Test
    void aTargetGroupLives() {
        Ref vpc = network().vpc();
        lives(
                new TargetGroups(),
                "api",
                group(vpc, "HTTPS", Optional.of("/readyz"), 30, true, TAGS),
                List.of(
                        group(vpc, "HTTPS", Optional.of("/livez"), 30, true, TAGS),
                        group(vpc, "TCP", Optional.empty(), 60, false, OTHER_TAGS)));
    }

    @Test
    void aTargetGroupSurvivesBeingKilled() {
        survivesBeingKilled(
                new TargetGroups(), "api", group(network().vpc(), "HTTPS", Optional.of("/readyz"), 30, true, TAGS));
    }

    @Test
    void aListenerLives() {
        Network network = network();
        Made balancer = new LoadBalancers()
                .create(step(aws, new ResourceAddress(LoadBalancers.KIND, "api")), balancer(network, 2, true, TAGS));
        Made first = new TargetGroups()
                .create(
                        step(aws, new ResourceAddress(TargetGroups.KIND, "api")),
                        group(network.vpc(), "TCP", Optional.empty(), 30, true, TAGS));
        Made second = new TargetGroups()
                .create(
                        step(aws, new ResourceAddress(TargetGroups.KIND, "other")),
                        group(network.vpc(), "TCP", Optional.empty(), 30, true, TAGS));
        lives(
                new Listeners(),
                "api",
                new Listener(Ref.id(balancer.id()), 6443, "TCP", Ref.id(first.id()), TAGS),
                List.of(
                        new Listener(Ref.id(balancer.id()), 443, "TCP", Ref.id(first.id()), TAGS),
                        new Listener(Ref.id(balancer.id()), 443, "TCP", Ref.id(second.id()), OTHER_TAGS)));
    }

    @Test
    void aListenerThatSomeoneAddedIsForeign() {
        Network network = network();
        ResourceAddress address = new ResourceAddress(LoadBalancers.KIND, "api");
        Made balancer = new LoadBalancers().create(step(aws, address), balancer(network, 2, true, TAGS));
        Made group = new TargetGroups()
                .create(
                        step(aws, new ResourceAddress(TargetGroups.KIND, "api")),
                        group(network.vpc(), "TCP", Optional.empty(), 30, true, TAGS));
        aws.loadBalancing().createListener(r -> r.loadBalancerArn(balancer.id())
                .port(8080)
                .protocol("TCP")
                .defaultActions(Action.builder()
                        .type("forward")
                        .targetGroupArn(group.id())
                        .build()));
        Found<Listener> found = new Listeners().read(reading());
        assertThat(found.resources()).isEmpty();
        assertThat(found.foreign()).containsExactly(new Foreign(address, "listener 8080/TCP", "unknown"));
    }

    @Test
    void whatTheClustersControllersMadeIsFoundAndDeleted() {
        Network network = network();
        Tag owned = Tag.builder().key(scope.ownedTag()).value("owned").build();
        Tag controller = Tag.builder()
                .key("elbv2.k8s.aws/cluster")
                .value(scope.cluster())
                .build();
        String balancer = aws.loadBalancing()
                .createLoadBalancer(r -> r.name("k8s-" + scope.cluster().substring(0, 8))
                        .type("network")
                        .subnets(network.subnets().get(0))
                        .tags(controller))
                .loadBalancers()
                .get(0)
                .loadBalancerArn();
        String group = aws.loadBalancing()
                .createTargetGroup(r -> r.name("k8s-" + scope.cluster().substring(0, 8))
                        .protocol("TCP")
                        .port(80)
                        .vpcId(network.vpc().toString())
                        .tags(owned))
                .targetGroups()
                .get(0)
                .targetGroupArn();
        var classic = software.amazon.awssdk.services.elasticloadbalancing.model.Listener.builder()
                .protocol("tcp")
                .loadBalancerPort(80)
                .instancePort(30080)
                .build();
        var classicTag = software.amazon.awssdk.services.elasticloadbalancing.model.Tag.builder()
                .key(scope.ownedTag())
                .value("owned")
                .build();
        world.others(REGION, ElasticLoadBalancingClient.builder()).createLoadBalancer(r -> r.loadBalancerName(
                        "a" + scope.cluster().substring(0, 8))
                .listeners(List.of(classic))
                .subnets(network.subnets().get(0))
                .tags(List.of(classicTag)));
        foundAndDeleted(new LoadBalancers(), balancer);
        foundAndDeleted(new TargetGroups(), group);
        foundAndDeleted(new ClassicLoadBalancers(), "a" + scope.cluster().substring(0, 8));
    }

    private <A extends Attributes> void foundAndDeleted(ResourceKind<A> kind, String id) {
        Observed<A> observed = only(kind, reading(), new ResourceAddress(kind.name(), id));
        assertThat(observed.id()).isEqualTo(id);
        assertThat(observed.origin()).isEqualTo(Observed.Origin.CONTROLLERS);
        deletes(kind, observed);
    }

    @Test
    void manyLoadBalancersOfOthersCostOneCallMoreForEachTwenty() {
        Network network = network();
        for (int i = 0; i < 25; i++) {
            String name = "n" + i + "-" + scope.cluster().substring(0, 8);
            aws.loadBalancing().createLoadBalancer(r -> r.name(name)
                    .type("network")
                    .subnets(network.subnets().get(0)));
        }
        Made made = new LoadBalancers()
                .create(step(aws, new ResourceAddress(LoadBalancers.KIND, "api")), balancer(network, 2, true, TAGS));
        assertThat(new LoadBalancers().read(reading()).resources())
                .extracting(Observed::id)
                .containsExactly(made.id());
    }

    @Test
    void oneReadOfLoadBalancingIsSixCalls() {
        Network network = network();
        AwsClients quiet = aws;
        Made balancer = new LoadBalancers()
                .create(step(quiet, new ResourceAddress(LoadBalancers.KIND, "api")), balancer(network, 2, true, TAGS));
        Made group = new TargetGroups()
                .create(
                        step(quiet, new ResourceAddress(TargetGroups.KIND, "api")),
                        group(network.vpc(), "TCP", Optional.empty(), 30, true, TAGS));
        new Listeners()
                .create(
                        step(quiet, new ResourceAddress(Listeners.KIND, "api")),
                        new Listener(Ref.id(balancer.id()), 6443, "TCP", Ref.id(group.id()), TAGS));
        long others = aws.loadBalancing().describeLoadBalancersPaginator().loadBalancers().stream()
                        .count()
                + aws.loadBalancing().describeTargetGroupsPaginator().targetGroups().stream()
                        .count();
        long before = aws.sent();
        Reading reading = reading();
        new LoadBalancers().read(reading);
        new TargetGroups().read(reading);
        new Listeners().read(reading);
        assertThat(aws.sent() - before).isEqualTo(5 + (others + 1 + 19) / 20);
    }

    private static LoadBalancer balancer(Network network, int zones, boolean crossZone, Map<String, String> tags) {
        Set<Ref> subnets =
                network.subnets().stream().limit(zones).map(Ref::id).collect(java.util.stream.Collectors.toSet());
        return new LoadBalancer("internal", subnets, Set.of(Ref.id(network.group())), crossZone, tags);
    }

    private static TargetGroup group(
            Ref vpc, String check, Optional<String> path, int delay, boolean termination, Map<String, String> tags) {
        return new TargetGroup(vpc, "TCP", 6443, check, path, delay, termination, !termination, tags);
    }
}
