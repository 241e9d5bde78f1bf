package io.k8saws.plan;

import io.k8saws.error.K8sAwsException;
import java.util.List;
import java.util.Map;

/** The world has moved since the plan was made: applying it would do something that it does not show. Nothing was changed; plan again. */
public final class StalePlanException extends K8sAwsException {
    private static final long serialVersionUID = 1L;

    private final transient List<Change> unplanned;

    /**
     * Made by apply.
     *
     * @param planId the plan
     * @param cluster the cluster's name
     * @param unplanned what applying the plan's spec would do now and the plan does not show
     */
    public StalePlanException(String planId, String cluster, List<Change> unplanned) {
        super(
                "Apply plan " + planId + " to " + cluster,
                "the world has changed since it was made; it does not show "
                        + unplanned.stream().limit(5).map(Change::toString).toList()
                        + (unplanned.size() > 5 ? " and " + (unplanned.size() - 5) + " more" : ""),
                "plan again, look at the new plan, and apply that",
                Map.of(),
                null);
        this.unplanned = List.copyOf(unplanned);
    }

    /**
     * What applying the plan's spec would do now and the plan does not show.
     *
     * @return at least one change
     */
    public List<Change> unplanned() {
        return unplanned;
    }
}
