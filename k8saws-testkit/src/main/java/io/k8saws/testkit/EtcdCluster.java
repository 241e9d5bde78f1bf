package io.k8saws.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A real etcd cluster on the loopback address, whose members can be killed, frozen and restarted.
 *
 * <p>Get one from {@link Testbed#etcd(int)}, or as a parameter of a test with {@link EtcdServers}. Members are numbered from 0. They do not wait
 * for the disk ({@code --unsafe-no-fsync}), which is right for tests: a killed member finds its data again, a machine that loses power would
 * not.
 *
 * <p>A cluster that comes from {@code K8SAWS_ETCD_ENDPOINTS} is used as it is: it cannot be killed, frozen, restarted or closed.
 *
 * <p>Thread-safe.
 */
public final class EtcdCluster implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofMinutes(1);
    private static final Duration CTL_LIMIT = Duration.ofMinutes(1);
    private static final int MOST_MEMBERS = 9;
    private static final int ATTEMPTS = 5;
    private static final String LOOPBACK = "127.0.0.1";
    private static final List<String> UNSAFE = List.of("--unsafe-no-fsync");

    private final List<URI> endpoints;
    private final List<EtcdMember> members;
    private final @Nullable EtcdTls tls;
    private final Runnable onClose;

    private EtcdCluster(List<URI> endpoints, List<EtcdMember> members, @Nullable EtcdTls tls, Runnable onClose) {
        this.endpoints = List.copyOf(endpoints);
        this.members = List.copyOf(members);
        this.tls = tls;
        this.onClose = onClose;
    }

    static EtcdCluster start(int size, boolean secured, Surroundings surroundings) {
        requireSize(size);
        Optional<String> given = surroundings.get(Surroundings.ETCD_ENDPOINTS);
        if (given.isPresent()) {
            return given(given.get(), size, secured, surroundings);
        }
        return start(size, secured, Component.ETCD.program(surroundings, "etcd"), UNSAFE);
    }

    /** The variable of the environment does not count: it names some etcd, and this is about a version. */
    static EtcdCluster startPrevious(int size, boolean secured, Surroundings surroundings) {
        requireSize(size);
        return start(size, secured, Component.ETCD_PREVIOUS.program(surroundings, "etcd-3.5"), UNSAFE);
    }

    /** The variable of the environment does not count here, either. */
    static EtcdCluster startOlder(int size, boolean secured, Surroundings surroundings) {
        requireSize(size);
        return start(size, secured, Component.ETCD_DEBIAN.program(surroundings, "etcd-debian"), List.of());
    }

    private static void requireSize(int size) {
        if (size < 1 || size > MOST_MEMBERS) {
            throw new IllegalArgumentException("Start an etcd cluster: it cannot have " + size
                    + " members. Ask for 1 to " + MOST_MEMBERS + ". [members=" + size + "]");
        }
    }

    private static EtcdCluster start(int size, boolean secured, Path etcd, List<String> options) {
        for (int attempt = 1; ; attempt++) {
            Path directory = Scratch.directory("etcd");
            EtcdCluster cluster = define(size, secured, etcd, options, directory);
            Program ended;
            try {
                cluster.members.forEach(EtcdMember::start);
                ended = cluster.awaitAllHealthy();
            } catch (TestbedException e) {
                cluster.members.forEach(EtcdCluster::end);
                throw e;
            }
            if (ended == null) {
                return cluster;
            }
            cluster.members.forEach(EtcdCluster::end);
            if (attempt == ATTEMPTS || !Started.lostPort(ended)) {
                throw Started.ended(ended);
            }
            Scratch.delete(directory);
        }
    }

    /**
     * How many members the cluster was started with.
     *
     * @return 1 or more
     */
    public int size() {
        return endpoints.size();
    }

    /**
     * The client URLs of all members, dead ones included.
     *
     * @return one for each member, in the order of their numbers
     */
    public List<URI> endpoints() {
        return endpoints;
    }

    /**
     * The name of a member, as etcd shows it.
     *
     * @param member the number of the member, from 0
     * @return for example {@code etcd-0}
     */
    public String name(int member) {
        return started(member).name();
    }

    /**
     * The data directory of a member. It stays when the member is killed, and goes when the cluster is closed.
     *
     * @param member the number of the member, from 0
     * @return an existing directory
     */
    public Path dataDirectory(int member) {
        return started(member).data();
    }

    /**
     * The file with the output of a member, over all its restarts.
     *
     * @param member the number of the member, from 0
     * @return an existing file
     */
    public Path log(int member) {
        return started(member).log();
    }

    /**
     * Where a member shows its metrics and its health, over plain HTTP.
     *
     * @param member the number of the member, from 0
     * @return the URL of the metrics
     */
    public URI metrics(int member) {
        return started(member).health().resolve("/metrics");
    }

    /**
     * What a client needs for TLS.
     *
     * @return the files; empty when the cluster speaks plain HTTP
     */
    public Optional<EtcdTls> tls() {
        return Optional.ofNullable(tls);
    }

    /**
     * Whether a member runs.
     *
     * @param member the number of the member, from 0
     * @return false after {@link #kill} until {@link #restart}
     */
    public boolean isRunning(int member) {
        return started(member).isRunning();
    }

    /**
     * Ends a member as SIGKILL does. Returns when it is gone.
     *
     * @param member the number of the member, from 0
     * @throws IllegalStateException if it does not run
     */
    public void kill(int member) {
        started(member).running().kill();
    }

    /**
     * Stops a member where it stands: its connections stay open, and nobody answers.
     *
     * @param member the number of the member, from 0
     * @throws IllegalStateException if it does not run
     */
    public void freeze(int member) {
        started(member).running().freeze();
    }

    /**
     * Lets a frozen member go on.
     *
     * @param member the number of the member, from 0
     * @throws IllegalStateException if it does not run
     */
    public void thaw(int member) {
        started(member).running().thaw();
    }

    /**
     * Starts a member again on its own data directory and addresses; kills it first when it runs. Returns when the member answers, which it
     * also does without a quorum; gives up after 60 s. See {@link #waitUntilHealthy}.
     *
     * @param member the number of the member, from 0
     * @throws TestbedException if it does not start
     */
    public void restart(int member) {
        EtcdMember again = started(member);
        if (again.isRunning()) {
            again.running().kill();
        }
        again.start();
        Program program = again.running();
        if (!program.awaitHealthy(again::isUp, START_LIMIT)) {
            throw Started.ended(program);
        }
    }

    /**
     * Waits until every running member has a leader and answers.
     *
     * @param limit how long to wait at most
     * @throws TestbedException if the time is over; the message names the members
     */
    public void waitUntilHealthy(Duration limit) {
        if (!Waiting.until(() -> unhealthy().isEmpty(), limit)) {
            throw new TestbedException(
                    "Wait until the etcd cluster is healthy",
                    "members " + unhealthy() + " are not after " + limit.toSeconds() + " s",
                    "Restart dead members until there is a quorum");
        }
    }

    /**
     * Runs the real {@code etcdctl} against all members, with TLS if the cluster has it.
     *
     * @param arguments for example {@code "put", "key", "value"}
     * @return what it printed, without the last line break
     * @throws TestbedException if it fails; the message has its output
     */
    public String etcdctl(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Testbed.program("etcdctl").toString());
        command.add("--endpoints=" + endpoints.stream().map(URI::toString).collect(Collectors.joining(",")));
        if (tls != null) {
            command.add("--cacert=" + tls.authority());
            command.add("--cert=" + tls.certificate());
            command.add("--key=" + tls.key());
        }
        command.addAll(List.of(arguments));
        return Output.of("etcdctl", command, CTL_LIMIT);
    }

    /** Ends all members and deletes their data, if they were started for this value alone; does nothing otherwise. */
    @Override
    public void close() {
        onClose.run();
    }

    /** The endpoints. */
    @Override
    public String toString() {
        return "EtcdCluster" + endpoints;
    }

    /** The same cluster for somebody who must not end it. */
    EtcdCluster shared() {
        return new EtcdCluster(endpoints, members, tls, () -> {});
    }

    private static EtcdCluster given(String endpoints, int size, boolean secured, Surroundings surroundings) {
        List<URI> uris = List.of(endpoints.split(",", -1)).stream()
                .map(String::strip)
                .map(URI::create)
                .toList();
        boolean https = uris.stream().allMatch(uri -> "https".equals(uri.getScheme()));
        if (uris.size() != size || https != secured) {
            throw new TestbedException(
                    "Use the etcd cluster of the environment",
                    size + " members " + (secured ? "with" : "without") + " TLS are asked for, and it is another one",
                    "Unset the variable, or run tests that fit",
                    Map.of(Surroundings.ETCD_ENDPOINTS, endpoints),
                    null);
        }
        EtcdTls tls = !secured
                ? null
                : new EtcdTls(
                        file(surroundings, "ETCDCTL_CACERT"),
                        file(surroundings, "ETCDCTL_CERT"),
                        file(surroundings, "ETCDCTL_KEY"));
        return new EtcdCluster(uris, List.of(), tls, () -> {});
    }

    private static Path file(Surroundings surroundings, String variable) {
        return surroundings
                .get(variable)
                .map(Path::of)
                .orElseThrow(() -> new TestbedException(
                        "Use the etcd cluster of the environment",
                        "it speaks TLS, and " + variable + " is not set",
                        "Set it to a PEM file"));
    }

    private static EtcdCluster define(int size, boolean secured, Path etcd, List<String> options, Path directory) {
        List<Integer> ports = Ports.free(3 * size);
        String scheme = secured ? "https" : "http";
        Path pki = directory.resolve("pki");
        EtcdTls tls = null;
        List<String> security = new ArrayList<>();
        if (secured) {
            createDirectory(pki);
            Certificates authority = Certificates.authority("etcd-testbed", pki);
            Certificates.PemPair server = authority.issue("server", List.of(LOOPBACK, "localhost"));
            Certificates.PemPair client = authority.issue("client", List.of());
            tls = new EtcdTls(authority.authorityFile(), client.certificate(), client.key());
            for (String side : List.of("", "peer-")) {
                security.add("--" + side + "cert-file=" + server.certificate());
                security.add("--" + side + "key-file=" + server.key());
                security.add("--" + side + "trusted-ca-file=" + authority.authorityFile());
                security.add("--" + side + "client-cert-auth");
            }
        }
        String initial = IntStream.range(0, size)
                .mapToObj(i -> "etcd-" + i + "=" + uri(scheme, ports.get(3 * i + 1)))
                .collect(Collectors.joining(","));
        List<EtcdMember> members = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            URI client = uri(scheme, ports.get(3 * i));
            URI peer = uri(scheme, ports.get(3 * i + 1));
            URI health = uri("http", ports.get(3 * i + 2));
            String name = "etcd-" + i;
            Path data = directory.resolve(name);
            createDirectory(data);
            List<String> command = new ArrayList<>(List.of(
                    etcd.toString(),
                    "--name=" + name,
                    "--data-dir=" + data,
                    "--listen-client-urls=" + client,
                    "--advertise-client-urls=" + client,
                    "--listen-peer-urls=" + peer,
                    "--initial-advertise-peer-urls=" + peer,
                    "--listen-metrics-urls=" + health,
                    "--initial-cluster=" + initial,
                    "--initial-cluster-token=" + directory.getFileName(),
                    "--initial-cluster-state=new",
                    "--log-level=warn"));
            command.addAll(options);
            command.addAll(security);
            members.add(new EtcdMember(name, command, client, health, data, directory.resolve(name + ".log")));
        }
        return new EtcdCluster(members.stream().map(EtcdMember::client).toList(), members, tls, () -> {
            members.forEach(EtcdCluster::end);
            Scratch.delete(directory);
        });
    }

    /** Waits for all members; returns one that has ended instead. */
    private @Nullable Program awaitAllHealthy() {
        for (EtcdMember member : members) {
            Program program = member.running();
            if (!program.awaitHealthy(member::isHealthy, START_LIMIT)) {
                return program;
            }
        }
        return null;
    }

    private List<String> unhealthy() {
        return members.stream()
                .filter(EtcdMember::isRunning)
                .filter(member -> !member.isHealthy())
                .map(EtcdMember::name)
                .toList();
    }

    private EtcdMember started(int member) {
        if (member < 0 || member >= size()) {
            throw new IndexOutOfBoundsException(
                    "Find etcd member " + member + ": the cluster has members 0 to " + (size() - 1) + ".");
        }
        if (members.isEmpty()) {
            throw new UnsupportedOperationException("Reach into etcd member " + member
                    + ": the cluster comes from the environment, not from the testbed. Unset "
                    + Surroundings.ETCD_ENDPOINTS + ".");
        }
        return members.get(member);
    }

    private static void end(EtcdMember member) {
        Program program = member.program();
        if (program != null) {
            // Nobody reads this data again, so there is nothing to end politely.
            program.killQuietly();
        }
    }

    private static void createDirectory(Path directory) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("Make a directory for etcd: " + e.getMessage(), e);
        }
    }

    private static URI uri(String scheme, int port) {
        return URI.create(String.format(Locale.ROOT, "%s://%s:%d", scheme, LOOPBACK, port));
    }
}
