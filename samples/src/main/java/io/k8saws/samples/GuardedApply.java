package io.k8saws.samples;

import io.k8saws.K8sAws;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.plan.ApplyException;
import io.k8saws.plan.Plan;
import io.k8saws.plan.PlanRefusedException;
import io.k8saws.plan.Risk;
import io.k8saws.plan.StalePlanException;
import java.nio.file.Path;

/**
 * A pipeline in two jobs. The first plans and keeps the plan in a file for a review; the second applies exactly that plan, and only if it deletes nothing that
 * matters. When the world has moved in between, the second job is refused and has changed nothing.
 */
public final class GuardedApply {
    private GuardedApply() {}

    /**
     * Runs one of the jobs.
     *
     * @param args {@code plan}, the YAML file of the cluster and the file for the plan; or {@code apply} and the file of the plan
     */
    public static void main(String[] args) {
        if (args[0].equals("plan")) {
            ClusterSpec spec = ClusterSpec.fromYaml(Path.of(args[1]));
            try (K8sAws k8s = K8sAws.connect(spec.region())) {
                System.out.println(k8s.plan(spec).save(Path.of(args[2])));
            }
            return;
        }
        // snippet: apply
        Plan plan = Plan.load(Path.of(args[1]));
        try (K8sAws k8s = K8sAws.connect(plan.region())) {
            System.out.println(k8s.apply(plan.requireNoDataLoss().requireAtMost(Risk.DISRUPTIVE)));
        } catch (PlanRefusedException | StalePlanException e) {
            System.err.println("Refused, nothing was changed. " + e.getMessage());
            System.exit(1);
        } catch (ApplyException e) {
            System.err.println("Not complete; plan and apply again to go on. " + e.report());
            System.exit(1);
        }
        // end: apply
    }
}
