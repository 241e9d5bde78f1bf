package io.k8saws.network;

/** The security groups of a cluster. */
public enum SecurityGroupRole {
    /** The load balancer of the Kubernetes API. */
    LOAD_BALANCER,

    /** The control plane's machines; with stacked etcd its members, too. */
    CONTROL_PLANE,

    /** The machines of dedicated etcd members. */
    ETCD,

    /** The machines of all node pools. */
    NODE,

    /** The bastion host. */
    BASTION
}
