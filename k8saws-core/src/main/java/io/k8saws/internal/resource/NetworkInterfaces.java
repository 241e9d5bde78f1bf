package io.k8saws.internal.resource;

import io.k8saws.error.AwsCallException;
import io.k8saws.internal.graph.Additive;
import io.k8saws.internal.graph.Attributes;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.graph.Disruptive;
import io.k8saws.internal.graph.Holding;
import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.graph.ReplaceOnChange;
import io.k8saws.plan.ResourceAddress;
import io.k8saws.plan.Risk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.CreateNetworkInterfaceRequest;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import software.amazon.awssdk.services.ec2.model.NetworkInterfaceAttachment;
import software.amazon.awssdk.services.ec2.model.ResourceType;

/**
 * The fixed address of an etcd member; outlives its instances. Interfaces that end with their instance belong to the instance and those that an AWS service
 * manages belong to that service; neither is read.
 */
public final class NetworkInterfaces implements ResourceKind<NetworkInterfaces.NetworkInterface> {
    /** The kind's name. */
    public static final String KIND = "network-interface";

    private static final Duration DETACH = Duration.ofMinutes(5);

    /**
     * The fields of this kind.
     *
     * @param subnet the id of the subnet
     * @param privateIp the address
     * @param securityGroups the ids of the security groups
     * @param tags further tags
     */
    public record NetworkInterface(
            @ReplaceOnChange Ref subnet,
            @ReplaceOnChange String privateIp,
            @Disruptive @Holding Set<Ref> securityGroups,
            @Additive Map<String, String> tags)
            implements Attributes {
        /** Copies the collections. */
        public NetworkInterface {
            securityGroups = Set.copyOf(securityGroups);
            tags = Map.copyOf(tags);
        }
    }

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public Class<NetworkInterface> attributes() {
        return NetworkInterface.class;
    }

    @Override
    public Found<NetworkInterface> read(Reading reading) {
        ClusterScope scope = reading.scope();
        List<Observed<NetworkInterface>> found = new ArrayList<>();
        for (var eni : reading.aws()
                .ec2()
                .describeNetworkInterfacesPaginator(
                        r -> r.filters(Ec2Tags.owned(scope)).maxResults(1000))
                .networkInterfaces()) {
            Map<String, String> tags = Ec2Tags.map(eni.tagSet());
            Optional<ResourceAddress> ours = Ec2Tags.address(scope, KIND, tags);
            if (ours.isPresent() || !belongsToOther(eni, tags)) {
                found.add(new Observed<>(
                        ours.orElseGet(() -> new ResourceAddress(KIND, eni.networkInterfaceId())),
                        eni.networkInterfaceId(),
                        ours.isPresent() ? Map.of() : Found.in(eni.vpcId()),
                        attributes(scope, eni, tags),
                        ours.isPresent() ? Observed.Origin.OURS : Observed.Origin.CONTROLLERS));
            }
        }
        return Found.of(found);
    }

    private static boolean belongsToOther(
            software.amazon.awssdk.services.ec2.model.NetworkInterface eni, Map<String, String> tags) {
        NetworkInterfaceAttachment attachment = eni.attachment();
        return Boolean.TRUE.equals(eni.requesterManaged())
                || attachment != null
                        && (Boolean.TRUE.equals(attachment.deleteOnTermination())
                                || tags.containsKey(LaunchTemplates.GROUP_TAG));
    }

    private static NetworkInterface attributes(
            ClusterScope scope,
            software.amazon.awssdk.services.ec2.model.NetworkInterface eni,
            Map<String, String> tags) {
        return new NetworkInterface(
                Ref.id(eni.subnetId()),
                Optional.ofNullable(eni.privateIpAddress()).orElse(""),
                eni.groups().stream().map(group -> Ref.id(group.groupId())).collect(Collectors.toSet()),
                scope.ownTags(tags));
    }

    @Override
    public Made create(Step step, NetworkInterface wanted) {
        String subnet = step.value(wanted.subnet());
        try {
            var made = step.aws()
                    .ec2()
                    .createNetworkInterface(CreateNetworkInterfaceRequest.builder()
                            .clientToken(step.token())
                            .subnetId(subnet)
                            .privateIpAddress(wanted.privateIp())
                            .groups(step.values(wanted.securityGroups()))
                            .description(step.address() + " of cluster "
                                    + step.scope().cluster())
                            .tagSpecifications(
                                    Ec2Tags.specification(ResourceType.NETWORK_INTERFACE, step.tags(wanted.tags())))
                            .build());
            return Made.id(made.networkInterface().networkInterfaceId());
        } catch (AwsCallException e) {
            if (!e.code().equals("InvalidIPAddress.InUse")) {
                throw e;
            }
            return adopt(step, subnet, wanted.privateIp(), e);
        }
    }

