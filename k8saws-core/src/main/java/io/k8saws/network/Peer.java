package io.k8saws.network;

import io.k8saws.cluster.Cidr;
import java.util.Locale;

/** The other side of a security rule: a group of the same cluster, or a block of addresses. */
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
