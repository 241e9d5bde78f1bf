package io.k8saws.dns.internal.route53;

import io.k8saws.dns.health.TargetCheck;
import io.k8saws.error.AwsCallException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What Route 53 does with health checks of an account. Each method is one call, or one a page; all throw {@link AwsCallException}. */
interface HealthCalls {
    /**
     * A health check that is there.
     *
     * @param id its id
     * @param reference what it was made with
     * @param check what it does; empty for what this library never makes
     * @param children the ids of checks that it sums up
     */
    record Found(String id, String reference, Optional<TargetCheck> check, Set<String> children) {
        public Found {
            children = Set.copyOf(children);
        }
    }

    /** All of the account. */
    List<Found> list();

    /** Makes one. Route 53 makes no second one of a reference, and gives back the one that is there; of one that is deleted it takes the reference never again. */
    Found create(String reference, TargetCheck check);

    /** Takes one away. */
    void delete(String id);

    /** The tags of some, by their ids: one call for ten. */
    Map<String, Map<String, String>> tags(Collection<String> ids);

    /** Sets tags, and takes others away. */
    void tag(String id, Map<String, String> put, List<String> remove);
}
