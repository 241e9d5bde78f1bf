package io.k8saws.internal.resource;

import static io.k8saws.internal.resource.EdgeWorld.differences;
import static io.k8saws.internal.resource.EdgeWorld.flat;
import static io.k8saws.internal.resource.EdgeWorld.killedAfter;
import static io.k8saws.internal.resource.EdgeWorld.only;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.error.K8sAwsException;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.resource.BucketObjects.BucketObject;
import io.k8saws.internal.resource.Buckets.Bucket;
import io.k8saws.internal.resource.EdgeWorld.TestStep;
import io.k8saws.internal.resource.EventRules.EventRule;
import io.k8saws.internal.resource.EventTargets.EventTarget;
import io.k8saws.internal.resource.HostedZones.HostedZone;
import io.k8saws.internal.resource.IamRolePolicies.IamRolePolicy;
import io.k8saws.internal.resource.IamRoles.IamRole;
import io.k8saws.internal.resource.InstanceProfiles.InstanceProfile;
import io.k8saws.internal.resource.Queues.Queue;
import io.k8saws.internal.resource.RecordSets.RecordSet;
import io.k8saws.internal.seam.GuardedClients;
import io.k8saws.plan.Foreign;
import io.k8saws.plan.ResourceAddress;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.AwsKind;
import java.time.Clock;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.eventbridge.model.Target;
import software.amazon.awssdk.services.route53.Route53Client;
import software.amazon.awssdk.services.route53.model.Change;
import software.amazon.awssdk.services.route53.model.ChangeAction;
import software.amazon.awssdk.services.route53.model.RRType;
import software.amazon.awssdk.services.route53.model.ResourceRecord;
import software.amazon.awssdk.services.route53.model.ResourceRecordSet;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;

/** The kinds that need no machine: DNS, the bucket, notices and IAM, against two emulators. */
@ParameterizedClass
@EnumSource(AwsKind.class)
class ServiceKindsIT extends EdgeKinds {
    private final AwsKind emulator;

    ServiceKindsIT(
            AwsKind kind,
            @AwsEmulator AwsEndpoint moto,
            @AwsEmulator(kind = AwsKind.LOCALSTACK) AwsEndpoint localStack) {
        super(new EdgeWorld(kind == AwsKind.MOTO ? moto : localStack));
        this.emulator = kind;
    }

    // ---- DNS

    @Test
    void aHostedZoneLives() {
        HostedZone wanted = new HostedZone("Example.Internal.", network().vpc());
        if (emulator == AwsKind.MOTO) {
            lives(new HostedZones(), "private", wanted, List.of());
        } else {
            // it takes the same caller reference twice
            livesOnce(new HostedZones(), "private", wanted);
        }
    }

    @Test
    void aHostedZoneThatSomeoneBoundToAnotherVpcStaysAsItIs() {
        ResourceAddress address = new ResourceAddress(HostedZones.KIND, "private");
        Vpcs vpcs = new Vpcs();
        ResourceAddress main = new ResourceAddress(Vpcs.KIND, "main");
        String options = new DhcpOptionSets()
                .create(
                        step(aws, new ResourceAddress(DhcpOptionSets.KIND, "main")),
                        new DhcpOptionSets.DhcpOptions("internal", "AmazonProvidedDNS", Map.of()))
                .id();
        String ours = vpcs.create(step(aws, main), new Vpcs.Vpc("10.0.0.0/16", true, true, Ref.id(options), Map.of()))
                .id();
        HostedZone wanted = new HostedZone("bound.internal", Ref.id(ours));
        String zone = new HostedZones().create(step(aws, address), wanted).id();
        String theirs = network().vpc().toString();
        for (int round = 0; round < 2; round++) {
            String other = round == 0 ? theirs : network().vpc().toString();
            world.others(REGION, Route53Client.builder()).associateVPCWithHostedZone(r -> r.hostedZoneId(zone)
                    .vpc(v -> v.vpcId(other).vpcRegion(REGION)));
        }
        Found<HostedZone> found = new HostedZones().read(reading());
        assertThat(flat(found.resources().get(0).attributes())).isEqualTo(flat(wanted));
        assertThat(found.foreign())
                .hasSize(2)
                .contains(new Foreign(address, "bound to " + theirs + " in " + REGION, "unknown"));
        deletes(new HostedZones(), found.resources().get(0));
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
        assertThat(new HostedZones()
                        .read(new Reading(aws, twin, Set.of(), Clock.systemUTC()))
                        .resources())
                .isEmpty();
        assertThat(only(new HostedZones(), reading(), address).id()).isEqualTo(made.id());
    }

