package io.k8saws.cluster;

import java.util.List;
import org.immutables.value.Value;

/**
 * The network of a cluster: a new VPC with subnets in each zone. Immutable and thread-safe.
 *
 * <p>IPv4 in a VPC that belongs to the cluster. An existing VPC and dual stack will be further properties of this type with these
 * defaults unchanged.
 */
@SpecStyle
@Value.Immutable
public abstract class NetworkSpec implements WithNetworkSpec {

    NetworkSpec() {}

    /**
     * Starts a description of a private network of {@code 10.0.0.0/16} with one NAT gateway a zone.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns the block of the VPC, /16 to /28 (EC2 API, CreateVpc). All subnets are cut from it.
     *
     * @return {@code 10.0.0.0/16} by default
     */
    @Value.Default
    public Cidr cidr() {
        return Cidr.of("10.0.0.0/16");
    }

    /**
     * Returns further blocks that are associated with the VPC, /16 to /28 each, at most four (AWS's default quota). The library
     * makes no subnets in them.
     *
     * @return empty by default
     */
    public abstract List<Cidr> extraCidrs();

    /**
     * Returns the availability zones, such as {@code eu-west-1a}. The first three decide where etcd members stand, unless
     * {@link EtcdSpec#zones()} does, so write new zones at the end.
     *
     * @return the zones in the order in which they were written; a cluster needs at least one
     */
    public abstract List<String> zones();

    /**
     * Returns for how many zones room is kept in {@link #cidr()}: 2, 4 or 8. The block is cut into as many equal parts, and a zone's
     * letter chooses its part ({@code a} the first), so that subnets never move when zones are added, removed or reordered. It cannot
     * be changed later without replacing all subnets.
     *
     * @return 8 by default, more than any region has
     */
    @Value.Default
    public int maxZones() {
        return 8;
    }

    /**
     * Returns where machines stand.
     *
     * @return private by default
     */
    @Value.Default
    public Topology topology() {
        return Topology.PRIVATE;
    }

    /**
     * Returns how machines in private subnets reach the internet; without meaning for the public topology.
     *
     * @return one NAT gateway a zone by default
     */
    @Value.Default
    public NatMode nat() {
        return NatMode.PER_ZONE;
    }

    /**
     * Starts a changed copy.
     *
     * @return a builder with these values
     */
    public Builder toBuilder() {
        return new Builder().from(this);
    }

    /** Returns a short form, such as {@code 10.0.0.0/16 private nat=per_zone [eu-west-1a, eu-west-1b]}. */
    @Override
    public String toString() {
        return cidr()
                + (extraCidrs().isEmpty() ? "" : " +" + extraCidrs())
                + " "
                + Names.lower(topology())
                + (topology() == Topology.PRIVATE ? " nat=" + Names.lower(nat()) : "")
                + " "
                + zones();
    }

    /** Builds a {@link NetworkSpec}. Not thread-safe. Malformed blocks are reported when the {@link ClusterSpec} is built. */
    public static final class Builder extends ImmutableNetworkSpec.Builder {
        Builder() {}

        /**
         * Sets the block of the VPC.
         *
         * @param cidr such as {@code 10.40.0.0/16}
         * @return this builder
         */
        public Builder cidr(String cidr) {
            return cidr(Cidr.parse(cidr));
        }

        /**
         * Replaces the further blocks of the VPC.
         *
         * @param cidrs such as {@code 10.41.0.0/16}
         * @return this builder
         */
        public Builder extraCidrs(String... cidrs) {
            return extraCidrs(Cidr.parseAll(cidrs));
        }

        /**
         * Adds one further block of the VPC.
         *
         * @param cidr such as {@code 10.41.0.0/16}
         * @return this builder
         */
        public Builder addExtraCidr(String cidr) {
            return addExtraCidr(Cidr.parse(cidr));
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
    }
}
