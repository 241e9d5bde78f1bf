package io.k8saws.bootstrap;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.EtcdPlacement;
import io.k8saws.cluster.MachineFile;
import io.k8saws.cluster.NodeAsset;
import io.k8saws.cluster.NodePoolSpec;
import io.k8saws.cluster.OperatingSystem;
import io.k8saws.cluster.SecretsEncryption;
import io.k8saws.cluster.Settings;
import io.k8saws.error.K8sAwsException;
import io.k8saws.network.NetworkPlan;
import io.k8saws.network.PlannedEtcdMember;
import io.k8saws.pki.ClusterKey;
import io.k8saws.pki.ClusterPki;
import io.k8saws.pki.KeyGeneration;
import io.k8saws.pki.KeyUse;
import io.k8saws.pki.PkiSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What makes the instances of a cluster its nodes: for each group of machines a {@link ScriptSet}. A pure function of the spec, the place and the hashes of the
 * programs: the same input gives the same text, and any change of a file changes the user data that points to it. Immutable.
 *
 * <pre>{@code
 * AssetHashes hashes = AssetHashes.of(spec);
 * for (Asset asset : hashes.missing(spec)) {
 *     hashes = hashes.plus(asset, read(asset.sumsAddress()));
 * }
 * Bootstrap bootstrap = Bootstrap.of(spec, site, hashes);
 * }</pre>
 */
public final class Bootstrap {
    private final ClusterSpec spec;
    private final BootstrapSite site;
    private final AssetHashes hashes;
    private final KeyUse keys;
    private final NetworkPlan network;
    private final ClusterPki pki;
    private final KubeadmConfig kubeadm;

    private Bootstrap(ClusterSpec spec, BootstrapSite site, AssetHashes hashes, KeyUse keys) {
        this.spec = spec;
        this.site = site;
        this.hashes = hashes;
        this.keys = keys;
        this.network = NetworkPlan.of(spec);
        this.pki = pki(spec);
        this.kubeadm = new KubeadmConfig(spec, network);
    }

    /**
     * Describes the machines of a cluster.
     *
     * @param spec the cluster
     * @param site where it lives
     * @param hashes a hash for each program that its machines fetch
     * @return the description
     * @throws K8sAwsException when a hash is missing; it names all that are, and where to read them
     */
    public static Bootstrap of(ClusterSpec spec, BootstrapSite site, AssetHashes hashes) {
        return of(spec, site, hashes, KeyUse.first());
    }

    /**
     * Describes the machines of a cluster of which keys were rotated.
     *
     * @param spec the cluster
     * @param site where it lives
     * @param hashes a hash for each program that its machines fetch
     * @param keys which of its keys sign and are trusted
     * @return the description
     * @throws K8sAwsException when a hash is missing; it names all that are, and where to read them
     */
    public static Bootstrap of(ClusterSpec spec, BootstrapSite site, AssetHashes hashes, KeyUse keys) {
        List<Asset> missing = hashes.missing(spec);
        if (!missing.isEmpty()) {
            throw AssetHashes.missing(missing);
        }
        return new Bootstrap(spec, site, hashes, keys);
    }

    /**
     * Returns the certificates that others make for a cluster's machines. The API servers' own are not among them: each machine makes its own at each boot.
     *
     * @param spec the cluster
     * @return its certificates
     */
    public static ClusterPki pki(ClusterSpec spec) {
        return ClusterPki.of(PkiSpec.of(spec, "api.invalid")); // machines fill in the API's name themselves
    }

    /**
     * Returns the keys that the cluster rests on.
     *
     * @return all generations that sign or are trusted, sorted
     */
    public List<KeyGeneration> keys() {
        List<ClusterKey> all = new ArrayList<>();
        pki.authorities().forEach(authority -> all.add(ClusterKey.of(authority.role())));
        all.add(ClusterKey.SERVICE_ACCOUNTS);
        if (encrypts()) {
            all.add(ClusterKey.SECRETS_ENCRYPTION);
        }
        return all.stream().flatMap(key -> keys.trusted(key).stream()).sorted().toList();
    }

    private boolean encrypts() {
        return spec.kubernetes().secretsEncryption() != SecretsEncryption.NONE;
    }

    private boolean usesKms() {
        return KmsUse.of(spec.kubernetes()) != KmsUse.NONE;
    }

    /**
     * Returns the prefix of what only machines of a role may read.
     *
     * @param role the role
     * @return such as {@code nodes/pki/control-plane/}
     */
    public static String secretPrefix(NodeRole role) {
        return "nodes/pki/" + role.label() + "/";
    }

