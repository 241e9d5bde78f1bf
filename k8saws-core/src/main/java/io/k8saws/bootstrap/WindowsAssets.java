package io.k8saws.bootstrap;

import io.k8saws.cluster.NodeAsset;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** The programs of Windows nodes, and where they come from and go to. */
final class WindowsAssets {
    /** What stands in the place of an architecture. */
    static final String PLATFORM = "windows-amd64";

    /** kubeadm is not among them: the kubelet needs no more than its files, and joins by itself. */
    static final Set<NodeAsset> ALL = Collections.unmodifiableSet(EnumSet.of(
            NodeAsset.KUBELET,
            NodeAsset.KUBECTL,
            NodeAsset.KUBE_PROXY,
            NodeAsset.CONTAINERD,
            NodeAsset.CNI_PLUGINS,
            NodeAsset.FLANNEL,
            NodeAsset.ECR_CREDENTIAL_PROVIDER));

    static final String ROOT = "C:/k8saws";

    private static final String GITHUB = "https://github.com/";

    private WindowsAssets() {}

    static String address(NodeAsset asset, String version) {
        return switch (asset) {
            case KUBELET, KUBECTL, KUBE_PROXY ->
                "https://dl.k8s.io/release/v" + version + "/bin/windows/amd64/" + asset.label() + ".exe";
            case CONTAINERD ->
                GITHUB + "containerd/containerd/releases/download/v" + version + "/containerd-" + version
                        + "-windows-amd64.tar.gz";
            case CNI_PLUGINS ->
                GITHUB + "containernetworking/plugins/releases/download/v" + version + "/cni-plugins-windows-amd64-v"
                        + version + ".tgz";
            case FLANNEL -> GITHUB + "flannel-io/flannel/releases/download/v" + version + "/flanneld.exe";
            case ECR_CREDENTIAL_PROVIDER ->
                "https://artifacts.k8s.io/binaries/cloud-provider-aws/v" + version
                        + "/windows/amd64/ecr-credential-provider-windows-amd64";
            case KUBEADM, RUNC, ETCD, AWS_ENCRYPTION_PROVIDER ->
                throw new IllegalArgumentException("Windows nodes do not run " + asset.label() + ".");
        };
    }

    /** How it is unpacked. */
    static String form(NodeAsset asset) {
        return asset == NodeAsset.CONTAINERD || asset == NodeAsset.CNI_PLUGINS ? "tar" : "file";
    }

    /** Where a program belongs, or the folder into which its archive is unpacked. */
    static String target(NodeAsset asset) {
        return switch (asset) {
            case CONTAINERD -> ROOT; // its archive has a folder bin
            case CNI_PLUGINS -> ROOT + "/cni/bin";
            case FLANNEL -> ROOT + "/bin/flanneld.exe";
            case ECR_CREDENTIAL_PROVIDER -> ROOT + "/credential-provider/ecr-credential-provider.exe";
            default -> ROOT + "/bin/" + asset.label() + ".exe";
        };
    }
}
