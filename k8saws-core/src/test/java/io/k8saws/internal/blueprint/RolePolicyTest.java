package io.k8saws.internal.blueprint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import io.k8saws.addon.ClusterImages;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.CniKind;
import io.k8saws.cluster.Encapsulation;
import io.k8saws.cluster.EtcdSpec;
import io.k8saws.cluster.NodeAsset;
import io.k8saws.cluster.SampleSpecs;
import io.k8saws.cluster.SecretsEncryption;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.graph.Resource;
import io.k8saws.internal.resource.LaunchTemplates;
import io.k8saws.internal.resource.NetworkInterfaces;
import io.k8saws.internal.resource.Volumes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A role may do what its machines need, and nothing more")
class RolePolicyTest {
    /** What a member writes down once, and nobody anew. */
    private static String notes() {
        String bucket = "arn:aws:s3:::" + scope(PAYMENTS).bucket();
        return Stream.of("etcd/*/initialised", "etcd/*/*/disk", "etcd/*/*/followed/*")
                        .map(key -> bucket + "/" + key)
                        .collect(Collectors.joining(" and "))
                + " if s3:if-none-match is false";
    }

    @ParameterizedTest
    @CsvSource({
        "AWS_VPC, '', arn:aws:ecr:us-west-2:602401143452:repository/amazon-k8s-cni*",
        "FLANNEL, 444455556666.dkr.ecr.eu-west-1.amazonaws.com/k8s, arn:aws:ecr:eu-west-1:444455556666:repository/k8s/*",
        "FLANNEL, 111122223333.dkr.ecr.eu-west-1.amazonaws.com/k8s, ''",
        "FLANNEL, registry.example.com/k8s, ''",
        "FLANNEL, '', ''"
    })
    void imagesOfRegistriesOfOthersMayBePulled_whenMachinesFetchFromThere(
            CniKind cni, String registry, String allowed) {
        ClusterSpec spec = SampleSpecs.payments().cni(c -> c.kind(cni)).build();
        ClusterSpec mirrored =
                registry.isEmpty() ? spec : spec.with(b -> b.airGap("https://mirror.example.com", registry));
        for (MachineRole role : List.of(MachineRole.CONTROL_PLANE, MachineRole.NODES)) {
            String policy = RolePolicy.of(role, drawing(mirrored)).orElseThrow();
            assertThat(policy)
                    .contains(
                            allowed.isEmpty()
                                    ? "\"Resource\":\"arn:aws:ecr:eu-west-1:111122223333:repository/*\""
                                    : "\"Resource\":[\"arn:aws:ecr:eu-west-1:111122223333:repository/*\",\"" + allowed
                                            + "\"]");
        }
    }

    @Test
    void imagesThatComeFromAwsAreThoseThatMayBePulled() {
        assertThat(ClusterImages.of(ON_VPC_NETWORK))
                .extracting(ClusterImages.Image::fetchedAs)
                .filteredOn(image -> image.contains(".dkr.ecr."))
                .isNotEmpty()
                .allMatch(image -> image.startsWith("602401143452.dkr.ecr.us-west-2.amazonaws.com/amazon-k8s-cni"));
    }

    private static Drawing drawing(ClusterSpec spec) {
        return new Drawing(spec, scope(spec), MadeUp.surroundings(spec, Optional.of("Z1")));
    }

    /** The service authorization reference gives these no resource type and no condition that would fit. */
    private static final Set<String> ONLY_ON_ANYTHING = Set.of(
            "ssmmessages:CreateControlChannel",
            "ssmmessages:CreateDataChannel",
            "ssmmessages:OpenControlChannel",
            "ssmmessages:OpenDataChannel");

    /** The API references give the requests of these no parameter for tags. */
    private static final Pattern TAKES_NO_TAGS = Pattern.compile(
            "(ecr|kms|s3|sqs|ssm|ssmmessages):.*"
                    + "|iam:CreateServiceLinkedRole|autoscaling:CompleteLifecycleAction"
                    + "|\\w+:(Apply|Assign|Attach|Configure|Delete|Deregister|Describe|Detach|Modify|Register|Revoke|Set|Unassign)\\w*");

    /** What a request names beside that which it makes and tags. */
    private static final Map<String, Set<String>> NAMED_BESIDE = Map.of(
            "ec2:CreateNetworkInterface", Set.of("security-group", "subnet"),
            "ec2:CreateSecurityGroup", Set.of("vpc"),
            "ec2:CreateSnapshot", Set.of("volume"),
            "ec2:CreateVolume", Set.of("snapshot"));

    private static final int INLINE_LIMIT =
            10_240; // IAM user guide, "IAM and AWS STS quotas": all inline policies of a role
    private static final ClusterSpec PAYMENTS = SampleSpecs.payments().build();
    private static final ClusterSpec STACKED =
            SampleSpecs.payments().etcd(EtcdSpec.Builder::stacked).build();
    private static final ClusterSpec ON_VPC_NETWORK =
            SampleSpecs.payments().cni(c -> c.kind(CniKind.AWS_VPC)).build();