    /**
     * Returns the key of what workers join with: the control plane writes it, and only workers may read it.
     *
     * @return the key
     */
    public static String joinKey() {
        return "join/nodes.conf";
    }

    /**
     * Returns the prefix of what etcd members know of each other: which disk each was given, whether all have been up once, and orders of the owner.
     *
     * @return the prefix
     */
    public static String etcdPrefix() {
        return "etcd/";
    }

    /**
     * Returns all groups of machines, as the cluster has them.
     *
     * @return etcd members and control plane, or the control plane's machines one by one when etcd is stacked; then the pools in their order
     */
    public List<ScriptSet> all() {
        List<ScriptSet> sets = new ArrayList<>();
        if (spec.etcd().placement() == EtcdPlacement.DEDICATED) {
            network.etcdMembers().forEach(member -> sets.add(etcdMember(member)));
            sets.add(controlPlane());
        } else {
            network.etcdMembers().forEach(member -> sets.add(controlPlane(member)));
        }
        spec.nodePools().forEach(pool -> sets.add(pool(pool)));
        return List.copyOf(sets);
    }

    /**
     * Finds a group of machines.
     *
     * @param part its name, as in {@link ScriptSet#part()}
     * @return the group
     * @throws NoSuchElementException when the cluster has none of this name
     */
    public ScriptSet part(String part) {
        return all().stream()
                .filter(set -> set.part().equals(part))
                .findFirst()
                .orElseThrow(() -> new NoSuchElementException("Find machines " + part + " of cluster " + spec.name()
                        + ": there are none. Use one of "
                        + all().stream().map(ScriptSet::part).toList() + "."));
    }

    private ScriptSet controlPlane() {
        return rendered(controlPlane("control-plane", Optional.empty()));
    }

    private ScriptSet controlPlane(PlannedEtcdMember member) {
        return rendered(controlPlane("control-plane-" + member.number(), Optional.of(member)));
    }

    private NodeConfig controlPlane(String part, Optional<PlannedEtcdMember> member) {
        NodeRole role = NodeRole.CONTROL_PLANE;
        Optional<EtcdConfig> etcd = member.map(m -> new EtcdConfig(spec, network, m));
        Map<String, String> variables = variables(part, role);
        variables.put("API_HOST", spec.apiHostName().orElse(""));
        variables.put("API_LOAD_BALANCER", site.apiLoadBalancer());
        variables.put("KUBE_PROXY", spec.cni().kubeProxy() ? "yes" : "no");
        variables.put("KMS", usesKms() ? "yes" : "no");
        variables.put("ETCD_MEMBER", "");
        etcd.ifPresent(config -> variables.putAll(config.variables()));
        List<NodeFile> files = nodeFiles();
        files.add(NodeFile.of("/etc/k8saws/kubeadm.yaml", kubeadm.controlPlane()));
        files.add(NodeFile.of("/etc/k8saws/kubeadm-admin.yaml", kubeadm.administrator()));
        files.add(NodeFile.of("/etc/k8saws/kubelet-patch.yaml", kubeadm.controlPlanePatch()));
        spec.kubernetes()
                .auditPolicy()
                .ifPresent(policy ->
                        files.add(NodeFile.of(KubeadmConfig.AUDIT_POLICY, KubeadmConfig.auditPolicy(policy))));
        files.add(NodeFile.program("/opt/k8saws/join.sh", Scripts.join()));
        files.add(Units.join());
        files.add(Units.joinTimer());
        if (usesKms()) {
            files.add(Units.kms(spec.kubernetes().secretsKmsKey().orElseThrow(), spec.region(), site.endpoint()));
        }
        files.addAll(youngCertificates(role));
        etcd.ifPresent(config -> files.addAll(config.files()));
        return config(
                part,
                role,
                variables,
                spec.controlPlane().instanceTypes().get(0),
                member.isPresent(),
                files,
                Optional.of(MachineSecrets.ofControlPlane(
                        part,
                        pki,
                        keys,
                        encrypts() ? Optional.of(KmsUse.of(spec.kubernetes())) : Optional.empty(),
                        member.map(PlannedEtcdMember::name))));
    }

    private ScriptSet etcdMember(PlannedEtcdMember member) {
        NodeRole role = NodeRole.ETCD;
        EtcdConfig etcd = new EtcdConfig(spec, network, member);
        Map<String, String> variables = variables(member.name(), role);
        variables.putAll(etcd.variables());
        List<NodeFile> files = new ArrayList<>(etcd.files());
        files.addAll(youngCertificates(role));
        return rendered(config(
                member.name(),
                role,
                variables,
                spec.etcd().instanceType(),
                true,
                files,
                Optional.of(MachineSecrets.ofMember(member.name(), pki, keys, member.name()))));
    }

