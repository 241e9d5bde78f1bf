package io.k8saws.cluster;

/** Where the machines of a cluster stand. In YAML written in lower case. */
public enum Topology {
    /** Every machine is in a public subnet and has a public address; no NAT gateway is needed. */
    PUBLIC,

    /** Machines are in private subnets; only load balancers, NAT gateways and the bastion are in public (utility) subnets. */
    PRIVATE
}
