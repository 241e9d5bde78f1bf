package io.k8saws.cluster;

/** Where etcd members run. */
public enum EtcdPlacement {
    /** On instances of their own, one Auto Scaling group of size one a member. The control plane can scale freely. */
    DEDICATED,

    /** On the control-plane nodes: fewer instances, but the control plane has exactly one node a member. */
    STACKED
}
