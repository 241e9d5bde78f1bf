package io.k8saws.cluster;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The rules of what machines have in common, and of what they fetch. */
final class MachineRules {

    private static final Pattern SYSCTL = Pattern.compile("[a-z0-9_]+([./][A-Za-z0-9_*-]+)+");
    private static final Pattern SYSCTL_VALUE = Pattern.compile("[A-Za-z0-9 ._,:/-]*");
    private static final Pattern FILE = Pattern.compile("(/[A-Za-z0-9_@+=.-]+)+");
    private static final Pattern MODE = Pattern.compile("0[0-7]{3}");
    private static final Pattern MIRROR = Pattern.compile("(https?|s3)://[A-Za-z0-9.:-]+(/[A-Za-z0-9._~-]+)*");
    static final Pattern REGISTRY = Pattern.compile("[a-z0-9.-]+(:[0-9]{1,5})?(/[a-z0-9._-]+)*");
    private static final Pattern VERSION = Pattern.compile("[0-9]+\\.[0-9]+\\.[0-9]+(-[a-z0-9.]+)?");
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    /** What the library writes on machines, and what is no disk. */
    private static final Pattern OWN_PLACES = Pattern.compile("/(proc|sys|dev)/.*"
            + "|/etc/(k8saws|kubernetes)/.*"
            + "|/opt/k8saws/.*"
            + "|/var/lib/etcd-(main|events)(/.*)?"
            + "|/etc/containerd/config\\.toml"
            + "|/etc/(sysctl|modules-load)\\.d/90-k8saws\\.conf"
            + "|/etc/systemd/system/(k8saws-[^/]*|(etcd-main|etcd-events|kubelet|containerd)\\.service)");

