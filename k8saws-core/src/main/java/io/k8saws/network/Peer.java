package io.k8saws.network;

import io.k8saws.cluster.Cidr;
import java.util.Locale;

/** The other side of a security rule: a group of the same cluster, a block of addresses, or one of the cluster's NAT gateways. */
public sealed interface Peer {

    /**
     * The machines of a security group of the same cluster.
     *
     * @param role which group
     */
    record Group(SecurityGroupRole role) implements Peer {
        /** Returns the role in lower case. */
        @Override
        public String toString() {
            return role.name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * The public address of one of the cluster's NAT gateways: what private machines come from when they call a public address. AWS
     * gives the address, so it is not known before the gateway's is there.
     *
     * @param zone the availability zone of the gateway
     */
    record NatGateway(String zone) implements Peer {
        /** Returns the name, such as {@code nat-gateway-eu-west-1a}. */
        @Override
        public String toString() {
            return "nat-gateway-" + zone;
        }
    }

    /**
     * A block of addresses.
     *
     * @param cidr the block
     */
    record Block(Cidr cidr) implements Peer {
        /** Returns the block. */
        @Override
        public String toString() {
            return cidr.toString();
        }
    }
}
