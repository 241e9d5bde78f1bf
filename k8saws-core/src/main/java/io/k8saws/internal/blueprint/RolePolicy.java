package io.k8saws.internal.blueprint;

import io.k8saws.cluster.AccessMethod;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.EtcdPlacement;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.network.CniFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What each machine role may do, and nothing more: reads describe, writes touch only what carries the cluster's tag, creations must set it. The statements follow
 * what the cloud controller manager, the EBS CSI driver, the node termination handler and ECR's credential provider call.
 */
final class RolePolicy {
    private static final String ANY = "*";
    private static final String CREATE_INTERFACE = "ec2:CreateNetworkInterface";
    private static final String RESOURCE_TAG = "aws:ResourceTag/" + ClusterScope.CLUSTER_TAG;
    private static final String REQUEST_TAG = "aws:RequestTag/" + ClusterScope.CLUSTER_TAG;

    private final ClusterSpec spec;
    private final ClusterScope scope;
    private final List<Policies.Statement> statements = new ArrayList<>();

    private RolePolicy(Drawing drawing) {
        this.spec = drawing.spec();
        this.scope = drawing.scope();
    }

    /** The policy document of a role; empty when the role may do nothing. */
    static Optional<String> of(MachineRole role, Drawing drawing) {
        RolePolicy policy = new RolePolicy(drawing);
        boolean stacked = drawing.spec().etcd().placement() == EtcdPlacement.STACKED;
        switch (role) {
            case CONTROL_PLANE -> {
                policy.configuration("control-plane*");
                policy.images();
                policy.cloudController();
                policy.volumes();
                policy.notices();
                policy.network();
                if (stacked) {
                    policy.memberDisks();
                }
            }
            case ETCD -> {
                policy.configuration("etcd-*");
                policy.memberDisks();
            }
            case NODES -> {
                policy.configuration("pool-*");
                policy.images();
                policy.network();
            }
            case BASTION -> {}
        }
        if (drawing.spec().access().method() == AccessMethod.SSM) {
            policy.sessions();
        }
        return policy.statements.isEmpty() ? Optional.empty() : Optional.of(Policies.document(policy.statements));
    }

    private Policies.Statement allow(String sid) {
        Policies.Statement statement = Policies.allow(sid);
        statements.add(statement);
        return statement;
    }

    private String ec2(String resource) {
        return "arn:" + scope.partition() + ":ec2:" + scope.region() + ":" + scope.account() + ":" + resource;
    }

    /** A machine reads its own part of the bucket. */
    private void configuration(String part) {
        String bucket = "arn:" + scope.partition() + ":s3:::" + scope.bucket();
        allow("Configuration").actions("s3:GetObject", "s3:GetObjectVersion").resources(bucket + "/nodes/" + part);
    }

