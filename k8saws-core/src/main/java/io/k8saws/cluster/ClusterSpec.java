package io.k8saws.cluster;

import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.error.Violation;
import io.k8saws.internal.text.LineByLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.immutables.value.Value;

/**
 * What a cluster shall be. Immutable and thread-safe; making one calls nothing outside.
 *
 * <p>A good cluster that survives the loss of a zone:
 *
 * <pre>{@code
 * ClusterSpec spec = ClusterSpec.builder()
 *     .name("payments").region("eu-west-1")
 *     .network(n -> n.zones("eu-west-1a", "eu-west-1b", "eu-west-1c"))
 *     .addNodePool(p -> p.name("general").instanceTypes("m6i.xlarge").minSize(3).maxSize(12))
 *     .build();
 * }</pre>
 *
 * <p>A {@code ClusterSpec} always keeps all rules: {@link Builder#build()} refuses anything else and names every mistake at once.
 * Choices that are allowed but worth a second look are in {@link #warnings()}.
 */
@SpecStyle
@Value.Immutable
public abstract class ClusterSpec {

    // With three zones, none holds more of 3, 5 or 7 members than their cluster can lose.
    private static final int ETCD_ZONES = 3;

    ClusterSpec() {}

    /**
     * Starts a description. Name, region, zones and the instance types of each pool must be set; all else has a default.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Reads a description from YAML, as {@link #toYaml()} writes it.
     *
     * @param yaml the text
     * @return the description
     * @throws InvalidSpecException with all mistakes: unknown keys, wrong types and everything that {@link Builder#build()} refuses
     */
    public static ClusterSpec fromYaml(String yaml) {
        return ClusterYaml.read(yaml, "Read cluster from YAML");
    }

    /**
     * Reads a description from a YAML file in UTF-8.
     *
     * @param file the file
     * @return the description
     * @throws InvalidSpecException with all mistakes
     * @throws K8sAwsException when the file cannot be read
     */
    public static ClusterSpec fromYaml(Path file) {
        try {
            return ClusterYaml.read(Files.readString(file), "Read cluster from " + file);
        } catch (IOException e) {
            throw new K8sAwsException(
                    "Read cluster from " + file,
                    "the file cannot be read (" + e.getClass().getSimpleName() + ")",
                    "check that it exists, may be read and is UTF-8 text",
                    Map.of(),
                    e);
        }
    }

    /**
     * Returns the name: 1 to 32 characters, lower-case letters, digits and dashes, starting with a letter (RFC 1123, and short enough
     * for all AWS names made of it). It cannot be changed later.
     *
     * @return the name
     */
    @Value.Default
    public String name() {
        return "";
    }

    /**
     * Returns the AWS region, such as {@code eu-west-1}. It cannot be changed later.
     *
     * @return the region
     */
    @Value.Default
    public String region() {
        return "";
    }

    /**
     * Returns the Kubernetes version, such as {@code 1.36.1}.
     *
     * @return {@code 1.36.1} by default
     */
    @Value.Default
    public String kubernetesVersion() {
        return KubernetesVersions.DEFAULT;
    }

    /**
     * Returns the network.
     *
     * @return the network
     */
    @Value.Default
    public NetworkSpec network() {
        return NetworkSpec.builder().build();
    }

    /**
     * Returns how the Kubernetes API is reached.
     *
     * @return a public load balancer that is open to every address by default
     */
    @Value.Default
    public ApiSpec api() {
        return ApiSpec.builder().build();
    }

    /**
     * Returns who reaches the machines themselves.
     *
     * @return Session Manager by default
     */
    @Value.Default
    public AccessSpec access() {
        return AccessSpec.builder().build();
    }

    /**
     * Returns the machines of the control plane.
     *
     * @return three {@code m6i.large} by default
     */
    @Value.Default
    public ControlPlaneSpec controlPlane() {
        return ControlPlaneSpec.builder().build();
    }

    /**
     * Returns the etcd cluster.
     *
     * @return three members on dedicated instances by default
     */
    @Value.Default
    public EtcdSpec etcd() {
        return EtcdSpec.builder().build();
    }

    /**
     * Returns the node pools.
     *
     * @return the pools in the order in which they were written; may be empty
     */
    public abstract List<NodePoolSpec> nodePools();

    /**
     * Returns what is published in Route 53.
     *
     * @return nothing by default
     */
    @Value.Default
    public DnsSpec dns() {
        return DnsSpec.none();
    }

    /**
     * Returns the network add-on.
     *
     * @return Cilium by default
     */
    @Value.Default
    public CniSpec cni() {
        return CniSpec.builder().build();
    }

