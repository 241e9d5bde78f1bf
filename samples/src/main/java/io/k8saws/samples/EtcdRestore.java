package io.k8saws.samples;

import io.k8saws.etcd.Etcd;
import io.k8saws.etcd.restore.ApiServerFence;
import io.k8saws.etcd.restore.EtcdProcess;
import io.k8saws.etcd.restore.LocalHost;
import io.k8saws.etcd.restore.MemberHost;
import io.k8saws.etcd.restore.NewCluster;
import io.k8saws.etcd.restore.NewMember;
import io.k8saws.etcd.restore.RestorePlan;
import io.k8saws.etcd.restore.RestoreRequest;
import io.k8saws.etcd.restore.RevisionBump;
import io.k8saws.etcd.restore.SnapshotRestore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Makes a whole cluster on this machine from a snapshot alone, shows that it is well, and ends its members again. */
public final class EtcdRestore {
    private EtcdRestore() {}

    /**
     * Restores.
     *
     * @param args the program etcd, the snapshot, the directory of the new cluster, and for each member three: its name, its peer URL and its client URL
     */
    public static void main(String[] args) {
        Path program = Path.of(args[0]);
        Path snapshot = Path.of(args[1]);
        Path directory = Path.of(args[2]);
        List<EtcdProcess> processes = new ArrayList<>();
        try {
            // snippet: restore
            List<NewMember> members = new ArrayList<>();
            for (int i = 3; i < args.length; i += 3) {
                members.add(NewMember.of(args[i], args[i + 1])); // name and peer URL
            }
            NewCluster cluster = NewCluster.of(members);
            SnapshotRestore restore = SnapshotRestore.of(snapshot, cluster)
                    .withRevisionBump(RevisionBump.of(50, Duration.ofHours(1))) // 1,000,000 at least
                    .withoutMasterLeases();

            List<MemberHost> hosts = new ArrayList<>();
            List<String> clientUrls = new ArrayList<>();
            for (int i = 3; i < args.length; i += 3) {
                Path data = directory.resolve(args[i]);
                List<String> arguments = List.of(
                        "--name=" + args[i],
                        "--data-dir=" + data,
                        "--listen-peer-urls=" + args[i + 1],
                        "--initial-advertise-peer-urls=" + args[i + 1],
                        "--listen-client-urls=" + args[i + 2],
                        "--advertise-client-urls=" + args[i + 2],
                        "--initial-cluster=" + cluster.initialCluster(),
                        "--initial-cluster-token=" + cluster.token());
                EtcdProcess process = EtcdProcess.of(program, arguments, directory.resolve(args[i] + ".log"));
                processes.add(process); // it ends with this program, so close it
                hosts.add(LocalHost.of(args[i], data, process));
                clientUrls.add(args[i + 2]);
            }

            RestorePlan plan = RestorePlan.plan(
                    RestoreRequest.of(restore, hosts).withFence(ApiServerFence.none()), Duration.ofMinutes(5));
            System.out.println(plan);
            System.out.println(plan.restore(Duration.ofMinutes(10)));
            try (Etcd etcd = Etcd.builder().endpoints(clientUrls).build()) {
                System.out.println(etcd.health().requireQuorum());
            }
            // end: restore
        } finally {
            processes.forEach(EtcdProcess::close);
        }
    }
}
