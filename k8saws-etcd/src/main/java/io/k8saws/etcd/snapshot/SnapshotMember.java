package io.k8saws.etcd.snapshot;

import java.util.List;

/**
 * A member of the cluster that the snapshot was taken of. Servers before 3.5 did not count on this list, and kept old members in it.
 *
 * @param id its id, in hexadecimal digits as etcdctl prints it
 * @param name its name; empty if it has never started
 * @param peerUrls where other members reach it
 * @param clientUrls where clients reach it
 * @param learner whether it has no vote
 */
public record SnapshotMember(String id, String name, List<String> peerUrls, List<String> clientUrls, boolean learner) {
    /** Makes copies of the lists. */
    public SnapshotMember {
        peerUrls = List.copyOf(peerUrls);
        clientUrls = List.copyOf(clientUrls);
    }

    /** For example {@code etcd-0 8e9e05c52164694d http://10.0.0.1:2380}. */
    @Override
    public String toString() {
        return name + " " + id + " " + String.join(",", peerUrls) + (learner ? " (learner)" : "");
    }
}
