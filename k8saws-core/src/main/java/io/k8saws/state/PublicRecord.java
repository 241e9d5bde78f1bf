package io.k8saws.state;

import java.util.Objects;

/**
 * A name in a hosted zone that the cluster did not make, at which a record of the cluster may stand. Nothing in AWS tells that the cluster uses such a zone, so
 * the state remembers it until an apply has proven that nothing of the cluster is left there.
 *
 * @param zoneId the hosted zone's id, without {@code /hostedzone/}
 * @param name the record's full name, without a final dot
 */
public record PublicRecord(String zoneId, String name) {
    /** Checks that nothing is null. */
    public PublicRecord {
        Objects.requireNonNull(zoneId, "zoneId");
        Objects.requireNonNull(name, "name");
    }

    @Override
    public String toString() {
        return name + " in zone " + zoneId;
    }
}
