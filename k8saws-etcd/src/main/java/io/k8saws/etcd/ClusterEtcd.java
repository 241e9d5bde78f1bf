package io.k8saws.etcd;

import io.k8saws.Cluster;
import java.util.Objects;

/**
 * Which etcd of which cluster of this library something is for. Addresses and names of members are the same in many clusters, so they do not tell.
 *
 * @param cluster the cluster's name
 * @param region where it is
 * @param etcd {@code main} or {@code events}
 */
record ClusterEtcd(String cluster, String region, String etcd) {
    ClusterEtcd {
        Objects.requireNonNull(cluster, "cluster");
        Objects.requireNonNull(region, "region");
        Objects.requireNonNull(etcd, "etcd");
    }

    static ClusterEtcd main(Cluster cluster) {
        return new ClusterEtcd(cluster.name(), cluster.spec().region(), "main");
    }

    static ClusterEtcd events(Cluster cluster) {
        return new ClusterEtcd(cluster.name(), cluster.spec().region(), "events");
    }

    /** For example {@code etcd-main of cluster payments in eu-west-1}. */
    @Override
    public String toString() {
        return "etcd-" + etcd + " of cluster " + cluster + " in " + region;
    }
}
