package io.k8saws.benchmarks;

import io.k8saws.K8sAws;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.plan.Plan;

/** What is measured, in the order in which one run does it. */
enum Operation {
    /** Nothing is there yet. */
    FIRST_PLAN("plan of a new cluster", false),
    FIRST_APPLY("first apply", true),
    PLAN_WITHOUT_CHANGES("plan without changes", false),
    APPLY_WITHOUT_CHANGES("no-op apply", true),
    DESTROY_PLAN("plan of a destroy", false),
    DESTROY("destroy", true);

    private final String title;
    private final boolean applies;

    Operation(String title, boolean applies) {
        this.title = title;
        this.applies = applies;
    }

    String title() {
        return title;
    }

    /** Whether it applies the plan that the operation before it has made. */
    boolean applies() {
        return applies;
    }

    /** Makes this operation's plan. */
    Plan plan(K8sAws library, ClusterSpec spec) {
        return this == DESTROY_PLAN ? library.planDestroy(spec.name()) : library.plan(spec);
    }
}
