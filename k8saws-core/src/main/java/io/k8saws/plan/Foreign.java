package io.k8saws.plan;

import java.util.Objects;

/**
 * Something in or on the cluster's resources that k8saws did not make. It is reported and never changed.
 *
 * @param resource the resource it was found on or beside
 * @param what what was found, for example {@code ingress 22/tcp from 0.0.0.0/0}
 * @param owner who it belongs to as far as tags and descriptions tell, or {@code unknown}
 */
public record Foreign(ResourceAddress resource, String what, String owner) {
    /** Checks that nothing is null. */
    public Foreign {
        Objects.requireNonNull(resource, "resource");
        Objects.requireNonNull(what, "what");
        Objects.requireNonNull(owner, "owner");
    }

    @Override
    public String toString() {
        return resource + ": " + what + " (owner: " + owner + ")";
    }
}
