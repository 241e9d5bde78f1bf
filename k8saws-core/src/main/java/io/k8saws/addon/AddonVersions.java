package io.k8saws.addon;

import io.k8saws.cluster.AddonSpec;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.CniKind;
import java.util.Map;

/**
 * The one place for the versions of add-ons, by Kubernetes' minor version where that matters.
 *
 * <p>Sources: released tags of each project in November 2026; CoreDNS as kubeadm's constants name it; AWS's cloud controller manager has the minor version of
 * Kubernetes, and is the release whose ECR credential provider machines fetch.
 */
final class AddonVersions {
    private static final String NEWEST = "1.36";

    private static final Map<String, String> CORE_DNS =
            Map.of("1.33", "1.12.0", "1.34", "1.12.1", "1.35", "1.13.1", NEWEST, "1.14.2");

    private static final Map<String, String> CLOUD_CONTROLLER =
            Map.of("1.33", "1.33.4", "1.34", "1.34.4", "1.35", "1.35.3", NEWEST, "1.36.2");

    private static final String EBS_CSI = "1.59.0";

    /** The tags that this release of the driver was tested with (aws-ebs-csi-driver, chart 2.59.0), by their places in the template. */
    static final Map<String, Object> EBS_CSI_COMPANIONS = Map.of(
            "provisioner",
            "v6.2.0-eksbuild.3",
            "attacher",
            "v4.11.0-eksbuild.4",
            "resizer",
            "v2.1.0-eksbuild.4",
            "livenessProbe",
            "v2.18.0-eksbuild.4",
            "registrar",
            "v2.16.0-eksbuild.4");

    /** What Flannel's own manifest names beside it. */
    static final String FLANNEL_PLUGIN = "1.9.1-flannel3";

    private static final Map<CniKind, String> CNI = Map.of(
            CniKind.FLANNEL,
            "0.28.10",
            CniKind.KUBE_ROUTER,
            "2.11.1",
            CniKind.AWS_VPC,
            "1.23.0",
            CniKind.CALICO,
            "3.31.6",
            CniKind.CILIUM,
            "1.19.3");

    private AddonVersions() {}

    static String coreDns(ClusterSpec spec) {
        return byMinor(CORE_DNS, spec);
    }

    static String cloudController(ClusterSpec spec) {
        return chosen(spec.addons().cloudController(), byMinor(CLOUD_CONTROLLER, spec));
    }

    static String ebsCsi(ClusterSpec spec) {
        return chosen(spec.addons().ebsCsi(), EBS_CSI);
    }

    static String cni(ClusterSpec spec) {
        return chosen(spec.addons().cni(), CNI.getOrDefault(spec.cni().kind(), ""));
    }

    private static String chosen(AddonSpec addon, String own) {
        return addon.version().orElse(own);
    }

    static String byMinor(Map<String, String> versions, ClusterSpec spec) {
        String version = spec.kubernetesVersion();
        String newest = versions.getOrDefault(NEWEST, "");
        return versions.getOrDefault(version.substring(0, version.lastIndexOf('.')), newest);
    }
}
