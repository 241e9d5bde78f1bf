package io.k8saws.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What {@code testbed/install} puts on this machine, and where. */
enum Component {
    MOTO("moto", List.of("moto-server")),
    LOCALSTACK("localstack", List.of("localstack-host")),
    POWERSHELL("powershell", List.of("powershell-syntax")),
    BIND("bind", List.of("named", "named-checkzone", "dig")),
    ETCD("etcd", List.of("etcd", "etcdctl", "etcdutl")),
    ETCD_PREVIOUS("etcd-3.5", List.of("etcd-3.5", "etcdutl-3.5")),
    ETCD_DEBIAN("etcd-debian", List.of("etcd-debian", "etcdctl-debian")),
    KUBE("kube", List.of("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubeadm")),
    KUBEADM("kubeadm", List.of("kubeadm-1.33", "kubeadm-1.34", "kubeadm-1.35")),
    KMS("kms", List.of("aws-encryption-provider")),
    KWOK("kwok", List.of("kwok")),
    MACHINES("machines", List.of("kubelet", "kubectl", "kube-proxy", "coredns"));

    private final String directory;
    private final List<String> programs;

    Component(String directory, List<String> programs) {
        this.directory = directory;
        this.programs = programs;
    }

    /** The component that a program belongs to. */
    static Component with(String program) {
        for (Component component : values()) {
            if (component.programs.contains(program)) {
                return component;
            }
        }
        throw new IllegalArgumentException(
                "Find program " + program + ": no part of the testbed has it. Ask for one of "
                        + List.of(values()).stream()
                                .flatMap(component -> component.programs.stream())
                                .toList()
                        + ".");
    }

    /** The path of an installed program. */
    Path program(Surroundings surroundings, String name) {
        Path program = root(surroundings).resolve("bin").resolve(name);
        if (!Files.isExecutable(program)) {
            throw missing(program);
        }
        return program;
    }

    /** The directory that holds the component, installed or not. */
    Path root(Surroundings surroundings) {
        Path root = surroundings.home().resolve(directory);
        // The installer keeps versions side by side and a link to the one in use.
        return Files.isDirectory(root.resolve("current")) ? root.resolve("current") : root;
    }

    TestbedException missing(Path path) {
        return new TestbedException(
                "Start " + directory + " of the testbed",
                "it is not installed",
                "Run 'testbed/install " + directory + "' in a checkout of k8saws",
                Map.of("missing", path.toString()),
                null);
    }

    @Override
    public String toString() {
        return directory;
    }
}
