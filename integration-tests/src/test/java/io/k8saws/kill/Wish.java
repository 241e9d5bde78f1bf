package io.k8saws.kill;

import io.k8saws.K8sAws;
import io.k8saws.plan.Plan;

/** What somebody wants of a cluster, as a plan that is made anew by every run. */
@FunctionalInterface
interface Wish {
    /** Plans it. */
    Plan plan(K8sAws k8s);
}
