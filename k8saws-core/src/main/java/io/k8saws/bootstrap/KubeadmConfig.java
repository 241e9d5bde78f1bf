package io.k8saws.bootstrap;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.CniKind;
import io.k8saws.cluster.KubernetesSpec;
import io.k8saws.cluster.NodePoolSpec;
import io.k8saws.cluster.SecretsEncryption;
import io.k8saws.cluster.Settings;
import io.k8saws.network.MaxPods;
import io.k8saws.network.NetworkPlan;
import io.k8saws.network.PlannedEtcdMember;
import io.k8saws.network.WellKnownPorts;
import io.k8saws.pki.KeyAlgorithm;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The documents that kubeadm's phases read: kubeadm.k8s.io/v1beta4 with the kubelet's and kube-proxy's own kinds. What only the machine knows stands as
 * {@code @NAME@}; the machine puts it in.
 */
final class KubeadmConfig {
    static final String AUDIT_POLICY = "/etc/kubernetes/audit-policy.yaml";
    static final String ENCRYPTION = "/etc/kubernetes/encryption.yaml";
    static final String CREDENTIAL_PROVIDERS = "/opt/k8saws/credential-provider";
    static final String CREDENTIAL_PROVIDER_CONFIG = "/etc/kubernetes/credential-provider.yaml";
    static final String POOL_LABEL = "k8saws.io/node-pool";
    static final String REGISTRY = "registry.k8s.io";

    private static final String KUBEADM = "kubeadm.k8s.io/v1beta4";
    private static final String KUBELET = "kubelet.config.k8s.io/v1beta1";
    private static final String SOCKET = "unix:///run/containerd/containerd.sock";
    private static final String DOMAIN = "cluster.local";
    private static final String PKI = "/etc/kubernetes/pki/";
    private static final String AUDIT_LOGS = "/var/log/kubernetes";
    /** Their usual place is below {@code /usr}, where an image may be read-only (kubeadm, "Troubleshooting": the FlexVolume directory). */
    private static final String VOLUME_PLUGINS = "/opt/libexec/kubernetes/kubelet-plugins/volume/exec/";

    private static final String PROFILING = "profiling";
    private static final String GATES = "feature-gates";
    private static final String MAX_PODS = "maxPods";
    private static final String NAME = "name";
    private static final String VALUE = "value";
    private static final String EFFECT = "effect";

    private final ClusterSpec spec;
    private final NetworkPlan network;

    KubeadmConfig(ClusterSpec spec, NetworkPlan network) {
        this.spec = spec;
        this.network = network;
    }

    /** What {@code kubeadm init phase} reads on a control-plane machine. */
    String controlPlane() {
        List<Fields> documents = new ArrayList<>(List.of(init(), cluster("8760h0m0s"), kubelet()));
        if (spec.cni().kubeProxy()) {
            documents.add(kubeProxy());
        }
        return joined(documents);
    }

    /** The same for the administrators' kubeconfigs, which live for an hour. */
    String administrator() {
        return joined(List.of(init(), cluster("1h0m0s")));
    }

    /** What {@code kubeadm join phase} reads on a machine of a pool. */
    String worker(NodePoolSpec pool) {
        Map<String, String> labels = labels(pool);
        List<Object> taints = pool.taints().stream()
                .<Object>map(taint -> taint(taint.key(), taint.value(), taint.kubernetesEffect()))
                .toList();
        return joined(List.of(Fields.of(KUBEADM, "JoinConfiguration")
                .put("discovery", Map.of("file", Map.of("kubeConfigPath", "/etc/kubernetes/discovery.conf")))
                .put("nodeRegistration", registration(labels, taints))
                .put("patches", patches())));
    }

    /** What a control-plane machine's kubelet has beside what all have. */
    String controlPlanePatch() {
        return patch(spec.controlPlane().instanceTypes(), Settings.none());
    }

    /** What a pool's kubelets have beside what all have. */
    String poolPatch(NodePoolSpec pool) {
        return patch(pool.instanceTypes(), pool.kubelet().orElse(Settings.none()));
    }

