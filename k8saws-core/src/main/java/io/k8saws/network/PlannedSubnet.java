package io.k8saws.network;

import io.k8saws.cluster.Cidr;
import java.util.Locale;

/**
 * A subnet that a cluster shall have. Immutable.
 *
 * @param zone the availability zone
 * @param role what it is for
 * @param cidr its block
 */
public record PlannedSubnet(String zone, SubnetRole role, Cidr cidr) {

    /** How many addresses AWS takes from each subnet: the first four and the last (VPC user guide, subnet sizing). */
    public static final int RESERVED_ADDRESSES = 5;

    /**
     * Returns the name, unique in the cluster, such as {@code private-eu-west-1a}.
     *
     * @return role and zone
     */
    public String name() {
        return role.name().toLowerCase(Locale.ROOT) + "-" + zone;
    }

    /**
     * Returns how many addresses machines can have.
     *
     * @return the size of the block without what AWS takes
     */
    public int usableAddresses() {
        return cidr.size().intValueExact() - RESERVED_ADDRESSES;
    }

    /** Returns name and block. */
    @Override
    public String toString() {
        return name() + " " + cidr;
    }
}
