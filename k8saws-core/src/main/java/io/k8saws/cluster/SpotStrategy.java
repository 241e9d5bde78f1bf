package io.k8saws.cluster;

/** How EC2 Auto Scaling picks spot capacity pools, by the names of its API. */
public enum SpotStrategy {
    /** Pools with spare capacity first, the cheapest of these; the right choice for nearly everybody. */
    PRICE_CAPACITY_OPTIMIZED,

    /** Pools with the most spare capacity, whatever their price: the fewest interruptions. */
    CAPACITY_OPTIMIZED,

    /** As {@link #CAPACITY_OPTIMIZED}, and the order of the instance types is respected where possible. */
    CAPACITY_OPTIMIZED_PRIORITIZED,

    /** The cheapest pools: the most interruptions. */
    LOWEST_PRICE
}