    @Test
    void aRecordOfAPublicZoneLives() {
        String zone = publicZone("lives.example");
        Reading.DnsZone known = new Reading.DnsZone(zone, "api.lives.example");
        ResourceAddress address = new ResourceAddress(RecordSets.KIND, "api");
        // Neighbours before, below and behind must not confuse.
        for (String name : List.of("aaa.lives.example", "x.api.lives.example", "zzz.lives.example")) {
            change(zone, ChangeAction.CREATE, address(name, "10.0.0.1"));
        }
        RecordSets kind = new RecordSets();
        TestStep step = step(aws, address);
        RecordSet wanted = record(zone, "API.lives.example", "lb-1.example.com");
        Made made = kind.create(step, wanted);
        Reading reading = new Reading(aws, scope, Set.of(known), Clock.systemUTC());
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
    void aRecordThatSomeoneMadeToLookAtItsTargetsHealthIsMended() {
        ResourceAddress zoneAddress = new ResourceAddress(HostedZones.KIND, "private");
        String zone = new HostedZones()
                .create(
                        step(aws, zoneAddress),
                        new HostedZone("health.internal", network().vpc()))
                .id();
        ResourceAddress address = new ResourceAddress(RecordSets.KIND, "api");
        RecordSet wanted = record(zone, "api.health.internal", "lb.example.com");
        new RecordSets().create(step(aws, address), wanted);
        ResourceRecordSet record = records(zone).stream()
                .filter(rrset -> rrset.aliasTarget() != null)
                .findFirst()
                .orElseThrow();
        change(
                zone,
                ChangeAction.UPSERT,
                record.toBuilder()
                        .aliasTarget(record.aliasTarget().toBuilder()
                                .evaluateTargetHealth(true)
                                .build())
                        .build());
        mends(new RecordSets(), address, wanted, "otherSettings", "evaluates the target's health");
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
                new Reading(aws, scope, Set.of(new Reading.DnsZone(zone, "api.taken.example")), Clock.systemUTC());
        assertThat(new RecordSets().read(reading).resources()).isEmpty();
        assertThat(new RecordSets().read(reading).foreign())
                .extracting(Foreign::what)
                .containsExactly("record A api.taken.example");
    }

    @Test
    void aRecordOfAnotherClusterIsNotTaken() {
        String zone = publicZone("rival.example");
        ResourceAddress address = new ResourceAddress(RecordSets.KIND, "api");
        ClusterScope rival = world.cluster(REGION);
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
        ClusterScope east = world.cluster("us-east-1");
        try (GuardedClients clients = world.clients("us-east-1")) {
            Bucket wanted = bucket(true, true, "", TAGS);
            TestStep step = new TestStep(clients, east, Buckets.ADDRESS);
            new Buckets().create(step, wanted);
            new Buckets().create(step, wanted);
            Observed<Bucket> observed =
                    only(new Buckets(), new Reading(clients, east, Set.of(), Clock.systemUTC()), Buckets.ADDRESS);
            assertThat(flat(observed.attributes())).isEqualTo(flat(wanted));
            new Buckets().delete(step, observed);
            assertThat(new Buckets()
                            .read(new Reading(clients, east, Set.of(), Clock.systemUTC()))
                            .resources())
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
    void anObjectThatSomeoneWroteOverIsSeenByACloseLookAndMended() {
        new Buckets().create(step(aws, Buckets.ADDRESS), bucket(true, true, "", TAGS));
        Content content = Content.of("role: node\n");
        String key = BucketObjects.key("pool/general", content);
        ResourceAddress address = new ResourceAddress(BucketObjects.KIND, "pool/general");
        BucketObject wanted = new BucketObject(Ref.id(scope.bucket()), key, content);
        new BucketObjects().create(step(aws, address), wanted);
        aws.s3()
                .putObject(
                        r -> r.bucket(scope.bucket()).key(key).checksumAlgorithm(ChecksumAlgorithm.SHA256),
                        RequestBody.fromString("role: king\n"));
        mendsWhatOnlyACloseLookSees(
                new BucketObjects(),
                address,
                wanted,
                "alteredContent",
                "SHA-256 " + Base64.getEncoder().encodeToString(sha256("role: king\n")));
        aws.s3().putObject(r -> r.bucket(scope.bucket()).key(key), RequestBody.fromString("role: king\n"));
        mendsWhatOnlyACloseLookSees(new BucketObjects(), address, wanted, "alteredContent", "SHA-256 unknown");
        assertThat(aws.s3()
                        .getObjectAsBytes(r -> r.bucket(scope.bucket()).key(key))
                        .asUtf8String())
                .isEqualTo(content.text());
    }

    @Test
    void anObjectThatIsDeletedDuringACloseLookIsNoFailure() {
        new Buckets().create(step(aws, Buckets.ADDRESS), bucket(true, true, "", TAGS));
        Content content = Content.of("role: node\n");
        String key = BucketObjects.key("pool/general", content);
        ResourceAddress address = new ResourceAddress(BucketObjects.KIND, "pool/general");
        BucketObject wanted = new BucketObject(Ref.id(scope.bucket()), key, content);
        new BucketObjects().create(step(aws, address), wanted);
        Reading deleting = new Reading(
                aws,
                scope,
                Set.of(),
                Runnable::run,
                listed -> {
                    aws.s3().deleteObject(r -> r.bucket(scope.bucket()).key(key));
                    return true;
                },
                Clock.systemUTC());
        assertThat(flat(only(new BucketObjects(), deleting, address).attributes()))
                .isEqualTo(flat(wanted));
        assertThat(new BucketObjects().read(reading()).resources()).isEmpty();
    }

    private static byte[] sha256(String text) {
        return HexFormat.of().parseHex(Content.of(text).sha256());
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
    void tagsOfAnEventRuleThatSomeoneAlteredAreSeenByACloseLookAndMended() {
        ResourceAddress address = new ResourceAddress(EventRules.KIND, "spot");
        EventRule wanted = new EventRule(pattern("Spot"), TAGS);
        String arn = Optional.ofNullable(new EventRules()
                        .create(step(aws, address), wanted)
                        .outputs()
                        .get(EventRules.ARN))
                .orElseThrow();
        aws.events().untagResource(r -> r.resourceARN(arn).tagKeys("team"));
        mendsWhatOnlyACloseLookSees(new EventRules(), address, wanted, "alteredTags[team]", "removed");
        aws.events().tagResource(r -> r.resourceARN(arn)
                .tags(t -> t.key("team").value("z"), t -> t.key("theirs").value("7")));
        mendsWhatOnlyACloseLookSees(new EventRules(), address, wanted, "alteredTags[team]", "changed to z");
        assertThat(aws.events().listTagsForResource(r -> r.resourceARN(arn)).tags())
                .anyMatch(tag -> tag.key().equals("theirs"));
    }

    @Test
    void anEventTargetThatSomeoneAlteredIsSeenByACloseLookAndMended() {
        Made queue = new Queues().create(step(aws, Queues.ADDRESS), new Queue(300, true, maySend(), TAGS));
        Made rule = new EventRules()
                .create(step(aws, new ResourceAddress(EventRules.KIND, "spot")), new EventRule(pattern("Spot"), TAGS));
        ResourceAddress address = new ResourceAddress(EventTargets.KIND, "spot");
        EventTarget wanted =
                new EventTarget(Ref.id(rule.id()), Ref.id(queue.outputs().get(Queues.ARN)));
        new EventTargets().create(step(aws, address), wanted);
        aws.events().putTargets(r -> r.rule(rule.id())
                .targets(
                        t -> t.id("queue").arn(queue.outputs().get(Queues.ARN)).inputPath("$.detail"),
                        t -> t.id("mine").arn("arn:aws:sns:eu-west-1:123456789012:pager")));
        assertThat(new EventTargets().read(closeReading()).foreign())
                .containsExactly(new Foreign(
                        new ResourceAddress(EventRules.KIND, "spot"),
                        "target arn:aws:sns:eu-west-1:123456789012:pager",
                        "unknown"));
        mendsWhatOnlyACloseLookSees(new EventTargets(), address, wanted, "alteredTarget", "InputPath");
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
        assertThat(new EventRules()
                        .read(new Reading(aws, longer, Set.of(), Clock.systemUTC()))
                        .resources())
                .hasSize(1);
    }

    // ---- IAM

    @Test
    void aRoleLives() {
        lives(
                new IamRoles(),
                "nodes",
                new IamRole(trust("sts:AssumeRole"), Optional.empty(), TAGS),
                List.of(
                        new IamRole(trust("sts:TagSession"), Optional.empty(), TAGS),
                        new IamRole(trust("sts:TagSession"), Optional.empty(), OTHER_TAGS)));
    }

    @Test
    void aRolesPolicyLives() {
        Ref role = Ref.id(role("nodes"));
        lives(
                new IamRolePolicies(),
                "nodes",
                new IamRolePolicy(role, policy("ec2:RunInstances")),
                List.of(new IamRolePolicy(role, policy("ec2:StopInstances"))));
    }

    @Test
    void anInstanceProfileLives() {
        Ref one = Ref.id(role("one"));
        Ref other = Ref.id(role("other"));
        lives(
                new InstanceProfiles(),
                "nodes",
                new InstanceProfile(Optional.of(one)),
                List.of(new InstanceProfile(Optional.of(other)), new InstanceProfile(Optional.empty())));
    }

    private String role(String name) {
        return new IamRoles()
                .create(
                        step(aws, new ResourceAddress(IamRoles.KIND, name)),
                        new IamRole(trust("sts:AssumeRole"), Optional.empty(), TAGS))
                .id();
    }

    private static String trust(String action) {
        return """
                {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["%s"],
                  "Principal": {"Service": "ec2.amazonaws.com"}}]}""".formatted(action);
    }

    private static String policy(String action) {
        return """
                {"Statement": [{"Resource": "*", "Effect": "Allow", "Action": ["%s", "ec2:DescribeTags"]}],
                 "Version": "2012-10-17"}""".formatted(action);
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
}