    /** The kubelet of a Windows node, whole: kubeadm does not run there, and settings for all kubelets are for Linux. */
    String windowsKubelet(NodePoolSpec pool) {
        String authority = WindowsAssets.ROOT + "/kubernetes/ca.crt";
        Fields own = Fields.of(KUBELET, "KubeletConfiguration")
                .put(
                        "authentication",
                        new Fields()
                                .put("anonymous", Map.of("enabled", false))
                                .put("webhook", Map.of("enabled", true))
                                .put("x509", Map.of("clientCAFile", authority)))
                .put("authorization", Map.of("mode", "Webhook"))
                .put("cgroupsPerQOS", false)
                .put("enforceNodeAllocatable", List.of())
                .put("resolvConf", "")
                .put("clusterDNS", List.of(network.dnsServiceAddress()))
                .put("clusterDomain", DOMAIN)
                .put("containerRuntimeEndpoint", "npipe:////./pipe/containerd-containerd")
                .put("rotateCertificates", true)
                .put(
                        "registerWithTaints",
                        pool.effectiveTaints().stream()
                                .map(taint -> taint(taint.key(), taint.value(), taint.kubernetesEffect()))
                                .toList());
        own.putSome("featureGates", new TreeMap<>(spec.kubernetes().featureGates()));
        own.put("providerID", "@PROVIDER_ID@");
        return Yaml.text(over(own, pool.kubelet().orElse(Settings.none())));
    }

    /** kube-proxy of a Windows node; it asks the API as the node. */
    String windowsKubeProxy() {
        Fields own = Fields.of("kubeproxy.config.k8s.io/v1alpha1", "KubeProxyConfiguration")
                .put("clientConnection", Map.of("kubeconfig", WindowsAssets.ROOT + "/kubernetes/kubelet.conf"))
                .put("clusterCIDR", network.podCidr().toString())
                .put("mode", "kernelspace")
                .put(
                        "winkernel",
                        new Fields().put("networkName", WindowsNode.NETWORK).put("sourceVip", "@SOURCE_VIP@"));
        own.putSome("featureGates", new TreeMap<>(spec.kubernetes().featureGates()));
        return Yaml.text(own);
    }

    /** The labels that nodes of a pool register with. */
    static Map<String, String> labels(NodePoolSpec pool) {
        Map<String, String> labels = new TreeMap<>(pool.labels());
        labels.put(POOL_LABEL, pool.name());
        return labels;
    }

    /** The audit policy as a document. */
    static String auditPolicy(Settings policy) {
        Fields document = Fields.of("audit.k8s.io/v1", "Policy");
        policy.asMap().forEach(document::put);
        return Yaml.text(document);
    }

    /** How the kubelet gets passwords for ECR (Kubernetes, "Configure a kubelet image credential provider"). */
    static String credentialProvider() {
        return Yaml.text(Fields.of("kubelet.config.k8s.io/v1", "CredentialProviderConfig")
                .put(
                        "providers",
                        List.of(new Fields()
                                .put(NAME, "ecr-credential-provider")
                                .put(
                                        "matchImages",
                                        List.of(
                                                "*.dkr.ecr.*.amazonaws.com",
                                                "*.dkr.ecr.*.amazonaws.com.cn",
                                                "*.dkr.ecr-fips.*.amazonaws.com",
                                                "*.dkr-ecr.*.on.aws"))
                                .put("defaultCacheDuration", "12h")
                                .put("apiVersion", "credentialprovider.kubelet.k8s.io/v1")
                                .asMap())));
    }

    private static String joined(List<Fields> documents) {
        return documents.stream().map(Yaml::text).collect(Collectors.joining("---\n"));
    }

    private Fields init() {
        return Fields.of(KUBEADM, "InitConfiguration")
                .put(
                        "bootstrapTokens",
                        List.of(new Fields()
                                .put("description", "lets workers join; renewed by a timer")
                                .put("ttl", "2h0m0s")
                                .put("usages", List.of("signing", "authentication"))
                                .put("groups", List.of("system:bootstrappers:kubeadm:default-node-token"))
                                .asMap()))
                .put(
                        "localAPIEndpoint",
                        new Fields().put("advertiseAddress", "@ADDRESS@").put("bindPort", WellKnownPorts.API))
                .put("nodeRegistration", registration(Map.of(), controlPlaneTaints()))
                .put("patches", patches());
    }

    /** Without a pool, pods have nowhere else to run. */
    private List<Object> controlPlaneTaints() {
        return spec.nodePools().isEmpty()
                ? List.of()
                : List.of(taint("node-role.kubernetes.io/control-plane", "", "NoSchedule"));
    }

    private static Map<String, Object> taint(String key, String value, String effect) {
        Fields taint = new Fields().put("key", key);
        if (!value.isEmpty()) {
            taint.put(VALUE, value);
        }
        return taint.put(EFFECT, effect).asMap();
    }

    private static Fields patches() {
        return new Fields().put("directory", "/etc/kubernetes/patches");
    }