    private static List<NodeFile> youngCertificates(NodeRole role) {
        return List.of(
                NodeFile.program("/opt/k8saws/certificates.sh", Scripts.certificates(role)),
                Units.certificates(),
                Units.certificatesTimer());
    }

    private ScriptSet pool(NodePoolSpec pool) {
        String part = "pool-" + pool.name();
        if (pool.os() == OperatingSystem.WINDOWS) {
            return new WindowsNode(spec, network, kubeadm, hashes, this::reachable)
                    .scripts(part, pool, variables(part, NodeRole.NODES));
        }
        List<NodeFile> files = nodeFiles();
        files.add(NodeFile.of("/etc/k8saws/kubeadm.yaml", kubeadm.worker(pool)));
        files.add(NodeFile.of("/etc/k8saws/kubelet-patch.yaml", kubeadm.poolPatch(pool)));
        Map<String, String> variables = variables(part, NodeRole.NODES);
        variables.put(
                "AUTHORITIES",
                keys.trusted(ClusterKey.AUTHORITY_KUBERNETES).stream()
                        .map(KeyGeneration::name)
                        .collect(Collectors.joining(" ")));
        return rendered(
                config(part, NodeRole.NODES, variables, pool.instanceTypes().get(0), false, files, Optional.empty()));
    }

    private Map<String, String> variables(String part, NodeRole role) {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("CLUSTER", spec.name());
        variables.put("ROLE", role.label());
        variables.put("PART", part);
        variables.put("REGION", spec.region());
        variables.put("S3", site.s3(spec.region(), site.bucket()));
        variables.put("EC2", site.service("ec2", spec.region()));
        variables.put("ELB", site.service("elasticloadbalancing", spec.region()));
        variables.put("AUTOSCALING", site.service("autoscaling", spec.region()));
        variables.put("GROUP", site.groups().getOrDefault(part, ""));
        variables.put("HOOK", "drain");
        if (role.isNode()) {
            variables.put("KUBERNETES_VERSION", spec.kubernetesVersion());
            variables.put("REGISTRY", spec.assets().registry().orElse(KubeadmConfig.REGISTRY));
        }
        return variables;
    }

    /** What control plane and workers have in common. */
    private List<NodeFile> nodeFiles() {
        List<NodeFile> files = new ArrayList<>();
        files.add(NodeFile.of("/etc/k8saws/containerd.toml", containerd()));
        if (!spec.assets().preinstalled().contains(NodeAsset.CONTAINERD)) {
            files.add(Units.containerd());
        }
        files.add(Units.kubelet());
        files.add(NodeFile.of(KubeadmConfig.CREDENTIAL_PROVIDER_CONFIG, KubeadmConfig.credentialProvider()));
        files.add(NodeFile.program("/opt/k8saws/notices.sh", Scripts.notices()));
        files.add(Units.notices());
        return files;
    }

    private String containerd() {
        String cri = "io.containerd.grpc.v1.cri";
        Map<String, Object> runtime = new Fields()
                .put("runtime_type", "io.containerd.runc.v2")
                .put("options", new Fields().put("SystemdCgroup", true))
                .asMap();
        Map<String, Object> own = new Fields()
                .put("version", 2)
                .put(
                        "plugins",
                        new Fields()
                                .put(
                                        cri,
                                        new Fields()
                                                .put("sandbox_image", "@PAUSE_IMAGE@")
                                                .put(
                                                        "cni",
                                                        new Fields()
                                                                .put("bin_dir", "/opt/cni/bin")
                                                                .put("conf_dir", "/etc/cni/net.d"))
                                                .put(
                                                        "registry",
                                                        new Fields().put("config_path", "/etc/containerd/certs.d"))
                                                .put(
                                                        "containerd",
                                                        new Fields()
                                                                .put("runtimes", new Fields().put("runc", runtime)))))
                .asMap();
        return Toml.text(Settings.of(own)
                .plus(spec.machines().containerd().orElse(Settings.none()))
                .asMap());
    }

