package io.k8saws.internal.resource;

import static io.k8saws.internal.resource.EdgeWorld.at;
import static io.k8saws.internal.resource.EdgeWorld.differences;
import static io.k8saws.internal.resource.EdgeWorld.flat;
import static io.k8saws.internal.resource.EdgeWorld.killedAfter;
import static io.k8saws.internal.resource.EdgeWorld.only;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.K8sAwsException;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.resource.BucketObjects.BucketObject;
import io.k8saws.internal.resource.Buckets.Bucket;
import io.k8saws.internal.resource.EdgeWorld.Killed;
import io.k8saws.internal.resource.EdgeWorld.TestStep;
import io.k8saws.internal.resource.EventRules.EventRule;
import io.k8saws.internal.resource.EventTargets.EventTarget;
import io.k8saws.internal.resource.HostedZones.HostedZone;
import io.k8saws.internal.resource.Listeners.Listener;
import io.k8saws.internal.resource.LoadBalancers.LoadBalancer;
import io.k8saws.internal.resource.Queues.Queue;
import io.k8saws.internal.resource.RecordSets.RecordSet;
import io.k8saws.internal.resource.TargetGroups.TargetGroup;
import io.k8saws.internal.seam.AwsClients;
import io.k8saws.internal.seam.GuardedClients;
import io.k8saws.plan.Foreign;
import io.k8saws.plan.ResourceAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.elasticloadbalancing.ElasticLoadBalancingClient;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Action;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Tag;
import software.amazon.awssdk.services.eventbridge.model.Target;
import software.amazon.awssdk.services.route53.model.Change;
import software.amazon.awssdk.services.route53.model.ChangeAction;
import software.amazon.awssdk.services.route53.model.RRType;
import software.amazon.awssdk.services.route53.model.ResourceRecord;
import software.amazon.awssdk.services.route53.model.ResourceRecordSet;

/** The kinds at the edge of a cluster, against an emulator: load balancing, DNS, the bucket, and notices. */
class EdgeKindsIT {
    private static final String REGION = "eu-west-1";
    private static final Map<String, String> TAGS = Map.of("team", "payments", "stage", "one");
    private static final Map<String, String> OTHER_TAGS = Map.of("team", "billing", "cost", "4711");

    private static EdgeWorld world;
    private final ClusterScope scope = EdgeWorld.cluster(REGION);
    private GuardedClients aws;

    @BeforeAll
    static void startWorld() {
        world = new EdgeWorld();
    }

    @AfterAll
    static void stopWorld() {
        world.close();
    }

    @BeforeEach
    void connect() {
        aws = world.clients(REGION);
    }

    @AfterEach
    void disconnect() {
        aws.close();
    }

    // ---- every kind: create, read, create again, update, read, delete, delete again

    private <A extends Attributes> void lives(ResourceKind<A> kind, String name, A wanted, List<A> changes) {
        ResourceAddress address = new ResourceAddress(kind.name(), name);
        TestStep step = step(aws, address);
        Made made = kind.create(step, wanted);
        Observed<A> observed = only(kind, reading(), address);
        assertThat(flat(observed.attributes())).isEqualTo(flat(wanted));
        assertThat(new Made(observed.id(), observed.outputs())).isEqualTo(made);

        assertThat(kind.create(step, wanted).id()).isEqualTo(made.id());
        observed = only(kind, reading(), address);

        for (A changed : changes) {
            Set<String> fields = differences(changed, observed.attributes());
            assertThat(fields).isNotEmpty();
            assertThat(kind.update(step(aws, address), observed, changed, fields)
                            .id())
                    .isEqualTo(made.id());
            observed = only(kind, reading(), address);
            assertThat(flat(observed.attributes())).isEqualTo(flat(changed));
        }
        deletes(kind, observed);
    }

    private <A extends Attributes> void deletes(ResourceKind<A> kind, Observed<A> observed) {
        kind.delete(step(aws, observed.address()), observed);
        assertThat(at(kind, reading(), observed.address())).isEmpty();
        assertThatCode(() -> kind.delete(step(aws, observed.address()), observed))
                .doesNotThrowAnyException();
    }

