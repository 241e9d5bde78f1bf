package io.k8saws.etcd.restore;

import java.util.List;

/**
 * A member of a cluster that a restore makes. It votes: a restore has no learners, they are added afterwards.
 *
 * @param name its name, as in {@code --name}
 * @param peerUrls its peer URLs, as in {@code --initial-advertise-peer-urls}; kept in the order of their texts
 */
public record NewMember(String name, List<String> peerUrls) {
    /** Sorts the URLs, as etcd does. */
    public NewMember {
        peerUrls = peerUrls.stream().sorted().toList();
    }

    /**
     * A member with one peer URL.
     *
     * @param name its name
     * @param peerUrl for example {@code https://10.0.0.4:2380}
     * @return a member
     */
    public static NewMember of(String name, String peerUrl) {
        return new NewMember(name, List.of(peerUrl));
    }

    /** As in {@code --initial-cluster}. */
    @Override
    public String toString() {
        return String.join(",", peerUrls.stream().map(url -> name + "=" + url).toList());
    }
}
