package io.k8saws.cluster;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.immutables.value.Value;

/**
 * The etcd cluster. Each member keeps its name, its address, its zone and its volume for life. Immutable and thread-safe.
 */
@SpecStyle
@Value.Immutable
public abstract class EtcdSpec implements WithEtcdSpec {

    EtcdSpec() {}

    /**
     * Starts a description of three members on dedicated {@code m6i.large} with 20 GiB of gp3 each.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns where members run.
     *
     * @return dedicated instances by default
     */
    @Value.Default
    public EtcdPlacement placement() {
        return EtcdPlacement.DEDICATED;
    }

    /**
     * Returns the number of members: 1, 3, 5 or 7. Of {@code n} members {@code (n - 1) / 2} may be lost.
     *
     * @return 3 by default
     */
    @Value.Default
    public int members() {
        return 3;
    }

    /**
     * Returns the instance type of dedicated members; without meaning for stacked ones.
     *
     * @return {@code m6i.large} by default
     */
    @Value.Default
    public String instanceType() {
        return "m6i.large";
    }

    /**
     * Returns the zones over which members are spread, one after the other and then from the start again. Naming them here pins the
     * members when {@link NetworkSpec#zones()} changes.
     *
     * @return empty by default: the first three zones of the network, in their order, or all when there are fewer
     */
    public abstract List<String> zones();

    /**
     * Tells whether the cluster must survive the loss of any one zone: then no zone may hold more members than the cluster can lose.
     * Set it to false to accept that the loss of a zone stops the cluster. A single member is that decision already.
     *
     * @return true by default
     */
    @Value.Default
    public boolean surviveZoneLoss() {
        return true;
    }

    /**
     * Returns the data volume of each member.
     *
     * @return gp3 with 20 GiB by default
     */
    @Value.Default
    public VolumeSpec volume() {
        return VolumeSpec.gp3(20);
    }

    /**
     * Returns the root volume of each dedicated instance; without meaning for stacked members.
     *
     * @return gp3 with 20 GiB by default
     */
    @Value.Default
    public VolumeSpec rootVolume() {
        return VolumeSpec.gp3(20);
    }

    /**
     * Returns the machine image of dedicated instances: {@code ami-...} with its id; {@code ssm:} with the name of a parameter that holds the id; {@code name:} with an owner, a slash and the
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
     * Returns the separate etcd cluster for events.
     *
     * @return empty by default: events are kept in the main cluster
     */
    public abstract Optional<EtcdEventsSpec> events();

    /**
     * Starts a changed copy.
     *
     * @return a builder with these values
     */
    public Builder toBuilder() {
        return new Builder().from(this);
    }

    /** Returns a short form, such as {@code 3 dedicated m6i.large, gp3 20GiB}. */
    @Override
    public String toString() {
        return members()
                + " "
                + Names.lower(placement())
                + (placement() == EtcdPlacement.DEDICATED ? " " + instanceType() : "")
                + ", "
                + volume()
                + events().map(e -> ", events " + e).orElse("");
    }

    /** Builds an {@link EtcdSpec}. Not thread-safe. */
    public static final class Builder extends ImmutableEtcdSpec.Builder {
        Builder() {}

        /**
         * Puts members on the control-plane nodes.
         *
         * @return this builder
         */
        public Builder stacked() {
            return placement(EtcdPlacement.STACKED);
        }

        /**
         * Replaces the zones over which members are spread.
         *
         * @param zones such as {@code eu-west-1a}
         * @return this builder
         */
        public Builder zones(String... zones) {
            return zones(List.of(zones));
        }

        /**
         * Describes the data volume. The builder starts with what was set before.
         *
         * @param volume describes the volume
         * @return this builder
         */
        public Builder volume(Consumer<VolumeSpec.Builder> volume) {
            VolumeSpec.Builder builder = build().volume().toBuilder();
            volume.accept(builder);
            return volume(builder.build());
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
         * Asks for a separate cluster for events and describes it. The builder starts with what was set before.
         *
         * @param events describes the cluster
         * @return this builder
         */
        public Builder events(Consumer<EtcdEventsSpec.Builder> events) {
            EtcdEventsSpec.Builder builder =
                    build().events().map(EtcdEventsSpec::toBuilder).orElseGet(EtcdEventsSpec::builder);
            events.accept(builder);
            return events(builder.build());
        }

        /**
         * Asks for a separate cluster for events with all defaults.
         *
         * @return this builder
         */
        public Builder separateEvents() {
            return events(e -> {});
        }
    }
}
