package io.k8saws.etcd.internal.seam;

import io.k8saws.telemetry.Telemetry;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How an etcd is reached.
 *
 * @param endpoints client URLs, at least one, all {@code http} or all {@code https}
 * @param tunnels for client URLs of members, where a connection goes in their place; the URL stays the one that certificates are held against
 * @param tls what TLS needs; empty for plain text
 * @param serverName the name that the servers' certificates have, where it is not the endpoint's
 * @param login the user; empty when there is none, or the client certificate names it
 * @param limits how patient to be
 * @param telemetry who hears figures of each call
 */
public record Access(
        List<URI> endpoints,
        Map<URI, URI> tunnels,
        Optional<TlsSource> tls,
        Optional<String> serverName,
        Optional<Login> login,
        Limits limits,
        Telemetry telemetry) {
    /** Copies list and map; what the telemetry throws is dropped. */
    public Access {
        endpoints = List.copyOf(endpoints);
        tunnels = Map.copyOf(tunnels);
        telemetry = Telemetry.tolerant(telemetry);
    }
}
