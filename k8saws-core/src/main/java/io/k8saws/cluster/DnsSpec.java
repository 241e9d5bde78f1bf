package io.k8saws.cluster;

import java.util.Optional;
import org.immutables.value.Value;

/**
 * What the cluster publishes in Route 53. A public hosted zone exists already, and the cluster only keeps its own records in it; a
 * private one is made with the cluster and bound to its VPC. Immutable and thread-safe.
 */
@SpecStyle
@Value.Immutable
public abstract class DnsSpec implements WithDnsSpec {

    DnsSpec() {}

    /**
     * Starts a description without records.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns a description without records.
     *
     * @return the description
     */
    public static DnsSpec none() {
        return builder().build();
    }

    /**
     * Returns a description of records in a public hosted zone.
     *
     * @param zone the zone's name, such as {@code example.com}
     * @return the description
     */
    public static DnsSpec publicZone(String zone) {
        return builder().publicZone(zone).build();
    }

    /**
     * Returns a description of records in a private hosted zone.
     *
     * @param zone the zone's name, such as {@code example.internal}
     * @return the description
     */
    public static DnsSpec privateZone(String zone) {
        return builder().privateZone(zone).build();
    }

    /**
     * Returns what kind of zone the records are in.
     *
     * @return none by default
     */
    @Value.Default
    public DnsKind kind() {
        return DnsKind.NONE;
    }

    /**
     * Returns the name of the hosted zone, without a final dot.
     *
     * @return empty by default; a public or private kind needs it
     */
    public abstract Optional<String> zone();

    /**
     * Returns the id of the hosted zone, such as {@code Z0123456789ABCDEFGHIJ}. Only needed when the account has several public
     * zones of this name; without meaning for a private one.
     *
     * @return empty by default: found by name
     */
    public abstract Optional<String> hostedZoneId();

    /**
     * Returns the full name of the API's record.
     *
     * @return empty by default: {@code api.<cluster>.<zone>}
     */
    public abstract Optional<String> apiRecord();

    /**
     * Starts a changed copy.
     *
     * @return a builder with these values
     */
    public Builder toBuilder() {
        return new Builder().from(this);
    }

    /** Returns a short form, such as {@code none} or {@code public example.com}. */
    @Override
    public String toString() {
        return Names.lower(kind()) + zone().map(z -> " " + z).orElse("");
    }

    /** Builds a {@link DnsSpec}. Not thread-safe. */
    public static final class Builder extends ImmutableDnsSpec.Builder {
        Builder() {}

        /**
         * Chooses a public hosted zone.
         *
         * @param zone the zone's name
         * @return this builder
         */
        public Builder publicZone(String zone) {
            return kind(DnsKind.PUBLIC).zone(zone);
        }

        /**
         * Chooses a private hosted zone.
         *
         * @param zone the zone's name
         * @return this builder
         */
        public Builder privateZone(String zone) {
            return kind(DnsKind.PRIVATE).zone(zone);
        }
    }
}
