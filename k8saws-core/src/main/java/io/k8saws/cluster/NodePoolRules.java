package io.k8saws.cluster;

import io.k8saws.internal.machine.Architecture;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The rules of node pools, and of instance types wherever they stand. */
final class NodePoolRules {

    private static final Duration SHORTEST_LIFE = Duration.ofDays(1);
    private static final Duration LONGEST_LIFE = Duration.ofDays(365);
    private static final int MAX_OVERRIDES = 40;
    private static final int MAX_SIZE = 5000;
    private static final int MAX_EXTRA_GROUPS = 4;
    private static final int MAX_TAGS = 50;
    private static final int WINDOWS_GIB = 50;
    // Of 128 characters of a tag's key, the cluster autoscaler's prefix for labels and for taints takes 46.
    private static final int MAX_KEY = 128 - "k8s.io/cluster-autoscaler/node-template/label/".length();
    // Name, three of ownership and address, that of lifecycle hooks, two of the cluster autoscaler.
    private static final int OWN_TAGS = 7;

    private final ClusterSpec spec;
    private final Findings findings;

    private NodePoolRules(ClusterSpec spec, Findings findings) {
        this.spec = spec;
        this.findings = findings;
    }

    static void check(ClusterSpec spec, Findings findings) {
        NodePoolRules rules = new NodePoolRules(spec, findings);
        Set<String> names = new HashSet<>();
        for (int i = 0; i < spec.nodePools().size(); i++) {
            NodePoolSpec pool = spec.nodePools().get(i);
            String path = path(pool, i);
            if (pool.name().isEmpty()) {
                findings.add(path + ".name", "is missing", "give the pool a name");
            } else {
                rules.name(path, pool.name());
                findings.require(
                        names.add(pool.name()),
                        "nodePools[" + i + "].name",
                        "there is another pool with the name " + pool.name(),
                        "give each pool its own name");
            }
            rules.pool(path, pool);
        }
    }

    static String path(NodePoolSpec pool, int index) {
        return "nodePools[" + (pool.name().isEmpty() ? String.valueOf(index) : pool.name()) + "]";
    }

    private void name(String path, String name) {
        if (findings.matches(
                Syntax.NAME,
                path + ".name",
                name,
                "use 1 to 32 lower-case letters, digits and dashes, a letter first and no dash last")) {
            findings.require(
                    !name.equals("control-plane") && !name.equals("bastion") && !name.matches("etcd-[0-9]+"),
                    path + ".name",
                    "'" + name + "' is the name of a group that the library makes",
                    "choose another name");
        }
    }

    private void pool(String path, NodePoolSpec pool) {
        instanceTypes(findings, path + ".instanceTypes", pool.instanceTypes());
        sizes(findings, path, 0, pool.minSize(), pool.maxSize());
        spot(path, pool);
        poolZones(path, pool);
        labels(path, pool);
        taints(path, pool);
        tags(path, pool);
        VolumeRules.check(findings, path + ".rootVolume", pool.rootVolume(), spec.region());
        pool.maxLifetime()
                .ifPresent(life -> findings.require(
                        life.compareTo(SHORTEST_LIFE) >= 0
                                && life.compareTo(LONGEST_LIFE) <= 0
                                && life.equals(Duration.ofSeconds(life.toSeconds())),
                        path + ".maxLifetime",
                        "is " + life,
                        "choose 1 to 365 days in whole seconds, such as P30D"));
        findings.range(path + ".imds.hopLimit", pool.imds().hopLimit(), 1, 64);
        findings.unique(path + ".extraSecurityGroups", pool.extraSecurityGroups());
        for (int i = 0; i < pool.extraSecurityGroups().size(); i++) {
            findings.matches(
                    Syntax.SECURITY_GROUP,
                    path + ".extraSecurityGroups[" + i + "]",
                    pool.extraSecurityGroups().get(i),
                    "write sg- with 8 or 17 hexadecimal digits");
        }
        findings.require(
                pool.extraSecurityGroups().size() <= MAX_EXTRA_GROUPS,
                path + ".extraSecurityGroups",
                "has " + pool.extraSecurityGroups().size() + " groups",
                "name at most " + MAX_EXTRA_GROUPS
                        + ": AWS's quota is 5 a network interface, and one is the cluster's");
        findings.image(path, pool.image(), pool.rootDevice(), pool.os());
        if (pool.os() == OperatingSystem.WINDOWS) {
            windows(path, pool);
        }
    }

