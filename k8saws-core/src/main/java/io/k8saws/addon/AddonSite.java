package io.k8saws.addon;

import java.util.Objects;

/**
 * Where a cluster lives, as its add-ons must know it. Immutable.
 *
 * @param apiHost the name or address by which pods on the machines' own network reach the Kubernetes API, before services work
 * @param apiPort its port
 */
public record AddonSite(String apiHost, int apiPort) {
    /** Checks the parts. */
    public AddonSite {
        Objects.requireNonNull(apiHost, "apiHost");
        if (apiHost.isBlank() || apiPort < 1 || apiPort > 65535) {
            throw new IllegalArgumentException("Describe where add-ons find the Kubernetes API: '" + apiHost + ":"
                    + apiPort + "' is no host and port. Give the name of the API's load balancer.");
        }
    }

    /**
     * Describes an API on its usual port.
     *
     * @param apiHost its name or address
     * @return the place
     */
    public static AddonSite of(String apiHost) {
        return new AddonSite(apiHost, io.k8saws.network.WellKnownPorts.API);
    }
}
