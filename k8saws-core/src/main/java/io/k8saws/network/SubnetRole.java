package io.k8saws.network;

/** What a subnet is for. */
public enum SubnetRole {
    /**
     * Routed to the internet gateway. In the private topology it is the zone's utility subnet, for load balancers, NAT gateways and
     * the bastion only; in the public topology all machines stand here.
     */
    PUBLIC,

    /** Without a way in from the internet: machines of the private topology. */
    PRIVATE
}
