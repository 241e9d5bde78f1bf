package io.k8saws.internal.blueprint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.CniKind;
import io.k8saws.cluster.EtcdSpec;
import io.k8saws.cluster.SampleSpecs;
import io.k8saws.internal.graph.ClusterScope;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("A role may do what its machines need, and nothing more")
class RolePolicyTest {
    /** The service authorization reference gives these no resource type and no condition that would fit. */
    private static final Set<String> ONLY_ON_ANYTHING = Set.of(
            "ssmmessages:CreateControlChannel",
            "ssmmessages:CreateDataChannel",
            "ssmmessages:OpenControlChannel",
            "ssmmessages:OpenDataChannel");

    private static final int INLINE_LIMIT =
            10_240; // IAM user guide, "IAM and AWS STS quotas": all inline policies of a role
    private static final ClusterSpec PAYMENTS = SampleSpecs.payments().build();
    private static final ClusterSpec STACKED =
            SampleSpecs.payments().etcd(EtcdSpec.Builder::stacked).build();
    private static final ClusterSpec ON_VPC_NETWORK =
            SampleSpecs.payments().cni(c -> c.kind(CniKind.AWS_VPC)).build();

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
        return RolePolicy.of(role, new Drawing(spec, scope(spec)))
                .map(RolePolicyTest::grants)
                .orElse(List.of());
    }

    private static ClusterScope scope(ClusterSpec spec) {
        return BlueprintGoldenTest.scope(spec);
    }

    private static List<Grant> grants(String policy) {
        List<Grant> grants = new ArrayList<>();
        for (JsonNode statement : json(policy).path("Statement")) {
            assertThat(statement.path("Effect").asText()).isEqualTo("Allow");
            List<String> conditions = new ArrayList<>();
            statement.path("Condition").properties().forEach(operator -> operator.getValue()
                    .properties()
                    .forEach(key -> conditions.add(
                            key.getKey() + " is " + key.getValue().asText())));
            for (String action : texts(statement.path("Action"))) {
                grants.add(new Grant(action, texts(statement.path("Resource")), conditions));
            }
        }
        return grants;
    }

    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> texts(JsonNode oneOrMore) {
        List<String> texts = new ArrayList<>();
        if (oneOrMore.isTextual()) {
            texts.add(oneOrMore.asText());
        }
        oneOrMore.forEach(item -> texts.add(item.asText()));
        return texts;
    }

    static Stream<Arguments> specs() {
        return Stream.of(
                arguments("payments", PAYMENTS),
                arguments("stacked", STACKED),
                arguments("VPC network", ON_VPC_NETWORK),
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
                                    || grant.resources().stream()
                                            .allMatch(resource -> resource.endsWith(":security-group/*")))
                            .as("%s of %s", grant, role)
                            .isTrue());
        }
    }

    @ParameterizedTest
    @EnumSource(MachineRole.class)
    void noActionHasAWildcard(MachineRole role) {
        assertThat(grants(role, STACKED)).noneMatch(grant -> grant.action().contains("*"));
    }

    @Test
    void aRoleReadsOnlyItsOwnPartOfTheBucket() {
        String bucket = "arn:aws:s3:::" + scope(PAYMENTS).bucket();
        TreeMap<MachineRole, Set<String>> parts = new TreeMap<>();
        for (MachineRole role : MachineRole.values()) {
            grants(role, PAYMENTS).stream()
                    .filter(grant -> grant.action().startsWith("s3:"))
                    .forEach(grant -> {
                        assertThat(grant.action()).isIn("s3:GetObject", "s3:GetObjectVersion");
                        parts.computeIfAbsent(role, unused -> new TreeSet<>()).addAll(grant.resources());
                    });
        }

        assertThat(parts)
                .containsOnly(
                        java.util.Map.entry(MachineRole.CONTROL_PLANE, Set.of(bucket + "/nodes/control-plane*")),
                        java.util.Map.entry(MachineRole.ETCD, Set.of(bucket + "/nodes/etcd-*")),
                        java.util.Map.entry(MachineRole.NODES, Set.of(bucket + "/nodes/pool-*")));
    }

    @Test
    void etcdMembersAttachTheirOwnDisksAndAddresses_andWriteNothingElse() {
        assertThat(writes(MachineRole.ETCD, PAYMENTS))
                .containsExactly(
                        "ec2:AttachNetworkInterface on * if aws:ResourceTag/KubernetesCluster is payments",
                        "ec2:AttachVolume on * if aws:ResourceTag/KubernetesCluster is payments",
                        SESSION);
    }

    @Test
    void nodesWriteNothing() {
        assertThat(writes(MachineRole.NODES, PAYMENTS)).containsExactly(SESSION);
    }

    @Test
    void nodesOnTheVpcNetworkHandleTheirOwnInterfaces() {
        String instances = "arn:aws:ec2:eu-west-1:111122223333:instance/*";
        String interfaces = "arn:aws:ec2:eu-west-1:111122223333:network-interface/*";
        String owned = " if aws:ResourceTag/KubernetesCluster is payments";
        String created = " if aws:RequestTag/KubernetesCluster is payments";

        String groups = "arn:aws:ec2:eu-west-1:111122223333:security-group/*";

        assertThat(writes(MachineRole.NODES, ON_VPC_NETWORK))
                .containsExactlyInAnyOrder(
                        "ec2:AssignPrivateIpAddresses on " + instances + " and " + interfaces + owned,
                        "ec2:AttachNetworkInterface on " + instances + " and " + interfaces + owned,
                        "ec2:CreateNetworkInterface on " + interfaces + created,
                        "ec2:CreateNetworkInterface on " + groups,
                        "ec2:CreateNetworkInterface on arn:aws:ec2:eu-west-1:111122223333:subnet/*" + owned,
                        "ec2:CreateTags on " + interfaces + created + " and ec2:CreateAction is CreateNetworkInterface",
                        "ec2:DeleteNetworkInterface on " + instances + " and " + interfaces + owned,
                        "ec2:DetachNetworkInterface on " + instances + " and " + interfaces + owned,
                        "ec2:ModifyNetworkInterfaceAttribute on " + groups,
                        "ec2:ModifyNetworkInterfaceAttribute on " + instances + " and " + interfaces + owned,
                        "ec2:UnassignPrivateIpAddresses on " + instances + " and " + interfaces + owned,
                        SESSION);
    }

    @Test
    void nodesThatTurnOffTheSourceCheckDoSoOnTheClustersInstances() {
        ClusterSpec routed =
                SampleSpecs.payments().cni(c -> c.kind(CniKind.KUBE_ROUTER)).build();

        assertThat(writes(MachineRole.NODES, routed))
                .allMatch(grant -> grant.equals(SESSION)
                        || grant.startsWith("ec2:ModifyInstanceAttribute on ")
                                && grant.endsWith(" if aws:ResourceTag/KubernetesCluster is payments"));
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
                .noneMatch(action -> action.startsWith("s3:Put") || action.startsWith("s3:Delete"))
                .doesNotContain("ec2:RunInstances", "ec2:TerminateInstances", "sts:AssumeRole");
    }

    @Test
    void policiesFitInlineAtAnyNumberOfPools() {
        ClusterSpec.Builder many = SampleSpecs.payments()
                .name("a-cluster-with-the-longest-name1")
                .cni(c -> c.kind(CniKind.AWS_VPC))
                .etcd(EtcdSpec.Builder::stacked);
        for (int i = 0; i < 100; i++) {
            String name = "pool-" + i;
            many.addNodePool(p -> p.name(name).instanceTypes("m6i.large").size(1));
        }
        ClusterSpec spec = many.build();

        for (MachineRole role : MachineRole.values()) {
            RolePolicy.of(role, new Drawing(spec, scope(spec)))
                    .ifPresent(policy -> assertThat(policy).hasSizeLessThan(INLINE_LIMIT));
        }
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