    /**
     * Returns options of Kubernetes' own components.
     *
     * @return Kubernetes' defaults, and encrypted Secrets
     */
    @Value.Default
    public KubernetesSpec kubernetes() {
        return KubernetesSpec.builder().build();
    }

    /**
     * Returns the kinds of the cluster's keys, and how they lie in its bucket.
     *
     * @return elliptic curve P-256, encrypted by S3's own keys, by default
     */
    @Value.Default
    public KeysSpec keys() {
        return KeysSpec.builder().build();
    }

    /**
     * Returns what all machines have in common.
     *
     * @return the library's defaults
     */
    @Value.Default
    public MachinesSpec machines() {
        return MachinesSpec.builder().build();
    }

    /**
     * Returns where machines fetch programs and images from.
     *
     * @return the projects' own places by default
     */
    @Value.Default
    public AssetsSpec assets() {
        return AssetsSpec.builder().build();
    }

    /**
     * Returns what runs in the cluster from its first minute.
     *
     * @return cloud controller manager, network add-on and EBS driver by default
     */
    @Value.Default
    public AddonsSpec addons() {
        return AddonsSpec.builder().build();
    }

    /**
     * Returns the ARN of the IAM policy that bounds every role of the cluster.
     *
     * @return empty by default
     */
    public abstract Optional<String> permissionsBoundary();

    /**
     * Returns tags for every AWS resource of the cluster, beside those that the library sets itself.
     *
     * @return empty by default
     */
    public abstract Map<String, String> tags();

    /**
     * Finds a node pool.
     *
     * @param name its name
     * @return the pool, or empty when there is none of this name
     */
    public Optional<NodePoolSpec> nodePool(String name) {
        return nodePools().stream().filter(p -> p.name().equals(name)).findFirst();
    }

    /**
     * Returns the zone of each etcd member, the first member first: the zones in their order, and then from the start again. Where
     * {@link EtcdSpec#zones()} names none, the first three zones of the network are used, or all when there are fewer, so that a
     * fourth zone moves no member.
     *
     * @return as many zones as members; empty when no zone is known
     */
    public List<String> etcdMemberZones() {
        List<String> zones = etcd().zones().isEmpty()
                ? network()
                        .zones()
                        .subList(0, Math.min(ETCD_ZONES, network().zones().size()))
                : etcd().zones();
        List<String> result = new ArrayList<>();
        for (int i = 0; i < etcd().members() && !zones.isEmpty(); i++) {
            result.add(zones.get(i % zones.size()));
        }
        return List.copyOf(result);
    }

    /**
     * Returns the full DNS name of the API's record.
     *
     * @return empty when nothing is published
     */
    public Optional<String> apiHostName() {
        if (dns().kind() == DnsKind.NONE) {
            return Optional.empty();
        }
        return dns().apiRecord().or(() -> dns().zone().map(zone -> "api." + name() + "." + zone));
    }

    /**
     * Returns what is allowed but worth a second look, such as an API that is open to every address.
     *
     * @return the remarks in the order of the specification, possibly none; as text, one a line
     */
    public List<Violation> warnings() {
        return ClusterRules.warnings(this);
    }

    /**
     * Writes this description as YAML. Reading it gives an equal description; what has its default value is left out; equal
     * descriptions give the same text.
     *
     * @return the text, ending with a line feed
     */
    public String toYaml() {
        return ClusterYaml.write(this);
    }

    /**
     * Starts a changed copy.
     *
     * @return a builder with these values
     */
    public Builder toBuilder() {
        return new Builder().from(this);
    }

    /**
     * Returns a copy with some changes.
     *
     * @param change what to change; the builder has this description's values
     * @return the copy
     * @throws InvalidSpecException when the copy breaks a rule
     */
    public ClusterSpec with(Consumer<Builder> change) {
        Builder builder = toBuilder();
        change.accept(builder);
        return builder.build();
    }

    /**
     * Returns a copy with another Kubernetes version.
     *
     * @param version such as {@code 1.36.1}
     * @return the copy
     * @throws InvalidSpecException when the copy breaks a rule
     */
    public ClusterSpec withKubernetesVersion(String version) {
        return with(b -> b.kubernetesVersion(version));
    }

    /**
     * Returns a copy with a changed network.
     *
     * @param change what to change
     * @return the copy
     * @throws InvalidSpecException when the copy breaks a rule
     */
    public ClusterSpec withNetwork(Consumer<NetworkSpec.Builder> change) {
        return with(b -> b.network(change));
    }

    /**
     * Returns a copy with a changed etcd cluster.
     *
     * @param change what to change
     * @return the copy
     * @throws InvalidSpecException when the copy breaks a rule
     */
    public ClusterSpec withEtcd(Consumer<EtcdSpec.Builder> change) {
        return with(b -> b.etcd(change));
    }