    /** Kills the creation before each of its writes but the first; the next run must see a difference, and one update must mend it. */
    private <A extends Attributes> void survivesBeingKilled(ResourceKind<A> kind, String name, A wanted) {
        ResourceAddress address = new ResourceAddress(kind.name(), name);
        boolean killed = true;
        for (int writes = 1; killed; writes++) {
            killed = isKilled(kind, step(killedAfter(writes, aws), address), wanted);
            Observed<A> observed = only(kind, reading(), address);
            Set<String> fields = differences(wanted, observed.attributes());
            assertThat(fields.isEmpty())
                    .as("killed after %d writes, differs in %s", writes, fields)
                    .isEqualTo(!killed);
            if (killed) {
                kind.update(step(aws, address), observed, wanted, fields);
                observed = only(kind, reading(), address);
                assertThat(flat(observed.attributes())).isEqualTo(flat(wanted));
            }
            deletes(kind, observed);
        }
    }

    private static <A extends Attributes> boolean isKilled(ResourceKind<A> kind, Step step, A wanted) {
        try {
            kind.create(step, wanted);
            return false;
        } catch (Killed e) {
            return true;
        }
    }

    // ---- load balancing

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

    // ---- DNS

    @Test
    void aHostedZoneLives() {
        lives(
                new HostedZones(),
                "private",
                new HostedZone("Example.Internal.", network().vpc()),
                List.of());
    }

    @Test
    void aHostedZoneIsNotDeletedWithRecordsOfOthersInIt() {
        ResourceAddress address = new ResourceAddress(HostedZones.KIND, "private");
        Made zone = new HostedZones()
                .create(
                        step(aws, address),
                        new HostedZone("kept.internal", network().vpc()));
        ResourceAddress api = new ResourceAddress(RecordSets.KIND, "api");
        new RecordSets().create(step(aws, api), record(zone.id(), "api.kept.internal", "lb.example.com"));
        ResourceRecordSet theirs = address("db.kept.internal", "10.0.0.9");
        change(zone.id(), ChangeAction.CREATE, theirs);
        Observed<HostedZone> observed = only(new HostedZones(), reading(), address);

        assertThatThrownBy(() -> new HostedZones().delete(step(aws, address), observed))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("A db.kept.internal")
                .hasMessageNotContaining("api.kept.internal");
        assertThat(only(new RecordSets(), reading(), api).id()).contains("api.kept.internal");
        assertThat(new RecordSets().read(reading()).foreign())
                .containsExactly(new Foreign(address, "record A db.kept.internal", "unknown"));

        change(zone.id(), ChangeAction.DELETE, theirs);
        deletes(new HostedZones(), observed);
    }

    @Test
    void twoClustersOfOneNameInTwoRegionsHaveTheirOwnZones() {
        ResourceAddress address = new ResourceAddress(HostedZones.KIND, "private");
        Made made = new HostedZones()
                .create(
                        step(aws, address),
                        new HostedZone("twin.internal", network().vpc()));
        ClusterScope twin = new ClusterScope(scope.cluster(), scope.account(), "eu-central-1", "aws");
        assertThat(new HostedZones().read(new Reading(aws, twin)).resources()).isEmpty();
        assertThat(only(new HostedZones(), reading(), address).id()).isEqualTo(made.id());
    }

