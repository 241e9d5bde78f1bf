package io.k8saws.network;

/** The direction of a security rule. */
public enum Direction {
    /** Into the machines of the group. */
    INGRESS,

    /** Out of the machines of the group. */
    EGRESS
}