    /**
     * Returns a copy with a changed control plane.
     *
     * @param change what to change
     * @return the copy
     * @throws InvalidSpecException when the copy breaks a rule
     */
    public ClusterSpec withControlPlane(Consumer<ControlPlaneSpec.Builder> change) {
        return with(b -> b.controlPlane(change));
    }

    /**
     * Returns a copy in which one node pool is changed. Its place in the order stays.
     *
     * @param name the pool's name
     * @param change what to change; the builder has the pool's values
     * @return the copy
     * @throws NoSuchElementException when there is no such pool
     * @throws InvalidSpecException when the copy breaks a rule
     */
    public ClusterSpec withNodePool(String name, Consumer<NodePoolSpec.Builder> change) {
        NodePoolSpec.Builder builder = requireNodePool(name).toBuilder();
        change.accept(builder);
        return replaceNodePool(name, builder.build());
    }

    /**
     * Returns a copy in which one node pool is another one. Its place in the order stays.
     *
     * @param name the name of the pool that goes
     * @param pool the pool that comes
     * @return the copy
     * @throws NoSuchElementException when there is no such pool
     * @throws InvalidSpecException when the copy breaks a rule
     */
    public ClusterSpec replaceNodePool(String name, NodePoolSpec pool) {
        requireNodePool(name);
        return with(b -> b.nodePools(nodePools().stream()
                .map(p -> p.name().equals(name) ? pool : p)
                .collect(Collectors.toUnmodifiableList())));
    }

    /**
     * Returns a copy with one more node pool, the last in the order.
     *
     * @param pool describes the pool
     * @return the copy
     * @throws InvalidSpecException when the copy breaks a rule
     */
    public ClusterSpec plusNodePool(Consumer<NodePoolSpec.Builder> pool) {
        return with(b -> b.addNodePool(pool));
    }

    /**
     * Returns a copy without one node pool.
     *
     * @param name the name of the pool that goes
     * @return the copy
     * @throws NoSuchElementException when there is no such pool
     */
    public ClusterSpec withoutNodePool(String name) {
        requireNodePool(name);
        return with(b -> b.nodePools(
                nodePools().stream().filter(p -> !p.name().equals(name)).collect(Collectors.toUnmodifiableList())));
    }

    private NodePoolSpec requireNodePool(String name) {
        return nodePool(name)
                .orElseThrow(() -> new NoSuchElementException("Find node pool " + name + " of cluster " + name()
                        + ": there is none. Use one of its pools. [pools="
                        + nodePools().stream().map(NodePoolSpec::name).collect(Collectors.joining(",")) + "]"));
    }

    /** Returns a few lines: name, region, version and size, and then each part in its short form, with the images and the mirror that machines take. */
    @Override
    public String toString() {
        return new ClusterSummary(this).text();
    }

    /** Builds a {@link ClusterSpec}. Not thread-safe. */
    public static final class Builder extends ImmutableClusterSpec.Builder {
        Builder() {}

        /**
         * Describes the network. The builder starts with what was set before.
         *
         * @param network describes the network
         * @return this builder
         */
        public Builder network(Consumer<NetworkSpec.Builder> network) {
            NetworkSpec.Builder builder = super.build().network().toBuilder();
            network.accept(builder);
            return network(builder.build());
        }

        /**
         * Describes how the Kubernetes API is reached. The builder starts with what was set before.
         *
         * @param api describes it
         * @return this builder
         */
        public Builder api(Consumer<ApiSpec.Builder> api) {
            ApiSpec.Builder builder = super.build().api().toBuilder();
            api.accept(builder);
            return api(builder.build());
        }

        /**
         * Describes who reaches the machines. The builder starts with what was set before.
         *
         * @param access describes it
         * @return this builder
         */
        public Builder access(Consumer<AccessSpec.Builder> access) {
            AccessSpec.Builder builder = super.build().access().toBuilder();
            access.accept(builder);
            return access(builder.build());
        }

        /**
         * Describes the control plane. The builder starts with what was set before.
         *
         * @param controlPlane describes it
         * @return this builder
         */
        public Builder controlPlane(Consumer<ControlPlaneSpec.Builder> controlPlane) {
            ControlPlaneSpec.Builder builder = super.build().controlPlane().toBuilder();
            controlPlane.accept(builder);
            return controlPlane(builder.build());
        }

        /**
         * Describes the etcd cluster. The builder starts with what was set before.
         *
         * @param etcd describes it
         * @return this builder
         */
        public Builder etcd(Consumer<EtcdSpec.Builder> etcd) {
            EtcdSpec.Builder builder = super.build().etcd().toBuilder();
            etcd.accept(builder);
            return etcd(builder.build());
        }

