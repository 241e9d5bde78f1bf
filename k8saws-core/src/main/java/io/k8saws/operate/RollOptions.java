package io.k8saws.operate;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Which machines a roll is about, and how carefully it goes. Immutable.
 *
 * @param parts the groups, as in {@link io.k8saws.bootstrap.ScriptSet#part()}, with {@code etcd} for all members of etcd and {@code control-plane} for all machines of the
 *     control plane; empty for all groups
 * @param drainTimeout how long the pods of one node may take to leave; more than zero
 * @param maxUnavailable how many machines of a pool may be away at once; when empty one, or none where the pool has room to surge
 * @param surge by how many machines a group grows meanwhile, as far as its largest size allows
 * @param outageAllowed whether the API, or etcd's quorum, may be away while a machine without a substitute is replaced
 * @param barePodsLost whether pods may be ended that nothing would start anew
 * @param also the ids of instances that are replaced though they are up to date, when their groups are among those that the roll is about
 */
public record RollOptions(
        Set<String> parts,
        Duration drainTimeout,
        OptionalInt maxUnavailable,
        int surge,
        boolean outageAllowed,
        boolean barePodsLost,
        Set<String> also) {
    /** How long the pods of one node may take to leave unless said otherwise. */
    public static final Duration DRAIN_TIMEOUT = Duration.ofMinutes(15);

    /** The group name that stands for all members of etcd. */
    public static final String ETCD = "etcd";

    /** The group name that stands for all machines of the control plane. */
    public static final String CONTROL_PLANE = "control-plane";

    /** Checks the numbers and copies the sets. */
    public RollOptions {
        parts = Set.copyOf(parts);
        also = Set.copyOf(also);
        Objects.requireNonNull(maxUnavailable, "maxUnavailable");
        if (drainTimeout.isNegative() || drainTimeout.isZero()) {
            throw new IllegalArgumentException(
                    "A roll needs a drainTimeout of more than zero, not " + drainTimeout + ".");
        }
        if (surge < 0) {
            throw new IllegalArgumentException("A roll needs a surge of 0 or more, not " + surge + ".");
        }
        if (maxUnavailable.isPresent() && maxUnavailable.getAsInt() < 0) {
            throw new IllegalArgumentException(
                    "A roll needs a maxUnavailable of 0 or more, not " + maxUnavailable.getAsInt() + ".");
        }
    }

    /**
     * All groups, one machine after another.
     *
     * @return the options that count unless others are given
     */
    public static RollOptions defaults() {
        return new Builder().build();
    }

    /** Describes a roll; not safe to use from several threads. */
    public static final class Builder {
        private final Set<String> parts = new LinkedHashSet<>();
        private Duration drainTimeout = DRAIN_TIMEOUT;
        private OptionalInt maxUnavailable = OptionalInt.empty();
        private int surge = 1;
        private boolean outageAllowed;
        private boolean barePodsLost;
        private final Set<String> also = new LinkedHashSet<>();

        /** Starts with all groups, one machine after another. */
        public Builder() {}

        /**
         * Adds a pool; groups that are not named stay as they are.
         *
         * @param name the pool's name in the spec
         * @return this builder
         */
        public Builder pool(String name) {
            parts.add("pool-" + Objects.requireNonNull(name, "name"));
            return this;
        }

        /**
         * Adds the control plane; groups that are not named stay as they are.
         *
         * @return this builder
         */
        public Builder controlPlane() {
            parts.add(CONTROL_PLANE);
            return this;
        }

        /**
         * Adds all members of etcd; groups that are not named stay as they are.
         *
         * @return this builder
         */
        public Builder etcd() {
            parts.add(ETCD);
            return this;
        }

        /**
         * Sets how long the pods of one node may take to leave; a quarter of an hour unless set. When it is over, the roll stops.
         *
         * @param timeout more than zero
         * @return this builder
         */
        public Builder drainTimeout(Duration timeout) {
            this.drainTimeout = Objects.requireNonNull(timeout, "timeout");
            return this;
        }

        /**
         * Sets how many machines of a pool may be away at once. Unless set it is one, or none where the pool's largest size leaves room to surge.
         *
         * @param machines 0 or more; with 0 a pool needs room to surge
         * @return this builder
         */
        public Builder maxUnavailable(int machines) {
            this.maxUnavailable = OptionalInt.of(machines);
            return this;
        }

        /**
         * Sets by how many machines a pool or the control plane grows before old ones go, as far as its largest size allows; one unless set.
         *
         * @param machines 0 or more
         * @return this builder
         */
        public Builder surge(int machines) {
            this.surge = machines;
            return this;
        }

        /**
         * Lets a machine be replaced for which nothing stands in meanwhile: the only one of a control plane, or a member of an etcd of less than three. The API is away until its
         * successor works.
         *
         * @return this builder
         */
        public Builder allowOutage() {
            this.outageAllowed = true;
            return this;
        }

        /**
         * Lets pods be ended that belong to no controller. Nothing starts them anew.
         *
         * @return this builder
         */
        public Builder loseBarePods() {
            this.barePodsLost = true;
            return this;
        }

        /**
         * Adds a machine that is replaced though it is up to date, such as one that you do not trust. One that is no longer there is nothing to replace.
         *
         * @param instance the instance's id
         * @return this builder
         */
        public Builder also(String instance) {
            also.add(Objects.requireNonNull(instance, "instance"));
            return this;
        }

        /**
         * Makes the options.
         *
         * @return the options
         * @throws IllegalArgumentException if a number is out of its range
         */
        public RollOptions build() {
            return new RollOptions(parts, drainTimeout, maxUnavailable, surge, outageAllowed, barePodsLost, also);
        }
    }
}
