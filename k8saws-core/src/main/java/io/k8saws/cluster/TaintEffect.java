package io.k8saws.cluster;

/** What a taint does to pods that do not tolerate it. */
public enum TaintEffect {
    /** New pods are not placed on the node. */
    NO_SCHEDULE,

    /** New pods are placed elsewhere where that is possible. */
    PREFER_NO_SCHEDULE,

    /** As {@link #NO_SCHEDULE}, and running pods are evicted. */
    NO_EXECUTE
}
