package io.k8saws.testkit;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What EC2 knows about an instance and tells a node machine: metadata, user data, disks. Immutable.
 *
 * <p>Start with {@link #of} and add to it:
 *
 * <pre>{@code
 * NodeInstance instance = NodeInstance.of("i-0a1b2c3d4e5f60718", NodeInterface.of("eni-1", "10.0.0.5", "10.0.0.0/20"))
 *         .withUserData(script)
 *         .withTag("Name", "control-plane");
 * }</pre>
 *
 * @param id the instance
 * @param placement where it runs
 * @param image the AMI's id and the instance type
 * @param interfaces its network interfaces, at least one; the first carries its traffic
 * @param tags what the metadata service shows of its tags
 * @param role its role, if it has one
 * @param volumes its disks
 * @param userData in Base64, as the EC2 API has it; empty for none
 * @param hopLimit how many hops the metadata service's tokens go: 1 keeps them from pods
 * @param lifecycleState where its Auto Scaling group wants it: {@code InService}, {@code Standby}, {@code Terminated}; empty when it has none
 * @param interruption when EC2 takes this spot instance back; empty as long as it does not want to
 */
public record NodeInstance(
        String id,
        Placement placement,
        Image image,
        List<NodeInterface> interfaces,
        Map<String, String> tags,
        Optional<Role> role,
        List<NodeVolume> volumes,
        String userData,
        int hopLimit,
        Optional<String> lifecycleState,
        Optional<Instant> interruption) {
    /**
     * Where an instance runs.
     *
     * @param accountId twelve digits
     * @param region such as {@code us-east-1}
     * @param zone such as {@code us-east-1a}
     * @param vpcCidr the IPv4 range of the VPC
     */
    public record Placement(String accountId, String region, String zone, String vpcCidr) {}

    /**
     * What an instance was made of.
     *
     * @param id the AMI
     * @param type the instance type
     */
    public record Image(String id, String type) {}

    /**
     * An instance's role.
     *
     * @param name the role's name
     * @param credentials what the metadata service hands out for it
     */
    public record Role(String name, RoleCredentials credentials) {}

    /** Copies what could change and checks the rest. */
    public NodeInstance {
        interfaces = List.copyOf(interfaces);
        tags = Map.copyOf(tags);
        volumes = List.copyOf(volumes);
        if (interfaces.isEmpty()) {
            throw new IllegalArgumentException(
                    "Describe instance " + id + ": it has no network interface. Give it one.");
        }
        if (hopLimit < 1 || hopLimit > 64) {
            throw new IllegalArgumentException("Describe instance " + id + ": the hop limit " + hopLimit
                    + " is not from 1 to 64. Choose another.");
        }
    }

    /**
     * An instance with nothing special: in the first zone of {@code us-east-1}, in a VPC of {@code 10.0.0.0/16}, without tags, role, disks and user data.
     *
     * @param id the instance
     * @param first its network interface
     * @return the instance
     */
    public static NodeInstance of(String id, NodeInterface first) {
        return new NodeInstance(
                id,
                new Placement("123456789012", "us-east-1", "us-east-1a", "10.0.0.0/16"),
                new Image("ami-0123456789abcdef0", "m5.large"),
                List.of(first),
                Map.of(),
                Optional.empty(),
                List.of(),
                "",
                1,
                Optional.empty(),
                Optional.empty());
    }

    /**
     * An instance as an AWS endpoint has it: user data, addresses, tags, role with credentials of a session of its own. Hardware addresses follow from the private
     * ones. Add its disks with {@link #withVolume}.
     *
     * @param aws an emulator
     * @param id the instance
     * @return what is known about it at this moment
     * @throws IllegalArgumentException if there is no such instance
     * @throws software.amazon.awssdk.core.exception.SdkException if a call fails
     */
    public static NodeInstance describedBy(AwsEndpoint aws, String id) {
        return InstanceDescription.read(aws, id);
    }

    /**
     * The private address of the first interface.
     *
     * @return an IPv4 address
     */
    public String address() {
        return interfaces.get(0).address();
    }

    /**
     * The name that the VPC's name server gives to the first interface.
     *
     * @return such as {@code ip-10-0-0-5.ec2.internal}
     */
    public String privateDnsName() {
        String domain =
                placement.region().equals("us-east-1") ? "ec2.internal" : placement.region() + ".compute.internal";
        return "ip-" + address().replace('.', '-') + "." + domain;
    }

    /**
     * The same with a user data script or document.
     *
     * @param text what cloud-init reads
     * @return a copy
     */
    public NodeInstance withUserData(String text) {
        return withEncodedUserData(Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * The same with user data as the EC2 API has it.
     *
     * @param base64 in Base64; what is inside may be packed with gzip
     * @return a copy
     */
    public NodeInstance withEncodedUserData(String base64) {
        return new NodeInstance(
                id, placement, image, interfaces, tags, role, volumes, base64, hopLimit, lifecycleState, interruption);
    }

    /**
     * The same with one more tag, or another value of one.
     *
     * @param key the tag's key
     * @param value its value
     * @return a copy
     */
    public NodeInstance withTag(String key, String value) {
        Map<String, String> more = new LinkedHashMap<>(tags);
        more.put(key, value);
        return new NodeInstance(
                id,
                placement,
                image,
                interfaces,
                more,
                role,
                volumes,
                userData,
                hopLimit,
                lifecycleState,
                interruption);
    }

    /**
     * The same with this role.
     *
     * @param name the role's name
     * @param credentials its credentials
     * @return a copy
     */
    public NodeInstance withRole(String name, RoleCredentials credentials) {
        return new NodeInstance(
                id,
                placement,
                image,
                interfaces,
                tags,
                Optional.of(new Role(name, credentials)),
                volumes,
                userData,
                hopLimit,
                lifecycleState,
                interruption);
    }

    /**
     * The same with one more disk.
     *
     * @param volume the disk
     * @return a copy
     */
    public NodeInstance withVolume(NodeVolume volume) {
        List<NodeVolume> more = new ArrayList<>(volumes);
        more.add(volume);
        return new NodeInstance(
                id, placement, image, interfaces, tags, role, more, userData, hopLimit, lifecycleState, interruption);
    }

    /**
     * The same with one more network interface.
     *
     * @param next the interface
     * @return a copy
     */
    public NodeInstance withInterface(NodeInterface next) {
        List<NodeInterface> more = new ArrayList<>(interfaces);
        more.add(next);
        return new NodeInstance(
                id, placement, image, more, tags, role, volumes, userData, hopLimit, lifecycleState, interruption);
    }

    /**
     * The same with other tags in place of all that it has.
     *
     * @param others what the metadata service shows
     * @return a copy
     */
    public NodeInstance withTags(Map<String, String> others) {
        return new NodeInstance(
                id,
                placement,
                image,
                interfaces,
                others,
                role,
                volumes,
                userData,
                hopLimit,
                lifecycleState,
                interruption);
    }

    /**
     * The same wanted elsewhere by its Auto Scaling group.
     *
     * @param wanted such as {@code Terminated}
     * @return a copy
     */
    public NodeInstance withLifecycleState(String wanted) {
        return new NodeInstance(
                id,
                placement,
                image,
                interfaces,
                tags,
                role,
                volumes,
                userData,
                hopLimit,
                Optional.of(wanted),
                interruption);
    }

    /**
     * The same as a spot instance that EC2 takes back.
     *
     * @param at when it does
     * @return a copy
     */
    public NodeInstance withInterruption(Instant at) {
        return new NodeInstance(
                id,
                placement,
                image,
                interfaces,
                tags,
                role,
                volumes,
                userData,
                hopLimit,
                lifecycleState,
                Optional.of(at));
    }

    /**
     * The same somewhere else.
     *
     * @param other the account, region, zone and VPC
     * @return a copy
     */
    public NodeInstance withPlacement(Placement other) {
        return new NodeInstance(
                id, other, image, interfaces, tags, role, volumes, userData, hopLimit, lifecycleState, interruption);
    }

    /** The same without an interface. */
    NodeInstance without(NodeInterface gone) {
        List<NodeInterface> rest =
                interfaces.stream().filter(one -> !one.equals(gone)).toList();
        return new NodeInstance(
                id, placement, image, rest, tags, role, volumes, userData, hopLimit, lifecycleState, interruption);
    }

    /** The same without a disk. */
    NodeInstance without(NodeVolume gone) {
        List<NodeVolume> rest =
                volumes.stream().filter(one -> !one.equals(gone)).toList();
        return new NodeInstance(
                id, placement, image, interfaces, tags, role, rest, userData, hopLimit, lifecycleState, interruption);
    }

    /** Names the instance; user data may be long and credentials are secret. */
    @Override
    public String toString() {
        return "NodeInstance[" + id + ", " + address() + ", " + placement.zone() + "]";
    }
}
