package io.k8saws.etcd;

import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.Violation;
import io.k8saws.etcd.backup.KubernetesFacts;
import io.k8saws.etcd.health.EtcdMember;
import io.k8saws.etcd.internal.seam.Access;
import io.k8saws.etcd.internal.seam.Limits;
import io.k8saws.etcd.internal.seam.Login;
import io.k8saws.etcd.internal.seam.TlsMaterial;
import io.k8saws.network.PlannedEtcdMember;
import io.k8saws.operate.EtcdAccess;
import io.k8saws.progress.ProgressListener;
import io.k8saws.telemetry.Telemetry;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Describes how an etcd is reached. Not thread-safe. */
public final class EtcdBuilder {
    private static final Duration CERTIFICATE_LIFE = Duration.ofHours(1);
    private static final Duration FRESH = Duration.ofMinutes(1);

    private final List<String> endpoints = new ArrayList<>();
    private final Map<String, URI> names = new HashMap<>();
    private final Map<String, String> tunnels = new LinkedHashMap<>();
    private @Nullable ClientTls tls;
    private @Nullable String serverName;
    private @Nullable Login login;
    private Limits limits = Limits.defaults();
    private Function<EtcdMember, String> zones = member -> "";
    private Clock clock = Clock.systemUTC();
    private ProgressListener progress = ProgressListener.silent();
    private Telemetry telemetry = Telemetry.none();
    private @Nullable ClusterEtcd origin;
    private Supplier<KubernetesFacts> kubernetes = KubernetesFacts::unknown;

    EtcdBuilder() {}

    /** Of a cluster of this library: its members, their zones, and certificates that are made anew in time. */
    static EtcdBuilder on(ClusterEtcd origin, Function<Duration, EtcdAccess> accesses) {
        EtcdAccess first = accesses.apply(CERTIFICATE_LIFE);
        Map<String, String> zones =
                first.members().stream().collect(Collectors.toMap(PlannedEtcdMember::address, PlannedEtcdMember::zone));
        AtomicReference<@Nullable EtcdAccess> unused = new AtomicReference<>(first);
        long madeAt = System.nanoTime();
        EtcdBuilder builder = new EtcdBuilder();
        builder.origin = origin;
        for (int i = 0; i < first.members().size(); i++) {
            builder.names.put(first.members().get(i).name(), first.endpoints().get(i));
        }
        return builder.endpoints(first.endpoints().stream().map(URI::toString).toList())
                .tls(ClientTls.renewed("certificates of " + origin, CERTIFICATE_LIFE, System::nanoTime, () -> {
                    EtcdAccess made = unused.getAndSet(null);
                    // a builder may be kept for long before its etcd is first asked
                    boolean fresh = System.nanoTime() - madeAt < FRESH.toNanos();
                    EtcdAccess access = made == null || !fresh ? accesses.apply(CERTIFICATE_LIFE) : made;
                    return new TlsMaterial(access.trusted(), access.certificate(), access.key());
                }))
                .zones(member -> member.peerUrls().stream()
                        .map(url -> zones.getOrDefault(url.getHost(), ""))
                        .findFirst()
                        .orElse(""));
    }

    /**
     * Adds a client URL.
     *
     * @param endpoint such as {@code https://10.0.0.4:2379}; the port is 2379 unless it is named
     * @return this builder
     */
    public EtcdBuilder endpoint(String endpoint) {
        endpoints.add(endpoint);
        return this;
    }

    /**
     * Replaces the client URLs.
     *
     * @param all at least one, all of one cluster
     * @return this builder
     */
    public EtcdBuilder endpoints(List<String> all) {
        endpoints.clear();
        endpoints.addAll(all);
        return this;
    }

    /**
     * Says what TLS needs. Without it, https trusts whom the JDK trusts.
     *
     * @param wanted whom to trust, and what to show
     * @return this builder
     */
    public EtcdBuilder tls(ClientTls wanted) {
        tls = wanted;
        return this;
    }

    /**
     * Names what the servers' certificates are made out to, where it is not the host of the endpoint, as behind a tunnel.
     *
     * @param name a host name that is in them
     * @return this builder
     */
    public EtcdBuilder serverName(String name) {
        serverName = name;
        return this;
    }

    /**
     * Reaches a member through a tunnel, as from outside of its VPC. The member's certificate must be made out to its own address all the same.
     *
     * @param member the member's client URL, or its name when this etcd is of a cluster of this library
     * @param through where the tunnel begins, such as {@code https://127.0.0.1:12379}
     * @return this builder
     */
    public EtcdBuilder tunnel(String member, String through) {
        tunnels.put(member, through);
        return this;
    }

    /**
     * Names a user of etcd. Where authentication is on, keys need one that may read them, and all else one with the role root.
     *
     * @param user its name
     * @param password secret
     * @return this builder
     */
    public EtcdBuilder user(String user, String password) {
        login = new Login(user, password);
        return this;
    }

    /**
     * Limits how long calls take.
     *
     * @param attempt how long one attempt may take; 5 s unless said otherwise
     * @param call how long a call may take with all its attempts; 20 s unless said otherwise. Snapshots and defragmentation have limits of their own
     * @return this builder
     */
    public EtcdBuilder timeouts(Duration attempt, Duration call) {
        limits = new Limits(limits.maxAttempts(), attempt, call, limits.firstBackoff(), limits.maxBackoff());
        return this;
    }

