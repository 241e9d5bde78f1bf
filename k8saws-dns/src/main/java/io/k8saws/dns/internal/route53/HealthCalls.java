package io.k8saws.dns.internal.route53;

import io.k8saws.dns.health.TargetCheck;
import io.k8saws.error.AwsCallException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What Route 53 does with health checks of an account. Each method is one call, or one a page; all throw {@link AwsCallException}. */
interface HealthCalls {
    /**
     * A health check that is there.
     *
     * @param id its id
     * @param reference what it was made with
     * @param check what it does; empty for what this library never makes
     */
    record Found(String id, String reference, Optional<TargetCheck> check) {}

    /** All of the account. */
    List<Found> list();

    /** Makes one; Route 53 makes no second one of a reference. */
    String create(String reference, TargetCheck check);

    /** Takes one away. */
    void delete(String id);

    /** The tags of some, by their ids. */
    Map<String, Map<String, String>> tags(Collection<String> ids);

    /** Sets tags, and takes others away. */
    void tag(String id, Map<String, String> put, List<String> remove);
}
