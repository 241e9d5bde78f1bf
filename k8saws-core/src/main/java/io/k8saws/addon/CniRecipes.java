package io.k8saws.addon;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.CniKind;
import io.k8saws.cluster.CniSpec;
import io.k8saws.cluster.Encapsulation;
import io.k8saws.cluster.Encryption;
import io.k8saws.cluster.OperatingSystem;
import io.k8saws.network.CniFacts;
import java.util.List;
import java.util.Map;

/** How each network add-on is set up for what the spec says. What it cannot be set up for the rules of the spec refuse. */
final class CniRecipes {
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
            case KUBE_ROUTER -> recipes.kubeRouter();
            case AWS_VPC -> recipes.awsVpc();
            case CALICO -> recipes.calico();
            case CILIUM -> recipes.cilium();
            case CUSTOM -> throw new IllegalArgumentException("There is no recipe for a network add-on of the user's.");
        };
    }

    private Recipe flannel() {
        values.put("pluginVersion", AddonVersions.FLANNEL_PLUGIN);
        values.put(
                "backend",
                cni.encryption() == Encryption.WIREGUARD
                        ? "wireguard"
                        : facts.encapsulation() == Encapsulation.NATIVE ? "host-gw" : "vxlan");
        // Windows knows no VNI below 4096 and no other port than that of the RFC (flannel, "Backends"), and all nodes
        // share both
        values.put("windows", spec.nodePools().stream().anyMatch(pool -> pool.os() == OperatingSystem.WINDOWS));
        return recipe("flannel", "kube-flannel");
    }

    private Recipe kubeRouter() {
        values.put("serviceProxy", !cni.kubeProxy());
        values.put("overlay", facts.encapsulation() == Encapsulation.IPIP);
        values.put("autoMtu", cni.mtu().isEmpty());
        return recipe("kube-router", "kube-router");
    }

    private Recipe awsVpc() {
        values.put("registry", CniFacts.awsRegistry(spec.region()));
        values.put("eniMtu", facts.mtu());
        return recipe("aws-vpc-cni", "aws-node", "aws-vpc-cni-init");
    }

    private Recipe calico() {
        boolean routes = facts.encapsulation() != Encapsulation.VXLAN;
        values.put("definitions", CalicoDefinitions.ALL);
        values.put("backend", routes ? "bird" : "vxlan");
        values.put("bird", routes);
        values.put("ipip", facts.encapsulation() == Encapsulation.IPIP ? "Always" : "Never");
        values.put("vxlan", facts.encapsulation() == Encapsulation.VXLAN ? "Always" : "Never");
        // Zero lets Calico find the MTU from the machine's interface, less what the tunnel takes.
        values.put("podMtu", cni.mtu().orElse(0));
        values.put("blockSize", cni.nodePrefixLength());
        values.put("wireguard", cni.encryption() == Encryption.WIREGUARD);
        values.put("ebpf", !cni.kubeProxy());
        values.put("bpfEnabled", !cni.kubeProxy());
        values.put("sourceDestCheck", facts.disableSourceDestCheck() ? "Disable" : "DoNothing");
        return recipe("calico", "calico-node", "install-cni");
    }

    private Recipe cilium() {
        boolean routes = facts.encapsulation() == Encapsulation.NATIVE;
        values.put("routing", routes ? "native" : "tunnel");
        values.put("tunnel", routes ? "" : facts.encapsulation() == Encapsulation.GENEVE ? "geneve" : "vxlan");
        values.put("directRoutes", routes);
        values.put(
                "deviceMtu",
                cni.mtu().map(mtu -> String.valueOf(mtu + overhead())).orElse(""));
        values.put("wireguard", cni.encryption() == Encryption.WIREGUARD);
        values.put("ipsec", cni.encryption() == Encryption.IPSEC);
        values.put("kubeProxyReplacement", !cni.kubeProxy());
        values.put("controllers", controllers(spec));
        return recipe("cilium", "cilium-agent", "cilium-operator");
    }

    /** Cilium is told the MTU below its tunnel, and the spec has that of pods. */
    private int overhead() {
        CniSpec byDefault = CniSpec.builder()
                .kind(CniKind.CILIUM)
                .encapsulation(facts.encapsulation())
                .encryption(cni.encryption())
                .build();
        return CniFacts.VPC_MTU - CniFacts.of(byDefault).mtu();
    }

    /** How many of a controller run, so that one machine of the control plane can be away. */
    static int controllers(ClusterSpec spec) {
        return Math.min(2, spec.controlPlane().minSize());
    }

    private Recipe recipe(String name, String... programs) {
        return new Recipe(name, version, spec.addons().cni(), values, List.of(programs));
    }
}