    private NodeConfig config(
            String part,
            NodeRole role,
            Map<String, String> variables,
            String instanceType,
            boolean isMember,
            List<NodeFile> files,
            Optional<MachineSecrets> wanted) {
        Optional<MachineSecrets> secrets =
                wanted.map(set -> spec.keys().kmsKey().map(set::encryptedWith).orElse(set));
        variables.put("SECRETS", secrets.map(MachineSecrets::key).orElse(""));
        spec.machines().files().forEach(file -> files.add(file(file)));
        files.addAll(packagesAndCommands());
        return new NodeConfig(
                part,
                role,
                variables,
                role.isNode() ? List.of("overlay", "br_netfilter", "nf_conntrack") : List.of(),
                sysctls(role),
                AssetCatalogue.of(spec, AssetCatalogue.of(spec, role, isMember), instanceType).stream()
                        .map(this::program)
                        .toList(),
                files,
                secrets);
    }

    private List<NodeFile> packagesAndCommands() {
        List<NodeFile> files = new ArrayList<>();
        if (!spec.machines().packages().isEmpty()) {
            files.add(NodeFile.of("/etc/k8saws/packages", lines(spec.machines().packages())));
        }
        if (!spec.machines().commands().isEmpty()) {
            files.add(NodeFile.of(
                    "/etc/k8saws/commands",
                    "# the commands of the cluster's spec; the step run-commands runs them with bash\n"
                            + "set -euvo pipefail\n" + lines(spec.machines().commands())));
        }
        return files;
    }

    private static NodeFile file(MachineFile file) {
        return new NodeFile(file.path(), file.mode(), file.content());
    }

    private NodeConfig.Program program(Asset asset) {
        return new NodeConfig.Program(
                asset.asset().label(),
                hashes.of(asset),
                AssetCatalogue.form(asset.asset()),
                AssetCatalogue.target(asset.asset()),
                reachable(asset.address()));
    }

    /** A bucket as curl reaches it. */
    private String reachable(String address) {
        if (!address.startsWith("s3://")) {
            return address;
        }
        String bucketAndKey = address.substring("s3://".length());
        int slash = bucketAndKey.indexOf('/');
        return "s3+" + site.s3(spec.region(), bucketAndKey.substring(0, slash)) + bucketAndKey.substring(slash);
    }

    /** What the kubelet asks for (kubelet, protectKernelDefaults), what pods' packets need, and room for many watchers. */
    private Map<String, String> sysctls(NodeRole role) {
        Map<String, String> sysctls = new TreeMap<>();
        sysctls.put("kernel.panic", "10");
        sysctls.put("kernel.panic_on_oops", "1");
        sysctls.put("vm.overcommit_memory", "1");
        if (role.isNode()) {
            sysctls.put("fs.inotify.max_user_instances", "8192");
            sysctls.put("fs.inotify.max_user_watches", "524288");
            sysctls.put("net.bridge.bridge-nf-call-ip6tables", "1");
            sysctls.put("net.bridge.bridge-nf-call-iptables", "1");
            sysctls.put("net.ipv4.ip_forward", "1");
        }
        sysctls.putAll(spec.machines().sysctls());
        sysctls.values().removeIf(String::isEmpty);
        return sysctls;
    }

    private ScriptSet rendered(NodeConfig config) {
        List<NodeFile> files = new ArrayList<>();
        files.add(NodeFile.of("/etc/k8saws/node.env", Shell.variables(config.variables())));
        files.add(NodeFile.of("/etc/modules-load.d/90-k8saws.conf", lines(config.modules())));
        StringBuilder sysctls = new StringBuilder();
        config.sysctls()
                .forEach((key, value) ->
                        sysctls.append(key).append(" = ").append(value).append('\n'));
        files.add(NodeFile.of("/etc/sysctl.d/90-k8saws.conf", sysctls.toString()));
        StringBuilder programs = new StringBuilder();
        config.programs().forEach(program -> programs.append(program.line()));
        files.add(NodeFile.of("/etc/k8saws/programs", programs.toString()));
        files.addAll(config.files());
        files.add(NodeFile.program("/opt/k8saws/node.sh", Scripts.runbook(config.role())));
        files.add(Units.node());
        List<StoredDocument> documents = files.stream().map(StoredDocument::of).toList();
        Map<String, String> variables = new LinkedHashMap<>();
        for (String name : List.of("CLUSTER", "ROLE", "PART", "REGION", "S3")) {
            variables.put(name, config.variables().getOrDefault(name, ""));
        }
        UserData userData = UserData.of(config.part(), variables, documents);
        return new ScriptSet(
                config.part(), config.role(), userData.text(), documents, userData.bundle(), config.secrets());
    }

    private static String lines(List<String> lines) {
        return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
    }
}
