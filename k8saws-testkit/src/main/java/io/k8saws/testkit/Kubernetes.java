package io.k8saws.testkit;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

/** Starts a kube-apiserver and what belongs to it, or takes the cluster that the environment gives. */
final class Kubernetes {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final String LOOPBACK = "127.0.0.1";
    private static final String SERVICE_RANGE = "10.96.0.0/16";
    private static final String FIRST_SERVICE = "10.96.0.1";
    private static final int LEASE_SECONDS = 40;

    private final Surroundings surroundings;
    private final Path directory = Scratch.directory("kubernetes");
    private final Deque<AutoCloseable> started = new ArrayDeque<>();

    private Kubernetes(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    static KubernetesApi start(boolean controllers, int kwokNodes, Surroundings surroundings) {
        if (kwokNodes < 0) {
            throw new IllegalArgumentException("Start a Kubernetes API: it cannot have " + kwokNodes
                    + " nodes. Ask for 0 or more. [kwokNodes=" + kwokNodes + "]");
        }
        Optional<String> given = surroundings.get(Surroundings.KUBECONFIG);
        if (given.isPresent()) {
            return given(Path.of(given.get()), kwokNodes);
        }
        if (surroundings.docker()) {
            return Docker.k3s(kwokNodes);
        }
        Kubernetes kubernetes = new Kubernetes(surroundings);
        try {
            return kubernetes.start(controllers, kwokNodes);
        } catch (RuntimeException | Error e) {
            kubernetes.end();
            throw e;
        }
    }

    private KubernetesApi start(boolean controllers, int kwokNodes) {
        // Missing programs are told before anything is started.
        Path apiServer = program("kube-apiserver");
        Optional<Path> kwok = kwokNodes > 0 ? Optional.of(program("kwok")) : Optional.empty();

        Certificates authority = Certificates.authority("kubernetes-testbed", directory);
        Certificates.PemPair serving = authority.issue(
                "apiserver",
                List.of(
                        LOOPBACK,
                        "localhost",
                        FIRST_SERVICE,
                        "kubernetes",
                        "kubernetes.default",
                        "kubernetes.default.svc"));
        Certificates.PemPair signing = Certificates.signingKey(directory);
        String token = UUID.randomUUID().toString();
        Path tokens = write("tokens.csv", token + ",admin,admin,\"system:masters\"\n");
        SSLContext trust = Http.trusting(authority.certificate());

        EtcdCluster etcd = EtcdCluster.start(1, false, surroundings.without(Surroundings.ETCD_ENDPOINTS));
        started.push(etcd);
        Started server = Started.on("kube-apiserver", LIMIT, port -> {
            List<String> line = new ArrayList<>(List.of(
                    apiServer.toString(),
                    "--etcd-servers=" + etcd.endpoints().get(0),
                    "--bind-address=" + LOOPBACK,
                    "--advertise-address=" + LOOPBACK,
                    "--endpoint-reconciler-type=none",
                    "--secure-port=" + port,
                    "--tls-cert-file=" + serving.certificate(),
                    "--tls-private-key-file=" + serving.key(),
                    "--client-ca-file=" + authority.authorityFile(),
                    "--token-auth-file=" + tokens,
                    "--service-cluster-ip-range=" + SERVICE_RANGE,
                    "--service-account-issuer=https://kubernetes.default.svc",
                    "--service-account-key-file=" + signing.certificate(),
                    "--service-account-signing-key-file=" + signing.key(),
                    "--authorization-mode=Node,RBAC",
                    "--allow-privileged=true"));
            if (!controllers) {
                // Nobody makes the accounts that this plug-in asks for.
                line.add("--disable-admission-plugins=ServiceAccount");
            }
            return new Started.Command(line, Map.of(), () -> Http.isOk(uri(port).resolve("/readyz"), trust, token));
        });
        started.push(server);
        String kubeconfig = kubeconfig(uri(server.port()), read(authority.authorityFile()), token);
        KubernetesApi api = new KubernetesApi(kubeconfig, etcd, this::end);
        try {
            Path file = write("kubeconfig", kubeconfig);
            if (controllers) {
                controllers(api.client(), file, authority, signing);
            }
            kwok.ifPresent(program -> kwok(api.client(), program, file, kwokNodes, controllers));
            return api;
        } catch (RuntimeException | Error e) {
            api.client().close();
            throw e;
        }
    }

    private void controllers(
            KubernetesClient client, Path kubeconfig, Certificates authority, Certificates.PemPair signing) {
        Program controllers = run(
                "kube-controller-manager",
                List.of(
                        program("kube-controller-manager").toString(),
                        "--kubeconfig=" + kubeconfig,
                        "--leader-elect=false",
                        "--secure-port=0",
                        "--use-service-account-credentials=true",
                        "--service-account-private-key-file=" + signing.key(),
                        "--root-ca-file=" + authority.authorityFile(),
                        "--cluster-signing-cert-file=" + authority.authorityFile(),
                        "--cluster-signing-key-file=" + authority.authorityKeyFile()));
        Program scheduler = run(
                "kube-scheduler",
                List.of(
                        program("kube-scheduler").toString(),
                        "--kubeconfig=" + kubeconfig,
                        "--leader-elect=false",
                        "--secure-port=0"));
        requireHealthy(
                controllers,
                () -> client.serviceAccounts()
                                .inNamespace("default")
                                .withName("default")
                                .get()
                        != null);
        requireHealthy(scheduler, () -> true);
    }

    private void kwok(KubernetesClient client, Path program, Path kubeconfig, int nodes, boolean controllers) {
        List<String> line = new ArrayList<>(List.of(
                program.toString(),
                "--kubeconfig=" + kubeconfig,
                "--manage-all-nodes=true",
                "--node-lease-duration-seconds=" + LEASE_SECONDS));
        Path stages = Component.KWOK.root(surroundings).resolve("stages");
        try (Stream<Path> files = Files.list(stages)) {
            files.sorted().forEach(stage -> line.add("--config=" + stage));
        } catch (IOException e) {
            throw Component.KWOK.missing(stages);
        }
        Program kwok = run("kwok", line);
        IntStream.range(0, nodes)
                .forEach(i -> client.nodes().resource(node("kwok-" + i)).create());
        requireHealthy(
                kwok,
                () -> client.nodes().list().getItems().stream()
                                .filter(node -> isReady(node) && !(controllers && isTainted(node)))
                                .count()
                        == nodes);
    }

    private static Node node(String name) {
        return new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .addToAnnotations("kwok.x-k8s.io/node", "fake")
                .addToLabels("kubernetes.io/hostname", name)
                .addToLabels("kubernetes.io/os", "linux")
                .addToLabels("kubernetes.io/arch", "amd64")
                .endMetadata()
                .build();
    }

    static boolean isReady(Node node) {
        return node.getStatus() != null
                && node.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals("Ready")
                                && condition.getStatus().equals("True"));
    }

