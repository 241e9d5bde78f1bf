package io.k8saws.dns.source;

import io.k8saws.dns.record.EndpointOptions;
import io.k8saws.dns.record.RoutingPolicy;
import java.time.Duration;
import java.util.Optional;

/**
 * What an object asks for beside names and targets.
 *
 * @param ttl how long answers may be kept; empty for the default
 * @param setIdentifier which member of its set a record is
 * @param routing the policy
 * @param healthCheckId a health check that exists
 * @param options the rest
 * @param isBroken whether something is asked for that cannot be, so that no record at all is right
 */
record Wishes(
        Optional<Duration> ttl,
        Optional<String> setIdentifier,
        RoutingPolicy routing,
        Optional<String> healthCheckId,
        EndpointOptions options,
        boolean isBroken) {}
