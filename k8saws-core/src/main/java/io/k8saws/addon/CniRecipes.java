package io.k8saws.addon;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.CniSpec;
import io.k8saws.cluster.Encapsulation;
import io.k8saws.cluster.Encryption;
import io.k8saws.network.CniFacts;
import java.util.List;
import java.util.Map;

/** How each network add-on is set up for what the spec says. */
final class CniRecipes {
    private static final String FLANNEL_PLUGIN = "1.9.1-flannel3";

    private final ClusterSpec spec;
    private final CniSpec cni;
    private final CniFacts facts;
    private final String version;
    private final Map<String, Object> values;

    private CniRecipes(ClusterSpec spec, AddonSite site) {
        this.spec = spec;
        this.cni = spec.cni();
        this.facts = CniFacts.of(cni);
        this.version = AddonVersions.cni(spec);
        this.values = Template.values(spec, site, version);
        // Left out, each add-on finds the MTU from the machine's interface.
        values.put("mtu", cni.mtu().map(String::valueOf).orElse(""));
    }

    static Recipe of(ClusterSpec spec, AddonSite site) {
        CniRecipes recipes = new CniRecipes(spec, site);
        return switch (spec.cni().kind()) {
            case FLANNEL -> recipes.flannel();
            default ->
                throw new IllegalStateException("No recipe for " + spec.cni().kind() + ".");
        };
    }

    private Recipe flannel() {
        values.put("pluginVersion", FLANNEL_PLUGIN);
        values.put(
                "backend",
                cni.encryption() == Encryption.WIREGUARD
                        ? "wireguard"
                        : facts.encapsulation() == Encapsulation.NATIVE ? "host-gw" : "vxlan");
        return recipe("flannel", "kube-flannel");
    }

    private Recipe recipe(String name, String... programs) {
        return new Recipe(name, version, spec.addons().cni(), values, List.of(programs));
    }
}