    /** A new node is born tainted, and the controllers take that away some time after it is Ready: until then nothing is scheduled there. */
    private static boolean isTainted(Node node) {
        return node.getSpec() != null
                && node.getSpec().getTaints().stream()
                        .anyMatch(taint -> taint.getKey().equals("node.kubernetes.io/not-ready"));
    }

    private Program run(String name, List<String> line) {
        Program program = Program.start(name, line, Map.of(), directory.resolve(name + ".log"));
        started.push(program);
        return program;
    }

    private static void requireHealthy(Program program, java.util.function.BooleanSupplier healthy) {
        boolean alive = program.awaitHealthy(
                () -> {
                    try {
                        return healthy.getAsBoolean();
                    } catch (KubernetesClientException notYet) {
                        return false;
                    }
                },
                LIMIT);
        if (!alive) {
            throw Started.ended(program);
        }
    }

    /** Ends what was started, the last first. */
    private void end() {
        while (!started.isEmpty()) {
            try {
                started.pop().close();
            } catch (Exception e) {
                throw new TestbedException(
                        "End a part of the Kubernetes testbed",
                        TestbedException.why(e),
                        "Look at its log",
                        Map.of(),
                        e);
            }
        }
        Scratch.delete(directory);
    }

    private static KubernetesApi given(Path file, int kwokNodes) {
        KubernetesApi api = new KubernetesApi(read(file), null, () -> {});
        if (kwokNodes > 0) {
            long nodes;
            try {
                nodes = api.client().nodes().list().getItems().stream()
                        .filter(Kubernetes::isReady)
                        .count();
            } catch (KubernetesClientException e) {
                api.close();
                throw new TestbedException(
                        "Use the cluster of the environment",
                        "it does not list its nodes: " + TestbedException.why(e),
                        "Look whether it runs",
                        Map.of(Surroundings.KUBECONFIG, file.toString()),
                        e);
            }
            if (nodes < kwokNodes) {
                api.close();
                throw new TestbedException(
                        "Use the cluster of the environment",
                        kwokNodes + " nodes are asked for, and " + nodes + " are Ready",
                        "Unset the variable, or run tests that fit",
                        Map.of(Surroundings.KUBECONFIG, file.toString()),
                        null);
            }
        }
        return api;
    }

    private Path program(String name) {
        return Component.with(name).program(surroundings, name);
    }

    private Path write(String name, String text) {
        try {
            return Files.writeString(directory.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException("Write " + name + " for the testbed: " + e.getMessage(), e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new TestbedException(
                    "Read " + file, TestbedException.why(e), "Look whether the file is there", Map.of(), e);
        }
    }

    private static URI uri(int port) {
        return URI.create("https://" + LOOPBACK + ":" + port);
    }

    private static String kubeconfig(URI server, String authority, String token) {
        return """
                apiVersion: v1
                kind: Config
                clusters:
                - name: testbed
                  cluster:
                    server: %s
                    certificate-authority-data: %s
                users:
                - name: admin
                  user:
                    token: %s
                contexts:
                - name: testbed
                  context:
                    cluster: testbed
                    user: admin
                current-context: testbed
                """.formatted(
                server, Base64.getEncoder().encodeToString(authority.getBytes(StandardCharsets.US_ASCII)), token);
    }
}
