package io.k8saws.samples;

import io.k8saws.K8sAws;
import io.k8saws.error.ConflictException;
import io.k8saws.plan.ApplyReport;
import io.k8saws.plan.Plan;

/**
 * Two people change one cluster at once. Both plan a pool of their own; the first applies; the second is refused with a conflict and has changed nothing. A new
 * plan starts from what the first one made, so that neither pool is lost.
 */
public final class TwoWriters {
    private static final int ATTEMPTS = 3;

    private TwoWriters() {}

    /**
     * Changes a cluster that was applied before.
     *
     * @param args the region, and the cluster
     */
    public static void main(String[] args) {
        try (K8sAws first = K8sAws.connect(args[0]);
                K8sAws second = K8sAws.connect(args[0])) {
            Plan early = withPool(first, args[1], "first");
            Plan late = withPool(second, args[1], "second");
            System.out.println("First:  " + first.apply(early));
            System.out.println("Second: " + applied(second, args[1], late));
        }
    }

    private static Plan withPool(K8sAws k8s, String cluster, String pool) {
        return k8s.cluster(cluster)
                .plan(spec -> spec.plusNodePool(
                        p -> p.name(pool).instanceTypes("m6i.large").maxSize(3)));
    }

    private static ApplyReport applied(K8sAws k8s, String cluster, Plan plan) {
        for (int attempt = 1; ; attempt++) {
            try {
                return k8s.apply(plan);
            } catch (ConflictException e) {
                System.out.println("Second: " + e.getMessage());
                if (attempt == ATTEMPTS) {
                    throw e;
                }
                plan = withPool(k8s, cluster, "second");
            }
        }
    }
}