    private static final String KEY = "arn:aws:kms:eu-west-1:111122223333:key/1c1c2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f";
    private static final ClusterSpec WITH_KMS = SampleSpecs.payments()
            .kubernetes(k -> k.secretsEncryption(SecretsEncryption.KMS).secretsKmsKey(KEY))
            .keys(k -> k.kmsKey(KEY))
            .assets(a -> a.preinstalled(NodeAsset.AWS_ENCRYPTION_PROVIDER))
            .build();

    private static final ClusterSpec ROUTED =
            SampleSpecs.payments().cni(c -> c.kind(CniKind.KUBE_ROUTER)).build();
    private static final ClusterSpec CALICO = SampleSpecs.payments()
            .network(n -> n.zones("eu-west-1a"))
            .etcd(e -> e.surviveZoneLoss(false))
            .cni(c -> c.kind(CniKind.CALICO).encapsulation(Encapsulation.NATIVE))
            .build();
    private static final String MAIN_KEY =
            "arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f";
    private static final String EVENTS_KEY =
            "arn:aws:kms:eu-west-1:111122223333:key/9f8e7d6c-0a1b-0a1b-0a1b-0a1b2c3d4e5f";
    private static final ClusterSpec WITH_KEYS = SampleSpecs.payments()
            .etcd(e -> e.volume(v -> v.kmsKey(MAIN_KEY)).events(events -> events.volume(v -> v.kmsKey(EVENTS_KEY))))
            .build();

    private record Grant(String action, List<String> resources, List<String> conditions) {
        boolean reads() {
            String name = action.substring(action.indexOf(':') + 1);
            return Stream.of("Describe", "Get", "List", "BatchGet", "BatchCheck")
                    .anyMatch(name::startsWith);
        }

        @Override
        public String toString() {
            return action + " on " + String.join(" and ", resources)
                    + (conditions.isEmpty() ? "" : " if " + String.join(" and ", conditions));
        }
    }

    private static List<Grant> grants(MachineRole role, ClusterSpec spec) {
        return RolePolicy.of(role, drawing(spec)).map(RolePolicyTest::grants).orElse(List.of());
    }

    private static ClusterScope scope(ClusterSpec spec) {
        return BlueprintGoldenTest.scope(spec);
    }

    private static List<Grant> grants(String policy) {
        List<Grant> grants = new ArrayList<>();
        for (JsonNode statement : Decision.json(policy).path("Statement")) {
            assertThat(statement.path("Effect").asText()).isEqualTo("Allow");
            List<String> conditions = new ArrayList<>();
            statement.path("Condition").properties().forEach(operator -> operator.getValue()
                    .properties()
                    .forEach(key ->
                            conditions.add(key.getKey() + " is " + String.join("/", Decision.texts(key.getValue())))));
            for (String action : Decision.texts(statement.path("Action"))) {
                grants.add(new Grant(action, Decision.texts(statement.path("Resource")), conditions));
            }
        }
        return grants;
    }