    @Test
    void aRecordOfAPublicZoneLives() {
        String zone = publicZone("lives.example");
        Reading.DnsZone known = new Reading.DnsZone(zone, "lives.example", "api.lives.example");
        ResourceAddress address = new ResourceAddress(RecordSets.KIND, "api");
        // Neighbours before, below and behind must not confuse.
        for (String name : List.of("aaa.lives.example", "x.api.lives.example", "zzz.lives.example")) {
            change(zone, ChangeAction.CREATE, address(name, "10.0.0.1"));
        }
        RecordSets kind = new RecordSets();
        TestStep step = step(aws, address);
        RecordSet wanted = record(zone, "API.lives.example", "lb-1.example.com");
        Made made = kind.create(step, wanted);
        Reading reading = new Reading(aws, scope, Optional.of(known));
        Observed<RecordSet> observed = only(kind, reading, address);
        assertThat(flat(observed.attributes())).isEqualTo(flat(wanted));
        assertThat(kind.read(reading).foreign()).isEmpty();
        assertThat(kind.create(step, wanted)).isEqualTo(made);

        RecordSet changed = record(zone, "api.lives.example", "lb-2.example.com");
        kind.update(step, observed, changed, differences(changed, observed.attributes()));
        observed = only(kind, reading, address);
        assertThat(flat(observed.attributes())).isEqualTo(flat(changed));

        // Someone deletes the alias and leaves the owner's record: still ours, and mended.
        aws.route53().changeResourceRecordSets(r -> r.hostedZoneId(zone)
                .changeBatch(b -> b.changes(Change.builder()
                        .action(ChangeAction.DELETE)
                        .resourceRecordSet(records(zone).stream()
                                .filter(rrset -> rrset.name().equals("api.lives.example."))
                                .findFirst()
                                .orElseThrow())
                        .build())));
        observed = only(kind, reading, address);
        Set<String> fields = differences(changed, observed.attributes());
        assertThat(fields).containsExactlyInAnyOrder("aliasDomain", "aliasZone");
        kind.update(step, observed, changed, fields);
        observed = only(kind, reading, address);
        assertThat(flat(observed.attributes())).isEqualTo(flat(changed));

        Observed<RecordSet> last = observed;
        kind.delete(step, last);
        assertThat(kind.read(reading).resources()).isEmpty();
        assertThatCode(() -> kind.delete(step, last)).doesNotThrowAnyException();
        assertThat(records(zone))
                .extracting(ResourceRecordSet::name)
                .contains("x.api.lives.example.")
                .doesNotContain("_k8saws.api.lives.example.");
    }

    @Test
    void aRecordOfSomeoneElseIsNotTaken() {
        String zone = publicZone("taken.example");
        change(zone, ChangeAction.CREATE, address("api.taken.example", "192.0.2.1"));
        change(
                zone,
                ChangeAction.CREATE,
                text("a-api.taken.example", "\"heritage=external-dns,external-dns/owner=web\""));
        List<ResourceRecordSet> before = records(zone);
        ResourceAddress address = new ResourceAddress(RecordSets.KIND, "api");

        assertThatThrownBy(() -> new RecordSets()
                        .create(step(aws, address), record(zone, "api.taken.example", "lb.example.com")))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("A api.taken.example");
        assertThat(records(zone)).isEqualTo(before);
        Reading reading =
                new Reading(aws, scope, Optional.of(new Reading.DnsZone(zone, "taken.example", "api.taken.example")));
        assertThat(new RecordSets().read(reading).resources()).isEmpty();
        assertThat(new RecordSets().read(reading).foreign())
                .extracting(Foreign::what)
                .containsExactly("record A api.taken.example");
    }

    @Test
    void aRecordOfAnotherClusterIsNotTaken() {
        String zone = publicZone("rival.example");
        ResourceAddress address = new ResourceAddress(RecordSets.KIND, "api");
        ClusterScope rival = EdgeWorld.cluster(REGION);
        new RecordSets().create(new TestStep(aws, rival, address), record(zone, "api.rival.example", "lb.example.com"));
        List<ResourceRecordSet> before = records(zone);

        assertThatThrownBy(() -> new RecordSets()
                        .create(step(aws, address), record(zone, "api.rival.example", "mine.example.com")))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining(rival.cluster());
        assertThat(records(zone)).isEqualTo(before);
    }

    // ---- the bucket

    @Test
    void aBucketLives() {
        lives(
                new Buckets(),
                "cluster",
                bucket(true, true, tlsOnly(), TAGS),
                List.of(
                        bucket(true, true, tlsOnly(), OTHER_TAGS),
                        new Bucket(true, "arn:aws:kms:eu-west-1:123456789012:key/k1", true, tlsOnly(), OTHER_TAGS),
                        bucket(false, false, "", TAGS),
                        bucket(true, true, tlsOnly(), Map.of())));
    }

