package io.k8saws.bootstrap;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.EtcdPlacement;
import io.k8saws.cluster.NodeAsset;
import io.k8saws.cluster.OperatingSystem;
import io.k8saws.internal.machine.Architecture;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which programs a cluster's machines fetch, in which versions and from where. It knows names, versions and places, and no hashes: those come from the spec, or from
 * the file of sums beside each program when a cluster is planned. A pure function.
 */
public final class AssetCatalogue {

    // Released tags; etcd's is kubeadm's own choice for 1.34 to 1.36 (kubeadm, constants.go), and good for 1.33.
    private static final Map<NodeAsset, String> VERSIONS = Map.of(
            NodeAsset.CONTAINERD,
            "2.3.4",
            NodeAsset.RUNC,
            "1.4.3",
            NodeAsset.CNI_PLUGINS,
            "1.9.1",
            NodeAsset.ETCD,
            "3.6.8",
            NodeAsset.FLANNEL,
            "0.28.10"); // that of the add-on

    /** By Kubernetes' minor version (cloud-provider-aws, released tags). */
    private static final Map<String, String> CREDENTIAL_PROVIDERS =
            Map.of("1.33", "1.33.4", "1.34", "1.34.4", "1.35", "1.35.3", "1.36", "1.36.2");

    private static final String NEWEST_CREDENTIAL_PROVIDER = "1.36.2";

    /** Programs lie here on all systems: below {@code /usr} an image may be read-only, as Flatcar is. */
    static final String PROGRAMS = "/opt/bin";

    static final String ENCRYPTION_PROVIDER = "/opt/k8saws/aws-encryption-provider";

    private static final String GITHUB = "https://github.com/";

    private AssetCatalogue() {}

    /**
     * Lists what the machines of a cluster fetch.
     *
     * @param spec the cluster
     * @return each program once for each architecture, in the order of {@link NodeAsset}; without what is preinstalled
     */
    public static List<Asset> of(ClusterSpec spec) {
        List<Asset> assets = new ArrayList<>();
        for (NodeAsset asset : NodeAsset.values()) {
            for (String architecture : architectures(spec, asset)) {
                if (!spec.assets().preinstalled().contains(asset)) {
                    assets.add(asset(spec, asset, architecture));
                }
            }
        }
        return List.copyOf(assets);
    }

    /** What machines of a role fetch. */
    static List<Asset> of(ClusterSpec spec, Set<NodeAsset> wanted, String instanceType) {
        return wanted.stream()
                .filter(asset -> !spec.assets().preinstalled().contains(asset))
                .map(asset -> asset(spec, asset, Architecture.of(instanceType)))
                .toList();
    }

    /** What Windows nodes fetch. */
    static List<Asset> ofWindows(ClusterSpec spec) {
        return WindowsAssets.ALL.stream()
                .filter(asset -> !spec.assets().preinstalled().contains(asset))
                .map(asset -> asset(spec, asset, WindowsAssets.PLATFORM))
                .toList();
    }

    /** What a machine of a role runs. */
    static Set<NodeAsset> of(ClusterSpec spec, NodeRole role, boolean isMember) {
        Set<NodeAsset> assets = EnumSet.noneOf(NodeAsset.class);
        if (role.isNode()) {
            assets.addAll(EnumSet.complementOf(EnumSet.of(
                    NodeAsset.ETCD, NodeAsset.AWS_ENCRYPTION_PROVIDER, NodeAsset.KUBE_PROXY, NodeAsset.FLANNEL)));
        }
        if (role == NodeRole.CONTROL_PLANE && KmsUse.of(spec.kubernetes()) != KmsUse.NONE) {
            assets.add(NodeAsset.AWS_ENCRYPTION_PROVIDER);
        }
        if (isMember) {
            assets.add(NodeAsset.ETCD);
        }
        return assets;
    }

    private static Set<String> architectures(ClusterSpec spec, NodeAsset asset) {
        boolean stacked = spec.etcd().placement() == EtcdPlacement.STACKED;
        Set<String> types = new TreeSet<>();
        if (of(spec, NodeRole.CONTROL_PLANE, stacked).contains(asset)) {
            types.addAll(spec.controlPlane().instanceTypes());
        }
        if (!stacked && of(spec, NodeRole.ETCD, true).contains(asset)) {
            types.add(spec.etcd().instanceType());
        }
        if (of(spec, NodeRole.NODES, false).contains(asset)) {
            spec.nodePools().stream()
                    .filter(pool -> pool.os() == OperatingSystem.LINUX)
                    .forEach(pool -> types.addAll(pool.instanceTypes()));
        }
        Set<String> architectures = new TreeSet<>();
        if (WindowsAssets.ALL.contains(asset)
                && spec.nodePools().stream().anyMatch(pool -> pool.os() == OperatingSystem.WINDOWS)) {
            architectures.add(WindowsAssets.PLATFORM);
        }
        types.forEach(type -> architectures.add(Architecture.of(type)));
        return architectures;
    }

