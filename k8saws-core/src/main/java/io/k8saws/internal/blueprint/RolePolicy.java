package io.k8saws.internal.blueprint;

import io.k8saws.bootstrap.Bootstrap;
import io.k8saws.bootstrap.NodeRole;
import io.k8saws.bootstrap.NodeStatus;
import io.k8saws.cluster.AccessMethod;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.CniKind;
import io.k8saws.cluster.EtcdEventsSpec;
import io.k8saws.cluster.EtcdPlacement;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.network.CniFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What each machine role may do, and nothing more: reads describe, writes touch only what carries the cluster's tag, creations must set it. The statements follow
 * what the cloud controller manager, the EBS CSI driver, the node termination handler and ECR's credential provider call.
 */
final class RolePolicy {
    private static final String ANY = "*";
    private static final String BUCKET_URL = "s3://";
    private static final String NOTES = Bootstrap.etcdPrefix();
    private static final String CREATE_INTERFACE = "ec2:CreateNetworkInterface";
    private static final String MODIFY_INTERFACE = "ec2:ModifyNetworkInterfaceAttribute";
    private static final String CREATE_TAGS = "ec2:CreateTags";
    private static final String MODIFY_INSTANCE = "ec2:ModifyInstanceAttribute";
    private static final String RESOURCE_TAG = "aws:ResourceTag/" + ClusterScope.CLUSTER_TAG;
    private static final String REQUEST_TAG = "aws:RequestTag/" + ClusterScope.CLUSTER_TAG;
    private static final String ROLE_OF_RESOURCE = "aws:ResourceTag/" + MachineRole.TAG;
    private static final String MEMBER_OF_RESOURCE = "aws:ResourceTag/k8saws.io/etcd-member";
    private static final String ON_CREATE = "ec2:CreateAction";
    private static final Pattern ECR = Pattern.compile(
            "(?<account>[0-9]{12})\\.dkr\\.ecr\\.(?<region>[a-z0-9-]+)\\.amazonaws\\.com(\\.cn)?/(?<path>.+)");
    private static final String PRESENT = "false"; // what the operator Null says of a key that is there
    private static final String ABSENT = "true";

