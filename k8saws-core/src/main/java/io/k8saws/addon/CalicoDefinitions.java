package io.k8saws.addon;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** The kinds in which Calico keeps its state when it has no store of its own, and those of network policies that it watches (Calico, manifests/crds.yaml). */
final class CalicoDefinitions {
    private static final String CLUSTER = "Cluster";
    private static final String NAMESPACED = "Namespaced";

    /** As the template names them. */
    static final List<Map<String, Object>> ALL = Stream.of(
                    own("BGPConfiguration", "bgpconfigurations", CLUSTER),
                    own("BGPFilter", "bgpfilters", CLUSTER),
                    own("BGPPeer", "bgppeers", CLUSTER),
                    own("BlockAffinity", "blockaffinities", CLUSTER),
                    own("CalicoNodeStatus", "caliconodestatuses", CLUSTER),
                    own("ClusterInformation", "clusterinformations", CLUSTER),
                    own("FelixConfiguration", "felixconfigurations", CLUSTER),
                    own("GlobalNetworkPolicy", "globalnetworkpolicies", CLUSTER),
                    own("GlobalNetworkSet", "globalnetworksets", CLUSTER),
                    own("HostEndpoint", "hostendpoints", CLUSTER),
                    own("IPAMBlock", "ipamblocks", CLUSTER),
                    own("IPAMConfig", "ipamconfigs", CLUSTER),
                    own("IPAMHandle", "ipamhandles", CLUSTER),
                    own("IPPool", "ippools", CLUSTER),
                    own("IPReservation", "ipreservations", CLUSTER),
                    own("KubeControllersConfiguration", "kubecontrollersconfigurations", CLUSTER),
                    own("NetworkPolicy", "networkpolicies", NAMESPACED),
                    own("NetworkSet", "networksets", NAMESPACED),
                    own("StagedGlobalNetworkPolicy", "stagedglobalnetworkpolicies", CLUSTER),
                    own("StagedKubernetesNetworkPolicy", "stagedkubernetesnetworkpolicies", NAMESPACED),
                    own("StagedNetworkPolicy", "stagednetworkpolicies", NAMESPACED),
                    own("Tier", "tiers", CLUSTER),
                    watched("AdminNetworkPolicy", "adminnetworkpolicies"),
                    watched("BaselineAdminNetworkPolicy", "baselineadminnetworkpolicies"))
            .toList();

    private CalicoDefinitions() {}

    private static Map<String, Object> own(String kind, String plural, String scope) {
        return definition("crd.projectcalico.org", "v1", kind, plural, scope, "");
    }

    /** Of a group below k8s.io the API server takes only what names its approval. */
    private static Map<String, Object> watched(String kind, String plural) {
        return definition(
                "policy.networking.k8s.io",
                "v1alpha1",
                kind,
                plural,
                CLUSTER,
                "https://github.com/kubernetes-sigs/network-policy-api/pull/30");
    }

    private static Map<String, Object> definition(
            String group, String served, String kind, String plural, String scope, String approved) {
        return Map.of(
                "group", group,
                "served", served,
                "kind", kind,
                "plural", plural,
                "singular", kind.toLowerCase(Locale.ROOT),
                "scope", scope,
                "approved", approved);
    }
}