    @Test
    void aBucketSurvivesBeingKilled() {
        survivesBeingKilled(new Buckets(), "cluster", bucket(true, true, tlsOnly(), Map.of()));
    }

    @Test
    void aBucketThatWasKilledGetsItsOwnersTags() {
        ResourceAddress address = Buckets.ADDRESS;
        assertThat(isKilled(new Buckets(), step(killedAfter(1, aws), address), bucket(true, true, tlsOnly(), Map.of())))
                .isTrue();
        Observed<Bucket> observed = only(new Buckets(), reading(), address);
        Bucket wanted = bucket(true, true, tlsOnly(), Map.of());
        new Buckets().update(step(aws, address), observed, wanted, differences(wanted, observed.attributes()));
        assertThat(aws.s3().getBucketTagging(r -> r.bucket(scope.bucket())).tagSet())
                .anyMatch(
                        tag -> tag.key().equals(scope.ownedTag()) && tag.value().equals("owned"));
    }

    @Test
    void aBucketInTheRegionWithoutALocationLives() {
        ClusterScope east = EdgeWorld.cluster("us-east-1");
        try (GuardedClients clients = world.clients("us-east-1")) {
            Bucket wanted = bucket(true, true, "", TAGS);
            TestStep step = new TestStep(clients, east, Buckets.ADDRESS);
            new Buckets().create(step, wanted);
            new Buckets().create(step, wanted);
            Observed<Bucket> observed = only(new Buckets(), new Reading(clients, east), Buckets.ADDRESS);
            assertThat(flat(observed.attributes())).isEqualTo(flat(wanted));
            new Buckets().delete(step, observed);
            assertThat(new Buckets().read(new Reading(clients, east)).resources())
                    .isEmpty();
        }
    }

    @Test
    void aBucketIsDeletedWithAllVersionsOfItsObjects() {
        new Buckets().create(step(aws, Buckets.ADDRESS), bucket(true, true, "", TAGS));
        String name = scope.bucket();
        for (int i = 0; i < 12; i++) {
            String key = "state/" + i % 4;
            aws.s3().putObject(r -> r.bucket(name).key(key), RequestBody.fromString("v"));
        }
        aws.s3().deleteObject(r -> r.bucket(name).key("state/0"));
        Observed<Bucket> observed = only(new Buckets(), reading(), Buckets.ADDRESS);
        assertThat(new Buckets().deletionRisk(observed)).isEqualTo(io.k8saws.plan.Risk.DATA_LOSS);
        deletes(new Buckets(), observed);
    }

    @Test
    void aBucketGoesAfterAllOtherKinds() {
        assertThat(new Buckets().deletedAfter())
                .hasSize(ResourceKinds.all().inOrder().size() - 1)
                .contains(Vpcs.KIND, BucketObjects.KIND)
                .doesNotContain(Buckets.KIND);
    }

    @Test
    void anObjectLives() {
        new Buckets().create(step(aws, Buckets.ADDRESS), bucket(true, true, "", TAGS));
        Content content = Content.of("role: node\n");
        String key = BucketObjects.key("pool/general", content);
        assertThat(key).isEqualTo("nodes/pool/general/" + content.sha256());
        lives(new BucketObjects(), "pool/general", new BucketObject(Ref.id(scope.bucket()), key, content), List.of());
    }

    @Test
    void anObjectOfSomeoneElseIsForeign() {
        assertThat(new BucketObjects().read(reading()).resources()).isEmpty();
        new Buckets().create(step(aws, Buckets.ADDRESS), bucket(true, true, "", TAGS));
        for (String key : List.of("nodes/notes.txt", "state/current.json")) {
            aws.s3().putObject(r -> r.bucket(scope.bucket()).key(key), RequestBody.fromString("x"));
        }
        assertThat(new BucketObjects().read(reading()))
                .isEqualTo(new Found<BucketObject>(
                        List.of(), List.of(new Foreign(Buckets.ADDRESS, "object nodes/notes.txt", "unknown"))));
    }

