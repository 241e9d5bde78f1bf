package io.k8saws.samples;

import io.k8saws.K8sAws;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.error.InvalidSpecException;
import java.nio.file.Path;

/** A cluster in a file: reads it, tells every mistake at once and what is worth a second look, and plans it. Changes nothing. */
public final class ClusterFromYaml {
    private ClusterFromYaml() {}

    /**
     * Reads and plans.
     *
     * @param args the YAML file
     */
    public static void main(String[] args) {
        ClusterSpec spec;
        try {
            spec = ClusterSpec.fromYaml(Path.of(args[0]));
        } catch (InvalidSpecException e) {
            e.violations().forEach(mistake -> System.err.println(mistake));
            System.exit(1);
            return;
        }
        System.out.println(spec);
        spec.warnings().forEach(warning -> System.out.println("Worth a second look: " + warning));
        try (K8sAws k8s = K8sAws.connect(spec.region())) {
            System.out.println(k8s.plan(spec));
        }
    }
}
