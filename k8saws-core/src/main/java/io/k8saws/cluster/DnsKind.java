package io.k8saws.cluster;

/** What the cluster publishes in Route 53. */
public enum DnsKind {
    /** Nothing: clients use the load balancer's own name. */
    NONE,

    /** Records in a public hosted zone. */
    PUBLIC,

    /** Records in a private hosted zone that is associated with the VPC. */
    PRIVATE
}