    private static Fields registration(Map<String, String> labels, List<Object> taints) {
        Map<String, String> flags = new TreeMap<>();
        flags.put("cloud-provider", "external");
        flags.put("image-credential-provider-bin-dir", CREDENTIAL_PROVIDERS);
        flags.put("image-credential-provider-config", CREDENTIAL_PROVIDER_CONFIG);
        flags.put("node-ip", "@ADDRESS@");
        if (!labels.isEmpty()) {
            flags.put(
                    "node-labels",
                    labels.entrySet().stream()
                            .map(label -> label.getKey() + "=" + label.getValue())
                            .collect(Collectors.joining(",")));
        }
        return new Fields()
                .put(NAME, "@NODE_NAME@")
                .put("criSocket", SOCKET)
                .put("imagePullPolicy", "IfNotPresent")
                .put("kubeletExtraArgs", arguments(flags))
                .put("taints", taints);
    }

    private static List<Map<String, Object>> arguments(Map<String, String> flags) {
        return new TreeMap<>(flags)
                .entrySet().stream()
                        .map(flag -> new Fields()
                                .put(NAME, flag.getKey())
                                .put(VALUE, flag.getValue())
                                .asMap())
                        .toList();
    }

    private Fields cluster(String validity) {
        Fields networking = new Fields().put("dnsDomain", DOMAIN);
        if (hasPodBlock()) {
            networking.put("podSubnet", network.podCidr().toString());
        }
        networking.put("serviceSubnet", network.serviceCidr().toString());
        Fields cluster = Fields.of(KUBEADM, "ClusterConfiguration")
                .put("clusterName", spec.name())
                .put("kubernetesVersion", "v" + spec.kubernetesVersion())
                .put("controlPlaneEndpoint", apiHost() + ":" + WellKnownPorts.API)
                .put("certificatesDir", "/etc/kubernetes/pki")
                .put("certificateValidityPeriod", validity)
                .put("encryptionAlgorithm", algorithm())
                .put("imageRepository", spec.assets().registry().orElse(REGISTRY))
                .put("networking", networking)
                .put("etcd", new Fields().put("external", etcd()))
                .put("apiServer", apiServer())
                .put("controllerManager", new Fields().put("extraArgs", arguments(controllerManager())))
                .put("scheduler", new Fields().put("extraArgs", arguments(scheduler())));
        // of a registry that is not its own, kubeadm expects CoreDNS one level higher than where registry.k8s.io has it
        spec.assets()
                .registry()
                .ifPresent(registry -> cluster.put("dns", new Fields().put("imageRepository", registry + "/coredns")));
        if (!spec.cni().kubeProxy()) {
            cluster.put("proxy", new Fields().put("disabled", true));
        }
        return cluster;
    }

    /** For what a machine makes itself at each boot. */
    private String algorithm() {
        return KeyAlgorithm.valueOf(spec.keys().type().name()).toString();
    }

    private String apiHost() {
        return spec.apiHostName().orElse("@API_HOST@");
    }

    /** With the AWS VPC CNI pods have addresses of subnets, and nobody gives nodes blocks. */
    private boolean hasPodBlock() {
        return spec.cni().kind() != CniKind.AWS_VPC;
    }

    /** Stacked members are external to kubeadm, too: they are the same units on the same disks, only on other machines. */
    private Fields etcd() {
        boolean events = spec.etcd().events().isPresent();
        return new Fields()
                .put("endpoints", endpoints(WellKnownPorts.ETCD_CLIENT))
                .put("caFile", PKI + (events ? "apiserver-etcd-ca.crt" : "etcd/ca.crt"))
                .put("certFile", PKI + "apiserver-etcd-client.crt")
                .put("keyFile", PKI + "apiserver-etcd-client.key");
    }

    private List<String> endpoints(int port) {
        return network.etcdMembers().stream()
                .map(PlannedEtcdMember::address)
                .map(address -> "https://" + address + ":" + port)
                .toList();
    }

    private Fields apiServer() {
        KubernetesSpec kubernetes = spec.kubernetes();
        Map<String, String> flags = new TreeMap<>();
        List<Object> volumes = new ArrayList<>();
        flags.put(PROFILING, "false");
        // so that it is known when the last token of a key that was exchanged has ended; those of pods are renewed
        // within the hour
        flags.put("service-account-extend-token-expiration", "false");
        flags.put(TokenLife.FLAG, "24h0m0s");
        // while it shuts down it says that it is not ready, so that the load balancer sends nobody any more
        flags.put("shutdown-delay-duration", "20s");
        gates(flags);
        if (spec.etcd().events().isPresent()) {
            flags.put(
                    "etcd-servers-overrides",
                    "/events#" + String.join(";", endpoints(WellKnownPorts.ETCD_EVENTS_CLIENT)));
        }
        if (kubernetes.secretsEncryption() != SecretsEncryption.NONE) {
            flags.put("encryption-provider-config", ENCRYPTION);
            volumes.add(volume("encryption", ENCRYPTION, true, "File"));
            if (KmsUse.of(kubernetes) != KmsUse.NONE) {
                volumes.add(volume("kms", KmsUse.FOLDER, false, "Directory"));
            }
        }
        kubernetes.auditPolicy().ifPresent(policy -> {
            flags.put("audit-policy-file", AUDIT_POLICY);
            flags.put("audit-log-path", AUDIT_LOGS + "/audit.log");
            flags.put("audit-log-maxage", "30");
            flags.put("audit-log-maxbackup", "10");
            flags.put("audit-log-maxsize", "100");
            volumes.add(volume("audit-policy", AUDIT_POLICY, true, "File"));
            volumes.add(volume("audit-logs", AUDIT_LOGS, false, "DirectoryOrCreate"));
        });
        flags.putAll(kubernetes.apiServerFlags());
        return new Fields().put("extraArgs", arguments(flags)).putSome("extraVolumes", volumes);
    }

