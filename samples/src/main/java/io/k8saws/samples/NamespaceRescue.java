package io.k8saws.samples;

import io.k8saws.etcd.Etcd;
import io.k8saws.etcd.rescue.Rescue;
import io.k8saws.etcd.rescue.RescuePlan;
import io.k8saws.etcd.rescue.RescueReport;
import io.k8saws.etcd.rescue.Selection;
import io.k8saws.etcd.snapshot.SnapshotFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Scanner;

/** Brings a namespace that was deleted back from a snapshot, while the cluster goes on. Shows the plan, and asks before it writes. */
public final class NamespaceRescue {
    private NamespaceRescue() {}

    /**
     * Plans, asks, applies.
     *
     * @param args the client URL of a member, the snapshot, and the namespace
     */
    public static void main(String[] args) {
        Selection selection = Selection.ofNamespace(args[2]);
        // snippet: rescue
        try (Etcd etcd = Etcd.at(args[0]);
                SnapshotFile snapshot = SnapshotFile.open(Path.of(args[1]))) {
            Rescue rescue = Rescue.of(selection, snapshot, etcd);
            RescuePlan plan = rescue.plan(); // reads only
            System.out.println(plan);
            if (!plan.isEmpty() && confirmed(args[2])) {
                RescueReport report = rescue.apply(plan, Duration.ofMinutes(5));
                System.out.println(report);
            }
        }
        // end: rescue
    }

    private static boolean confirmed(String namespace) {
        System.out.println("Type " + namespace + " to write this.");
        try (Scanner in = new Scanner(System.in, StandardCharsets.UTF_8)) {
            return in.hasNextLine() && in.nextLine().equals(namespace);
        }
    }
}
