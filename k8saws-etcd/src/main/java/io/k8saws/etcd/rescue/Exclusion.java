package io.k8saws.etcd.rescue;

import io.k8saws.etcd.registry.ResourceKey;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which keys are of no use in a cluster that lives on. */
final class Exclusion {
    private static final String ADDRESSES = "API servers keep their own addresses there, each while it lives";
    /** What API servers write for themselves: no API serves it, and there is no object that it belongs to. */
    private static final Map<String, String> API_SERVERS_OWN = Map.of(
            "masterleases",
            ADDRESSES,
            "peerserverleases",
            ADDRESSES,
            "ranges",
            "API servers keep there which IPs and node ports are taken; an older state would let them be given out"
                    + " twice");

    private static final Set<String> LEASES = Set.of("leases.coordination.k8s.io");

    private Exclusion() {}

    static boolean isEvent(Optional<ResourceKey> resource) {
        return resource.filter(one -> one.resource().equals("events")
                        && (one.group().isEmpty() || one.group().equals("events.k8s.io")))
                .isPresent();
    }

    /** Why a key is none to write or delete although it is one of Kubernetes: API servers keep it for themselves; empty for others. */
    static Optional<String> apiServersOwn(Optional<ResourceKey> resource) {
        return resource.filter(one -> one.group().isEmpty())
                .flatMap(one -> Optional.ofNullable(API_SERVERS_OWN.get(one.resource())));
    }

    /** Why a key is left out; empty when it is not. */
    static Optional<String> reason(Optional<ResourceKey> resource, long lease, boolean shortLived) {
        Optional<String> own = apiServersOwn(resource);
        if (own.isPresent()) {
            return own;
        }
        if (isEvent(resource)) {
            return shortLived ? Optional.empty() : Optional.of("Events tell of what was, and end by themselves");
        }
        if (resource.filter(one -> LEASES.contains(one.type())).isPresent()) {
            return shortLived ? Optional.empty() : Optional.of("Leases are kept alive by who holds them now");
        }
        return lease == 0
                ? Optional.empty()
                : Optional.of("it was to end with a lease of etcd, which belongs to who granted it");
    }
}
