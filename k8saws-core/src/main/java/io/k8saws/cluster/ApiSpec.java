package io.k8saws.cluster;

import java.util.ArrayList;
import java.util.List;
import org.immutables.value.Value;

/**
 * How the Kubernetes API is reached: through a network load balancer on port 6443. Immutable and thread-safe.
 */
@SpecStyle
@Value.Immutable
public abstract class ApiSpec implements WithApiSpec {

    ApiSpec() {}

    /**
     * Starts a description of a public load balancer that is open to every address.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns who can route to the load balancer.
     *
     * @return public by default
     */
    @Value.Default
    public Exposure loadBalancer() {
        return Exposure.PUBLIC;
    }

    /**
     * Returns which addresses may connect. The cluster's own machines always may, whatever stands here; with an empty list nobody
     * else. They reach a public load balancer from public addresses, so one that is not open to every address needs the private
     * topology with NAT gateways, whose addresses are let in. Anything else is refused when the {@link ClusterSpec} is built.
     *
     * @return {@code 0.0.0.0/0} by default: for an internal load balancer everybody who can route to it
     */
    @Value.Default
    public List<Cidr> allowedCidrs() {
        return List.of(Cidr.ANYWHERE);
    }

    /**
     * Tells whether every address may connect.
     *
     * @return whether {@code 0.0.0.0/0} is among the allowed ones
     */
    public boolean isOpen() {
        return allowedCidrs().contains(Cidr.ANYWHERE);
    }

    /**
     * Starts a changed copy.
     *
     * @return a builder with these values
     */
    public Builder toBuilder() {
        return new Builder().from(this);
    }

    /** Returns a short form, such as {@code public [0.0.0.0/0]}. */
    @Override
    public String toString() {
        return Names.lower(loadBalancer()) + " " + allowedCidrs();
    }

    /** Builds an {@link ApiSpec}. Not thread-safe. Malformed blocks are reported when the {@link ClusterSpec} is built. */
    public static final class Builder extends ImmutableApiSpec.Builder {
        Builder() {}

        /**
         * Makes the load balancer internal.
         *
         * @return this builder
         */
        public Builder internal() {
            return loadBalancer(Exposure.INTERNAL);
        }

        /**
         * Replaces the addresses that may connect.
         *
         * @param cidrs such as {@code 203.0.113.0/24}
         * @return this builder
         */
        public Builder allowedCidrs(String... cidrs) {
            return allowedCidrs(Cidr.parseAll(cidrs));
        }

        /**
         * Adds addresses that may connect to those that may already.
         *
         * @param cidr such as {@code 203.0.113.0/24}
         * @return this builder
         */
        public Builder addAllowedCidr(String cidr) {
            List<Cidr> all = new ArrayList<>(build().allowedCidrs());
            all.add(Cidr.parse(cidr));
            return allowedCidrs(all);
        }
    }
}
