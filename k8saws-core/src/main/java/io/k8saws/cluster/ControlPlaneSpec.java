package io.k8saws.cluster;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.immutables.value.Value;

/**
 * The machines of the control plane: an Auto Scaling group over all zones, always on demand. Immutable and thread-safe.
 *
 * <p>With {@link EtcdPlacement#DEDICATED} they hold no data and the group may be of any size. With {@link EtcdPlacement#STACKED} its
 * size is exactly the number of etcd members.
 */
@SpecStyle
@Value.Immutable
public abstract class ControlPlaneSpec implements WithControlPlaneSpec {

    ControlPlaneSpec() {}

    /**
     * Starts a description of three {@code m6i.large}.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns the instance types that the group may launch, the preferred one first. All have the same processor architecture.
     *
     * @return {@code m6i.large} by default
     */
    @Value.Default
    public List<String> instanceTypes() {
        return List.of("m6i.large");
    }

    /**
     * Returns the smallest size of the group.
     *
     * @return 3 by default
     */
    @Value.Default
    public int minSize() {
        return 3;
    }

    /**
     * Returns the largest size of the group.
     *
     * @return {@link #minSize()} by default
     */
    @Value.Default
    public int maxSize() {
        return minSize();
    }

    /**
     * Returns the root volume of each machine.
     *
     * @return gp3 with 64 GiB by default
     */
    @Value.Default
    public VolumeSpec rootVolume() {
        return VolumeSpec.gp3(64);
    }

    /**
     * Returns the machine image: {@code ami-...} with its id; {@code ssm:} with the name of a parameter that holds the id; {@code name:} with an owner, a slash and the
     * pattern of a name, for the newest of them; or {@code ubuntu-24.04}, {@code debian-13}, {@code debian-12}, {@code amazon-linux-2023}, {@code flatcar}. What is not an id is looked
     * up when the cluster is planned, for the architecture of the instance types, and stays as the plan has pinned it.
     *
     * @return empty by default: {@code ubuntu-24.04}
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
     * Starts a changed copy. A largest size that equals the smallest follows it when only the smallest is changed.
     *
     * @return a builder with these values
     */
    public Builder toBuilder() {
        Builder copy = new Builder()
                .instanceTypes(instanceTypes())
                .minSize(minSize())
                .rootVolume(rootVolume())
                .image(image())
                .rootDevice(rootDevice());
        return maxSize() == minSize() ? copy : copy.maxSize(maxSize());
    }

    /** Returns a short form, such as {@code 3 x m6i.large} or {@code 3-5 x m6i.large|m5.large}. */
    @Override
    public String toString() {
        return Names.sizes(minSize(), maxSize()) + " x " + String.join("|", instanceTypes());
    }

    /** Builds a {@link ControlPlaneSpec}. Not thread-safe. */
    public static final class Builder extends ImmutableControlPlaneSpec.Builder {
        Builder() {}

        /**
         * Replaces the instance types.
         *
         * @param types such as {@code m6i.large}, the preferred one first
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
    }
}
