package io.k8saws.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.immutables.value.Value;

/**
 * Nodes that are alike: an Auto Scaling group with one launch template. Immutable and thread-safe.
 *
 * <p>By default all nodes are on demand. {@link #onDemandPercentageAboveBase()} below 100 mixes in spot instances.
 */
@SpecStyle
@Value.Immutable
public abstract class NodePoolSpec implements WithNodePoolSpec {

    private static final Taint WINDOWS = new Taint("os", "windows", TaintEffect.NO_SCHEDULE);

    NodePoolSpec() {}

    /**
     * Starts a description. Name and instance types must be set.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns the name, unique in the cluster: lower-case letters, digits and dashes, at most 32 characters, starting with a letter.
     *
     * @return empty when it was not set, which is reported when the {@link ClusterSpec} is built
     */
    @Value.Default
    public String name() {
        return "";
    }

    /**
     * Returns what the nodes run. Nodes of Windows have the taint {@code os=windows:NoSchedule}, so that only pods come that mean it.
     *
     * @return Linux by default
     */
    @Value.Default
    public OperatingSystem os() {
        return OperatingSystem.LINUX;
    }

    /**
     * Returns the instance types that the group may launch, the preferred one first. All have the same processor architecture.
     *
     * @return the types; a pool needs at least one
     */
    public abstract List<String> instanceTypes();

    /**
     * Returns the smallest size.
     *
     * @return 1 by default
     */
    @Value.Default
    public int minSize() {
        return 1;
    }

    /**
     * Returns the largest size.
     *
     * @return {@link #minSize()} by default
     */
    @Value.Default
    public int maxSize() {
        return minSize();
    }

    /**
     * Returns how many nodes are on demand before any spot instance is launched.
     *
     * @return 0 by default
     */
    @Value.Default
    public int onDemandBase() {
        return 0;
    }

    /**
     * Returns how many percent of the nodes above {@link #onDemandBase()} are on demand, 0 to 100; the rest is spot.
     *
     * @return 100 by default: no spot instances
     */
    @Value.Default
    public int onDemandPercentageAboveBase() {
        return 100;
    }

    /**
     * Returns how spot capacity is picked.
     *
     * @return empty by default: price-capacity-optimized when the pool uses spot instances
     */
    public abstract Optional<SpotStrategy> spotStrategy();

    /**
     * Returns the highest price for a spot instance in US dollars an hour, such as {@code 0.095}.
     *
     * @return empty by default: up to the on-demand price, which is what AWS recommends
     */
    public abstract Optional<String> spotMaxPrice();

    /**
     * Returns the zones of the pool, a subset of {@link NetworkSpec#zones()}.
     *
     * @return empty by default: all zones of the network
     */
    public abstract List<String> zones();

    /**
     * Returns labels that every node registers with.
     *
     * @return empty by default
     */
    public abstract Map<String, String> labels();

    /**
     * Returns taints that every node registers with.
     *
     * @return empty by default
     */
    public abstract List<Taint> taints();

    /**
     * Returns the root volume of each node.
     *
     * @return gp3 with 100 GiB by default
     */
    @Value.Default
    public VolumeSpec rootVolume() {
        return VolumeSpec.gp3(100);
    }

    /**
     * Returns after what time a node is replaced, 1 to 365 days (Auto Scaling API, MaxInstanceLifetime).
     *
     * @return empty by default: never
     */
    public abstract Optional<Duration> maxLifetime();

    /**
     * Returns how the instance metadata service answers.
     *
     * @return tokens required and one hop by default
     */
    @Value.Default
    public ImdsSpec imds() {
        return ImdsSpec.builder().build();
    }

    /**
     * Returns ids of further security groups of yours that are attached to every node, at most four beside the cluster's own (the
     * default quota is five for a network interface).
     *
     * @return empty by default
     */
    public abstract List<String> extraSecurityGroups();

    /**
     * Returns the machine image: {@code ami-...} with its id; {@code ssm:} with the name of a parameter that holds the id; {@code name:} with an owner, a slash and the
     * pattern of a name, for the newest of them; or {@code ubuntu-24.04}, {@code debian-13}, {@code debian-12}, {@code amazon-linux-2023}, {@code flatcar}; for Windows
     * {@code windows-2022} and {@code windows-2025}. What is not an id is looked up when the cluster is planned, for the architecture of the instance types, and stays as the plan has pinned it.
     *
     * @return empty by default: {@code ubuntu-24.04}, for Windows {@code windows-2022}
     */
    public abstract Optional<String> image();

    /**
     * Returns the name of the image's root device, for which the root volume is meant. With a wrong one, a machine gets a second disk,
     * and its root keeps the image's size and encryption.
     *
     * @return empty by default: {@code /dev/xvda} for AWS's public parameters and the names of Amazon Linux, Bottlerocket and Debian, else
     *     {@code /dev/sda1}
     */
    public abstract Optional<String> rootDevice();

    /**
     * Returns settings of the pool's kubelets, merged over those of {@link KubernetesSpec#kubelet()}.
     *
     * @return empty by default
     */
    public abstract Optional<Settings> kubelet();

