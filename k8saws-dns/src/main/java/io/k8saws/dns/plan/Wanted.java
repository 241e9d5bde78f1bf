package io.k8saws.dns.plan;

import io.k8saws.dns.record.Cause;
import io.k8saws.dns.record.RecordSet;
import io.k8saws.dns.record.RoutingPolicy;

/** A record set that an object wants. */
record Wanted(RecordSet set, Cause cause) {
    /** The policy's kind: Route 53 wants one for all sets of a name and a type. */
    Class<? extends RoutingPolicy> policy() {
        return set.routing().getClass();
    }
}
