package io.k8saws.samples;

import io.k8saws.K8sAws;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.console.ConsolePlan;
import io.k8saws.console.ConsoleProgress;
import io.k8saws.error.K8sAwsException;
import io.k8saws.plan.Plan;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.Scanner;

/**
 * Makes a cluster in your account: prints the plan, asks for the cluster's name as consent, applies. Run again it goes on where it was, or says that there is
 * nothing to do. The region is asked for beside the file, so that a file for another region is refused.
 */
public final class Provision {
    private Provision() {}

    /**
     * Plans, asks and applies.
     *
     * @param args the region, and the YAML file of the cluster
     */
    public static void main(String[] args) {
        if (args.length != 2) {
            System.err.println("usage: Provision REGION FILE.yaml");
            System.exit(2);
        }
        try (K8sAws k8s = K8sAws.connect(args[0])) {
            ClusterSpec spec = ClusterSpec.fromYaml(Path.of(args[1]));
            Plan plan = k8s.plan(spec);
            ConsolePlan.print(plan);
            spec.warnings().forEach(warning -> System.out.println("Worth a second look: " + warning));
            if (plan.isEmpty() || !consents(spec, k8s.account())) {
                System.out.println("Nothing was changed.");
                return;
            }
            try (ConsoleProgress progress = ConsoleProgress.system()) {
                k8s.apply(plan, progress); // its last line tells how it went, and in what time
            }
        } catch (K8sAwsException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    private static boolean consents(ClusterSpec spec, String account) {
        System.out.print("Apply this to account " + account + "? Type the cluster's name: ");
        Scanner input = new Scanner(System.in, Charset.defaultCharset());
        return input.hasNextLine() && input.nextLine().strip().equals(spec.name());
    }
}
