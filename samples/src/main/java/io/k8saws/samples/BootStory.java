package io.k8saws.samples;

import io.k8saws.Cluster;
import io.k8saws.K8sAws;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.plan.Plan;
import io.k8saws.progress.ProgressListener;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.NodeFleet;
import io.k8saws.testkit.Testbed;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Scanner;

/**
 * From an empty account to {@code kubectl get nodes} on one machine: the cluster is applied to an emulator, and for each instance that its Auto Scaling groups start a
 * machine boots here with exactly that instance's user data, address, tags and role, whose rights the emulator checks. Nothing else is done for it.
 */
final class BootStory {
    private static final int MACHINES = 9;
    private static final Duration BOOT = Duration.ofMinutes(5);
    private static final Duration READY = Duration.ofMinutes(10);

    private BootStory() {}

    static void tell(String name, PrintStream out) {
        long start = System.nanoTime();
        ClusterSpec spec = MachineCluster.spec(name);
        try (AwsEndpoint emulator = OnlyEmulators.require(Testbed.moto());
                AwsEndpoint aws = checkingRights(emulator);
                NodeFleet fleet = Testbed.fleet(aws, Map.of("KubernetesCluster", name))) {
            out.println(spec);
            try (K8sAws k8s = MachineCluster.library(aws).build()) {
                Plan plan = k8s.plan(spec);
                k8s.apply(plan);
                chapter(out, start, plan.changes().size() + " resources are made");
            }
            fleet.awaitBoot(MACHINES, BOOT);
            chapter(out, start, MACHINES + " machines run their user data");
            try (K8sAws k8s = MachineCluster.library(aws)
                    .apiProxy(fleet.proxy())
                    .progress(ProgressListener.lines(out))
                    .build()) {
                Cluster cluster = k8s.cluster(name);
                cluster.applyAddons(READY);
                chapter(out, start, "The API answers, and the add-ons are in the cluster");
                out.println(cluster.waitUntilReady(READY));
                chapter(out, start, "All is ready");
                show(cluster, out);
            }
        }
    }

    /** An emulator of the story's own asks every machine's role for its rights. One that the user runs stays as it is. */
    private static AwsEndpoint checkingRights(AwsEndpoint emulator) {
        return System.getenv("K8SAWS_AWS_ENDPOINT") == null ? emulator.enforcingIam() : emulator;
    }

    private static void show(Cluster cluster, PrintStream out) {
        Path file = Path.of("k8saws-boot.kubeconfig").toAbsolutePath();
        cluster.kubeconfig().save(file);
        Path kubectl = Testbed.mirror().resolveSibling("bin").resolve("kubectl");
        out.println("$ kubectl --kubeconfig " + file.getFileName() + " get nodes,pods --all-namespaces");
        run(kubectl.toString(), "--kubeconfig", file.toString(), "get", "nodes,pods", "--all-namespaces");
        out.println();
        out.println("The kubeconfig lives for an hour: " + file);
        out.println("kubectl is here, too: " + kubectl);
        out.println("The cluster runs until you press Enter.");
        new Scanner(System.in, Charset.defaultCharset()).hasNextLine(); // at once when nobody sits before it
    }

    private static void run(String... command) {
        try {
            int code = new ProcessBuilder(command).inheritIO().start().waitFor();
            if (code != 0) {
                System.err.println("kubectl ended with code " + code + ".");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Run " + command[0] + ": " + e.getMessage() + ".", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void chapter(PrintStream out, long start, String what) {
        out.println();
        out.println("== " + Duration.ofNanos(System.nanoTime() - start).toSeconds() + " s: " + what);
    }
}
