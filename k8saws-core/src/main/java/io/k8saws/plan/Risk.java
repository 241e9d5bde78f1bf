package io.k8saws.plan;

/** How much a {@link Change} can hurt, from least to most; the natural order is the order of severity. */
public enum Risk {
    /** Running workloads do not notice. */
    SAFE,
    /** Connections or nodes may be interrupted for a while; nothing is lost. */
    DISRUPTIVE,
    /** Something that serves is deleted; it can be made again from the spec. */
    DESTRUCTIVE,
    /** Stored bytes are deleted (a volume, a bucket, an object); no later plan brings them back. */
    DATA_LOSS
}
