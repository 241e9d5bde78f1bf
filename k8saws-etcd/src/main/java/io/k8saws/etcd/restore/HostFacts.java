package io.k8saws.etcd.restore;

/**
 * What is seen on the machine of a member. A restore decides by it what is left to do.
 *
 * @param etcdVersion the version of the etcd that would start, for example {@code 3.6.10}
 * @param running whether etcd runs
 * @param occupied whether there is a member in the data directory
 * @param clusterId the cluster of that member, as etcd prints it; empty if there is none
 * @param preparedClusterId the cluster of what is prepared beside it; empty if nothing is
 * @param restoredFrom the {@link SnapshotRestore#fingerprint()} of the restore that has written the member that is there, if it is of the wanted cluster, else of what is prepared beside it; empty if neither is of that cluster, or nothing says so
 * @param freeBytes what the disk has left
 */
public record HostFacts(
        String etcdVersion,
        boolean running,
        boolean occupied,
        String clusterId,
        String preparedClusterId,
        String restoredFrom,
        long freeBytes) {}
