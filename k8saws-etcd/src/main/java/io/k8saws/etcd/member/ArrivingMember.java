package io.k8saws.etcd.member;

import java.net.URI;
import java.util.Objects;

/**
 * A member that is known to the cluster and shall be started for the first time, on an empty data directory. Immutable.
 *
 * @param name its name, {@code --name}
 * @param id its id
 * @param peerUrl where the others reach it, {@code --initial-advertise-peer-urls}
 * @param initialCluster {@code --initial-cluster}; {@code --initial-cluster-state} is {@code existing}
 */
public record ArrivingMember(String name, String id, URI peerUrl, String initialCluster) {
    /** Checks that no part is missing. */
    public ArrivingMember {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(peerUrl, "peerUrl");
        Objects.requireNonNull(initialCluster, "initialCluster");
    }
}