    /** What Windows nodes ask of the cluster (Kubernetes, "Windows containers in Kubernetes"; flannel, "Backends": VNI and port on Windows). */
    private void windows(String path, NodePoolSpec pool) {
        String os = path + ".os";
        CniSpec cni = spec.cni();
        findings.require(
                cni.kind() == CniKind.FLANNEL
                        && cni.encapsulation().orElse(Encapsulation.VXLAN) == Encapsulation.VXLAN
                        && cni.encryption() == Encryption.NONE,
                os,
                "the network add-on of Windows nodes is Flannel with VXLAN and without encryption; the cluster has "
                        + Names.lower(cni.kind()),
                "set cni.kind to flannel, or use a pool of Linux");
        findings.require(
                cni.kubeProxy(),
                os,
                "cni.kubeProxy is false, and Windows nodes reach services by kube-proxy only",
                "set cni.kubeProxy to true");
        findings.require(
                pool.instanceTypes().stream()
                        .allMatch(type -> Architecture.of(type).equals("amd64")),
                path + ".instanceTypes",
                "Windows nodes have no arm64",
                "name types with Intel or AMD processors, such as m6i.large");
        findings.require(
                pool.rootVolume().sizeGib() >= WINDOWS_GIB,
                path + ".rootVolume.sizeGib",
                "is " + pool.rootVolume().sizeGib() + ", and Windows with one image of containers needs more",
                "use " + WINDOWS_GIB + " or more");
        // its pause image, 3.10.2, is the first that has Windows Server 2025, and kubeadm's own choice from 1.36 on
        findings.require(
                !pool.image().filter("windows-2025"::equals).isPresent()
                        || !Set.of("1.33", "1.34", "1.35")
                                .contains(spec.kubernetesVersion().replaceFirst("\\.[0-9]+$", "")),
                path + ".image",
                "Windows Server 2025 needs Kubernetes 1.36 or newer",
                "use windows-2022, or raise kubernetesVersion");
    }

    static void instanceTypes(Findings findings, String path, List<String> types) {
        findings.require(!types.isEmpty(), path, "is missing", "name at least one type, such as m6i.large");
        findings.require(
                types.size() <= MAX_OVERRIDES, path, "has " + types.size() + " types", "name at most " + MAX_OVERRIDES);
        findings.unique(path, types);
        for (int i = 0; i < types.size(); i++) {
            instanceType(findings, path + "[" + i + "]", types.get(i));
        }
        Set<String> architectures = types.stream().map(Architecture::of).collect(Collectors.toSet());
        findings.require(
                architectures.size() <= 1,
                path,
                "arm64 and amd64 are mixed: " + String.join(", ", types),
                "make one pool for each architecture, because one image serves one of them");
    }

    static void instanceType(Findings findings, String path, String type) {
        findings.matches(Syntax.INSTANCE_TYPE, path, type, "write family and size, such as m6i.large");
    }

    static void sizes(Findings findings, String path, int smallest, int min, int max) {
        boolean known = findings.range(path + ".minSize", min, smallest, MAX_SIZE);
        findings.range(path + ".maxSize", max, smallest, MAX_SIZE);
        findings.require(
                !known || max >= min,
                path + ".maxSize",
                "is " + max + ", less than minSize " + min,
                "raise maxSize to " + min + " or lower minSize");
    }

    private void spot(String path, NodePoolSpec pool) {
        findings.require(
                pool.onDemandBase() >= 0 && pool.onDemandBase() <= Math.max(0, pool.maxSize()),
                path + ".onDemandBase",
                "is " + pool.onDemandBase() + ", and the pool has at most " + pool.maxSize() + " nodes",
                "choose 0 to maxSize");
        findings.range(path + ".onDemandPercentageAboveBase", pool.onDemandPercentageAboveBase(), 0, 100);
        boolean spot = pool.onDemandPercentageAboveBase() < 100;
        String none = "the pool uses no spot instances";
        String fix = "remove it, or set onDemandPercentageAboveBase below 100";
        findings.require(spot || pool.spotStrategy().isEmpty(), path + ".spotStrategy", none, fix);
        findings.require(spot || pool.spotMaxPrice().isEmpty(), path + ".spotMaxPrice", none, fix);
        pool.spotMaxPrice()
                .ifPresent(price -> findings.require(
                        Syntax.PRICE.matcher(price).matches() && !price.matches("[0.]+"),
                        path + ".spotMaxPrice",
                        "'" + price + "' is not a price",
                        "write US dollars an hour above zero, such as 0.095"));
    }