    /**
     * Tells whether the pool may launch spot instances.
     *
     * @return true when some of its nodes may be spot
     */
    public boolean usesSpot() {
        return onDemandPercentageAboveBase() < 100 && maxSize() > onDemandBase();
    }

    /**
     * Returns the taints that nodes really have: {@link #taints()}, and for Windows {@code os=windows:NoSchedule}.
     *
     * @return the taints
     */
    public List<Taint> effectiveTaints() {
        if (os() != OperatingSystem.WINDOWS || taints().contains(WINDOWS)) {
            return taints();
        }
        List<Taint> all = new ArrayList<>(taints());
        all.add(WINDOWS);
        return List.copyOf(all);
    }

    /**
     * Returns the zones in which the pool stands.
     *
     * @param network the cluster's network
     * @return {@link #zones()}, or all zones of the network when none are named
     */
    public List<String> effectiveZones(NetworkSpec network) {
        return zones().isEmpty() ? network.zones() : zones();
    }

    /**
     * Starts a changed copy. A largest size that equals the smallest follows it when only the smallest is changed.
     *
     * @return a builder with these values
     */
    public Builder toBuilder() {
        Builder copy = new Builder()
                .name(name())
                .os(os())
                .instanceTypes(instanceTypes())
                .minSize(minSize())
                .onDemandBase(onDemandBase())
                .onDemandPercentageAboveBase(onDemandPercentageAboveBase())
                .spotStrategy(spotStrategy())
                .spotMaxPrice(spotMaxPrice())
                .zones(zones())
                .labels(labels())
                .taints(taints())
                .rootVolume(rootVolume())
                .maxLifetime(maxLifetime())
                .imds(imds())
                .extraSecurityGroups(extraSecurityGroups())
                .image(image())
                .rootDevice(rootDevice())
                .kubelet(kubelet());
        return maxSize() == minSize() ? copy : copy.maxSize(maxSize());
    }

    /** Returns a short form, such as {@code general 3-12 x m6i.xlarge} or {@code batch 0-50 x m6i.xlarge|m5.xlarge spot}. */
    @Override
    public String toString() {
        return name()
                + " "
                + Names.sizes(minSize(), maxSize())
                + " x "
                + String.join("|", instanceTypes())
                + (os() == OperatingSystem.WINDOWS ? " windows" : "")
                + (usesSpot() ? " spot" : "")
                + (zones().isEmpty() ? "" : " " + zones())
                + (taints().isEmpty() ? "" : " taints=" + taints());
    }

    /** Builds a {@link NodePoolSpec}. Not thread-safe. Its {@code build()} checks nothing: the {@link ClusterSpec} does. */
    public static final class Builder extends ImmutableNodePoolSpec.Builder {
        Builder() {}

        /**
         * Replaces the instance types.
         *
         * @param types such as {@code m6i.xlarge}, the preferred one first
         * @return this builder
         */
        public Builder instanceTypes(String... types) {
            return instanceTypes(List.of(types));
        }

        /**
         * Sets a fixed size.
         *
         * @param size the smallest and the largest size
         * @return this builder
         */
        public Builder size(int size) {
            return minSize(size).maxSize(size);
        }

        /**
         * Makes every node a spot instance.
         *
         * @return this builder
         */
        public Builder spot() {
            return onDemandBase(0).onDemandPercentageAboveBase(0);
        }

        /**
         * Replaces the zones.
         *
         * @param zones such as {@code eu-west-1a}
         * @return this builder
         */
        public Builder zones(String... zones) {
            return zones(List.of(zones));
        }

        /**
         * Adds a taint.
         *
         * @param key the key
         * @param value the value; may be empty
         * @param effect what the taint does
         * @return this builder
         */
        public Builder addTaint(String key, String value, TaintEffect effect) {
            return addTaint(new Taint(key, value, effect));
        }

        /**
         * Replaces the ids of further security groups.
         *
         * @param ids such as {@code sg-0123456789abcdef0}
         * @return this builder
         */
        public Builder extraSecurityGroups(String... ids) {
            return extraSecurityGroups(List.of(ids));
        }

        /**
         * Sets one setting of the pool's kubelets, beside those set before.
         *
         * @param field the field of {@code KubeletConfiguration}
         * @param value a text, a truth value, a number, a list or a map
         * @return this builder
         */
        public Builder kubelet(String field, Object value) {
            return kubelet(build().kubelet().orElse(Settings.none()).plus(Settings.of(field, value)));
        }

        /**
         * Describes the root volume. The builder starts with what was set before.
         *
         * @param volume describes the volume
         * @return this builder
         */
        public Builder rootVolume(Consumer<VolumeSpec.Builder> volume) {
            VolumeSpec.Builder builder = build().rootVolume().toBuilder();
            volume.accept(builder);
            return rootVolume(builder.build());
        }

        /**
         * Describes the instance metadata service. The builder starts with what was set before.
         *
         * @param imds describes the service
         * @return this builder
         */
        public Builder imds(Consumer<ImdsSpec.Builder> imds) {
            ImdsSpec.Builder builder = build().imds().toBuilder();
            imds.accept(builder);
            return imds(builder.build());
        }
    }
}
