package io.k8saws.bootstrap;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.NodePoolSpec;
import io.k8saws.network.NetworkPlan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * What makes the machines of a pool Windows nodes: the twin of a Linux worker's scripts in PowerShell. containerd, kubelet and kube-proxy are services of Windows,
 * flannel is a task that starts with the machine.
 */
final class WindowsNode {
    /** Flannel's name for the network of its VNI. Windows knows no VNI below 4096 (flannel, "Backends"). */
    static final String NETWORK = "flannel.4096";

    /** The first that has Windows Server 2022 and 2025 (Kubernetes, build/pause/CHANGELOG.md, 3.10.2). */
    private static final String PAUSE = "pause:3.10.2";

    private static final String ROOT = WindowsAssets.ROOT + "/";

    private final ClusterSpec spec;
    private final NetworkPlan network;
    private final KubeadmConfig kubeadm;
    private final AssetHashes hashes;
    private final UnaryOperator<String> reachable;

    WindowsNode(
            ClusterSpec spec,
            NetworkPlan network,
            KubeadmConfig kubeadm,
            AssetHashes hashes,
            UnaryOperator<String> reachable) {
        this.spec = spec;
        this.network = network;
        this.kubeadm = kubeadm;
        this.hashes = hashes;
        this.reachable = reachable;
    }

    /** The scripts of a pool; the variables are those that a Linux worker has. */
    ScriptSet scripts(String part, NodePoolSpec pool, Map<String, String> linux) {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("Cluster", spec.name());
        variables.put("Role", NodeRole.NODES.label());
        variables.put("Part", part);
        variables.put("Region", spec.region());
        variables.put("S3", linux.getOrDefault("S3", ""));
        Map<String, String> all = new LinkedHashMap<>(variables);
        all.put("AutoScaling", linux.getOrDefault("AUTOSCALING", ""));
        all.put("Group", linux.getOrDefault("GROUP", ""));
        all.put("Hook", linux.getOrDefault("HOOK", ""));
        all.put(
                "Labels",
                KubeadmConfig.labels(pool).entrySet().stream()
                        .map(label -> label.getKey() + "=" + label.getValue())
                        .collect(Collectors.joining(",")));
        List<StoredDocument> documents =
                files(pool, all).stream().map(StoredDocument::of).toList();
        UserData userData = UserData.ofWindows(part, variables, documents);
        return new ScriptSet(part, NodeRole.NODES, userData.text(), documents, userData.bundle(), Optional.empty());
    }

    private List<NodeFile> files(NodePoolSpec pool, Map<String, String> variables) {
        List<NodeFile> files = new ArrayList<>();
        files.add(NodeFile.of(ROOT + "variables.ps1", PowerShell.variables(variables)));
        files.add(NodeFile.of(ROOT + "programs", programs()));
        files.add(NodeFile.of(ROOT + "containerd.toml", containerd()));
        files.add(NodeFile.of(ROOT + "kubelet.yaml", kubeadm.windowsKubelet(pool)));
        files.add(NodeFile.of(ROOT + "kube-proxy.yaml", kubeadm.windowsKubeProxy()));
        files.add(NodeFile.of(ROOT + "credential-provider.yaml", KubeadmConfig.credentialProvider()));
        files.add(NodeFile.of(ROOT + "net-conf.json", netConf()));
        files.add(NodeFile.of(ROOT + "cni.json", cni()));
        files.add(NodeFile.of(ROOT + "node.ps1", Scripts.windowsRunbook()));
        files.add(NodeFile.of(ROOT + "notices.ps1", Scripts.windowsNotices()));
        return files;
    }

    private String programs() {
        return AssetCatalogue.ofWindows(spec).stream()
                .map(asset -> new NodeConfig.Program(
                                asset.asset().label(),
                                hashes.of(asset),
                                WindowsAssets.form(asset.asset()),
                                WindowsAssets.target(asset.asset()),
                                reachable.apply(asset.address()))
                        .line())
                .collect(Collectors.joining());
    }

    private String containerd() {
        Fields cni = new Fields().put("bin_dir", ROOT + "cni/bin").put("conf_dir", ROOT + "cni/conf");
        String image = spec.assets().registry().orElse(KubeadmConfig.REGISTRY) + "/" + PAUSE;
        return Toml.text(new Fields()
                .put("version", 2)
                .put(
                        "plugins",
                        new Fields()
                                .put(
                                        "io.containerd.grpc.v1.cri",
                                        new Fields().put("sandbox_image", image).put("cni", cni)))
                .asMap());
    }

    /** As the add-on has it for the nodes of Linux. */
    private String netConf() {
        return """
                {
                  "Network": "%s",
                  "Backend": {
                    "VNI": 4096,
                    "Port": 4789,
                    "Type": "vxlan"
                  }
                }
                """.formatted(network.podCidr());
    }

    /** Windows' own overlay plug-in: what leaves the cluster has the node's address, what goes to services is left to kube-proxy (containernetworking, "win-overlay"). */
    private String cni() {
        return """
                {
                  "cniVersion": "1.0.0",
                  "name": "%1$s",
                  "type": "win-overlay",
                  "apiVersion": 2,
                  "capabilities": {"portMappings": true, "dns": true},
                  "ipam": {"type": "host-local", "ranges": [[{"subnet": "@POD_CIDR@"}]], "dataDir": "C:/var/lib/cni/networks"},
                  "policies": [
                    {"Name": "EndpointPolicy", "Value": {"Type": "OutBoundNAT", "Settings": {"Exceptions": ["%2$s", "%3$s"]}}},
                    {"Name": "EndpointPolicy", "Value": {"Type": "SDNRoute", "Settings": {"DestinationPrefix": "%3$s", "NeedEncap": true}}},
                    {"Name": "EndpointPolicy", "Value": {"Type": "ProviderAddress", "Settings": {"ProviderAddress": "@ADDRESS@"}}}
                  ]
                }
                """.formatted(NETWORK, network.podCidr(), network.serviceCidr());
    }
}
