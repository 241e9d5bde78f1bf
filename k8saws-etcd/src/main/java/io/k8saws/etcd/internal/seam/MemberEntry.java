package io.k8saws.etcd.internal.seam;

import java.util.List;

/**
 * A member as the cluster lists it.
 *
 * @param id its id
 * @param name its name; empty until it has started
 * @param peerUrls where other members reach it
 * @param clientUrls where clients reach it; none until it has started
 * @param learner whether it does not vote
 */
public record MemberEntry(long id, String name, List<String> peerUrls, List<String> clientUrls, boolean learner) {
    /** Copies the lists. */
    public MemberEntry {
        peerUrls = List.copyOf(peerUrls);
        clientUrls = List.copyOf(clientUrls);
    }
}
