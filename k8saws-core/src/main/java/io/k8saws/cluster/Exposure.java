package io.k8saws.cluster;

/** Who can route to a load balancer. In YAML written in lower case. */
public enum Exposure {
    /** It has public addresses. */
    PUBLIC,

    /** It has private addresses only: reachable from the VPC and from networks connected to it. */
    INTERNAL
}