    private static Map<String, Object> volume(String name, String path, boolean readOnly, String type) {
        return new Fields()
                .put(NAME, name)
                .put("hostPath", path)
                .put("mountPath", path)
                .put("readOnly", readOnly)
                .put("pathType", type)
                .asMap();
    }

    private Map<String, String> controllerManager() {
        Map<String, String> flags = new TreeMap<>();
        flags.put("cloud-provider", "external");
        flags.put("cluster-signing-cert-file", MachineSecrets.SIGNING_CERTIFICATE);
        flags.put("flex-volume-plugin-dir", VOLUME_PLUGINS);
        flags.put(PROFILING, "false");
        if (hasPodBlock()) {
            flags.put("node-cidr-mask-size", String.valueOf(spec.cni().nodePrefixLength()));
        }
        gates(flags);
        flags.putAll(spec.kubernetes().controllerManagerFlags());
        return flags;
    }

    private Map<String, String> scheduler() {
        Map<String, String> flags = new TreeMap<>();
        flags.put(PROFILING, "false");
        gates(flags);
        flags.putAll(spec.kubernetes().schedulerFlags());
        return flags;
    }

    private void gates(Map<String, String> flags) {
        Map<String, Boolean> gates = new TreeMap<>(spec.kubernetes().featureGates());
        if (!gates.isEmpty()) {
            flags.put(
                    GATES,
                    gates.entrySet().stream()
                            .map(gate -> gate.getKey() + "=" + gate.getValue())
                            .collect(Collectors.joining(",")));
        }
    }

    private Fields kubelet() {
        Fields own = Fields.of(KUBELET, "KubeletConfiguration")
                .put("cgroupDriver", "systemd")
                .put("clusterDNS", List.of(network.dnsServiceAddress()))
                .put("clusterDomain", DOMAIN)
                .put("containerRuntimeEndpoint", SOCKET)
                .put("rotateCertificates", true)
                .put("seccompDefault", true)
                .put("shutdownGracePeriod", "60s")
                .put("shutdownGracePeriodCriticalPods", "20s")
                .put("volumePluginDir", VOLUME_PLUGINS);
        return merged(own, spec.kubernetes().kubelet().orElse(Settings.none()));
    }

    private Fields kubeProxy() {
        Fields own = Fields.of("kubeproxy.config.k8s.io/v1alpha1", "KubeProxyConfiguration");
        if (hasPodBlock()) { // the VPC's own pods have addresses of any of its blocks, and only one can be named
            own.put("clusterCIDR", network.podCidr().toString());
        }
        own.put("mode", "iptables");
        return merged(own, spec.kubernetes().kubeProxy().orElse(Settings.none()));
    }

    private Fields merged(Fields own, Settings user) {
        own.putSome("featureGates", new TreeMap<>(spec.kubernetes().featureGates()));
        return over(own, user);
    }

    /** The user's settings over the library's; the library's fields stay where they are, so that a document begins with its kind. */
    private static Fields over(Fields own, Settings user) {
        Map<String, Object> merged = Settings.of(own.asMap()).plus(user).asMap();
        Fields result = new Fields();
        own.asMap().keySet().forEach(key -> result.put(key, merged.getOrDefault(key, "")));
        merged.forEach(result::put);
        return result;
    }

    private String patch(List<String> instanceTypes, Settings user) {
        Fields own = Fields.of(KUBELET, "KubeletConfiguration").put("providerID", "@PROVIDER_ID@");
        int pods = instanceTypes.stream()
                .mapToInt(type -> MaxPods.of(type, spec.cni()))
                .min()
                .orElse(MaxPods.DEFAULT);
        boolean chosen = spec.kubernetes()
                .kubelet()
                .filter(settings -> settings.asMap().containsKey(MAX_PODS))
                .isPresent();
        if (pods != MaxPods.DEFAULT && !chosen) {
            own.put(MAX_PODS, pods);
        }
        return Yaml.text(over(own, user));
    }
}
