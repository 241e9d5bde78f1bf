package io.k8saws.dns.internal.engine;

import io.k8saws.dns.plan.NamePlan;
import java.util.Objects;
import java.util.Optional;

/**
 * That a zone holds what was planned for a name.
 *
 * @param plan what was changed, if anything
 * @param changeId the change to ask Route 53 about; empty if nothing had to change, or its answer was lost
 * @param written whether something was changed, also when the answer was lost and the zone shows it
 */
public record Applied(NamePlan plan, Optional<String> changeId, boolean written) {
    /** Checks that no part is missing. */
    public Applied {
        Objects.requireNonNull(plan, "plan");
        Objects.requireNonNull(changeId, "changeId");
    }
}