    // ---- notices

    @Test
    void aQueueLives() {
        String policy = maySend();
        lives(
                new Queues(),
                "notices",
                new Queue(300, true, policy, TAGS),
                List.of(new Queue(600, true, policy, TAGS), new Queue(600, false, "", OTHER_TAGS)));
    }

    @Test
    void aQueueHasTheArnThatFollowsFromItsName() {
        Made made = new Queues().create(step(aws, Queues.ADDRESS), new Queue(300, true, maySend(), TAGS));
        assertThat(made.outputs().get(Queues.ARN))
                .isEqualTo(scope.arn("sqs", scope.hyphenated("notices", 80)))
                .isEqualTo(aws.sqs()
                        .getQueueAttributes(r -> r.queueUrl(made.id()).attributeNamesWithStrings("QueueArn"))
                        .attributesAsStrings()
                        .get("QueueArn"));
    }

    @Test
    void aQueueOfSomeoneElseIsNotTaken() {
        aws.sqs().createQueue(r -> r.queueName(scope.hyphenated("notices", 80)));
        assertThatThrownBy(() -> new Queues().create(step(aws, Queues.ADDRESS), new Queue(300, true, maySend(), TAGS)))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("not this cluster's");
        assertThat(new Queues().read(reading()).resources()).isEmpty();
    }

    @Test
    void anEventRuleLives() {
        lives(
                new EventRules(),
                "spot",
                new EventRule(pattern("Spot"), TAGS),
                List.of(
                        new EventRule(pattern("Rebalance"), TAGS),
                        new EventRule(false, pattern("Rebalance"), OTHER_TAGS),
                        new EventRule(pattern("Rebalance"), manyTags())));
    }

    @Test
    void theTagsOfAnEventRuleAreReallySet() {
        Made made = new EventRules()
                .create(step(aws, new ResourceAddress(EventRules.KIND, "spot")), new EventRule(pattern("Spot"), TAGS));
        assertThat(aws.events()
                        .listTagsForResource(r -> r.resourceARN(made.outputs().get(EventRules.ARN)))
                        .tags())
                .anyMatch(tag -> tag.key().equals(scope.ownedTag()))
                .anyMatch(tag -> tag.key().equals("team") && tag.value().equals("payments"));
    }

    @Test
    void anEventRuleWithTargetsOfOthersIsKept() {
        ResourceAddress address = new ResourceAddress(EventRules.KIND, "spot");
        Made rule = new EventRules().create(step(aws, address), new EventRule(pattern("Spot"), TAGS));
        aws.events().putTargets(r -> r.rule(rule.id())
                .targets(Target.builder()
                        .id("mine")
                        .arn("arn:aws:sns:eu-west-1:123456789012:pager")
                        .build()));
        Observed<EventRule> observed = only(new EventRules(), reading(), address);
        assertThatThrownBy(() -> new EventRules().delete(step(aws, address), observed))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("arn:aws:sns:eu-west-1:123456789012:pager");
    }

    @Test
    void anEventTargetLives() {
        Made queue = new Queues().create(step(aws, Queues.ADDRESS), new Queue(300, true, maySend(), TAGS));
        Made rule = new EventRules()
                .create(step(aws, new ResourceAddress(EventRules.KIND, "spot")), new EventRule(pattern("Spot"), TAGS));
        lives(
                new EventTargets(),
                "spot",
                new EventTarget(Ref.id(rule.id()), Ref.id(queue.outputs().get(Queues.ARN))),
                List.of());
    }

    @Test
    void noRuleOfOneClusterIsTakenForAnothers() {
        ClusterScope longer = new ClusterScope(scope.cluster() + "-2", scope.account(), REGION, "aws");
        new EventRules()
                .create(
                        new TestStep(aws, longer, new ResourceAddress(EventRules.KIND, "spot")),
                        new EventRule(pattern("Spot"), TAGS));
        assertThat(new EventRules().read(reading()).resources()).isEmpty();
        assertThat(new EventRules().read(new Reading(aws, longer)).resources()).hasSize(1);
    }