    private final ClusterSpec spec;
    private final ClusterScope scope;
    private final List<Policies.Statement> statements = new ArrayList<>();
    private final Set<String> reads = new TreeSet<>();
    private final Set<String> ofMachines = new TreeSet<>();
    private final Map<String, String> created =
            new TreeMap<>(); // by the calls that make something with the cluster's tag
    private final Map<String, String> createdIn =
            new TreeMap<>(); // by the calls that make something in or of what has it
    private final Map<String, String> tagged = new TreeMap<>(); // EC2's calls that set tags on what they make, and that

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
                policy.files(role, "control-plane*", stacked);
                policy.reports(role, stacked, Bootstrap.joinKey());
                policy.images();
                policy.cloudController();
                policy.volumes();
                policy.notices();
                policy.network(role);
                policy.secretsKey();
                policy.bucketKey();
                if (stacked) {
                    policy.member();
                }
            }
            case ETCD -> {
                policy.files(role, "etcd-*", true);
                policy.reports(role, true);
                policy.bucketKey();
                policy.member();
            }
            case NODES -> {
                policy.files(role, "pool-*", false);
                policy.reports(role, false);
                policy.images();
                policy.leaving();
                policy.network(role);
            }
            case BASTION -> {}
        }
        if (drawing.spec().access().method() == AccessMethod.SSM) {
            policy.sessions();
        }
        policy.whatIsMade();
        policy.machines(role);
        if (!policy.reads.isEmpty()) {
            policy.allow("Read").actions(List.copyOf(policy.reads)).resources(ANY);
        }
        return policy.statements.isEmpty() ? Optional.empty() : Optional.of(Policies.document(policy.statements));
    }

    private Policies.Statement allow(String sid) {
        Policies.Statement statement = Policies.allow(sid);
        statements.add(statement);
        return statement;
    }

    /** Reads of any resource, which AWS does not limit; they stand in one statement, because IAM limits the length of a role's policies. */
    private void read(String... actions) {
        reads.addAll(List.of(actions));
    }

    /**
     * What is made with the cluster's tag, and where. Each action stands beside resources that only the others know, which EC2 never asks for; so one statement does for
     * all. EC2 asks for the tags beside each call that makes something with tags.
     */
    private void whatIsMade() {
        if (!created.isEmpty()) {
            notOurTags(allow("Create")
                    .actions(List.copyOf(created.keySet()))
                    .resources(List.copyOf(created.values()))
                    .condition("StringEquals", REQUEST_TAG, scope.cluster()));
        }
        if (!createdIn.isEmpty()) {
            notOurTags(allow("CreateIn")
                    .actions(List.copyOf(createdIn.keySet()))
                    .resources(List.copyOf(createdIn.values()))
                    .condition("StringEquals", RESOURCE_TAG, scope.cluster()));
        }
        if (!tagged.isEmpty()) {
            notOurTags(allow("Tag")
                    .actions(CREATE_TAGS)
                    .resources(List.copyOf(tagged.values()))
                    .condition("StringEquals", REQUEST_TAG, scope.cluster())
                    .condition("StringEquals", ON_CREATE, tagged.keySet().toArray(String[]::new)));
        }
    }

    /** What machines do to machines of their own role. */
    private void machines(MachineRole role) {
        if (!ofMachines.isEmpty()) {
            ofRole(
                    "StringEquals",
                    role,
                    allow("Machines").actions(List.copyOf(ofMachines)).resources(ec2("instance/*")));
        }
    }

    private String ec2(String resource) {
        return "arn:" + scope.partition() + ":ec2:" + scope.region() + ":" + scope.account() + ":" + resource;
    }

    /** A machine reads what is for its role: its group's files, its role's secrets or the way in, and programs when they lie in a bucket. */
    private void files(MachineRole role, String parts, boolean member) {
        List<String> resources = new ArrayList<>(List.of(
                object("nodes/" + parts),
                object(
                        role == MachineRole.NODES
                                ? Bootstrap.joinKey()
                                : Bootstrap.secretPrefix(nodeRole(role)) + "*")));
        spec.assets()
                .mirror()
                .filter(mirror -> mirror.startsWith(BUCKET_URL))
                .ifPresent(mirror -> resources.add(
                        "arn:" + scope.partition() + ":s3:::" + mirror.substring(BUCKET_URL.length()) + "/*"));
        if (member) {
            resources.add(object(NOTES + "*"));
        }
        allow("Files").actions("s3:GetObject").resources(resources);
    }

    /** A machine writes its status, and what others of its cluster wait for. */
    private void reports(MachineRole role, boolean member, String... more) {
        List<String> resources = new ArrayList<>(List.of(object(NodeStatus.prefix() + role.label() + "/*")));
        for (String key : more) {
            resources.add(object(key));
        }
        allow("Reports").actions("s3:PutObject").resources(resources);
        if (member) {
            // what is written down once, nobody writes anew: S3 refuses a write with that header where an object is (S3
            // user guide, "Enforce conditional writes")
            allow("NotesOnce")
                    .actions("s3:PutObject")
                    .resources(Stream.of("*/initialised", "*/*/disk", "*/*/followed/*")
                            .map(key -> object(NOTES + key))
                            .toList())
                    .condition("Null", "s3:if-none-match", PRESENT);
        }
    }

    /** What the plug-in beside the API server calls, with the machine's own role. */
    private void secretsKey() {
        spec.kubernetes().secretsKmsKey().ifPresent(key -> allow("SecretsKey")
                .actions("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt")
                .resources(key));
    }

    /** What S3 asks of whoever reads an object of this bucket that is encrypted with a key of the user's (S3 user guide, "Using server-side encryption with AWS KMS keys"). */
    private void bucketKey() {
        spec.keys().kmsKey().ifPresent(key -> allow("BucketKey")
                .actions("kms:Decrypt")
                .resources(key)
                .condition("StringEquals", "kms:ViaService", "s3." + scope.region() + ".amazonaws.com")
                // with a bucket key the context is the bucket, not the object
                .condition(
                        "StringEquals",
                        "kms:EncryptionContext:aws:s3:arn",
                        "arn:" + scope.partition() + ":s3:::" + scope.bucket()));
    }

    private static NodeRole nodeRole(MachineRole role) {
        return role == MachineRole.ETCD ? NodeRole.ETCD : NodeRole.CONTROL_PLANE;
    }

    private String object(String key) {
        return "arn:" + scope.partition() + ":s3:::" + scope.bucket() + "/" + key;
    }

    /** A node that leaves in good order tells its group that it need not wait. */
    private void leaving() {
        allow("NoticesDone")
                .actions("autoscaling:CompleteLifecycleAction")
                .resources(ANY)
                .condition("StringEquals", RESOURCE_TAG, scope.cluster());
    }

    private void images() {
        read("ecr:GetAuthorizationToken");
        allow("RegistryPull")
                .actions("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
                .resources(Stream.concat(Stream.of(scope.arn("ecr", "repository/*")), otherRepositories())
                        .distinct()
                        .toList());
    }

    /** In registries of other accounts or regions: what lies below the prefixes that the spec names, and AWS's own network add-on. */
    private Stream<String> otherRepositories() {
        Stream<String> mirrors = Stream.of(
                        spec.assets().registry(), spec.addons().registry())
                .flatMap(Optional::stream)
                .map(registry -> registry + "/*");
        boolean fromAws = spec.cni().kind() == CniKind.AWS_VPC
                && spec.addons().cni().enabled()
                && spec.addons().registry().isEmpty();
        Stream<String> aws =
                fromAws ? Stream.of(CniFacts.awsRegistry(spec.region()) + "/amazon-k8s-cni*") : Stream.empty();
        return Stream.concat(mirrors, aws).flatMap(images -> {
            Matcher name = ECR.matcher(images);
            return name.matches() && !isOwn(name) ? Stream.of(repositories(name)) : Stream.empty();
        });
    }

    private boolean isOwn(Matcher name) {
        return name.group("account").equals(scope.account())
                && name.group("region").equals(scope.region());
    }

    private String repositories(Matcher name) {
        return "arn:" + scope.partition() + ":ecr:" + name.group("region") + ":" + name.group("account")
                + ":repository/" + name.group("path");
    }

    private void cloudController() {
        read(
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
                "elasticloadbalancing:DescribeTargetHealth");
        notOurTags(allow("CloudCreate")
                .actions(
                        "ec2:CreateSecurityGroup",
                        "elasticloadbalancing:CreateListener",
                        "elasticloadbalancing:CreateLoadBalancer",
                        "elasticloadbalancing:CreateTargetGroup")
                .resources(ANY)
                .condition("StringEquals", REQUEST_TAG, scope.cluster()));
        // what a call makes has no tags yet (ELB user guide, "API permissions to tag resources during creation")
        notOurTags(allow("CloudTag")
                .actions("elasticloadbalancing:AddTags")
                .resources(ANY)
                .condition("StringEquals", REQUEST_TAG, scope.cluster())
                .condition(
                        "StringEquals",
                        "elasticloadbalancing:CreateAction",
                        "CreateListener",
                        "CreateLoadBalancer",
                        "CreateTargetGroup"));
        notOurTags(allow("CloudWrite")
                .actions(
                        "autoscaling:CompleteLifecycleAction",
                        "ec2:AuthorizeSecurityGroupIngress",
                        "ec2:DeleteSecurityGroup",
                        "ec2:RevokeSecurityGroupIngress",
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
                .condition("StringEquals", RESOURCE_TAG, scope.cluster()));
        allow("LoadBalancerRole")
                .actions("iam:CreateServiceLinkedRole")
                .resources(ANY)
                .condition("StringEquals", "iam:AWSServiceName", "elasticloadbalancing.amazonaws.com");
        createdIn.put("ec2:CreateSecurityGroup", ec2("vpc/*"));
        tagged.put("CreateSecurityGroup", ec2("security-group/*"));
    }

    /** What the EBS CSI driver calls. */
    private void volumes() {
        read(
                "ec2:DescribeInstanceTypes",
                "ec2:DescribeSnapshots",
                "ec2:DescribeTags",
                "ec2:DescribeVolumeStatus",
                "ec2:DescribeVolumes",
                "ec2:DescribeVolumesModifications");
        created.put("ec2:CreateVolume", ec2("volume/*"));
        createdIn.put("ec2:CreateVolume", snapshots());
        notOurTags(allow("SnapshotCreate")
                .actions("ec2:CreateSnapshot")
                .resources(snapshots())
                .condition("StringEquals", REQUEST_TAG, scope.cluster()));
        tagged.put("CreateVolume", ec2("volume/*"));
        tagged.put("CreateSnapshot", snapshots());
        allow("VolumeWrite")
                .actions(
                        "ec2:AttachVolume",
                        "ec2:CreateSnapshot",
                        "ec2:DeleteVolume",
                        "ec2:DetachVolume",
                        "ec2:ModifyVolume")
                .resources(ec2("volume/*"))
                .condition("StringEquals", RESOURCE_TAG, scope.cluster())
                // etcd's disks and the root disks of machines are not the driver's; what it makes carries neither tag
                .condition("Null", MEMBER_OF_RESOURCE, ABSENT)
                .condition("Null", ROLE_OF_RESOURCE, ABSENT);
        // each action stands beside a resource that only the others know, as in whatIsMade. Snapshots of etcd's disks
        // are not the driver's, and may carry the tags of both: AWS Backup copies the disk's (developer guide, "Copying
        // tags onto backups")
        allow("VolumeUse")
                .actions("ec2:AttachVolume", "ec2:DeleteSnapshot", "ec2:DetachVolume")
                .resources(ec2("instance/*"), snapshots())
                .condition("StringEquals", RESOURCE_TAG, scope.cluster())
                .condition("Null", MEMBER_OF_RESOURCE, ABSENT);
    }

    /** The ARNs of snapshots carry no account (service authorization reference, Amazon EC2). */
    private String snapshots() {
        return "arn:" + scope.partition() + ":ec2:" + scope.region() + "::snapshot/*";
    }

    /** By the tags under our own prefix members find what is theirs, and policies tell the roles apart; machines never set them. */
    private static Policies.Statement notOurTags(Policies.Statement statement) {
        return statement.condition("ForAllValues:StringNotLike", "aws:TagKeys", "k8saws.io/*");
    }

    /** What the node termination handler calls. */
    private void notices() {
        read("autoscaling:DescribeAutoScalingInstances");
        allow("Notices").actions("sqs:DeleteMessage", "sqs:ReceiveMessage").resources(NoticeResources.queueArn(scope));
    }

    /** A member finds its own disk and address and attaches them to itself; it never detaches or deletes. All members share a role, so the tag's value is not asked. */
    private void member() {
        read("ec2:DescribeInstances", "ec2:DescribeNetworkInterfaces", "ec2:DescribeVolumes");
        allow("MemberAttach")
                .actions("ec2:AttachNetworkInterface", "ec2:AttachVolume")
                .resources(ec2("network-interface/*"), ec2("volume/*"))
                .condition("StringEquals", RESOURCE_TAG, scope.cluster())
                .condition("Null", MEMBER_OF_RESOURCE, PRESENT);
        ofMachines.addAll(List.of("ec2:AttachNetworkInterface", "ec2:AttachVolume"));
        // who may not list a bucket is told "denied" of an object that is not there, and a member must be able to tell
        // the two apart; S3 does not look at a condition on
        // the prefix for that (S3 API reference, GetObject, "Permissions")
        allow("NotesThere").actions("s3:ListBucket").resources("arn:" + scope.partition() + ":s3:::" + scope.bucket());
        memberKeys();
    }

    /** What AWS asks of whoever attaches a volume with a key of the user's (EBS user guide, "Requirements for Amazon EBS encryption"). */
    private void memberKeys() {
        List<String> keys = Stream.concat(
                        Stream.of(spec.etcd().volume()), spec.etcd().events().map(EtcdEventsSpec::volume).stream())
                .flatMap(volume -> volume.kmsKey().stream())
                .distinct()
                .toList();
        if (keys.isEmpty()) {
            return;
        }
        // in all partitions (KMS developer guide, "kms:ViaService")
        String ec2 = "ec2." + scope.region() + ".amazonaws.com";
        allow("VolumeKeys")
                .actions(
                        "kms:CreateGrant",
                        "kms:Decrypt",
                        "kms:DescribeKey",
                        "kms:GenerateDataKeyWithoutPlaintext",
                        "kms:ReEncryptFrom",
                        "kms:ReEncryptTo")
                .resources(keys)
                .condition("StringEquals", "kms:ViaService", ec2)
                .condition("BoolIfExists", "kms:GrantIsForAWSResource", "true"); // only grants carry the key
    }

    /** What the CNI's agent on each machine calls. */
    private void network(MachineRole role) {
        List<String> actions = CniFacts.of(spec.cni()).nodeActions();
        List<String> writes = new ArrayList<>();
        for (String action : actions) {
            if (action.contains(":Describe")) {
                read(action);
            } else {
                writes.add(action);
            }
        }
        if (writes.contains(CREATE_INTERFACE)) {
            interfaces(role, writes);
        } else if (!writes.isEmpty()) {
            sourceCheck(role, writes);
        }
    }

    /** The agent switches the check off, and nothing else: EC2 takes one attribute a call (service authorization reference, {@code ec2:Attribute/...}). */
    private void sourceCheck(MachineRole role, List<String> writes) {
        Policies.Statement statement = allow("SourceCheck")
                .actions(writes)
                .condition("StringEquals", "ec2:Attribute/SourceDestCheck", "false");
        if (writes.contains(MODIFY_INSTANCE)) {
            ofRole("StringEquals", role, statement.resources(ec2("instance/*")));
        } else {
            ofRole("StringEqualsIfExists", role, statement.resources(ec2("network-interface/*")))
                    .condition("Null", MEMBER_OF_RESOURCE, ABSENT);
        }
    }

    /** The AWS VPC CNI's interfaces. Those that come with machines carry the machine's role, those that the agent makes carry none. */
    private void interfaces(MachineRole role, List<String> agent) {
        created.put(CREATE_INTERFACE, ec2("network-interface/*"));
        createdIn.put(CREATE_INTERFACE, ec2("subnet/*"));
        // groups that the user gave carry no tag of ours; what they are put on does
        allow("CniGroups").actions(CREATE_INTERFACE, MODIFY_INTERFACE).resources(ec2("security-group/*"));
        tagged.put("CreateNetworkInterface", ec2("network-interface/*"));
        // at its start the agent tags the interfaces that it finds on its machine, and ends when it may not
        notOurTags(ofRole(
                        "StringEqualsIfExists",
                        role,
                        allow("CniTagFound")
                                .actions(CREATE_TAGS)
                                .resources(ec2("network-interface/*"))
                                .condition("StringEqualsIfExists", REQUEST_TAG, scope.cluster()))
                .condition("Null", MEMBER_OF_RESOURCE, ABSENT));
        List<String> writes = agent.stream()
                .filter(action -> !Set.of(CREATE_INTERFACE, CREATE_TAGS).contains(action))
                .toList();
        ofRole(
                        "StringEqualsIfExists",
                        role,
                        allow("CniInterfaces").actions(writes).resources(ec2("network-interface/*")))
                .condition("Null", MEMBER_OF_RESOURCE, ABSENT);
        ofMachines.addAll(List.of("ec2:AttachNetworkInterface", "ec2:DetachNetworkInterface", MODIFY_INTERFACE));
    }

    /** Only what is the cluster's and of machines of this role. */
    private Policies.Statement ofRole(String operator, MachineRole role, Policies.Statement statement) {
        return statement
                .condition("StringEquals", RESOURCE_TAG, scope.cluster())
                .condition(operator, ROLE_OF_RESOURCE, role.label());
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
