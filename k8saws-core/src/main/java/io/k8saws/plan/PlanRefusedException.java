package io.k8saws.plan;

import io.k8saws.error.K8sAwsException;
import java.util.List;
import java.util.stream.Collectors;

/** A guard such as {@code plan.requireNoDataLoss()} found changes that it does not accept. Nothing was changed. */
public final class PlanRefusedException extends K8sAwsException {
    private static final long serialVersionUID = 1L;

    private final transient List<Change> refused;

    PlanRefusedException(Plan plan, String guard, List<Change> refused) {
        this(plan, guard, refused, "change the spec, or leave the guard out if this is what you want");
    }

    PlanRefusedException(Plan plan, String guard, List<Change> refused, String next) {
        super(
                "Check plan " + plan.id() + " of cluster " + plan.cluster(),
                guard + " was required, but " + refused.size()
                        + (refused.size() == 1 ? " change breaks" : " changes break") + " that: "
                        + refused.stream().map(Change::toString).collect(Collectors.joining("; ")),
                next);
        this.refused = List.copyOf(refused);
    }

    /**
     * The changes that break the guard.
     *
     * @return at least one change, in the plan's order
     */
    public List<Change> refused() {
        return refused;
    }
}