    private static Made adopt(Step step, String subnet, String address, AwsCallException refusal) {
        var holder = step
                .aws()
                .ec2()
                .describeNetworkInterfaces(r -> r.filters(
                        Ec2Tags.filter("subnet-id", subnet), Ec2Tags.filter("addresses.private-ip-address", address)))
                .networkInterfaces()
                .stream()
                .findFirst()
                .orElseThrow(() -> refusal);
        if (Ec2Tags.address(step.scope(), KIND, Ec2Tags.map(holder.tagSet()))
                .filter(step.address()::equals)
                .isEmpty()) {
            throw Answers.taken(step, "the address " + address, holder.networkInterfaceId(), refusal);
        }
        return Made.id(holder.networkInterfaceId());
    }

    @Override
    public Made update(Step step, Observed<NetworkInterface> observed, NetworkInterface wanted, Set<String> fields) {
        if (fields.contains("securityGroups")) {
            List<String> groups = step.values(wanted.securityGroups());
            step.aws().ec2().modifyNetworkInterfaceAttribute(r -> r.networkInterfaceId(observed.id())
                    .groups(groups));
        }
        Ec2Tags.converge(step, observed.id(), observed.attributes().tags(), wanted.tags(), fields);
        return Made.id(observed.id());
    }

    @Override
    public void delete(Step step, Observed<NetworkInterface> observed) {
        Ec2Client ec2 = step.aws().ec2();
        String id = observed.id();
        try {
            try {
                ec2.deleteNetworkInterface(r -> r.networkInterfaceId(id));
            } catch (AwsCallException e) {
                if (!inUse(e)) {
                    throw e;
                }
                detach(step, id);
                ec2.deleteNetworkInterface(r -> r.networkInterfaceId(id));
            }
        } catch (AwsCallException e) {
            if (!Answers.notThere(e)) {
                throw e;
            }
        }
    }

    /** EC2 has answered with either code over the years. */
    private static boolean inUse(AwsCallException e) {
        return e.code().equals("InvalidNetworkInterface.InUse")
                || e.code().equals("InvalidParameterValue")
                        && String.valueOf(e.getMessage()).contains("in use");
    }

    private static void detach(Step step, String id) {
        Ec2Client ec2 = step.aws().ec2();
        attachment(ec2, id).ifPresent(attachment -> {
            boolean force = attachment.instanceId() != null && !runs(ec2, attachment.instanceId());
            try {
                ec2.detachNetworkInterface(
                        r -> r.attachmentId(attachment.attachmentId()).force(force));
            } catch (AwsCallException e) {
                // it has left by itself, because its instance ended
                if (!Answers.notThere(e)) {
                    throw e;
                }
            }
        });
        step.await("network interface " + id + " to be detached", DETACH, () -> attachment(ec2, id)
                .map(attachment -> "still in use by "
                        + Optional.ofNullable(attachment.instanceId()).orElse("an AWS service")));
    }

    private static Optional<NetworkInterfaceAttachment> attachment(Ec2Client ec2, String id) {
        return ec2.describeNetworkInterfaces(r -> r.networkInterfaceIds(id)).networkInterfaces().stream()
                .flatMap(eni -> Optional.ofNullable(eni.attachment()).stream())
                .findFirst();
    }

    private static boolean runs(Ec2Client ec2, String instance) {
        return ec2.describeInstances(r -> r.filters(Ec2Tags.filter("instance-id", instance))).reservations().stream()
                .flatMap(reservation -> reservation.instances().stream())
                .map(found -> found.state().name())
                .anyMatch(state -> state != InstanceStateName.TERMINATED && state != InstanceStateName.SHUTTING_DOWN);
    }

    @Override
    public Set<String> deletedAfter() {
        return Set.of(AutoScalingGroups.KIND, Instances.KIND);
    }

    @Override
    public Risk deletionRisk(Observed<NetworkInterface> observed) {
        return Risk.DISRUPTIVE;
    }
}
