package io.k8saws.etcd.registry;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The API groups of what Kubernetes itself stores: their keys do not have them. Kubernetes 1.36, {@code k8s.io/api} and
 * {@code pkg/kubeapiserver/default_storage_factory_builder.go}; older resources that newer versions dropped are kept.
 */
final class BuiltinGroups {
    private static final Map<String, List<String>> RESOURCES = Map.ofEntries(
            Map.entry(
                    "admissionregistration.k8s.io",
                    List.of(
                            "mutatingadmissionpolicies",
                            "mutatingadmissionpolicybindings",
                            "mutatingwebhookconfigurations",
                            "validatingadmissionpolicies",
                            "validatingadmissionpolicybindings",
                            "validatingwebhookconfigurations")),
            Map.entry(
                    "apps", List.of("controllerrevisions", "daemonsets", "deployments", "replicasets", "statefulsets")),
            Map.entry("autoscaling", List.of("horizontalpodautoscalers")),
            Map.entry("batch", List.of("cronjobs", "jobs")),
            Map.entry(
                    "certificates.k8s.io",
                    List.of("certificatesigningrequests", "clustertrustbundles", "podcertificaterequests")),
            Map.entry("coordination.k8s.io", List.of("leasecandidates", "leases")),
            Map.entry("discovery.k8s.io", List.of("endpointslices")),
            Map.entry("flowcontrol.apiserver.k8s.io", List.of("flowschemas", "prioritylevelconfigurations")),
            Map.entry("internal.apiserver.k8s.io", List.of("storageversions")),
            Map.entry("networking.k8s.io", List.of("ingressclasses", "ipaddresses", "networkpolicies", "servicecidrs")),
            Map.entry("node.k8s.io", List.of("runtimeclasses")),
            Map.entry("policy", List.of("poddisruptionbudgets", "podsecuritypolicy")),
            Map.entry(
                    "rbac.authorization.k8s.io",
                    List.of("clusterrolebindings", "clusterroles", "rolebindings", "roles")),
            Map.entry(
                    "resource.k8s.io",
                    List.of(
                            "deviceclasses",
                            "devicetaintrules",
                            "resourceclaims",
                            "resourceclaimtemplates",
                            "resourceslices")),
            Map.entry("scheduling.k8s.io", List.of("podgroups", "priorityclasses", "workloads")),
            Map.entry(
                    "storage.k8s.io",
                    List.of(
                            "csidrivers",
                            "csinodes",
                            "csistoragecapacities",
                            "storageclasses",
                            "volumeattachments",
                            "volumeattributesclasses")),
            Map.entry("storagemigration.k8s.io", List.of("storageversionmigrations")));

    private static final Map<String, String> GROUPS = groups();

    private BuiltinGroups() {}

    /** The group of a resource; empty for the core group and for what is not known. */
    static String of(String resource) {
        return GROUPS.getOrDefault(resource, "");
    }

    private static Map<String, String> groups() {
        Map<String, String> groups = new HashMap<>();
        RESOURCES.forEach((group, resources) -> resources.forEach(resource -> groups.put(resource, group)));
        return Map.copyOf(groups);
    }
}
