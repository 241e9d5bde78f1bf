package io.k8saws.cluster;

import io.k8saws.internal.text.YamlDocuments;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** The rules of what runs in the cluster from its first minute. */
final class AddonRules {

    private static final Pattern VERSION = Pattern.compile("[0-9]+\\.[0-9]+\\.[0-9]+(-[a-z0-9.]+)?");
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final Pattern FLAG = Pattern.compile("[A-Za-z][A-Za-z0-9_.-]*");
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

    /** Names that the library's own add-ons have. */
    private static final Set<String> OWN_NAMES = Set.of(
            "coredns",
            "kube-proxy",
            "aws-cloud-controller-manager",
            "aws-ebs-csi-driver",
            "flannel",
            "kube-router",
            "aws-vpc-cni",
            "calico",
            "cilium");

    /** Their programs take no flags: environment variables say everything. */
    private static final Set<CniKind> WITHOUT_FLAGS = Set.of(CniKind.AWS_VPC, CniKind.CALICO);

    /** Calico, "IP pool": blockSize. */
    private static final int CALICO_LARGEST_BLOCK = 20;

    private static final int MAX_MANIFEST = 512 * 1024;

    private final ClusterSpec spec;
    private final Findings findings;

    private AddonRules(ClusterSpec spec, Findings findings) {
        this.spec = spec;
        this.findings = findings;
    }

    static void check(ClusterSpec spec, Findings findings) {
        AddonRules rules = new AddonRules(spec, findings);
        AddonsSpec addons = spec.addons();
        addons.registry()
                .ifPresent(registry -> findings.matches(
                        MachineRules.REGISTRY,
                        "addons.registry",
                        registry,
                        "write a host, with or without a path, such as registry.example.com/mirror"));
        rules.addon("addons.cloudController", addons.cloudController());
        rules.addon("addons.cni", addons.cni());
        rules.cni();
        rules.addon("addons.ebsCsi", addons.ebsCsi());
        addons.manifests().forEach(rules::manifest);
    }

    private void addon(String path, AddonSpec addon) {
        addon.version()
                .ifPresent(version -> findings.matches(
                        VERSION, path + ".version", version, "write three numbers without a v, such as 1.36.2"));
        addon.environment()
                .keySet()
                .forEach(name -> findings.matches(
                        VARIABLE,
                        path + ".environment[" + name + "]",
                        name,
                        "write the name of an environment variable, such as AWS_ENDPOINT_URL"));
        addon.arguments()
                .keySet()
                .forEach(flag -> findings.matches(
                        FLAG,
                        path + ".arguments[" + flag + "]",
                        flag,
                        "write the flag's name without dashes at the front, such as v"));
        findings.require(
                addon.enabled()
                        || (addon.version().isEmpty()
                                && addon.environment().isEmpty()
                                && addon.arguments().isEmpty()),
                path + ".enabled",
                "is false, so the other settings have no effect",
                "remove them, or enable the add-on");
    }

    private void cni() {
        CniSpec cni = spec.cni();
        AddonSpec addon = spec.addons().cni();
        String kind = Names.lower(cni.kind());
        findings.require(
                cni.kind() != CniKind.CUSTOM || addon.equals(AddonSpec.builder().build()) || !addon.enabled(),
                "addons.cni",
                "cni.kind is custom, so the library installs none",
                "remove it, and put your own into addons.manifests");
        findings.require(
                addon.arguments().isEmpty() || !WITHOUT_FLAGS.contains(cni.kind()),
                "addons.cni.arguments",
                kind + " takes no flags",
                "use addons.cni.environment");
        if (addon.enabled()) {
            settings(cni);
        }
    }

    /** What the add-on itself can be set up for; where somebody else installs it, that is theirs to know. */
    private void settings(CniSpec cni) {
        findings.require(
                cni.kind() != CniKind.CALICO || cni.nodePrefixLength() >= CALICO_LARGEST_BLOCK,
                "cni.nodePrefixLength",
                "is " + cni.nodePrefixLength() + ", and Calico gives nodes blocks of /20 to /32",
                "choose 20 to 28, or set addons.cni.enabled to false and install it yourself");
        findings.require(
                cni.kind() != CniKind.FLANNEL
                        || cni.encryption() == Encryption.NONE
                        || cni.encapsulation().isEmpty(),
                "cni.encapsulation",
                "with encryption Flannel sends WireGuard's packets and no others",
                "remove it");
    }

    private void manifest(String name, String text) {
        String path = "addons.manifests[" + name + "]";
        findings.matches(
                NAME, path, name, "use at most 63 lower-case letters, digits and dashes, no dash first or last");
        findings.require(
                !OWN_NAMES.contains(name), path, "the library has an add-on of this name", "choose another name");
        // The text is not repeated: it was perhaps pasted by mistake.
        boolean ok = findings.require(
                        text.length() <= MAX_MANIFEST,
                        path,
                        "has " + text.length() + " characters",
                        "use at most " + MAX_MANIFEST + ", or several manifests")
                && findings.require(
                        !text.contains("PRIVATE KEY"),
                        path,
                        "holds a private key, and the cluster's description is kept in plain text",
                        "take it out, and make the Secret by other means");
        if (ok) {
            objects(path, text);
        }
    }

    private void objects(String path, String text) {
        List<Map<String, Object>> documents;
        try {
            documents = YamlDocuments.read(text);
        } catch (IllegalArgumentException e) {
            findings.add(path, "is no YAML: " + e.getMessage(), "correct the text");
            return;
        }
        findings.require(!documents.isEmpty(), path, "holds no object", "write a manifest, or remove it");
        for (int i = 0; i < documents.size(); i++) {
            object(documents.size() == 1 ? path : path + "[" + i + "]", documents.get(i));
        }
    }

    private void object(String path, Map<String, Object> object) {
        boolean complete = object.get("apiVersion") instanceof String version
                && !version.isEmpty()
                && object.get("kind") instanceof String kind
                && !kind.isEmpty()
                && object.get("metadata") instanceof Map<?, ?> metadata
                && metadata.get("name") instanceof String name
                && !name.isEmpty();
        if (findings.require(
                complete, path, "is no object of Kubernetes", "give it apiVersion, kind and metadata.name as texts")) {
            findings.require(
                    !String.valueOf(object.get("kind")).endsWith("List"),
                    path,
                    "is a list",
                    "write its objects one after the other, with --- between them");
        }
    }
}
