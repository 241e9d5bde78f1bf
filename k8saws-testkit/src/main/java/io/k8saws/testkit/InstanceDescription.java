package io.k8saws.testkit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceAttributeName;
import software.amazon.awssdk.services.ec2.model.InstanceMetadataTagsState;
import software.amazon.awssdk.services.ec2.model.InstanceNetworkInterface;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.iam.model.Role;
import software.amazon.awssdk.services.sts.model.Credentials;

/** Reads what an emulator knows about an instance. Volumes are left to the caller: what an emulator has of them are no disks. */
final class InstanceDescription {
    private final EmulatorClients clients;

    InstanceDescription(EmulatorClients clients) {
        this.clients = clients;
    }

    static NodeInstance read(AwsEndpoint aws, String id) {
        try (EmulatorClients clients = EmulatorClients.of(aws)) {
            return new InstanceDescription(clients)
                    .read(clients.ec2().describeInstances(request -> request.instanceIds(id)).reservations().stream()
                            .flatMap(reservation -> reservation.instances().stream())
                            .findFirst()
                            .orElseThrow(() -> new IllegalArgumentException("Describe instance " + id + ": " + aws
                                    + " has none of this id. Take one of its instances.")));
        }
    }

    /** The rest of what is known about an instance of which a list says this. */
    NodeInstance read(Instance instance) {
        String id = instance.instanceId();
        String userData = clients.ec2()
                .describeInstanceAttribute(request -> request.instanceId(id).attribute(InstanceAttributeName.USER_DATA))
                .userData()
                .value();
        String vpc = clients.ec2()
                .describeVpcs(request -> request.vpcIds(instance.vpcId()))
                .vpcs()
                .get(0)
                .cidrBlock();
        return new NodeInstance(
                id,
                new NodeInstance.Placement(
                        clients.sts().getCallerIdentity().account(),
                        clients.region(),
                        instance.placement().availabilityZone(),
                        vpc),
                new NodeInstance.Image(instance.imageId(), instance.instanceTypeAsString()),
                interfaces(instance),
                tags(instance),
                role(instance),
                List.of(),
                Optional.ofNullable(userData).orElse(""),
                hopLimit(instance),
                Optional.empty(),
                Optional.empty());
    }

    /** What the metadata service shows of an instance's tags. */
    static Map<String, String> tags(Instance instance) {
        boolean hidden = instance.metadataOptions() != null
                && instance.metadataOptions().instanceMetadataTags() == InstanceMetadataTagsState.DISABLED;
        return hidden ? Map.of() : instance.tags().stream().collect(Collectors.toMap(Tag::key, Tag::value));
    }

    private static int hopLimit(Instance instance) {
        Integer limit = instance.metadataOptions() == null
                ? null
                : instance.metadataOptions().httpPutResponseHopLimit();
        return limit == null ? 1 : limit;
    }

    private List<NodeInterface> interfaces(Instance instance) {
        List<InstanceNetworkInterface> ordered = new ArrayList<>(instance.networkInterfaces());
        ordered.sort(Comparator.comparing(one -> one.attachment().deviceIndex()));
        return ordered.stream().map(this::described).toList();
    }

    /** An interface with the hardware address that EC2 tells, by which user data finds it. */
    private NodeInterface described(InstanceNetworkInterface one) {
        String cidr = clients.ec2()
                .describeSubnets(request -> request.subnetIds(one.subnetId()))
                .subnets()
                .get(0)
                .cidrBlock();
        return new NodeInterface(
                one.networkInterfaceId(), one.macAddress(), one.privateIpAddress(), cidr, one.subnetId());
    }

    /** The instance's role with the credentials of a new session. */
    Optional<NodeInstance.Role> role(Instance instance) {
        return Optional.ofNullable(instance.iamInstanceProfile())
                .map(profile -> role(instance.instanceId(), profile.arn()));
    }

    private NodeInstance.Role role(String id, String profileArn) {
        String profile = profileArn.substring(profileArn.lastIndexOf('/') + 1);
        Role role = clients.iam()
                .getInstanceProfile(request -> request.instanceProfileName(profile))
                .instanceProfile()
                .roles()
                .get(0);
        // A session of a role that EC2 hands out carries the instance's id as its name.
        Credentials credentials = clients.sts()
                .assumeRole(request -> request.roleArn(role.arn()).roleSessionName(id))
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