    private void poolZones(String path, NodePoolSpec pool) {
        findings.unique(path + ".zones", pool.zones());
        for (int i = 0; i < pool.zones().size(); i++) {
            findings.require(
                    spec.network().zones().contains(pool.zones().get(i)),
                    path + ".zones[" + i + "]",
                    pool.zones().get(i) + " is not a zone of the network",
                    "choose from network.zones, or add it there");
        }
    }

    /** Labels and taints are tags of the pool's group, so that the cluster autoscaler knows a pool without nodes. */
    private void tags(String path, NodePoolSpec pool) {
        long taints = pool.effectiveTaints().stream().map(Taint::key).distinct().count();
        long tags = OWN_TAGS + spec.tags().size() + pool.labels().size() + taints;
        findings.require(
                tags <= MAX_TAGS,
                path + (pool.labels().size() >= taints ? ".labels" : ".taints"),
                "with labels, taints and the cluster's tags the group would have " + tags + " tags",
                "name fewer: AWS takes " + MAX_TAGS + " a resource, and the library needs " + OWN_TAGS);
    }

    private void keyLength(String path, String key) {
        findings.require(
                key.length() <= MAX_KEY,
                path,
                "the key has " + key.length() + " characters",
                "use at most " + MAX_KEY + ": it becomes a part of a tag's key for the cluster autoscaler");
    }

    private void labels(String path, NodePoolSpec pool) {
        pool.labels().forEach((key, value) -> {
            String at = path + ".labels[" + key + "]";
            keyLength(at, key);
            if (findings.require(
                    Syntax.isKey(key),
                    at,
                    "'" + key + "' is not a label key",
                    "write a name of up to 63 characters, with or without a DNS prefix and a slash")) {
                findings.require(
                        !isReserved(Syntax.prefix(key)),
                        at,
                        "a node may not give itself labels of " + Syntax.prefix(key),
                        "use a prefix of your own, or node.kubernetes.io");
            }
            findings.require(
                    Syntax.isLabelValue(value),
                    at,
                    "'" + value + "' is not a label value",
                    "use up to 63 letters, digits, dashes, dots and underscores, with a letter or digit at both ends");
        });
    }

    // Kubernetes, admission plug-in NodeRestriction: what a kubelet may not set on its own node.
    private static boolean isReserved(String prefix) {
        boolean kubernetes = isDomain(prefix, "kubernetes.io") || isDomain(prefix, "k8s.io");
        return kubernetes && !isDomain(prefix, "node.kubernetes.io") && !isDomain(prefix, "kubelet.kubernetes.io");
    }

    private static boolean isDomain(String prefix, String domain) {
        return prefix.equals(domain) || prefix.endsWith("." + domain);
    }

    private void taints(String path, NodePoolSpec pool) {
        Map<String, Integer> seen = new HashMap<>();
        for (int i = 0; i < pool.taints().size(); i++) {
            Taint taint = pool.taints().get(i);
            String at = path + ".taints[" + i + "]";
            keyLength(at + ".key", taint.key());
            if (findings.require(
                    Syntax.isKey(taint.key()),
                    at + ".key",
                    "'" + taint.key() + "' is not a taint key, so no pod could tolerate it",
                    "write a name of up to 63 characters, with or without a DNS prefix and a slash")) {
                findings.require(
                        !isDomain(Syntax.prefix(taint.key()), "node.kubernetes.io")
                                && !isDomain(Syntax.prefix(taint.key()), "node.cloudprovider.kubernetes.io"),
                        at + ".key",
                        "taints of " + Syntax.prefix(taint.key()) + " are set and removed by Kubernetes itself",
                        "use a key of your own");
            }
            findings.require(
                    Syntax.isLabelValue(taint.value()),
                    at + ".value",
                    "'" + taint.value() + "' is not a taint value, so no pod could tolerate it",
                    "use up to 63 letters, digits, dashes, dots and underscores, with a letter or digit at both ends");
            Integer first = seen.putIfAbsent(taint.key() + ":" + taint.effect(), i);
            findings.require(
                    first == null,
                    at,
                    "key and effect are those of taints[" + first + "]",
                    "remove one: a node has a key and an effect only once");
        }
    }
}
