package io.k8saws.etcd.member;

import io.k8saws.error.K8sAwsException;
import java.util.List;
import java.util.Map;

/** A change of members was not begun, because it would do harm or the cluster is not as its plan shows. Nothing was changed. */
public final class MembersRefusedException extends K8sAwsException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> refusals;

    /**
     * Made by {@link MemberPlan#requireAllowed()} and where a plan is carried out.
     *
     * @param plan the plan
     * @param refusals why, one sentence each; at least one
     */
    MembersRefusedException(MemberPlan plan, List<String> refusals) {
        super(
                "Change the members of etcd: " + plan.task(),
                String.join("; ", refusals),
                "mend what is named, then plan again; docs/etcd.md says more",
                plan.clusterId().isEmpty() ? Map.of() : Map.of("cluster", plan.clusterId()),
                null);
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
