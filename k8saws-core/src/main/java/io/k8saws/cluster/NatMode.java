package io.k8saws.cluster;

/** How machines in private subnets reach the internet. Without meaning for {@link Topology#PUBLIC}. */
public enum NatMode {
    /** One NAT gateway a zone: the loss of a zone does not cut off the others, and no traffic crosses zones. */
    PER_ZONE,

    /** One NAT gateway in the first zone for all: cheaper, but its zone's loss cuts off all others. */
    SINGLE,

    /** No NAT gateway: images and AWS endpoints must be reachable another way, such as VPC endpoints. */
    NONE
}
