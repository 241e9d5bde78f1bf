package io.k8saws.addon;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.CniKind;
import io.k8saws.internal.text.LineByLine;
import io.k8saws.internal.text.Sha256;
import io.k8saws.internal.text.YamlDocuments;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Which add-ons a cluster should have, in their order, and what each is made of. A pure function. */
public final class AddonCatalogue {
    private static final Set<String> WORKLOADS = Set.of("DaemonSet", "Deployment", "StatefulSet");
    private static final String KUBE_SYSTEM = "kube-system";

    /** Names what the settings of an add-on's pods are. */
    private static final String CONFIGURATION = "k8saws.io/configuration";

    private final ClusterSpec spec;
    private final AddonSite site;

    private AddonCatalogue(ClusterSpec spec, AddonSite site) {
        this.spec = spec;
        this.site = site;
    }

    /**
     * Lists the add-ons of a cluster: what kubeadm installs, AWS's cloud controller manager, the network add-on, the EBS driver, and then the user's in the order of
     * their names.
     *
     * @param spec the cluster
     * @param site where it lives
     * @return the add-ons; as text, one a line
     */
    public static List<Addon> of(ClusterSpec spec, AddonSite site) {
        return new LineByLine<>(new AddonCatalogue(spec, site).all());
    }

    private List<Addon> all() {
        List<Addon> addons = new ArrayList<>(byKubeadm());
        if (spec.addons().cloudController().enabled()) {
            addons.add(made(cloudController()));
        }
        if (spec.addons().cni().enabled() && spec.cni().kind() != CniKind.CUSTOM) {
            addons.add(made(CniRecipes.of(spec, site)));
        }
        if (spec.addons().ebsCsi().enabled()) {
            addons.add(made(ebsCsi()));
        }
        new TreeMap<>(spec.addons().manifests()).forEach((name, text) -> addons.add(written(name, text)));
        return addons;
    }

    private List<Addon> byKubeadm() {
        List<Addon> addons = new ArrayList<>();
        addons.add(byKubeadm("coredns", AddonVersions.coreDns(spec), "Deployment"));
        if (spec.cni().kubeProxy()) {
            addons.add(byKubeadm("kube-proxy", spec.kubernetesVersion(), "DaemonSet"));
        }
        return addons;
    }

    private static Addon byKubeadm(String name, String version, String kind) {
        ObjectRef workload = new ObjectRef("apps/v1", kind, KUBE_SYSTEM, name);
        return new Addon(name, version, Addon.Origin.KUBEADM, List.of(), List.of(workload));
    }

    private Recipe cloudController() {
        String version = AddonVersions.cloudController(spec);
        String name = "aws-cloud-controller-manager";
        return new Recipe(
                name, version, spec.addons().cloudController(), Template.values(spec, site, version), List.of(name));
    }

    private Recipe ebsCsi() {
        String version = AddonVersions.ebsCsi(spec);
        Map<String, Object> values = Template.values(spec, site, version);
        values.putAll(AddonVersions.EBS_CSI_COMPANIONS);
        values.put("controllers", CniRecipes.controllers(spec));
        List<String> programs = List.of("ebs-plugin", "ebs-node-plugin");
        return new Recipe("aws-ebs-csi-driver", version, spec.addons().ebsCsi(), values, programs);
    }

    private Addon made(Recipe recipe) {
        List<Map<String, Object>> read = Template.fill(recipe.name(), recipe.values());
        String configuration = configuration(read);
        List<AddonObject> objects = new ArrayList<>();
        for (Map<String, Object> each : read) {
            Map<String, Object> object = Template.changeable(each);
            Containers.of(object).ifPresent(containers -> settle(containers, recipe));
            if (!configuration.isEmpty() && WORKLOADS.contains(String.valueOf(object.get("kind")))) {
                // Programs read their settings when they start, so pods are made anew when these change.
                Map<String, Object> template = Containers.child(Containers.child(object, "spec"), "template");
                Containers.child(Containers.child(template, "metadata"), "annotations")
                        .put(CONFIGURATION, configuration);
            }
            label(object, recipe.name());
            objects.add(AddonObject.of(object));
        }
        return addon(recipe.name(), recipe.version(), Addon.Origin.CATALOGUE, objects);
    }

    /** A short name for what the ConfigMaps of an add-on hold; empty when there are none. */
    private static String configuration(List<Map<String, Object>> objects) {
        String data = objects.stream()
                .filter(object -> "ConfigMap".equals(object.get("kind")))
                .map(YamlDocuments::write)
                .collect(Collectors.joining("---\n"));
        return data.isEmpty() ? "" : Sha256.hex(data).substring(0, 16);
    }

    private void settle(Containers containers, Recipe recipe) {
        containers.renameImages(image -> ImageNames.mirrored(spec, image));
        if (containers.onHostNetwork()) {
            // Services have no addresses before kube-proxy, or what takes its place, works.
            Map<String, String> api = new LinkedHashMap<>();
            api.put("KUBERNETES_SERVICE_HOST", site.apiHost());
            api.put("KUBERNETES_SERVICE_PORT", String.valueOf(site.apiPort()));
            containers.environment(api);
        }
        Map<String, String> environment = new TreeMap<>(recipe.settings().environment());
        recipe.programs().forEach(program -> containers.environment(program, environment));
        containers.arguments(
                recipe.programs().get(0), new TreeMap<>(recipe.settings().arguments()));
    }

    private static Addon written(String name, String text) {
        List<AddonObject> objects = new ArrayList<>();
        for (Map<String, Object> read : YamlDocuments.read(text)) {
            Map<String, Object> object = Template.changeable(read);
            label(object, name);
            objects.add(AddonObject.of(object));
        }
        return addon(name, "", Addon.Origin.MANIFEST, objects);
    }

    private static Addon addon(String name, String version, Addon.Origin origin, List<AddonObject> objects) {
        List<AddonObject> sorted = objects.stream().sorted(ApplyOrder.OBJECTS).toList();
        List<ObjectRef> workloads = sorted.stream()
                .map(AddonObject::ref)
                .filter(ref -> WORKLOADS.contains(ref.kind()))
                .toList();
        return new Addon(name, version, origin, sorted, workloads);
    }

    /** On the object only, and not on its pods: what their controllers make of these must not look as if it were ours. */
    private static void label(Map<String, Object> object, String addon) {
        Map<String, Object> labels = Containers.child(Containers.child(object, "metadata"), "labels");
        labels.put(Addons.MANAGED_BY, Addons.MANAGER);
        labels.put(Addon.LABEL, addon);
    }
}
