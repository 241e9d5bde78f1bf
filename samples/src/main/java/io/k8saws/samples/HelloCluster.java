package io.k8saws.samples;

import io.k8saws.K8sAws;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.plan.Plan;

/** The shortest whole story: describe a highly available cluster, plan it, look, apply, look again. README shows it. */
public final class HelloCluster {
    private HelloCluster() {}

    /**
     * Runs the story in the account of the default credentials.
     *
     * @param args none
     */
    public static void main(String[] args) {
        // snippet: hello
        ClusterSpec spec = ClusterSpec.builder()
                .name("hello")
                .region("eu-west-1")
                .network(n -> n.zones("eu-west-1a", "eu-west-1b", "eu-west-1c"))
                .addNodePool(p -> p.name("general").instanceTypes("m6i.xlarge").size(3))
                .build(); // all mistakes at once, before any call

        try (K8sAws k8s = K8sAws.connect("eu-west-1")) {
            Plan plan = k8s.plan(spec); // reads only
            System.out.println(plan);
            k8s.apply(plan.requireNoDataLoss());
            System.out.println(k8s.cluster("hello").drift());
        }
        // end: hello
    }
}
