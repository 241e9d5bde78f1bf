package io.k8saws.operate;

import io.k8saws.network.PlannedEtcdMember;
import java.net.URI;
import java.util.List;
import java.util.Objects;

/**
 * How a cluster's etcd is reached from machines that its security groups let in: where its members are, whom to trust, and a client certificate. Immutable. Its text shows no key.
 *
 * @param endpoints the members' client URLs, in the order of their numbers
 * @param members the members, with their zones
 * @param trusted the certificates of the authorities that sign members, PEM
 * @param certificate the client's certificate, PEM
 * @param key its private key, PKCS #8 in PEM; secret
 */
public record EtcdAccess(
        List<URI> endpoints, List<PlannedEtcdMember> members, String trusted, String certificate, String key) {
    /** Checks that no part is missing, and copies the lists. */
    public EtcdAccess {
        endpoints = List.copyOf(endpoints);
        members = List.copyOf(members);
        Objects.requireNonNull(trusted, "trusted");
        Objects.requireNonNull(certificate, "certificate");
        Objects.requireNonNull(key, "key");
    }

    /** The endpoints. */
    @Override
    public String toString() {
        return "etcd " + endpoints;
    }
}