    /** Debian policy, 5.6.7, and the names of RPM packages; never an option. */
    private static final Pattern PACKAGE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9+._-]*");

    private static final String FLATCAR = "flatcar";
    private static final int MAX_PACKAGES = 64;
    private static final int MAX_COMMANDS = 64;
    private static final int MAX_COMMAND = 4096;
    private static final int MAX_FILES = 32;
    private static final int MAX_CONTENT = 256 * 1024;

    private static final List<String> ASSETS =
            Arrays.stream(NodeAsset.values()).map(NodeAsset::label).collect(Collectors.toUnmodifiableList());
    private static final Set<String> ARCHITECTURES = Set.of("amd64", "arm64", "windows-amd64");

    private final ClusterSpec spec;
    private final Findings findings;

    private MachineRules(ClusterSpec spec, Findings findings) {
        this.spec = spec;
        this.findings = findings;
    }

    static void check(ClusterSpec spec, Findings findings) {
        MachineRules rules = new MachineRules(spec, findings);
        rules.sysctls();
        rules.files();
        rules.packages();
        rules.commands();
        rules.containerd();
        rules.assets();
    }

    private void sysctls() {
        spec.machines().sysctls().forEach((key, value) -> {
            String path = "machines.sysctls[" + key + "]";
            findings.matches(SYSCTL, path, key, "write a kernel setting, such as net.core.somaxconn");
            findings.matches(SYSCTL_VALUE, path, value, "write one plain value; an empty one leaves the kernel's");
        });
    }

    private void files() {
        List<MachineFile> files = spec.machines().files();
        findings.require(
                files.size() <= MAX_FILES,
                "machines.files",
                "has " + files.size() + " files",
                "name at most " + MAX_FILES + "; larger things belong into an image of yours");
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < files.size(); i++) {
            MachineFile file = files.get(i);
            String path = "machines.files[" + (file.path().isEmpty() ? String.valueOf(i) : file.path()) + "]";
            if (findings.require(!file.path().isEmpty(), path + ".path", "is missing", "name an absolute path")
                    && findings.matches(
                            FILE, path + ".path", file.path(), "write an absolute path of plain characters")) {
                findings.require(
                        !file.path().contains("/../")
                                && !file.path().contains("/./")
                                && !OWN_PLACES.matcher(file.path()).matches(),
                        path + ".path",
                        "the library keeps its own files there",
                        "choose another place, such as a drop-in below /etc/systemd/system/kubelet.service.d");
                findings.require(
                        seen.add(file.path()),
                        "machines.files[" + i + "]",
                        "'" + file.path() + "' is there twice",
                        "remove one");
            }
            findings.matches(MODE, path + ".mode", file.mode(), "write four octal digits, such as 0644");
            findings.require(
                    file.content().length() <= MAX_CONTENT,
                    path + ".content",
                    "has " + file.content().length() + " characters",
                    "use at most " + MAX_CONTENT + "; larger things belong into an image of yours");
            // The text is not repeated: it was perhaps pasted by mistake.
            findings.require(
                    !file.content().contains("PRIVATE KEY"),
                    path + ".content",
                    "holds a private key, and all machines could read it",
                    "take it out, and let the machine fetch it from a store of secrets");
        }
    }

    private void packages() {
        List<String> packages = spec.machines().packages();
        String path = "machines.packages";
        findings.require(
                packages.size() <= MAX_PACKAGES,
                path,
                "has " + packages.size() + " packages",
                "name at most " + MAX_PACKAGES + "; more belong into an image of yours");
        findings.unique(path, packages);
        for (int i = 0; i < packages.size(); i++) {
            findings.matches(PACKAGE, path + "[" + i + "]", packages.get(i), "write the name of a package");
        }
        findings.require(
                packages.isEmpty() || !images().contains(FLATCAR),
                path,
                "an image is flatcar, which has no package tool",
                "take the packages out, or use another image");
    }

    private Set<String> images() {
        Set<String> images = new HashSet<>();
        spec.controlPlane().image().ifPresent(images::add);
        spec.etcd().image().ifPresent(images::add);
        spec.nodePools().forEach(pool -> pool.image().ifPresent(images::add));
        return images;
    }

    private void commands() {
        List<String> commands = spec.machines().commands();
        findings.require(
                commands.size() <= MAX_COMMANDS,
                "machines.commands",
                "has " + commands.size() + " commands",
                "name at most " + MAX_COMMANDS + "; a script among machines.files may do more");
        for (int i = 0; i < commands.size(); i++) {
            String path = "machines.commands[" + i + "]";
            String command = commands.get(i);
            findings.require(!command.isBlank(), path, "is empty", "remove it");
            findings.require(
                    command.length() <= MAX_COMMAND,
                    path,
                    "has " + command.length() + " characters",
                    "use at most " + MAX_COMMAND + "; longer ones belong into a script among machines.files");
            // The text is not repeated: it was perhaps pasted by mistake.
            findings.require(
                    !command.contains("PRIVATE KEY"),
                    path,
                    "holds a private key, and all machines could read it",
                    "take it out, and let the machine fetch it from a store of secrets");
        }
    }

    private void containerd() {
        spec.machines().containerd().ifPresent(settings -> List.of("version", "imports")
                .forEach(field -> findings.require(
                        !settings.asMap().containsKey(field),
                        "machines.containerd." + field,
                        "the library sets " + field + " itself",
                        "remove it")));
    }

    private void assets() {
        AssetsSpec assets = spec.assets();
        assets.mirror()
                .ifPresent(mirror -> findings.matches(
                        MIRROR,
                        "assets.mirror",
                        mirror,
                        "write https://host/path or s3://bucket/path without a slash at the end"));
        assets.mirror()
                .ifPresent(mirror -> findings.require(
                        !mirror.startsWith("s3://k8saws-"),
                        "assets.mirror",
                        "it looks like the bucket of a cluster, and machines of all roles may read a mirror",
                        "use another bucket: keys lie in that one"));
        assets.registry()
                .ifPresent(registry -> findings.matches(
                        REGISTRY, "assets.registry", registry, "write a host, with or without a path"));
        findings.unique("assets.preinstalled", assets.preinstalled());
        versions(assets.versions());
        hashes(assets.sha256());
    }

    private void versions(Map<String, String> versions) {
        versions.forEach((name, version) -> {
            String path = "assets.versions[" + name + "]";
            if (known(path, name)) {
                findings.require(
                        Arrays.stream(NodeAsset.values())
                                .noneMatch(asset ->
                                        asset.isKubernetes() && asset.label().equals(name)),
                        path,
                        name + " has the cluster's version",
                        "set kubernetesVersion");
            }
            findings.matches(VERSION, path, version, "write three numbers without a v, such as 2.1.4");
        });
    }

    private void hashes(Map<String, String> hashes) {
        hashes.forEach((key, hash) -> {
            String path = "assets.sha256[" + key + "]";
            int slash = key.indexOf('/');
            String name = slash < 0 ? key : key.substring(0, slash);
            if (known(path, name)) {
                findings.require(
                        slash > 0 && ARCHITECTURES.contains(key.substring(slash + 1)),
                        path,
                        "names no architecture",
                        "write " + name + "/amd64 or " + name + "/arm64");
            }
            findings.matches(SHA256, path, hash, "write 64 hexadecimal digits in lower case");
        });
    }

    private boolean known(String path, String name) {
        return findings.require(
                ASSETS.contains(name),
                path,
                "'" + name + "' is not known",
                Nearest.of(name, ASSETS)
                        .map(nearest -> "write " + nearest)
                        .orElse("choose one of " + String.join(", ", ASSETS)));
    }
}