    static Stream<Arguments> specs() {
        return Stream.of(
                arguments("payments", PAYMENTS),
                arguments("stacked", STACKED),
                arguments("VPC network", ON_VPC_NETWORK),
                arguments("source check of instances", ROUTED),
                arguments("source check of interfaces", CALICO),
                arguments("keys", WITH_KEYS),
                arguments("KMS", WITH_KMS),
                arguments("everything", SampleSpecs.everyProperty()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("specs")
    void noWriteIsAllowedOnAnythingWithoutACondition(String name, ClusterSpec spec) {
        for (MachineRole role : MachineRole.values()) {
            assertThat(grants(role, spec))
                    .filteredOn(grant -> !grant.reads() && !ONLY_ON_ANYTHING.contains(grant.action()))
                    .allSatisfy(grant -> assertThat(grant.resources().contains("*")
                                    && grant.conditions().isEmpty())
                            .as("%s of %s", grant, role)
                            .isFalse());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("specs")
    void everyWriteIsBoundToTheCluster(String name, ClusterSpec spec) {
        String cluster = spec.name();
        for (MachineRole role : MachineRole.values()) {
            assertThat(grants(role, spec))
                    .filteredOn(grant -> !grant.reads() && !ONLY_ON_ANYTHING.contains(grant.action()))
                    .allSatisfy(grant -> assertThat(grant.conditions().stream()
                                            .anyMatch(condition -> condition.endsWith(" is " + cluster))
                                    || grant.resources().stream().allMatch(resource -> resource.contains(cluster))
                                    || grant.conditions()
                                            .contains("iam:AWSServiceName is elasticloadbalancing.amazonaws.com")
                                    || grant.action().equals("ssm:UpdateInstanceInformation")
                                    || keys(spec).containsAll(grant.resources())
                                    || grant.resources().stream()
                                            .allMatch(resource -> resource.endsWith(":security-group/*")))
                            .as("%s of %s", grant, role)
                            .isTrue());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("specs")
    void noStatementLetsAMachineSetATagOfOurs(String name, ClusterSpec spec) {
        for (MachineRole role : MachineRole.values()) {
            for (Ask ask : asksThatMaySetTags(role, spec)) {
                assertThat(ask.allowed(Map.of())).as("%s", ask).isTrue();
                for (String tag : List.of(ROLE, MEMBER, "k8saws.io/any")) {
                    assertThat(ask.allowed(Map.of("aws:RequestTag/" + tag, "etcd")))
                            .as("%s with the tag %s", ask, tag)
                            .isFalse();
                }
            }
        }
    }

    @Test
    void whatMaySetTagsIsSeen() {
        Set<String> asked = new TreeSet<>();
        asksThatMaySetTags(MachineRole.CONTROL_PLANE, ON_VPC_NETWORK).forEach(ask -> asked.add(ask.action()));

        assertThat(asked)
                .contains(
                        "ec2:CreateNetworkInterface",
                        "ec2:CreateSecurityGroup",
                        "ec2:CreateSnapshot",
                        "ec2:CreateTags",
                        "ec2:CreateVolume",
                        "elasticloadbalancing:AddTags",
                        "elasticloadbalancing:CreateLoadBalancer");
    }

    /** A request that one statement allows. */
    private record Ask(JsonNode statement, String action, String resource, Map<String, String> context) {
        boolean allowed(Map<String, String> more) {
            Map<String, String> all = new TreeMap<>(context);
            all.putAll(more);
            return Decision.allows("{\"Statement\": [" + statement + "]}", action, resource, all);
        }

        @Override
        public String toString() {
            return action + " on " + resource + " by " + statement.path("Sid").asText();
        }
    }

    /** For each action that may set tags, each statement and each kind of resource that it allows: a request with just what the statement asks for. */
    private static List<Ask> asksThatMaySetTags(MachineRole role, ClusterSpec spec) {
        List<Ask> asks = new ArrayList<>();
        String policy = RolePolicy.of(role, drawing(spec)).orElse("{\"Statement\": []}");
        for (JsonNode statement : Decision.json(policy).path("Statement")) {
            for (String action : Decision.texts(statement.path("Action"))) {
                for (String resource : Decision.texts(statement.path("Resource"))) {
                    if (!TAKES_NO_TAGS.matcher(action).matches()
                            && !NAMED_BESIDE.getOrDefault(action, Set.of()).contains(kind(resource))) {
                        asks.add(new Ask(
                                statement,
                                action,
                                resource.replace("*", "one"),
                                Decision.fitting(statement.path("Condition"))));
                    }
                }
            }
        }
        return asks;
    }

    private static String kind(String arn) {
        return arn.substring(arn.lastIndexOf(':') + 1).replaceFirst("/.*", "");
    }

    @ParameterizedTest
    @EnumSource(MachineRole.class)
    void noActionHasAWildcard(MachineRole role) {
        assertThat(grants(role, STACKED)).noneMatch(grant -> grant.action().contains("*"));
    }

    /** What each role may do in the bucket, as {@code action key}. */
    static Stream<Arguments> rightsInTheBucket() {
        return Stream.of(
                Arguments.of(
                        MachineRole.CONTROL_PLANE,
                        Set.of(
                                "s3:GetObject /nodes/control-plane*",
                                "s3:GetObject /nodes/pki/control-plane/*",
                                "s3:PutObject /join/nodes.conf",
                                "s3:PutObject /status/control-plane/*")),
                Arguments.of(
                        MachineRole.ETCD,
                        Set.of(
                                "s3:GetObject /etcd/*",
                                "s3:GetObject /nodes/etcd-*",
                                "s3:GetObject /nodes/pki/etcd/*",
                                "s3:ListBucket ",
                                "s3:PutObject /etcd/*/*/disk",
                                "s3:PutObject /etcd/*/*/followed/*",
                                "s3:PutObject /etcd/*/initialised",
                                "s3:PutObject /status/etcd/*")),
                Arguments.of(
                        MachineRole.NODES,
                        Set.of(
                                "s3:GetObject /join/nodes.conf",
                                "s3:GetObject /nodes/pool-*",
                                "s3:PutObject /status/nodes/*")));
    }

    @ParameterizedTest
    @MethodSource("rightsInTheBucket")
    void aRoleReadsAndWritesOnlyItsOwnPartsOfTheBucket(MachineRole role, Set<String> rights) {
        String bucket = "arn:aws:s3:::" + scope(PAYMENTS).bucket();

        assertThat(grants(role, PAYMENTS).stream()
                        .filter(grant -> grant.action().startsWith("s3:"))
                        .flatMap(grant -> grant.resources().stream()
                                .map(resource -> grant.action() + " " + resource.substring(bucket.length()))))
                .containsExactlyInAnyOrderElementsOf(rights);
    }

    @Test
    void noRoleReadsTheKeysOfTheCluster() {
        String key = "arn:aws:s3:::" + scope(STACKED).bucket() + "/nodes/pki/keys/authority-etcd-1";
        for (MachineRole role : MachineRole.values()) {
            RolePolicy.of(role, drawing(STACKED))
                    .ifPresent(policy -> assertThat(Decision.allows(policy, "s3:GetObject", key, Map.of()))
                            .as("%s", role)
                            .isFalse());
        }
    }

    @Test
    void machinesReadTheMirrorThatIsABucket() {
        ClusterSpec spec = SampleSpecs.payments()
                .assets(a -> a.mirror("s3://artifacts/k8s"))
                .build();

        assertThat(List.of(MachineRole.CONTROL_PLANE, MachineRole.ETCD, MachineRole.NODES))
                .allSatisfy(role -> assertThat(grants(role, spec))
                        .anyMatch(grant -> grant.action().equals("s3:GetObject")
                                && grant.resources().contains("arn:aws:s3:::artifacts/k8s/*")));
    }

    @Test
    void etcdMembersAttachWhatIsMarkedAsAMembersToMembers_andWriteNothingElse() {
        String owned = " if aws:ResourceTag/KubernetesCluster is payments";
        String members = " on arn:aws:ec2:eu-west-1:111122223333:network-interface/* and "
                + "arn:aws:ec2:eu-west-1:111122223333:volume/* if aws:ResourceTag/k8saws.io/etcd-member is false and "
                + "aws:ResourceTag/KubernetesCluster is payments";
        String machines = " on " + INSTANCES + owned + " and aws:ResourceTag/k8saws.io/role is etcd";

        assertThat(writes(MachineRole.ETCD, PAYMENTS))
                .containsExactlyInAnyOrder(
                        "ec2:AttachNetworkInterface" + members,
                        "ec2:AttachNetworkInterface" + machines,
                        "ec2:AttachVolume" + members,
                        "ec2:AttachVolume" + machines,
                        "s3:PutObject on arn:aws:s3:::" + scope(PAYMENTS).bucket() + "/status/etcd/*",
                        "s3:PutObject on " + notes(),
                        SESSION);
    }

    @ParameterizedTest
    @CsvSource({"false, ETCD, etcd", "true, CONTROL_PLANE, control-plane"})
    void aMemberTakesNoDiskOfTheStorageDriver_andPutsNoneOnOtherMachines(
            boolean stacked, MachineRole role, String label) {
        ClusterSpec spec = stacked ? STACKED : PAYMENTS;
        Map<String, String> machine = owned(Map.of(ROLE, label));

        assertThat(may(role, spec, "ec2:AttachVolume", VOLUME, owned(Map.of(MEMBER, "etcd-1"))))
                .isTrue();
        assertThat(may(role, spec, "ec2:AttachVolume", INSTANCE, machine)).isTrue();
        assertThat(may(role, spec, "ec2:AttachNetworkInterface", INTERFACE, owned(Map.of(MEMBER, "etcd-1"))))
                .isTrue();
        assertThat(may(role, spec, "ec2:AttachNetworkInterface", INSTANCE, machine))
                .isTrue();

        assertThat(may(role, spec, "ec2:AttachVolume", VOLUME, owned(Map.of()))).isEqualTo(stacked);
        assertThat(may(role, spec, "ec2:AttachNetworkInterface", INTERFACE, owned(Map.of())))
                .isFalse();
        assertThat(may(role, spec, "ec2:AttachNetworkInterface", INSTANCE, owned(Map.of(ROLE, "nodes"))))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theStorageDriverLeavesEtcdsDisksAlone(boolean stacked) {
        ClusterSpec spec = stacked ? STACKED : PAYMENTS;
        Map<String, String> members = owned(Map.of(MEMBER, "etcd-1"));

        for (String action : List.of("DeleteVolume", "DetachVolume", "ModifyVolume", "CreateSnapshot")) {
            for (MachineRole role : MachineRole.values()) {
                assertThat(may(role, spec, "ec2:" + action, VOLUME, members))
                        .as("%s of an etcd disk by %s", action, role)
                        .isFalse();
            }
            assertThat(may(MachineRole.CONTROL_PLANE, spec, "ec2:" + action, VOLUME, owned(Map.of())))
                    .as(action)
                    .isTrue();
            assertThat(may(MachineRole.CONTROL_PLANE, spec, "ec2:" + action, VOLUME, Map.of()))
                    .as("%s of a disk that is not the cluster's", action)
                    .isFalse();
        }
        assertThat(may(MachineRole.CONTROL_PLANE, spec, "ec2:AttachVolume", VOLUME, members))
                .isEqualTo(stacked);
        assertThat(may(MachineRole.CONTROL_PLANE, spec, "ec2:AttachVolume", INSTANCE, owned(Map.of(ROLE, "nodes"))))
                .isTrue();
    }

    @ParameterizedTest
    @EnumSource(MachineRole.class)
    void nobodyTouchesTheRootDiskOfAMachine(MachineRole machine) {
        Map<String, String> rootDisk = owned(Map.of(ROLE, machine.label()));

        for (String action :
                List.of("AttachVolume", "CreateSnapshot", "DeleteVolume", "DetachVolume", "ModifyVolume")) {
            for (ClusterSpec spec : List.of(PAYMENTS, STACKED, ON_VPC_NETWORK)) {
                for (MachineRole role : MachineRole.values()) {
                    assertThat(may(role, spec, "ec2:" + action, VOLUME, rootDisk))
                            .as("%s by %s", action, role)
                            .isFalse();
                }
            }
        }
    }

    @Test
    void theCloudControllerTagsWhatItMakes_inTheCallThatMakesIt() {
        MachineRole role = MachineRole.CONTROL_PLANE;
        String addTags = "elasticloadbalancing:AddTags";
        String balancer = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/shop/1";
        Map<String, String> asked = Map.of("aws:RequestTag/KubernetesCluster", "payments");

        for (String create : List.of("CreateListener", "CreateLoadBalancer", "CreateTargetGroup")) {
            Map<String, String> creating = Map.of("elasticloadbalancing:CreateAction", create);
            assertThat(may(
                            role,
                            PAYMENTS,
                            addTags,
                            balancer,
                            with(creating, "aws:RequestTag/KubernetesCluster", "payments")))
                    .as("%s, when nothing has a tag yet", create)
                    .isTrue();
            assertThat(may(
                            role,
                            PAYMENTS,
                            addTags,
                            balancer,
                            with(creating, "aws:RequestTag/KubernetesCluster", "other")))
                    .as("%s for another cluster", create)
                    .isFalse();
            assertThat(may(role, PAYMENTS, addTags, balancer, creating))
                    .as("%s for no cluster", create)
                    .isFalse();
        }
        assertThat(may(role, PAYMENTS, addTags, balancer, owned(asked))).isTrue();
        assertThat(may(role, PAYMENTS, addTags, balancer, asked))
                .as("tag a load balancer that is there and not the cluster's")
                .isFalse();
    }

    @Test
    void theStorageDriverMakesSnapshots_andDisksOfThem() {
        MachineRole role = MachineRole.CONTROL_PLANE;
        Map<String, String> asked = Map.of("aws:RequestTag/KubernetesCluster", "payments");

        assertThat(may(role, PAYMENTS, "ec2:CreateSnapshot", SNAPSHOT, asked)).isTrue();
        assertThat(may(role, PAYMENTS, "ec2:CreateTags", SNAPSHOT, with(asked, "ec2:CreateAction", "CreateSnapshot")))
                .isTrue();
        assertThat(may(role, PAYMENTS, "ec2:DeleteSnapshot", SNAPSHOT, owned(Map.of())))
                .isTrue();
        assertThat(may(role, PAYMENTS, "ec2:CreateVolume", SNAPSHOT, owned(Map.of())))
                .isTrue();
        assertThat(may(role, PAYMENTS, "ec2:CreateVolume", VOLUME, asked)).isTrue();

        assertThat(may(role, PAYMENTS, "ec2:CreateSnapshot", SNAPSHOT, Map.of()))
                .isFalse();
        assertThat(may(role, PAYMENTS, "ec2:CreateTags", SNAPSHOT, asked))
                .as("tag a snapshot that is there")
                .isFalse();
        assertThat(may(role, PAYMENTS, "ec2:DeleteSnapshot", SNAPSHOT, Map.of()))
                .isFalse();
        assertThat(may(role, PAYMENTS, "ec2:DeleteSnapshot", SNAPSHOT, owned(Map.of(MEMBER, "etcd-1"))))
                .as("of a disk of etcd, with its tags")
                .isFalse();
        assertThat(may(role, PAYMENTS, "ec2:CreateVolume", SNAPSHOT, Map.of())).isFalse();
        assertThat(may(
                        role,
                        PAYMENTS,
                        "ec2:CreateTags",
                        VOLUME,
                        with(with(asked, "ec2:CreateAction", "CreateVolume"), "aws:RequestTag/" + MEMBER, "etcd-1")))
                .as("make a disk that looks like a member's")
                .isFalse();
    }

    @Test
    void membersMayUseTheKeysOfTheirDisks_andNobodyElseAnyKey() {
        Map<String, String> byEc2 = Map.of("kms:ViaService", "ec2.eu-west-1.amazonaws.com");
        Map<String, String> grant = with(byEc2, "kms:GrantIsForAWSResource", "true");
        List<String> uses = List.of("Decrypt", "DescribeKey", "GenerateDataKeyWithoutPlaintext", "ReEncryptFrom");

        for (String key : List.of(MAIN_KEY, EVENTS_KEY)) {
            for (String use : uses) {
                assertThat(may(MachineRole.ETCD, WITH_KEYS, "kms:" + use, key, byEc2))
                        .as(use)
                        .isTrue();
                assertThat(may(MachineRole.ETCD, WITH_KEYS, "kms:" + use, key, Map.of()))
                        .as("%s by itself", use)
                        .isFalse();
            }
            assertThat(may(MachineRole.ETCD, WITH_KEYS, "kms:CreateGrant", key, grant))
                    .isTrue();
            assertThat(may(
                            MachineRole.ETCD,
                            WITH_KEYS,
                            "kms:CreateGrant",
                            key,
                            with(byEc2, "kms:GrantIsForAWSResource", "false")))
                    .isFalse();
        }
        assertThat(actions(MachineRole.CONTROL_PLANE, WITH_KEYS)).noneMatch(action -> action.startsWith("kms:"));
        assertThat(actions(MachineRole.NODES, WITH_KEYS)).noneMatch(action -> action.startsWith("kms:"));
        assertThat(actions(MachineRole.ETCD, PAYMENTS)).noneMatch(action -> action.startsWith("kms:"));
        ClusterSpec stacked =
                WITH_KEYS.toBuilder().etcd(EtcdSpec.Builder::stacked).build();
        assertThat(may(MachineRole.CONTROL_PLANE, stacked, "kms:CreateGrant", EVENTS_KEY, grant))
                .isTrue();
    }

    @Test
    void onlyTheControlPlaneAsksTheKeyOfSecrets_andWhoReadsBundlesDecryptsThemThroughS3() {
        Map<String, String> throughS3 = Map.of(
                "kms:ViaService",
                "s3.eu-west-1.amazonaws.com",
                "kms:EncryptionContext:aws:s3:arn",
                "arn:aws:s3:::" + scope(WITH_KMS).bucket());
        for (String use : List.of("Decrypt", "DescribeKey", "Encrypt")) {
            assertThat(may(MachineRole.CONTROL_PLANE, WITH_KMS, "kms:" + use, KEY, Map.of()))
                    .as(use)
                    .isTrue();
        }
        assertThat(actions(MachineRole.CONTROL_PLANE, WITH_KMS))
                .filteredOn(action -> action.startsWith("kms:"))
                .containsOnly("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt");
        assertThat(may(MachineRole.ETCD, WITH_KMS, "kms:Decrypt", KEY, throughS3))
                .isTrue();
        assertThat(may(MachineRole.ETCD, WITH_KMS, "kms:Decrypt", KEY, Map.of()))
                .isFalse();
        assertThat(may(
                        MachineRole.ETCD,
                        WITH_KMS,
                        "kms:Decrypt",
                        KEY,
                        with(throughS3, "kms:EncryptionContext:aws:s3:arn", "arn:aws:s3:::another")))
                .isFalse();
        assertThat(actions(MachineRole.ETCD, WITH_KMS))
                .filteredOn(action -> action.startsWith("kms:"))
                .containsOnly("kms:Decrypt");
        assertThat(actions(MachineRole.NODES, WITH_KMS)).noneMatch(action -> action.startsWith("kms:"));
    }

    @Test
    void nodesWriteTheirStatus_andNothingElse() {
        assertThat(writes(MachineRole.NODES, PAYMENTS))
                .containsExactlyInAnyOrder(
                        SESSION,
                        "s3:PutObject on arn:aws:s3:::" + scope(PAYMENTS).bucket() + "/status/nodes/*",
                        "autoscaling:CompleteLifecycleAction on * if aws:ResourceTag/KubernetesCluster is payments");
    }

    @ParameterizedTest
    @CsvSource({"NODES, nodes, control-plane", "CONTROL_PLANE, control-plane, nodes"})
    void theVpcNetworksAgentHandlesTheInterfacesOfItsOwnKindOfMachine(MachineRole role, String own, String other) {
        for (String action : List.of(
                "AssignPrivateIpAddresses",
                "AttachNetworkInterface",
                "DeleteNetworkInterface",
                "DetachNetworkInterface",
                "ModifyNetworkInterfaceAttribute",
                "UnassignPrivateIpAddresses")) {
            assertThat(onVpc(role, action, INTERFACE, Map.of())).as(action).isTrue();
            assertThat(onVpc(role, action, INTERFACE, Map.of(ROLE, own)))
                    .as(action)
                    .isTrue();
            assertThat(onVpc(role, action, INTERFACE, Map.of(ROLE, other)))
                    .as("%s of the first interface of another role's machine", action)
                    .isFalse();
            assertThat(onVpc(role, action, INTERFACE, Map.of(MEMBER, "etcd-1")))
                    .as("%s of a member's address", action)
                    .isFalse();
        }
        for (String action : List.of("AttachNetworkInterface", "DetachNetworkInterface")) {
            assertThat(onVpc(role, action, INSTANCE, Map.of(ROLE, own)))
                    .as(action)
                    .isTrue();
            for (String label : List.of(other, "etcd", "bastion")) {
                assertThat(onVpc(role, action, INSTANCE, Map.of(ROLE, label)))
                        .as("%s of a machine of %s", action, label)
                        .isFalse();
            }
        }
    }

    @Test
    void theVpcNetworksAgentMakesAndTagsInterfaces_butNoneThatLooksLikeAMembers() {
        MachineRole role = MachineRole.NODES;
        String spoofed = "aws:RequestTag/" + MEMBER;
        Map<String, String> asked =
                Map.of("aws:RequestTag/KubernetesCluster", "payments", "aws:RequestTag/other", "tag");
        Map<String, String> creating = with(asked, "ec2:CreateAction", "CreateNetworkInterface");
        String create = "ec2:CreateNetworkInterface";

        assertThat(may(role, ON_VPC_NETWORK, create, INTERFACE, asked)).isTrue();
        assertThat(may(role, ON_VPC_NETWORK, create, INTERFACE, Map.of())).isFalse();
        assertThat(may(role, ON_VPC_NETWORK, create, SUBNET, owned(Map.of()))).isTrue();
        assertThat(may(role, ON_VPC_NETWORK, create, SUBNET, Map.of())).isFalse();
        assertThat(may(role, ON_VPC_NETWORK, "ec2:CreateTags", INTERFACE, creating))
                .isTrue();
        assertThat(may(role, ON_VPC_NETWORK, "ec2:CreateTags", INTERFACE, with(creating, spoofed, "etcd-1")))
                .isFalse();

        Map<String, String> found =
                with(owned(Map.of(ROLE, "nodes")), "aws:RequestTag/node.k8s.amazonaws.com/instance_id", "i-1");
        assertThat(may(role, ON_VPC_NETWORK, "ec2:CreateTags", INTERFACE, found))
                .isTrue();
        assertThat(may(role, ON_VPC_NETWORK, "ec2:CreateTags", INTERFACE, with(found, spoofed, "etcd-1")))
                .isFalse();
        assertThat(may(
                        role,
                        ON_VPC_NETWORK,
                        "ec2:CreateTags",
                        INTERFACE,
                        with(found, "aws:RequestTag/KubernetesCluster", "other")))
                .isFalse();
        assertThat(may(role, ON_VPC_NETWORK, "ec2:CreateTags", INTERFACE, owned(Map.of(MEMBER, "etcd-1"))))
                .isFalse();
        assertThat(may(role, ON_VPC_NETWORK, "ec2:CreateTags", INTERFACE, Map.of()))
                .isFalse();
    }

    @Test
    void nodesThatTurnOffTheSourceCheckDoNothingElseToInstances() {
        String modify = "ec2:ModifyInstanceAttribute";
        Map<String, String> off = Map.of("ec2:Attribute/SourceDestCheck", "false");

        assertThat(may(MachineRole.NODES, ROUTED, modify, INSTANCE, owned(with(off, ROLE, "nodes"))))
                .isTrue();
        assertThat(may(MachineRole.CONTROL_PLANE, ROUTED, modify, INSTANCE, owned(with(off, ROLE, "control-plane"))))
                .isTrue();
        assertThat(may(MachineRole.NODES, ROUTED, modify, INSTANCE, owned(with(off, ROLE, "control-plane"))))
                .isFalse();
        for (MachineRole role : MachineRole.values()) {
            assertThat(may(role, ROUTED, modify, INSTANCE, owned(Map.of(ROLE, role.label()))))
                    .as("%s changes groups or user data", role)
                    .isFalse();
            assertThat(actions(role, PAYMENTS)).doesNotContain(modify);
        }
    }

    @Test
    void calicoTurnsTheSourceCheckOffAtTheInterface() {
        String modify = "ec2:ModifyNetworkInterfaceAttribute";
        Map<String, String> off = Map.of("ec2:Attribute/SourceDestCheck", "false");

        assertThat(may(MachineRole.NODES, CALICO, modify, INTERFACE, owned(with(off, ROLE, "nodes"))))
                .isTrue();
        assertThat(may(MachineRole.NODES, CALICO, modify, INTERFACE, owned(with(off, ROLE, "control-plane"))))
                .isFalse();
        assertThat(may(MachineRole.NODES, CALICO, modify, INTERFACE, owned(with(off, MEMBER, "etcd-1"))))
                .isFalse();
        assertThat(may(MachineRole.NODES, CALICO, modify, INTERFACE, owned(Map.of(ROLE, "nodes"))))
                .as("changes groups")
                .isFalse();
        assertThat(actions(MachineRole.NODES, CALICO)).doesNotContain("ec2:ModifyInstanceAttribute");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("specs")
    void whatIsDrawnCarriesTheTagsThatThePoliciesAskFor(String name, ClusterSpec spec) {
        for (Resource resource : BlueprintGoldenTest.graph(spec).inOrder()) {
            if (resource.attributes() instanceof Volumes.Volume volume) {
                assertThat(volume.tags()).containsKey(MEMBER);
            } else if (resource.attributes() instanceof NetworkInterfaces.NetworkInterface address) {
                assertThat(address.tags()).containsKey(MEMBER);
            } else if (resource.attributes() instanceof LaunchTemplates.LaunchTemplate template) {
                String label = UserDataTest.role(template);
                assertThat(template.instanceTags()).containsEntry(ROLE, label);
                assertThat(template.tags()).containsEntry(ROLE, label);
            }
        }
    }

    @Test
    void aBastionMayDoNothing() {
        assertThat(grants(MachineRole.BASTION, SampleSpecs.everyProperty())).isEmpty();
    }

    @Test
    void stackedMembersGetWhatDedicatedOnesHave() {
        assertThat(actions(MachineRole.CONTROL_PLANE, STACKED))
                .containsAll(List.of("ec2:AttachVolume", "ec2:AttachNetworkInterface", "ec2:DescribeVolumes"));
        assertThat(actions(MachineRole.CONTROL_PLANE, PAYMENTS)).doesNotContain("ec2:AttachNetworkInterface");
    }

    @Test
    void theControlPlaneRunsNoInstancesAndMakesNoRoles() {
        assertThat(actions(MachineRole.CONTROL_PLANE, STACKED))
                .noneMatch(action -> action.startsWith("iam:") && !action.equals("iam:CreateServiceLinkedRole"))
                .noneMatch(action -> action.startsWith("s3:Delete"))
                .doesNotContain("ec2:RunInstances", "ec2:TerminateInstances", "sts:AssumeRole");
    }

    @Test
    void policiesFitInlineAtAnyNumberOfPools() {
        ClusterSpec.Builder many = SampleSpecs.payments()
                .name("a-cluster-with-the-longest-name1")
                .cni(c -> c.kind(CniKind.AWS_VPC))
                .etcd(e -> e.stacked()
                        .volume(v -> v.kmsKey(MAIN_KEY))
                        .events(events -> events.volume(v -> v.kmsKey(EVENTS_KEY))));
        for (int i = 0; i < 100; i++) {
            String name = "pool-" + i;
            many.addNodePool(p -> p.name(name).instanceTypes("m6i.large").size(1));
        }
        ClusterSpec spec = many.build();

        ClusterScope longest = new ClusterScope(spec.name(), "111122223333", "us-gov-west-1", "aws-us-gov");

        for (MachineRole role : MachineRole.values()) {
            RolePolicy.of(role, new Drawing(spec, longest, MadeUp.surroundings(spec, Optional.of("Z1"))))
                    .ifPresent(policy -> assertThat(policy).hasSizeLessThan(INLINE_LIMIT));
        }
    }

    private static final String EC2 = "arn:aws:ec2:eu-west-1:111122223333:";
    private static final String INSTANCES = EC2 + "instance/*";
    private static final String INSTANCE = EC2 + "instance/i-1";
    private static final String VOLUME = EC2 + "volume/vol-1";
    private static final String INTERFACE = EC2 + "network-interface/eni-1";
    private static final String SUBNET = EC2 + "subnet/subnet-1";
    private static final String SNAPSHOT = "arn:aws:ec2:eu-west-1::snapshot/snap-1";
    private static final String ROLE = "k8saws.io/role";
    private static final String MEMBER = "k8saws.io/etcd-member";

    private static boolean onVpc(MachineRole role, String action, String resource, Map<String, String> tags) {
        return may(role, ON_VPC_NETWORK, "ec2:" + action, resource, owned(tags));
    }

    private static boolean may(
            MachineRole role, ClusterSpec spec, String action, String resource, Map<String, String> context) {
        return RolePolicy.of(role, drawing(spec))
                .filter(policy -> Decision.allows(policy, action, resource, context))
                .isPresent();
    }

    /** What a request about a resource of the cluster carries: the resource's tags, and other keys as they are. */
    private static Map<String, String> owned(Map<String, String> more) {
        Map<String, String> context = new TreeMap<>();
        context.put("aws:ResourceTag/KubernetesCluster", "payments");
        more.forEach((key, value) ->
                context.put(Set.of(ROLE, MEMBER).contains(key) ? "aws:ResourceTag/" + key : key, value));
        return context;
    }

    private static Map<String, String> with(Map<String, String> context, String key, String value) {
        Map<String, String> more = new TreeMap<>(context);
        more.put(key, value);
        return more;
    }

    private static Set<String> keys(ClusterSpec spec) {
        Set<String> keys = new TreeSet<>();
        spec.etcd().volume().kmsKey().ifPresent(keys::add);
        spec.kubernetes().secretsKmsKey().ifPresent(keys::add);
        spec.keys().kmsKey().ifPresent(keys::add);
        spec.etcd().events().flatMap(events -> events.volume().kmsKey()).ifPresent(keys::add);
        return keys;
    }

    private static final String SESSION =
            "ssm:UpdateInstanceInformation on arn:aws:ec2:eu-west-1:111122223333:instance/*";

    private static List<String> writes(MachineRole role, ClusterSpec spec) {
        return grants(role, spec).stream()
                .filter(grant -> !grant.reads() && !ONLY_ON_ANYTHING.contains(grant.action()))
                .map(Grant::toString)
                .sorted()
                .toList();
    }

    private static List<String> actions(MachineRole role, ClusterSpec spec) {
        return grants(role, spec).stream().map(Grant::action).distinct().toList();
    }
}
