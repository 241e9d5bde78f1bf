package io.k8saws.operate;

import io.k8saws.error.K8sAwsException;
import java.util.List;

/** A roll was not begun, because it would do harm or the cluster is not as its plan shows. Nothing was changed. */
public final class RollRefusedException extends K8sAwsException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> refusals;

    /**
     * Made by a roll and by {@link RollPlan#requireAllowed()}.
     *
     * @param plan the plan
     * @param refusals why, one sentence each; at least one
     */
    public RollRefusedException(RollPlan plan, List<String> refusals) {
        super(
                "Roll the machines of cluster " + plan.cluster(),
                String.join("; ", refusals),
                "mend what is named or leave its group out, then plan the roll again; docs/roll.md says more");
        this.refusals = List.copyOf(refusals);
    }

    /**
     * Why.
     *
     * @return at least one sentence
     */
    public List<String> refusals() {
        return refusals;
    }
}
