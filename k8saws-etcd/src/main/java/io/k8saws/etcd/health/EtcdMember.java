package io.k8saws.etcd.health;

import java.net.URI;
import java.util.List;
import java.util.Objects;

/**
 * A member of an etcd cluster, as the cluster lists it. Immutable.
 *
 * @param id its id, 16 hexadecimal digits
 * @param name its name; empty until it has started for the first time
 * @param peerUrls where other members reach it
 * @param clientUrls where clients reach it; none until it has started
 * @param learner whether it gets all changes and does not vote
 * @param zone the zone that it stands in; empty when nobody told
 */
public record EtcdMember(
        String id, String name, List<URI> peerUrls, List<URI> clientUrls, boolean learner, String zone) {
    /** Checks that no part is missing, and copies the lists. */
    public EtcdMember {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(zone, "zone");
        peerUrls = List.copyOf(peerUrls);
        clientUrls = List.copyOf(clientUrls);
    }

    /**
     * Whether it has ever started.
     *
     * @return false between its being added and its first start
     */
    public boolean started() {
        return !name.isEmpty();
    }

    /**
     * How people call it.
     *
     * @return its name; its peer URL until it has one
     */
    public String label() {
        return started() ? name : peerUrls.isEmpty() ? id : peerUrls.get(0).toString();
    }

    /** For example {@code etcd-1 8e9e05c52164694d eu-west-1a, learner}. */
    @Override
    public String toString() {
        return label() + " " + id + (zone.isEmpty() ? "" : " " + zone) + (learner ? ", learner" : "");
    }
}