    // ---- what the tests are made of

    private record Network(Ref vpc, List<String> subnets, String group) {}

    private Network network() {
        String vpc = aws.ec2().createVpc(r -> r.cidrBlock("10.0.0.0/16")).vpc().vpcId();
        List<String> subnets = Arrays.asList("a", "b", "c").stream()
                .map(zone -> aws.ec2()
                        .createSubnet(r -> r.vpcId(vpc)
                                .availabilityZone(REGION + zone)
                                .cidrBlock("10.0." + (zone.charAt(0) - 'a') + ".0/24"))
                        .subnet()
                        .subnetId())
                .toList();
        String group = aws.ec2()
                .createSecurityGroup(r -> r.vpcId(vpc).groupName("api").description("api"))
                .groupId();
        return new Network(Ref.id(vpc), subnets, group);
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

    private static RecordSet record(String zone, String domain, String alias) {
        return new RecordSet(Ref.id(zone), domain, Ref.id(alias), Ref.id("Z2IFOLAFXWLO4F"));
    }

    private static Bucket bucket(boolean versioned, boolean blocked, String policy, Map<String, String> tags) {
        return new Bucket(versioned, "AES256", blocked, policy, tags);
    }

    private String tlsOnly() {
        return """
                {"Version": "2012-10-17", "Statement": [{"Sid": "TlsOnly", "Effect": "Deny", "Principal": "*",
                 "Action": ["s3:*"], "Resource": ["arn:aws:s3:::%1$s/*", "arn:aws:s3:::%1$s"],
                 "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}""".formatted(scope.bucket());
    }

    private String maySend() {
        return """
                {"Version": "2012-10-17", "Statement": [{"Sid": "Events", "Effect": "Allow",
                 "Principal": {"Service": ["sqs.amazonaws.com", "events.amazonaws.com"]},
                 "Action": ["sqs:SendMessage"], "Resource": "%s"}]}""".formatted(scope.arn("sqs", scope.hyphenated("notices", 80)));
    }

    private static String pattern(String type) {
        return "{\"source\": [\"aws.ec2\"], \"detail-type\": [\"" + type + "\"]}";
    }

    private static Map<String, String> manyTags() {
        Map<String, String> tags = new java.util.TreeMap<>();
        for (int i = 0; i < 20; i++) {
            tags.put("key-" + i, "a value of some length, number " + i);
        }
        return tags;
    }

    private String publicZone(String domain) {
        String id = aws.route53()
                .createHostedZone(r -> r.name(domain).callerReference(scope.cluster() + domain))
                .hostedZone()
                .id();
        return id.substring(id.lastIndexOf('/') + 1);
    }

    private void change(String zone, ChangeAction action, ResourceRecordSet rrset) {
        aws.route53().changeResourceRecordSets(r -> r.hostedZoneId(zone)
                .changeBatch(b -> b.changes(
                        Change.builder().action(action).resourceRecordSet(rrset).build())));
    }

    private static ResourceRecordSet address(String name, String value) {
        return plain(name, RRType.A, value);
    }

    private static ResourceRecordSet text(String name, String value) {
        return plain(name, RRType.TXT, value);
    }

    private static ResourceRecordSet plain(String name, RRType type, String value) {
        return ResourceRecordSet.builder()
                .name(name)
                .type(type)
                .ttl(60L)
                .resourceRecords(ResourceRecord.builder().value(value).build())
                .build();
    }

    private List<ResourceRecordSet> records(String zone) {
        return aws.route53().listResourceRecordSetsPaginator(r -> r.hostedZoneId(zone)).resourceRecordSets().stream()
                .toList();
    }

    private TestStep step(AwsClients clients, ResourceAddress address) {
        return new TestStep(clients, scope, address);
    }

    private Reading reading() {
        return new Reading(aws, scope);
    }
}
