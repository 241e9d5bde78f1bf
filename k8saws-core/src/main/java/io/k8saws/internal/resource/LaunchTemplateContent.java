package io.k8saws.internal.resource;

import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.graph.Ref;
import io.k8saws.internal.resource.LaunchTemplates.LaunchTemplate;
import io.k8saws.internal.resource.LaunchTemplates.Metadata;
import io.k8saws.internal.resource.LaunchTemplates.RootVolume;
import io.k8saws.plan.ResourceAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateBlockDeviceMapping;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateBlockDeviceMappingRequest;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateEbsBlockDevice;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateEbsBlockDeviceRequest;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateHttpTokensState;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateIamInstanceProfileSpecification;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateIamInstanceProfileSpecificationRequest;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateInstanceMetadataEndpointState;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateInstanceMetadataOptions;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateInstanceMetadataOptionsRequest;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateInstanceNetworkInterfaceSpecification;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateInstanceNetworkInterfaceSpecificationRequest;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateTagSpecificationRequest;
import software.amazon.awssdk.services.ec2.model.RequestLaunchTemplateData;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.ResponseLaunchTemplateData;
import software.amazon.awssdk.services.ec2.model.VolumeType;

/** Writes our fields as the data of a launch template, and reads them back. */
final class LaunchTemplateContent {
    /** What {@link #of} sets. */
    private static final Set<String> OURS = Set.of(
            "ImageId",
            "InstanceType",
            "KeyName",
            "IamInstanceProfile",
            "NetworkInterfaces",
            "UserData",
            "BlockDeviceMappings",
            "MetadataOptions",
            "TagSpecifications");

    private LaunchTemplateContent() {}

    static RequestLaunchTemplateData of(Step step, LaunchTemplate wanted) {
        String group = step.address().name();
        Map<String, String> instanceTags = tags(step, wanted.instanceTags(), group);
        Map<String, String> partTags = tags(step, wanted.tags(), group);
        RequestLaunchTemplateData.Builder content = RequestLaunchTemplateData.builder()
                .imageId(wanted.image())
                .instanceType(wanted.instanceType())
                .iamInstanceProfile(profile(step.value(wanted.instanceProfile())))
                .networkInterfaces(LaunchTemplateInstanceNetworkInterfaceSpecificationRequest.builder()
                        .deviceIndex(0)
                        .associatePublicIpAddress(wanted.publicIp())
                        .deleteOnTermination(true)
                        .groups(step.values(wanted.securityGroups()).stream()
                                .sorted()
                                .toList())
                        .build())
                .userData(Base64.getEncoder().encodeToString(wanted.userData().getBytes(StandardCharsets.UTF_8)))
                .blockDeviceMappings(disk(wanted.rootVolume()))
                .metadataOptions(LaunchTemplateInstanceMetadataOptionsRequest.builder()
                        .httpEndpoint(LaunchTemplateInstanceMetadataEndpointState.ENABLED)
                        .httpTokens(
                                wanted.metadata().tokensRequired()
                                        ? LaunchTemplateHttpTokensState.REQUIRED
                                        : LaunchTemplateHttpTokensState.OPTIONAL)
                        .httpPutResponseHopLimit(wanted.metadata().hopLimit())
                        .build())
                .tagSpecifications(
                        specification(ResourceType.INSTANCE, instanceTags),
                        specification(ResourceType.VOLUME, partTags),
                        specification(ResourceType.NETWORK_INTERFACE, partTags));
        wanted.keyPair().map(step::value).ifPresent(content::keyName);
        return content.build();
    }

    private static LaunchTemplateIamInstanceProfileSpecificationRequest profile(String nameOrArn) {
        var profile = LaunchTemplateIamInstanceProfileSpecificationRequest.builder();
        return (nameOrArn.startsWith("arn:") ? profile.arn(nameOrArn) : profile.name(nameOrArn)).build();
    }

    private static LaunchTemplateBlockDeviceMappingRequest disk(RootVolume volume) {
        LaunchTemplateEbsBlockDeviceRequest.Builder ebs = LaunchTemplateEbsBlockDeviceRequest.builder()
                .volumeType(VolumeType.fromValue(volume.type()))
                .volumeSize(volume.sizeGib())
                .encrypted(true)
                .deleteOnTermination(true);
        volume.iops().ifPresent(ebs::iops);
        volume.throughputMibps().ifPresent(ebs::throughput);
        volume.kmsKey().ifPresent(ebs::kmsKeyId);
        return LaunchTemplateBlockDeviceMappingRequest.builder()
                .deviceName(volume.device())
                .ebs(ebs.build())
                .build();
    }

    private static LaunchTemplateTagSpecificationRequest specification(ResourceType type, Map<String, String> tags) {
        return LaunchTemplateTagSpecificationRequest.builder()
                .resourceType(type)
                .tags(Ec2Tags.list(tags))
                .build();
    }

    /** Instances and their parts belong to the group; the template's address is not theirs. */
    private static Map<String, String> tags(Step step, Map<String, String> wanted, String group) {
        Map<String, String> tags = new TreeMap<>(step.tags(wanted));
        tags.remove(ClusterScope.ADDRESS_TAG);
        tags.put(LaunchTemplates.GROUP_TAG, group);
        return tags;
    }

