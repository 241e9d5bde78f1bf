package io.k8saws.samples;

import io.k8saws.K8sAws;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.plan.Plan;
import java.nio.file.Path;

/** A plan to look at, for a review or a wiki: one page that needs no network, with the cluster as a drawing. Changes nothing. */
public final class PlanPage {
    private PlanPage() {}

    /**
     * Plans and writes the page.
     *
     * @param args the YAML file of the cluster, and the page to write
     */
    public static void main(String[] args) {
        ClusterSpec spec = ClusterSpec.fromYaml(Path.of(args[0]));
        Path page = Path.of(args[1]).toAbsolutePath();
        try (K8sAws k8s = K8sAws.connect(spec.region())) {
            Plan plan = k8s.plan(spec).saveHtml(page);
            System.out.println("Plan " + plan.id() + " with " + plan.changes().size() + " changes: " + page);
        }
    }
}