    private static Asset asset(ClusterSpec spec, NodeAsset asset, String architecture) {
        String version = version(spec, asset);
        String address = architecture.equals(WindowsAssets.PLATFORM)
                ? WindowsAssets.address(asset, version)
                : address(asset, version, architecture);
        String sums = sums(asset, address);
        return new Asset(asset, version, architecture, mirrored(spec, address), mirrored(spec, sums));
    }

    private static String version(ClusterSpec spec, NodeAsset asset) {
        if (asset.isKubernetes()) {
            return spec.kubernetesVersion();
        }
        String minor =
                spec.kubernetesVersion().substring(0, spec.kubernetesVersion().lastIndexOf('.'));
        if (asset == NodeAsset.FLANNEL && spec.addons().cni().version().isPresent()) {
            return spec.assets()
                    .versions()
                    .getOrDefault(asset.label(), spec.addons().cni().version().orElseThrow());
        }
        String own = asset == NodeAsset.ECR_CREDENTIAL_PROVIDER
                ? CREDENTIAL_PROVIDERS.getOrDefault(minor, NEWEST_CREDENTIAL_PROVIDER)
                : VERSIONS.getOrDefault(asset, "");
        return spec.assets().versions().getOrDefault(asset.label(), own);
    }

    private static String address(NodeAsset asset, String version, String architecture) {
        return switch (asset) {
            case KUBELET, KUBEADM, KUBECTL ->
                "https://dl.k8s.io/release/v" + version + "/bin/linux/" + architecture + "/" + asset.label();
            case CONTAINERD ->
                GITHUB + "containerd/containerd/releases/download/v" + version + "/containerd-" + version + "-linux-"
                        + architecture + ".tar.gz";
            case RUNC -> GITHUB + "opencontainers/runc/releases/download/v" + version + "/runc." + architecture;
            case CNI_PLUGINS ->
                GITHUB + "containernetworking/plugins/releases/download/v" + version + "/cni-plugins-linux-"
                        + architecture + "-v" + version + ".tgz";
            case ETCD ->
                GITHUB + "etcd-io/etcd/releases/download/v" + version + "/etcd-v" + version + "-linux-" + architecture
                        + ".tar.gz";
            case KUBE_PROXY, FLANNEL -> throw new IllegalArgumentException(asset + " is a pod on Linux.");
            case ECR_CREDENTIAL_PROVIDER ->
                "https://artifacts.k8s.io/binaries/cloud-provider-aws/v" + version + "/linux/" + architecture
                        + "/ecr-credential-provider-linux-" + architecture;
            case AWS_ENCRYPTION_PROVIDER ->
                GITHUB + "kubernetes-sigs/aws-encryption-provider/releases/download/v" + version
                        + "/aws-encryption-provider_" + version + "_linux_" + architecture + ".tar.gz";
        };
    }

    private static String sums(NodeAsset asset, String address) {
        String folder = address.substring(0, address.lastIndexOf('/') + 1);
        return switch (asset) {
            case CONTAINERD -> address + ".sha256sum";
            case RUNC -> folder + "runc.sha256sum";
            case ETCD -> folder + "SHA256SUMS";
            case AWS_ENCRYPTION_PROVIDER -> folder + "checksums.txt";
            default -> address + ".sha256";
        };
    }

    private static String mirrored(ClusterSpec spec, String address) {
        return spec.assets()
                .mirror()
                .map(mirror -> mirror + "/" + address.substring("https://".length()))
                .orElse(address);
    }

    /** How an archive is unpacked. */
    static String form(NodeAsset asset) {
        return switch (asset) {
            case CONTAINERD, CNI_PLUGINS, AWS_ENCRYPTION_PROVIDER -> "tar";
            case ETCD -> "etcd";
            default -> "file";
        };
    }

    /** Where a program belongs, or the folder into which its archive is unpacked. */
    static String target(NodeAsset asset) {
        return switch (asset) {
            case KUBELET, KUBEADM, KUBECTL -> PROGRAMS + "/" + asset.label();
            case CONTAINERD -> "/opt"; // its archive has a folder bin
            case RUNC -> PROGRAMS + "/runc";
            case CNI_PLUGINS -> "/opt/cni/bin";
            case ETCD -> PROGRAMS;
            case KUBE_PROXY, FLANNEL -> throw new IllegalArgumentException(asset + " is a pod on Linux.");
            case AWS_ENCRYPTION_PROVIDER -> ENCRYPTION_PROVIDER; // its archive holds texts, too
            case ECR_CREDENTIAL_PROVIDER -> KubeadmConfig.CREDENTIAL_PROVIDERS + "/ecr-credential-provider";
        };
    }
}
