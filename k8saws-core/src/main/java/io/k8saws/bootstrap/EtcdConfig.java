package io.k8saws.bootstrap;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.EtcdEventsSpec;
import io.k8saws.cluster.VolumeSpec;
import io.k8saws.network.NetworkPlan;
import io.k8saws.network.PlannedEtcdMember;
import io.k8saws.network.WellKnownPorts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** etcd's own settings for a member: one etcd a cluster, each with its disk, its ports and its certificates. */
final class EtcdConfig {
    private static final String PKI = "/etc/kubernetes/pki/etcd";

    // etcd's documentation, "System limits": 2 GiB by default, 8 GiB at most in normal environments
    private static final long MOST_BYTES = 8L << 30;
    private static final int DISK_SHARE = 5;

    private final ClusterSpec spec;
    private final NetworkPlan network;
    private final PlannedEtcdMember member;

    EtcdConfig(ClusterSpec spec, NetworkPlan network, PlannedEtcdMember member) {
        this.spec = spec;
        this.network = network;
        this.member = member;
    }

    /**
     * One of the two etcd clusters.
     *
     * @param name {@code main} or {@code events}
     * @param clientPort for clients
     * @param peerPort for members
     * @param metricsPort on the loopback address
     * @param volume a member's disk
     */
    private record Cluster(String name, int clientPort, int peerPort, int metricsPort, VolumeSpec volume) {
        boolean isMain() {
            return name.equals("main");
        }
    }

    private List<Cluster> clusters() {
        List<Cluster> clusters = new ArrayList<>();
        clusters.add(new Cluster(
                "main",
                WellKnownPorts.ETCD_CLIENT,
                WellKnownPorts.ETCD_PEER,
                WellKnownPorts.ETCD_METRICS,
                spec.etcd().volume()));
        spec.etcd()
                .events()
                .map(EtcdEventsSpec::volume)
                .ifPresent(volume -> clusters.add(new Cluster(
                        "events",
                        WellKnownPorts.ETCD_EVENTS_CLIENT,
                        WellKnownPorts.ETCD_EVENTS_PEER,
                        WellKnownPorts.ETCD_EVENTS_METRICS,
                        volume)));
        return clusters;
    }

    /** What the script must know of the member. */
    Map<String, String> variables() {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("ETCD_MEMBER", member.name());
        variables.put("ETCD_ADDRESS", member.address());
        variables.put("ETCD_GATEWAY", gateway());
        variables.put(
                "ETCD_PEERS",
                network.etcdMembers().stream()
                        .map(PlannedEtcdMember::address)
                        .filter(address -> !address.equals(member.address()))
                        .collect(Collectors.joining(" ")));
        variables.put("ETCD_CLUSTERS", clusters().stream().map(Cluster::name).collect(Collectors.joining(" ")));
        return variables;
    }

    /** The VPC's router is the first address of each subnet (VPC user guide, "Subnet CIDR blocks"). */
    private String gateway() {
        return network.subnets().stream()
                .filter(subnet -> subnet.name().equals(member.subnet()))
                .findFirst()
                .orElseThrow()
                .cidr()
                .address(1);
    }

    List<NodeFile> files() {
        List<NodeFile> files = new ArrayList<>();
        for (Cluster cluster : clusters()) {
            files.add(NodeFile.of("/etc/k8saws/etcd-" + cluster.name() + ".env", environment(cluster)));
            files.add(NodeFile.of(
                    "/etc/k8saws/etcd-" + cluster.name() + ".members",
                    "ENDPOINTS="
                            + network.etcdMembers().stream()
                                    .map(other -> "https://" + other.address() + ":" + cluster.clientPort())
                                    .collect(Collectors.joining(","))
                            + "\n"));
            files.add(Units.etcd(cluster.name()));
        }
        return files;
    }

    private String environment(Cluster cluster) {
        String own = cluster.isMain() ? PKI : PKI + "-events";
        String clients = cluster.isMain() ? own + "/ca.crt" : own + "/client-ca.crt";
        Map<String, String> values = new LinkedHashMap<>();
        values.put("NAME", member.name());
        values.put("DATA_DIR", "/var/lib/etcd-" + cluster.name() + "/data");
        values.put(
                "LISTEN_CLIENT_URLS",
                "https://" + member.address() + ":" + cluster.clientPort() + ",https://127.0.0.1:"
                        + cluster.clientPort());
        values.put("ADVERTISE_CLIENT_URLS", "https://" + member.address() + ":" + cluster.clientPort());
        values.put("LISTEN_PEER_URLS", peer(member, cluster));
        values.put("INITIAL_ADVERTISE_PEER_URLS", peer(member, cluster));
        values.put("LISTEN_METRICS_URLS", "http://127.0.0.1:" + cluster.metricsPort());
        values.put("INITIAL_CLUSTER_TOKEN", spec.name() + "-" + cluster.name());
        values.put(
                "INITIAL_CLUSTER",
                network.etcdMembers().stream()
                        .map(other -> other.name() + "=" + peer(other, cluster))
                        .collect(Collectors.joining(",")));
        values.put("CERT_FILE", own + "/server.crt");
        values.put("KEY_FILE", own + "/server.key");
        values.put("TRUSTED_CA_FILE", clients);
        values.put("CLIENT_CERT_AUTH", "true");
        values.put("PEER_CERT_FILE", own + "/peer.crt");
        values.put("PEER_KEY_FILE", own + "/peer.key");
        values.put("PEER_TRUSTED_CA_FILE", own + "/ca.crt");
        values.put("PEER_CLIENT_CERT_AUTH", "true");
        values.put("QUOTA_BACKEND_BYTES", String.valueOf(quota(cluster.volume())));
        values.put("AUTO_COMPACTION_RETENTION", "0"); // the API server compacts
        return values.entrySet().stream()
                .map(value -> "ETCD_" + value.getKey() + "=" + value.getValue() + "\n")
                .collect(Collectors.joining());
    }

    private static String peer(PlannedEtcdMember member, Cluster cluster) {
        return "https://" + member.address() + ":" + cluster.peerPort();
    }

    /** Two fifths of the disk: the rest is for the log, snapshots and a defragmentation's copy. */
    private static long quota(VolumeSpec volume) {
        return Math.min(MOST_BYTES, ((long) volume.sizeGib() << 30) * 2 / DISK_SHARE);
    }
}