    /**
     * Limits how often a call is sent.
     *
     * @param attempts 1 or more; 6 unless said otherwise
     * @return this builder
     */
    public EtcdBuilder maxAttempts(int attempts) {
        limits = new Limits(
                attempts, limits.attemptTimeout(), limits.callDeadline(), limits.firstBackoff(), limits.maxBackoff());
        return this;
    }

    /**
     * Tells the zones of members, so that health can say what fails when a zone goes.
     *
     * @param zoneOf the zone of a member; an empty text when it is not known
     * @return this builder
     */
    public EtcdBuilder zones(Function<EtcdMember, String> zoneOf) {
        zones = zoneOf;
        return this;
    }

    /**
     * Tells now.
     *
     * @param now a clock; the system's unless said otherwise
     * @return this builder
     */
    public EtcdBuilder clock(Clock now) {
        clock = now;
        return this;
    }

    /**
     * Tells of what takes long.
     *
     * @param listener hears of each step; nobody unless said otherwise
     * @return this builder
     */
    public EtcdBuilder progress(ProgressListener listener) {
        progress = listener;
        return this;
    }

    /**
     * Tells figures of each call.
     *
     * @param heard hears on many threads at once; nobody unless said otherwise
     * @return this builder
     */
    public EtcdBuilder telemetry(Telemetry heard) {
        telemetry = heard;
        return this;
    }

    /**
     * Says what Kubernetes uses this etcd, so that backups of it have its version and keys of encryption at rest in their manifests. {@link Etcd#on} reads both from the cluster. An API server that is
     * away holds up no backup: the manifest says in its remarks that nobody answered.
     *
     * @param facts asked before each backup, such as {@code () -> new KubernetesFacts(client.getKubernetesVersion().getGitVersion(), List.of())}
     * @return this builder
     */
    public EtcdBuilder kubernetes(Supplier<KubernetesFacts> facts) {
        kubernetes = facts;
        return this;
    }

    /**
     * Makes it. Calls nobody.
     *
     * @return to close
     * @throws InvalidSpecException if there is no endpoint, one is no client URL, or they and TLS do not fit together
     */
    public Etcd build() {
        List<Violation> violations = new ArrayList<>();
        Set<URI> uris = new LinkedHashSet<>();
        for (int i = 0; i < endpoints.size(); i++) {
            uris.add(Endpoints.parse("endpoints[" + i + "]", endpoints.get(i), violations));
        }
        if (endpoints.isEmpty()) {
            violations.add(
                    new Violation("endpoints", "there is none", "give a client URL, such as http://127.0.0.1:2379"));
        }
        boolean https = uris.stream().anyMatch(uri -> "https".equals(uri.getScheme()));
        if (violations.isEmpty() && https && uris.stream().anyMatch(uri -> "http".equals(uri.getScheme()))) {
            violations.add(new Violation(
                    "endpoints",
                    "some are https and some http",
                    "give endpoints of one cluster, which are all the same"));
        }
        if (violations.isEmpty() && !https && tls != null) {
            violations.add(new Violation("tls", "the endpoints are http", "write the endpoints with https"));
        }
        if (login != null && (login.user().isEmpty() || login.password().isEmpty())) {
            violations.add(new Violation("user", "the user's name or password is empty", "give both, or no user"));
        }
        Map<URI, URI> ways = ways(violations);
        if (!violations.isEmpty()) {
            throw new InvalidSpecException("Describe an etcd", violations);
        }
        ClientTls used = tls == null && https ? ClientTls.jdk() : tls;
        String text = "etcd " + uris.stream().map(URI::toString).collect(Collectors.joining(","))
                + (used == null ? "" : ", " + used)
                + (login == null ? "" : ", user " + login);
        return new Etcd(
                new Access(
                        List.copyOf(uris),
                        ways,
                        Optional.ofNullable(used).map(ClientTls::source),
                        Optional.ofNullable(serverName),
                        Optional.ofNullable(login),
                        limits,
                        telemetry),
                zones,
                clock,
                progress,
                Optional.ofNullable(origin),
                kubernetes,
                text);
    }

    private Map<URI, URI> ways(List<Violation> violations) {
        Map<URI, URI> ways = new HashMap<>();
        tunnels.forEach((member, through) -> {
            String path = "tunnels[" + member + "]";
            URI named = names.get(member);
            if (named == null && !member.contains("://")) {
                violations.add(new Violation(
                        path,
                        "there is no such member",
                        names.isEmpty()
                                ? "write the member's client URL"
                                : "name one of " + new TreeSet<>(names.keySet()) + ", or write its client URL"));
                return;
            }
            URI from = named == null ? Endpoints.parse(path, member, violations) : named;
            URI to = Endpoints.parse(path, through, violations);
            if (!String.valueOf(from.getScheme()).equals(to.getScheme())) {
                violations.add(new Violation(
                        path, "it goes from " + from + " to " + to, "a tunnel changes no scheme: write both alike"));
            }
            ways.put(from, to);
        });
        return ways;
    }
}
