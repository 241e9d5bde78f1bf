package io.k8saws.etcd.rescue;

import io.k8saws.etcd.registry.ResourceKey;
import java.util.Optional;
import java.util.Set;

/** Which keys are of no use in a cluster that lives on. */
final class Exclusion {
    private static final Set<String> API_SERVERS_OWN = Set.of("masterleases", "peerserverleases", "ranges");
    private static final Set<String> LEASES = Set.of("leases.coordination.k8s.io");

    private Exclusion() {}

    static boolean isEvent(Optional<ResourceKey> resource) {
        return resource.filter(one -> one.resource().equals("events")
                        && (one.group().isEmpty() || one.group().equals("events.k8s.io")))
                .isPresent();
    }

    /** Why a key is left out; empty when it is not. */
    static Optional<String> reason(Optional<ResourceKey> resource, long lease, boolean shortLived) {
        if (resource.filter(one -> one.group().isEmpty() && API_SERVERS_OWN.contains(one.resource()))
                .isPresent()) {
            return Optional.of("API servers keep it themselves");
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
