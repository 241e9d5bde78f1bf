package io.k8saws.cluster;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** The rules of the options of Kubernetes' components. */
final class KubernetesRules {

    private static final Pattern FLAG = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");
    private static final Pattern GATE = Pattern.compile("[A-Z][A-Za-z0-9]*");

    private static final String GATES = "feature-gates";

    /** What the library or kubeadm sets, because the cluster does not work without. */
    private static final Set<String> API_SERVER = Set.of(
            GATES,
            "advertise-address",
            "audit-policy-file",
            "client-ca-file",
            "encryption-provider-config",
            "etcd-cafile",
            "etcd-certfile",
            "etcd-keyfile",
            "etcd-servers",
            "etcd-servers-overrides",
            "kubelet-client-certificate",
            "kubelet-client-key",
            "proxy-client-cert-file",
            "proxy-client-key-file",
            "requestheader-client-ca-file",
            "secure-port",
            "service-account-key-file",
            "service-account-signing-key-file",
            "service-cluster-ip-range",
            "tls-cert-file",
            "tls-private-key-file");

    private static final Set<String> CONTROLLER_MANAGER = Set.of(
            GATES,
            "allocate-node-cidrs",
            "authentication-kubeconfig",
            "authorization-kubeconfig",
            "client-ca-file",
            "cloud-provider",
            "cluster-cidr",
            "cluster-name",
            "cluster-signing-cert-file",
            "cluster-signing-key-file",
            "kubeconfig",
            "node-cidr-mask-size",
            "requestheader-client-ca-file",
            "root-ca-file",
            "service-account-private-key-file",
            "service-cluster-ip-range");

    private static final Set<String> SCHEDULER =
            Set.of(GATES, "authentication-kubeconfig", "authorization-kubeconfig", "kubeconfig");

    private static final Set<String> KUBELET = Set.of(
            "apiVersion",
            "kind",
            "authentication",
            "cgroupDriver",
            "clusterDNS",
            "clusterDomain",
            "containerRuntimeEndpoint",
            "featureGates",
            "providerID",
            "registerWithTaints",
            "rotateCertificates",
            "staticPodPath");

    private static final Set<String> KUBE_PROXY =
            Set.of("apiVersion", "kind", "clientConnection", "clusterCIDR", "featureGates");

    private final ClusterSpec spec;
    private final Findings findings;

    private KubernetesRules(ClusterSpec spec, Findings findings) {
        this.spec = spec;
        this.findings = findings;
    }

    static void check(ClusterSpec spec, Findings findings) {
        new KubernetesRules(spec, findings).check();
    }

    private void check() {
        KubernetesSpec kubernetes = spec.kubernetes();
        kubernetes
                .featureGates()
                .keySet()
                .forEach(gate -> findings.matches(
                        GATE,
                        "kubernetes.featureGates[" + gate + "]",
                        gate,
                        "write a gate's name as Kubernetes does, such as InPlacePodVerticalScaling"));
        flags("kubernetes.apiServerFlags", kubernetes.apiServerFlags(), API_SERVER);
        flags("kubernetes.controllerManagerFlags", kubernetes.controllerManagerFlags(), CONTROLLER_MANAGER);
        flags("kubernetes.schedulerFlags", kubernetes.schedulerFlags(), SCHEDULER);
        kubernetes.kubelet().ifPresent(settings -> settings("kubernetes.kubelet", settings, KUBELET));
        kubernetes.kubeProxy().ifPresent(settings -> settings("kubernetes.kubeProxy", settings, KUBE_PROXY));
        kubernetes.auditPolicy().ifPresent(this::auditPolicy);
        secretsEncryption(kubernetes);
        for (int i = 0; i < spec.nodePools().size(); i++) {
            NodePoolSpec pool = spec.nodePools().get(i);
            String path = NodePoolRules.path(pool, i) + ".kubelet";
            pool.kubelet().ifPresent(settings -> settings(path, settings, KUBELET));
        }
        findings.require(
                kubernetes.kubeProxy().isEmpty() || spec.cni().kubeProxy(),
                "kubernetes.kubeProxy",
                "cni.kubeProxy is false, so kube-proxy does not run",
                "remove the settings, or set cni.kubeProxy to true");
    }

    private void flags(String path, Map<String, String> flags, Set<String> own) {
        flags.keySet().forEach(flag -> {
            String at = path + "[" + flag + "]";
            if (findings.matches(
                    FLAG, at, flag, "write the flag's name without dashes at the front, such as " + example(own))) {
                findings.require(
                        !own.contains(flag),
                        at,
                        "the library sets " + flag + " itself",
                        flag.equals(GATES) ? "use kubernetes.featureGates" : "remove it");
            }
        });
    }

    private static String example(Set<String> own) {
        return own.equals(SCHEDULER) ? "v" : "profiling";
    }

    private void settings(String path, Settings settings, Set<String> own) {
        settings.asMap()
                .keySet()
                .forEach(field -> findings.require(
                        !own.contains(field),
                        path + "." + field,
                        "the library sets " + field + " itself",
                        field.equals("featureGates") ? "use kubernetes.featureGates" : "remove it"));
    }

    private void secretsEncryption(KubernetesSpec kubernetes) {
        String path = "kubernetes.secretsKmsKey";
        kubernetes.secretsKmsKey().ifPresent(key -> {
            findings.kmsKey(path, key, spec.region());
            findings.require(
                    kubernetes.secretsEncryption() != SecretsEncryption.NONE,
                    path,
                    "kubernetes.secretsEncryption is none, so nothing asks the key",
                    "remove it, or set secretsEncryption to kms");
            String plugIn = NodeAsset.AWS_ENCRYPTION_PROVIDER.label();
            findings.require(
                    spec.assets().versions().containsKey(plugIn)
                            || spec.assets().preinstalled().contains(NodeAsset.AWS_ENCRYPTION_PROVIDER),
                    "assets.versions[" + plugIn + "]",
                    "is missing, and the library knows no release of the plug-in that asks KMS",
                    "name a version that your mirror or the project's releases have, or say in assets.preinstalled that"
                            + " your image has it");
        });
        findings.require(
                kubernetes.secretsEncryption() != SecretsEncryption.KMS
                        || kubernetes.secretsKmsKey().isPresent(),
                path,
                "is missing",
                "name a KMS key of yours by its ARN");
    }

    private void auditPolicy(Settings policy) {
        String path = "kubernetes.auditPolicy";
        for (String field : List.of("apiVersion", "kind")) {
            findings.require(
                    !policy.asMap().containsKey(field),
                    path + "." + field,
                    "the library sets " + field + " itself",
                    "remove it");
        }
        findings.require(
                policy.asMap().get("rules") instanceof List<?> rules && !rules.isEmpty(),
                path + ".rules",
                "is missing, and the API server takes no policy without rules",
                "give at least one rule, such as level: Metadata");
    }
}
