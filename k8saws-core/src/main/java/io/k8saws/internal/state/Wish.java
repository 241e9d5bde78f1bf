package io.k8saws.internal.state;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.state.PublicRecord;
import java.util.Optional;
import java.util.Set;

/**
 * What an apply sets out to do.
 *
 * @param spec what it asks for; empty to destroy
 * @param fingerprint of the resources that the spec comes to; for a destroy, of those that were wanted before
 * @param records all records in hosted zones of others that were looked at, those of the former state among them
 */
public record Wish(Optional<ClusterSpec> spec, String fingerprint, Set<PublicRecord> records) {
    /** Copies the set. */
    public Wish {
        records = Set.copyOf(records);
    }
}