        /**
         * Adds a node pool.
         *
         * @param pool describes it
         * @return this builder
         */
        public Builder addNodePool(Consumer<NodePoolSpec.Builder> pool) {
            NodePoolSpec.Builder builder = NodePoolSpec.builder();
            pool.accept(builder);
            return addNodePool(builder.build());
        }

        /**
         * Describes what is published in Route 53. The builder starts with what was set before.
         *
         * @param dns describes it
         * @return this builder
         */
        public Builder dns(Consumer<DnsSpec.Builder> dns) {
            DnsSpec.Builder builder = super.build().dns().toBuilder();
            dns.accept(builder);
            return dns(builder.build());
        }

        /**
         * Describes the network add-on. The builder starts with what was set before.
         *
         * @param cni describes it
         * @return this builder
         */
        public Builder cni(Consumer<CniSpec.Builder> cni) {
            CniSpec.Builder builder = super.build().cni().toBuilder();
            cni.accept(builder);
            return cni(builder.build());
        }

        /**
         * Describes options of Kubernetes' own components. The builder starts with what was set before.
         *
         * @param kubernetes describes them
         * @return this builder
         */
        public Builder kubernetes(Consumer<KubernetesSpec.Builder> kubernetes) {
            KubernetesSpec.Builder builder = super.build().kubernetes().toBuilder();
            kubernetes.accept(builder);
            return kubernetes(builder.build());
        }

        /**
         * Describes the kinds of the cluster's keys, and how they lie in its bucket. The builder starts with what was set before.
         *
         * @param keys describes them
         * @return this builder
         */
        public Builder keys(Consumer<KeysSpec.Builder> keys) {
            KeysSpec.Builder builder = super.build().keys().toBuilder();
            keys.accept(builder);
            return keys(builder.build());
        }

        /**
         * Describes what all machines have in common. The builder starts with what was set before.
         *
         * @param machines describes it
         * @return this builder
         */
        public Builder machines(Consumer<MachinesSpec.Builder> machines) {
            MachinesSpec.Builder builder = super.build().machines().toBuilder();
            machines.accept(builder);
            return machines(builder.build());
        }

        /**
         * Describes where machines fetch programs and images from. The builder starts with what was set before.
         *
         * @param assets describes it
         * @return this builder
         */
        public Builder assets(Consumer<AssetsSpec.Builder> assets) {
            AssetsSpec.Builder builder = super.build().assets().toBuilder();
            assets.accept(builder);
            return assets(builder.build());
        }

        /**
         * Lets machines fetch nothing from the internet: programs come from a mirror, and all images from a registry. Sets {@link AssetsSpec#mirror()},
         * {@link AssetsSpec#registry()} and {@link AddonsSpec#registry()}. Images of {@code registry.k8s.io} lie below the registry's name with their path, all others
         * with their host and path; {@link io.k8saws.addon.ClusterImages} lists them. Machines still need the way to AWS's own services, such as VPC endpoints.
         *
         * @param mirror {@code https://host/path}, {@code http://host/path} or {@code s3://bucket/path}
         * @param registry a host, with or without a path
         * @return this builder
         */
        public Builder airGap(String mirror, String registry) {
            return assets(assets -> assets.mirror(mirror).registry(registry))
                    .addons(addons -> addons.registry(registry));
        }

        /**
         * Describes what runs in the cluster from its first minute. The builder starts with what was set before.
         *
         * @param addons describes it
         * @return this builder
         */
        public Builder addons(Consumer<AddonsSpec.Builder> addons) {
            AddonsSpec.Builder builder = super.build().addons().toBuilder();
            addons.accept(builder);
            return addons(builder.build());
        }

        /**
         * Checks everything that was written so far, without throwing.
         *
         * @return all mistakes in the order of the specification, as text one a line; empty when {@link #build()} will succeed
         */
        public List<Violation> validate() {
            return new LineByLine<>(ClusterRules.violations(super.build()));
        }

        /**
         * Makes the description.
         *
         * @return the description
         * @throws InvalidSpecException with all mistakes, each with its path, the problem and the fix
         */
        @Override
        public ClusterSpec build() {
            ClusterSpec spec = super.build();
            List<Violation> violations = ClusterRules.violations(spec);
            if (!violations.isEmpty()) {
                throw new InvalidSpecException(
                        "Build cluster " + (spec.name().isEmpty() ? "spec" : spec.name()), violations);
            }
            return spec;
        }

        ClusterSpec buildUnchecked() {
            return super.build();
        }
    }
}
