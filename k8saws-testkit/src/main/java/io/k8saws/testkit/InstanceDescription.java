package io.k8saws.testkit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceAttributeName;
import software.amazon.awssdk.services.ec2.model.InstanceMetadataTagsState;
import software.amazon.awssdk.services.ec2.model.InstanceNetworkInterface;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.Role;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.model.Credentials;

/** Reads what an emulator knows about an instance. Volumes are left to the caller: what an emulator has of them are no disks. */
final class InstanceDescription {
    private final AwsEndpoint aws;

    private InstanceDescription(AwsEndpoint aws) {
        this.aws = aws;
    }

    static NodeInstance read(AwsEndpoint aws, String id) {
        return new InstanceDescription(aws).read(id);
    }

    private NodeInstance read(String id) {
        try (Ec2Client ec2 = aws.configure(Ec2Client.builder()).build()) {
            Instance instance = ec2.describeInstances(request -> request.instanceIds(id)).reservations().stream()
                    .flatMap(reservation -> reservation.instances().stream())
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("Describe instance " + id + ": " + aws
                            + " has none of this id. Take one of its instances."));
            String userData = ec2.describeInstanceAttribute(
                            request -> request.instanceId(id).attribute(InstanceAttributeName.USER_DATA))
                    .userData()
                    .value();
            String vpc = ec2.describeVpcs(request -> request.vpcIds(instance.vpcId()))
                    .vpcs()
                    .get(0)
                    .cidrBlock();
            boolean hidden = instance.metadataOptions() != null
                    && instance.metadataOptions().instanceMetadataTags() == InstanceMetadataTagsState.DISABLED;
            return new NodeInstance(
                    id,
                    new NodeInstance.Placement(
                            account(), aws.region(), instance.placement().availabilityZone(), vpc),
                    new NodeInstance.Image(instance.imageId(), instance.instanceTypeAsString()),
                    interfaces(ec2, instance),
                    hidden ? Map.of() : instance.tags().stream().collect(Collectors.toMap(Tag::key, Tag::value)),
                    Optional.ofNullable(instance.iamInstanceProfile()).map(profile -> role(id, profile.arn())),
                    List.of(),
                    Optional.ofNullable(userData).orElse(""),
                    hopLimit(instance));
        }
    }

    private static int hopLimit(Instance instance) {
        Integer limit = instance.metadataOptions() == null
                ? null
                : instance.metadataOptions().httpPutResponseHopLimit();
        return limit == null ? 1 : limit;
    }

    private static List<NodeInterface> interfaces(Ec2Client ec2, Instance instance) {
        List<InstanceNetworkInterface> ordered = new ArrayList<>(instance.networkInterfaces());
        ordered.sort(Comparator.comparing(one -> one.attachment().deviceIndex()));
        return ordered.stream()
                .map(one -> {
                    String cidr = ec2.describeSubnets(request -> request.subnetIds(one.subnetId()))
                            .subnets()
                            .get(0)
                            .cidrBlock();
                    NodeInterface made = NodeInterface.of(one.networkInterfaceId(), one.privateIpAddress(), cidr);
                    return new NodeInterface(made.id(), made.mac(), made.address(), cidr, one.subnetId());
                })
                .toList();
    }

    private NodeInstance.Role role(String id, String profileArn) {
        String profile = profileArn.substring(profileArn.lastIndexOf('/') + 1);
        try (IamClient iam = aws.configure(IamClient.builder()).build();
                StsClient sts = aws.configure(StsClient.builder()).build()) {
            Role role = iam.getInstanceProfile(request -> request.instanceProfileName(profile))
                    .instanceProfile()
                    .roles()
                    .get(0);
            // A session of a role that EC2 hands out carries the instance's id as its name.
            Credentials credentials = sts.assumeRole(
                            request -> request.roleArn(role.arn()).roleSessionName(id))
                    .credentials();
            return new NodeInstance.Role(
                    role.roleName(),
                    new RoleCredentials(
                            credentials.accessKeyId(),
                            credentials.secretAccessKey(),
                            credentials.sessionToken(),
                            credentials.expiration()));
        }
    }

    private String account() {
        try (StsClient sts = aws.configure(StsClient.builder()).build()) {
            return sts.getCallerIdentity().account();
        }
    }
}