    /** The group that the tags of the instances name; empty when the cluster does not own them. */
    static Optional<String> group(ClusterScope scope, ResponseLaunchTemplateData content) {
        Map<String, String> tags = tags(content, ResourceType.INSTANCE);
        return ClusterScope.OWNED.equals(tags.get(scope.ownedTag()))
                ? Optional.ofNullable(tags.get(LaunchTemplates.GROUP_TAG)).filter(group -> !group.isBlank())
                : Optional.empty();
    }

    /** Reads the fields back. What is missing because somebody changed the data by hand shows as empty. */
    static LaunchTemplate parsed(ClusterScope scope, String group, ResponseLaunchTemplateData content) {
        Optional<LaunchTemplateInstanceNetworkInterfaceSpecification> network =
                content.networkInterfaces().stream().findFirst();
        Set<Ref> securityGroups = new HashSet<>();
        network.map(LaunchTemplateInstanceNetworkInterfaceSpecification::groups)
                .orElseGet(List::of)
                .forEach(id -> securityGroups.add(Ref.id(id)));
        return new LaunchTemplate(
                text(content.imageId()),
                text(content.instanceTypeAsString()),
                Optional.ofNullable(content.keyName())
                        .filter(key -> !key.isEmpty())
                        .map(Ref::id),
                Ref.id(profile(content.iamInstanceProfile())),
                securityGroups,
                network.map(LaunchTemplateInstanceNetworkInterfaceSpecification::associatePublicIpAddress)
                        .orElse(false),
                new String(Base64.getDecoder().decode(text(content.userData())), StandardCharsets.UTF_8),
                disk(content.blockDeviceMappings()),
                metadata(content.metadataOptions()),
                ownTags(scope, group, tags(content, ResourceType.INSTANCE)),
                ownTags(scope, group, tags(content, ResourceType.VOLUME)),
                others(content),
                Map.of());
    }

    /** What our templates never say, or always say in the same way. */
    private static Set<String> others(ResponseLaunchTemplateData content) {
        OtherSettings others = new OtherSettings().besides(content, OURS);
        content.blockDeviceMappings().stream()
                .map(LaunchTemplateBlockDeviceMapping::ebs)
                .filter(Objects::nonNull)
                .forEach(ebs -> others.when(Boolean.FALSE.equals(ebs.encrypted()), "a disk that is not encrypted")
                        .when(Boolean.FALSE.equals(ebs.deleteOnTermination()), "a disk that outlives its instance")
                        .when(ebs.snapshotId() != null && !ebs.snapshotId().isEmpty(), "a disk from a snapshot"));
        content.networkInterfaces()
                .forEach(network -> others.when(
                        Boolean.FALSE.equals(network.deleteOnTermination()),
                        "a network interface that outlives its instance"));
        return others.when(content.blockDeviceMappings().size() > 1, "further disks")
                .when(content.networkInterfaces().size() > 1, "further network interfaces")
                .when(
                        content.metadataOptions() != null
                                && content.metadataOptions().httpEndpoint()
                                        == LaunchTemplateInstanceMetadataEndpointState.DISABLED,
                        "no metadata service")
                .when(
                        !tags(content, ResourceType.NETWORK_INTERFACE).equals(tags(content, ResourceType.VOLUME)),
                        "tags of network interfaces that are not those of disks")
                .found();
    }

    private static String text(@Nullable String text) {
        return text == null ? "" : text;
    }

    private static String profile(@Nullable LaunchTemplateIamInstanceProfileSpecification profile) {
        if (profile == null) {
            return "";
        }
        return text(profile.arn() == null || profile.arn().isEmpty() ? profile.name() : profile.arn());
    }

    private static RootVolume disk(List<LaunchTemplateBlockDeviceMapping> mappings) {
        Optional<LaunchTemplateBlockDeviceMapping> root =
                mappings.stream().filter(mapping -> mapping.ebs() != null).findFirst();
        if (root.isEmpty()) {
            return new RootVolume("", "", 0, Optional.empty(), Optional.empty(), Optional.empty());
        }
        LaunchTemplateEbsBlockDevice ebs = root.get().ebs();
        return new RootVolume(
                text(root.get().deviceName()),
                text(ebs.volumeTypeAsString()),
                Optional.ofNullable(ebs.volumeSize()).orElse(0),
                Optional.ofNullable(ebs.iops()),
                Optional.ofNullable(ebs.throughput()),
                Optional.ofNullable(ebs.kmsKeyId()).filter(key -> !key.isEmpty()));
    }

    private static Metadata metadata(@Nullable LaunchTemplateInstanceMetadataOptions options) {
        if (options == null) {
            return new Metadata(false, 1);
        }
        return new Metadata(
                options.httpTokens() == LaunchTemplateHttpTokensState.REQUIRED,
                Optional.ofNullable(options.httpPutResponseHopLimit()).orElse(1));
    }

    private static Map<String, String> tags(ResponseLaunchTemplateData content, ResourceType type) {
        return content.tagSpecifications().stream()
                .filter(specification -> specification.resourceType() == type)
                .findFirst()
                .map(specification -> Ec2Tags.map(specification.tags()))
                .orElseGet(Map::of);
    }

    /** The tags without those that every instance of the group has. */
    private static Map<String, String> ownTags(ClusterScope scope, String group, Map<String, String> tags) {
        Map<String, String> own = new HashMap<>(tags);
        own.remove(LaunchTemplates.GROUP_TAG);
        own.put(ClusterScope.ADDRESS_TAG, new ResourceAddress(LaunchTemplates.KIND, group).toString());
        return scope.ownTags(own);
    }
}
