package io.k8saws.cluster;

import java.util.function.Consumer;
import org.immutables.value.Value;

/**
 * A second etcd cluster for Kubernetes events, which are many and worth little: it runs on the same machines as the main one, on ports
 * and volumes of its own, so that a storm of events does not slow down everything else. Immutable and thread-safe.
 */
@SpecStyle
@Value.Immutable
public abstract class EtcdEventsSpec implements WithEtcdEventsSpec {

    EtcdEventsSpec() {}

    /**
     * Starts a description.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns the volume of each member.
     *
     * @return gp3 with 20 GiB by default
     */
    @Value.Default
    public VolumeSpec volume() {
        return VolumeSpec.gp3(20);
    }

    /**
     * Starts a changed copy.
     *
     * @return a builder with these values
     */
    public Builder toBuilder() {
        return new Builder().from(this);
    }

    /** Returns the volume's short form. */
    @Override
    public String toString() {
        return volume().toString();
    }

    /** Builds an {@link EtcdEventsSpec}. Not thread-safe. */
    public static final class Builder extends ImmutableEtcdEventsSpec.Builder {
        Builder() {}

        /**
         * Describes the volume. The builder starts with what was set before.
         *
         * @param volume describes the volume
         * @return this builder
         */
        public Builder volume(Consumer<VolumeSpec.Builder> volume) {
            VolumeSpec.Builder builder = build().volume().toBuilder();
            volume.accept(builder);
            return volume(builder.build());
        }
    }
}
