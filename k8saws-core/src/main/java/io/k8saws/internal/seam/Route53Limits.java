package io.k8saws.internal.seam;

import java.util.Map;

/**
 * Route 53's token buckets as they are since 30 July 2026 (Route 53 developer guide, "Throttling of API requests"): one for all actions of the account, one for
 * each action, and one that counts the single changes of records. How large the last is AWS does not print, so it starts as the policy says and finds its size.
 */
final class Route53Limits {
    static final String SERVICE = "route53";

    /** How many requests AWS takes at once, and how many more each second. */
    record Bucket(double capacity, double perSecond) {}

    /** All actions of the account together, and each action that is not listed below. */
    static final Bucket ACCOUNT = new Bucket(50, 10);

    /** A burst of record changes is what comes back in this time. */
    static final int SECONDS_OF_CHANGES_AT_ONCE = 10;

    private static final Map<String, Bucket> ACTIONS = Map.ofEntries(
            Map.entry("AssociateVPCWithHostedZone", new Bucket(20, 5)),
            Map.entry("ChangeCidrCollection", new Bucket(40, 5)),
            Map.entry("CreateCidrCollection", new Bucket(40, 5)),
            Map.entry("CreateHealthCheck", new Bucket(50, 0.5)),
            Map.entry("CreateHostedZone", new Bucket(40, 2)),
            Map.entry("CreateReusableDelegationSet", new Bucket(40, 2)),
            Map.entry("CreateTrafficPolicyInstance", new Bucket(1, 1)),
            Map.entry("DeleteCidrCollection", new Bucket(40, 5)),
            Map.entry("DeleteHealthCheck", new Bucket(15, 3)),
            Map.entry("DeleteHostedZone", new Bucket(40, 5)),
            Map.entry("DeleteReusableDelegationSet", new Bucket(40, 5)),
            Map.entry("DeleteTrafficPolicyInstance", new Bucket(1, 1)),
            Map.entry("DisassociateVPCFromHostedZone", new Bucket(10, 5)),
            Map.entry("GetHealthCheckLastFailureReason", new Bucket(4, 1)),
            Map.entry("GetHealthCheckStatus", new Bucket(4, 1)));

    private Route53Limits() {}

    /** The bucket of an action. */
    static Bucket of(String action) {
        return ACTIONS.getOrDefault(action, ACCOUNT);
    }
}