    private void images() {
        allow("RegistryToken").actions("ecr:GetAuthorizationToken").resources(ANY);
        allow("RegistryPull")
                .actions("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
                .resources(scope.arn("ecr", "repository/*"));
    }

    private void cloudController() {
        allow("CloudRead")
                .actions(
                        "autoscaling:DescribeAutoScalingGroups",
                        "autoscaling:DescribeTags",
                        "ec2:DescribeAvailabilityZones",
                        "ec2:DescribeInstanceTopology",
                        "ec2:DescribeInstances",
                        "ec2:DescribeRegions",
                        "ec2:DescribeRouteTables",
                        "ec2:DescribeSecurityGroups",
                        "ec2:DescribeSubnets",
                        "ec2:DescribeVpcs",
                        "elasticloadbalancing:DescribeListeners",
                        "elasticloadbalancing:DescribeLoadBalancerAttributes",
                        "elasticloadbalancing:DescribeLoadBalancerPolicies",
                        "elasticloadbalancing:DescribeLoadBalancers",
                        "elasticloadbalancing:DescribeTargetGroupAttributes",
                        "elasticloadbalancing:DescribeTargetGroups",
                        "elasticloadbalancing:DescribeTargetHealth")
                .resources(ANY);
        allow("LoadBalancerCreate")
                .actions(
                        "elasticloadbalancing:CreateListener",
                        "elasticloadbalancing:CreateLoadBalancer",
                        "elasticloadbalancing:CreateTargetGroup")
                .resources(ANY)
                .condition("StringEquals", REQUEST_TAG, scope.cluster());
        allow("LoadBalancerWrite")
                .actions(
                        "elasticloadbalancing:AddTags",
                        "elasticloadbalancing:ApplySecurityGroupsToLoadBalancer",
                        "elasticloadbalancing:AttachLoadBalancerToSubnets",
                        "elasticloadbalancing:ConfigureHealthCheck",
                        "elasticloadbalancing:CreateLoadBalancerListeners",
                        "elasticloadbalancing:CreateLoadBalancerPolicy",
                        "elasticloadbalancing:DeleteListener",
                        "elasticloadbalancing:DeleteLoadBalancer",
                        "elasticloadbalancing:DeleteLoadBalancerListeners",
                        "elasticloadbalancing:DeleteTargetGroup",
                        "elasticloadbalancing:DeregisterInstancesFromLoadBalancer",
                        "elasticloadbalancing:DeregisterTargets",
                        "elasticloadbalancing:DetachLoadBalancerFromSubnets",
                        "elasticloadbalancing:ModifyListener",
                        "elasticloadbalancing:ModifyLoadBalancerAttributes",
                        "elasticloadbalancing:ModifyTargetGroup",
                        "elasticloadbalancing:ModifyTargetGroupAttributes",
                        "elasticloadbalancing:RegisterInstancesWithLoadBalancer",
                        "elasticloadbalancing:RegisterTargets",
                        "elasticloadbalancing:SetLoadBalancerPoliciesForBackendServer",
                        "elasticloadbalancing:SetLoadBalancerPoliciesOfListener",
                        "elasticloadbalancing:SetSecurityGroups")
                .resources(ANY)
                .condition("StringEquals", RESOURCE_TAG, scope.cluster());
        allow("LoadBalancerRole")
                .actions("iam:CreateServiceLinkedRole")
                .resources(ANY)
                .condition("StringEquals", "iam:AWSServiceName", "elasticloadbalancing.amazonaws.com");
        allow("GroupCreate")
                .actions("ec2:CreateSecurityGroup")
                .resources(ec2("security-group/*"))
                .condition("StringEquals", REQUEST_TAG, scope.cluster());
        allow("GroupCreateInVpc")
                .actions("ec2:CreateSecurityGroup")
                .resources(ec2("vpc/*"))
                .condition("StringEquals", RESOURCE_TAG, scope.cluster());
        allow("GroupTag")
                .actions("ec2:CreateTags")
                .resources(ec2("security-group/*"))
                .condition("StringEquals", REQUEST_TAG, scope.cluster())
                .condition("StringEquals", "ec2:CreateAction", "CreateSecurityGroup");
        allow("GroupWrite")
                .actions(
                        "ec2:AuthorizeSecurityGroupIngress",
                        "ec2:DeleteSecurityGroup",
                        "ec2:ModifyInstanceAttribute",
                        "ec2:RevokeSecurityGroupIngress")
                .resources(ANY)
                .condition("StringEquals", RESOURCE_TAG, scope.cluster());
    }

    /** What the EBS CSI driver calls. */
    private void volumes() {
        allow("VolumeRead")
                .actions(
                        "ec2:DescribeInstanceTypes",
                        "ec2:DescribeSnapshots",
                        "ec2:DescribeTags",
                        "ec2:DescribeVolumeStatus",
                        "ec2:DescribeVolumes",
                        "ec2:DescribeVolumesModifications")
                .resources(ANY);
        allow("VolumeCreate")
                .actions("ec2:CreateVolume")
                .resources(ec2("volume/*"))
                .condition("StringEquals", REQUEST_TAG, scope.cluster());
        allow("VolumeTag")
                .actions("ec2:CreateTags")
                .resources(ec2("volume/*"))
                .condition("StringEquals", REQUEST_TAG, scope.cluster())
                .condition("StringEquals", "ec2:CreateAction", "CreateVolume");
        allow("VolumeWrite")
                .actions("ec2:AttachVolume", "ec2:DeleteVolume", "ec2:DetachVolume", "ec2:ModifyVolume")
                .resources(ANY)
                .condition("StringEquals", RESOURCE_TAG, scope.cluster());
    }

    /** What the node termination handler calls. */
    private void notices() {
        allow("NoticesRead").actions("autoscaling:DescribeAutoScalingInstances").resources(ANY);
        allow("Notices").actions("sqs:DeleteMessage", "sqs:ReceiveMessage").resources(NoticeResources.queueArn(scope));
        allow("NoticesDone")
                .actions("autoscaling:CompleteLifecycleAction")
                .resources(ANY)
                .condition("StringEquals", RESOURCE_TAG, scope.cluster());
    }

    /** A member finds and attaches its own disk and address. */
    private void memberDisks() {
        allow("MemberRead")
                .actions("ec2:DescribeInstances", "ec2:DescribeNetworkInterfaces", "ec2:DescribeVolumes")
                .resources(ANY);
        allow("MemberAttach")
                .actions("ec2:AttachNetworkInterface", "ec2:AttachVolume")
                .resources(ANY)
                .condition("StringEquals", RESOURCE_TAG, scope.cluster());
    }

    /** What the CNI's agent on each machine calls. */
    private void network() {
        List<String> actions = CniFacts.of(spec.cni()).nodeActions();
        List<String> reads =
                actions.stream().filter(action -> action.contains(":Describe")).toList();
        List<String> writes = new ArrayList<>(
                actions.stream().filter(action -> !action.contains(":Describe")).toList());
        if (!reads.isEmpty()) {
            allow("CniRead").actions(reads).resources(ANY);
        }
        if (writes.contains(CREATE_INTERFACE)) {
            allow("CniCreate")
                    .actions(CREATE_INTERFACE)
                    .resources(ec2("network-interface/*"))
                    .condition("StringEquals", REQUEST_TAG, scope.cluster());
            allow("CniCreateIn")
                    .actions(CREATE_INTERFACE)
                    .resources(ec2("subnet/*"))
                    .condition("StringEquals", RESOURCE_TAG, scope.cluster());
            // groups that the user gave carry no tag of ours; what they are put on does
            allow("CniGroups")
                    .actions(CREATE_INTERFACE, "ec2:ModifyNetworkInterfaceAttribute")
                    .resources(ec2("security-group/*"));
            allow("CniTag")
                    .actions("ec2:CreateTags")
                    .resources(ec2("network-interface/*"))
                    .condition("StringEquals", REQUEST_TAG, scope.cluster())
                    .condition("StringEquals", "ec2:CreateAction", "CreateNetworkInterface");
        }
        writes.removeAll(List.of(CREATE_INTERFACE, "ec2:CreateTags"));
        if (!writes.isEmpty()) {
            allow("CniWrite")
                    .actions(writes)
                    .resources(ec2("instance/*"), ec2("network-interface/*"))
                    .condition("StringEquals", RESOURCE_TAG, scope.cluster());
        }
    }

    /** What the SSM agent calls for sessions (Systems Manager user guide, "Session Manager permissions"). */
    private void sessions() {
        allow("SessionsOfInstance").actions("ssm:UpdateInstanceInformation").resources(ec2("instance/*"));
        allow("Sessions")
                .actions(
                        "ssmmessages:CreateControlChannel",
                        "ssmmessages:CreateDataChannel",
                        "ssmmessages:OpenControlChannel",
                        "ssmmessages:OpenDataChannel")
                .resources(ANY);
    }
}
