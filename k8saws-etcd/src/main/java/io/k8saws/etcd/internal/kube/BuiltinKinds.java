package io.k8saws.etcd.internal.kube;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The kinds that Kubernetes itself stores. Kubernetes 1.36, {@code k8s.io/api} and {@code pkg/kubeapiserver/default_storage_factory_builder.go}; older resources that newer versions dropped are kept.
 */
public final class BuiltinKinds {
    /** Those of the core group, which is no part of their name. */
    private static final List<String> CORE = List.of(
            "configmaps",
            "endpoints",
            "events",
            "limitranges",
            "namespaces",
            "nodes",
            "persistentvolumeclaims",
            "persistentvolumes",
            "pods",
            "podtemplates",
            "replicationcontrollers",
            "resourcequotas",
            "secrets",
            "serviceaccounts",
            "services");

    /** Those whose keys have another name, or the group, too. */
    private static final List<String> NAMED_OTHERWISE = List.of(
            "apiservices.apiregistration.k8s.io",
            "customresourcedefinitions.apiextensions.k8s.io",
            "ingresses.networking.k8s.io",
            "podsecuritypolicies.policy");

    /** By API group, the resources whose keys do not have it. */
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

    private static final Set<String> TYPES = types();

    private BuiltinKinds() {}

    /**
     * Finds the API group of a resource, which its keys do not have.
     *
     * @param resource as it stands in keys
     * @return the group; empty for the core group and for what is not known
     */
    public static String groupOf(String resource) {
        return GROUPS.getOrDefault(resource, "");
    }

    private static Map<String, String> groups() {
        Map<String, String> groups = new HashMap<>();
        RESOURCES.forEach((group, resources) -> resources.forEach(resource -> groups.put(resource, group)));
        return Map.copyOf(groups);
    }

    /**
     * Whether Kubernetes has a kind by itself.
     *
     * @param type as kubectl takes it, such as {@code deployments.apps}
     * @return false also for a kind of which this version does not know
     */
    public static boolean has(String type) {
        return TYPES.contains(type);
    }

    private static Set<String> types() {
        Set<String> types = new HashSet<>(CORE);
        types.addAll(NAMED_OTHERWISE);
        RESOURCES.forEach((group, resources) -> resources.forEach(resource -> types.add(resource + "." + group)));
        return Set.copyOf(types);
    }
}
