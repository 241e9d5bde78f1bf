package io.k8saws.dns.record;

import io.k8saws.dns.health.HealthCheck;
import java.util.Optional;

/**
 * What else a source wants of a record. Immutable.
 *
 * @param alias whether host names become aliases
 * @param evaluateTargetHealth whether an alias follows its target's health
 * @param aliasTargetZone the zone of the alias's target; empty: found by its name
 * @param pinnedZone the only zone that the record may be in; empty: found by name
 * @param ptr whether addresses get a record back
 * @param horizon who shall get the answer
 * @param healthCheck a health check that is made for the record; empty for none
 */
public record EndpointOptions(
        AliasWish alias,
        boolean evaluateTargetHealth,
        Optional<String> aliasTargetZone,
        Optional<String> pinnedZone,
        boolean ptr,
        Horizon horizon,
        Optional<HealthCheck> healthCheck) {
    /** Which records a host name becomes. */
    public enum AliasWish {
        /** Aliases for names of AWS, CNAME for others. */
        AUTO,
        /** Aliases A and AAAA. */
        BOTH,
        /** An alias A alone. */
        A,
        /** An alias AAAA alone. */
        AAAA,
        /** CNAME. */
        NONE
    }

    /**
     * Aliases for names of AWS, that follow their targets' health.
     *
     * @return the options
     */
    public static EndpointOptions defaults() {
        return new EndpointOptions(
                AliasWish.AUTO, true, Optional.empty(), Optional.empty(), false, Horizon.ANY, Optional.empty());
    }

    /**
     * A changed copy.
     *
     * @param alias instead
     * @return the copy
     */
    public EndpointOptions withAlias(AliasWish alias) {
        return new EndpointOptions(alias, evaluateTargetHealth, aliasTargetZone, pinnedZone, ptr, horizon, healthCheck);
    }

    /**
     * A changed copy.
     *
     * @param evaluateTargetHealth instead
     * @return the copy
     */
    public EndpointOptions withEvaluateTargetHealth(boolean evaluateTargetHealth) {
        return new EndpointOptions(alias, evaluateTargetHealth, aliasTargetZone, pinnedZone, ptr, horizon, healthCheck);
    }

    /**
     * A changed copy.
     *
     * @param aliasTargetZone instead
     * @return the copy
     */
    public EndpointOptions withAliasTargetZone(String aliasTargetZone) {
        return new EndpointOptions(
                alias, evaluateTargetHealth, Optional.of(aliasTargetZone), pinnedZone, ptr, horizon, healthCheck);
    }

    /**
     * A changed copy.
     *
     * @param pinnedZone instead
     * @return the copy
     */
    public EndpointOptions withPinnedZone(String pinnedZone) {
        return new EndpointOptions(
                alias, evaluateTargetHealth, aliasTargetZone, Optional.of(pinnedZone), ptr, horizon, healthCheck);
    }

    /**
     * A changed copy.
     *
     * @param ptr instead
     * @return the copy
     */
    public EndpointOptions withPtr(boolean ptr) {
        return new EndpointOptions(alias, evaluateTargetHealth, aliasTargetZone, pinnedZone, ptr, horizon, healthCheck);
    }

    /**
     * A changed copy.
     *
     * @param horizon instead
     * @return the copy
     */
    public EndpointOptions withHorizon(Horizon horizon) {
        return new EndpointOptions(alias, evaluateTargetHealth, aliasTargetZone, pinnedZone, ptr, horizon, healthCheck);
    }

    /**
     * A changed copy.
     *
     * @param healthCheck instead
     * @return the copy
     */
    public EndpointOptions withHealthCheck(HealthCheck healthCheck) {
        return new EndpointOptions(
                alias, evaluateTargetHealth, aliasTargetZone, pinnedZone, ptr, horizon, Optional.of(healthCheck));
    }
}
