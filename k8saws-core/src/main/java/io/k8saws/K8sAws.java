package io.k8saws;

import io.k8saws.aws.AwsAccess;
import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.bootstrap.AssetSums;
import io.k8saws.bootstrap.Bootstrap;
import io.k8saws.bootstrap.KeyMaterial;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.error.Violation;
import io.k8saws.internal.engine.Engine;
import io.k8saws.internal.engine.TolerantListener;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.mirror.MirrorSums;
import io.k8saws.internal.operate.Operator;
import io.k8saws.internal.operate.Rotating;
import io.k8saws.internal.roll.Roller;
import io.k8saws.internal.seam.CallerIdentity;
import io.k8saws.internal.seam.GuardedClients;
import io.k8saws.internal.seam.Sleeper;
import io.k8saws.internal.state.StateStore;
import io.k8saws.pki.AuthorityRole;
import io.k8saws.pki.CertificateAuthority;
import io.k8saws.pki.ClusterKey;
import io.k8saws.pki.ClusterPki;
import io.k8saws.pki.KeyGeneration;
import io.k8saws.plan.ApplyReport;
import io.k8saws.plan.Plan;
import io.k8saws.progress.ProgressListener;
import io.k8saws.state.Lock;
import io.k8saws.telemetry.Telemetry;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The entry: plans and applies clusters in one AWS account and region. Opening it calls nothing; the first use asks AWS once who we are. Safe to use from many
 * threads. Whoever opens it closes it; a program that forgets to still ends, because all threads are daemons.
 *
 * <pre>{@code
 * try (K8sAws k8s = K8sAws.connect("eu-west-1")) {
 *     Plan plan = k8s.plan(spec);      // reads only
 *     System.out.println(plan);
 *     k8s.apply(plan.requireNoDataLoss());
 * }
 * }</pre>
 */
public final class K8sAws implements AutoCloseable {
    /** How long a cluster's lock is held without being renewed. */
    static final Duration LOCK_LEASE = Duration.ofSeconds(60);

    private final AwsAccess access;
    private final ResiliencePolicy policy;
    private final ProgressListener progress;
    private final GuardedClients aws;
    private final Engine engine;
    private final Optional<URI> apiProxy;
    private final Clock clock;
    private volatile @Nullable CallerIdentity identity;

    private K8sAws(Builder builder) {
        AwsAccess wanted = builder.access == null ? AwsAccess.of(builder.region) : builder.access;
        Telemetry telemetry = builder.telemetry;
        this.access = telemetry == null ? wanted : wanted.withTelemetry(telemetry);
        this.policy = builder.policy != null
                ? builder.policy
                : isEmulator() ? ResiliencePolicy.defaults().forEmulator() : ResiliencePolicy.defaults();
        this.progress = builder.progress;
        this.apiProxy = Optional.ofNullable(builder.apiProxy);
        this.clock = builder.clock;
        this.aws = GuardedClients.open(access, policy, Sleeper.system());
        this.engine = new Engine(
                aws,
                policy,
                Sleeper.system(),
                builder.clock,
                LOCK_LEASE,
                sums(builder),
                access.machineEndpoint().map(URI::toString));
    }

    /** For one operation. */
    ProgressListener progress() {
        return new TolerantListener(progress);
    }

    Operator operator(ClusterScope scope) {
        return new Operator(aws, scope, apiProxy, policy, Sleeper.system(), clock);
    }

    Clock clock() {
        return clock;
    }

    Rotating rotating(ClusterScope scope) {
        return new Rotating(aws, scope, policy, Sleeper.system(), clock);
    }

    Roller roller(ClusterScope scope) {
        return new Roller(aws, scope, engine, operator(scope), policy, Sleeper.system(), clock);
    }

    private AssetSums sums(Builder builder) {
        if (builder.sums != null) {
            return builder.sums;
        }
        return isEmulator() ? AssetSums.madeUp() : new MirrorSums(aws, policy, Sleeper.system());
    }

    /** An endpoint elsewhere may as well be AWS behind a proxy, whose machines refuse programs that are checked by made-up sums. */
    private boolean isEmulator() {
        return access.endpoint()
                .map(URI::getHost)
                .filter(host -> host.startsWith("localhost") || host.startsWith("127.") || host.equals("[::1]"))
                .isPresent();
    }

    /**
     * Opens the library for a region, with the SDK's default credentials.
     *
     * @param region the AWS region, for example {@code eu-west-1}
     * @return the library, to be closed
     */
    public static K8sAws connect(String region) {
        return builder().region(region).build();
    }

    /**
     * Opens the library with other credentials, another endpoint or HTTP client.
     *
     * @param access how AWS is reached
     * @return the library, to be closed
     */
    public static K8sAws connect(AwsAccess access) {
        return builder().access(access).build();
    }

    /**
     * Starts a description of how to open the library.
     *
     * @return an empty builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Plans what makes the world match a spec. Reads only: at most one paginated call for each kind of AWS resource, all at once. What a spec leaves open, the ids of
     * machine images and the hashes of programs, is looked up and pinned in the plan. What the last apply had pinned is not looked up again.
     *
     * @param spec the wanted cluster
     * @return the plan; empty when the cluster is as it should be
     * @throws InvalidSpecException if the spec is for another region than this, or names an image that this region does not have
     * @throws io.k8saws.error.AwsCallException if AWS refuses a read
     */
    public Plan plan(ClusterSpec spec) {
        requireRegion(spec);
        return engine.plan(spec, scope(spec.name()));
    }

    /** Plans a repair: as {@link #plan(ClusterSpec)}, with a close look. */
    Plan planRepair(ClusterSpec spec) {
        requireRegion(spec);
        return engine.planRepair(spec, scope(spec.name()));
    }

    /** Plans newer images: as {@link #plan(ClusterSpec)}, without what is pinned of them. */
    Plan planNewImages(ClusterSpec spec) {
        requireRegion(spec);
        return engine.planNewImages(spec, scope(spec.name()));
    }

    /**
     * Plans what makes the world match a spec.
     *
     * @param spec describes the wanted cluster
     * @return the plan; empty when the cluster is as it should be
     * @throws InvalidSpecException if the spec is not valid; with all violations
     */
    public Plan plan(Consumer<ClusterSpec.Builder> spec) {
        ClusterSpec.Builder builder = ClusterSpec.builder().region(access.region());
        spec.accept(builder);
        return plan(builder.build());
    }

    /**
     * Plans the deletion of everything that a cluster owns, what its own controllers made included. Reads only. What the cluster does not own stays.
     *
     * @param cluster the cluster's name
     * @return the plan; empty when there is nothing
     */
    public Plan planDestroy(String cluster) {
        return engine.planDestroy(scope(cluster));
    }

    /**
     * Applies a plan, and tells the listener that the library was opened with. See {@link #apply(Plan, ProgressListener)}.
     *
     * @param plan the plan
     * @return what was done
     */
    public ApplyReport apply(Plan plan) {
        return apply(plan, progress);
    }

    /**
     * Applies a plan: refuses what the plan does not show, takes the cluster's lock, carries out each change as soon as what it needs is there, looks again until
     * AWS shows what was done, and writes the state. Can be killed anywhere: planning and applying again goes on from there. An interrupt lets the running steps
     * end and starts no new ones; so does {@link #close()} from another thread.
     *
     * @param plan the plan
     * @param listener hears what happens, on the calling thread
     * @return what was done; complete
     * @throws io.k8saws.plan.PlanRefusedException if it would replace the disks of more etcd members than etcd can lose; nothing was changed
     * @throws io.k8saws.plan.StalePlanException if the world has moved so that something would happen that the plan does not show; nothing was changed
     * @throws io.k8saws.error.ConflictException if another writer works on the cluster or has changed it since; nothing was changed
     * @throws io.k8saws.plan.ApplyException if not everything could be done; it carries the report
     * @throws io.k8saws.plan.ApplyCancelledException if the thread was interrupted, or the library closed; it carries the report
     */
    public ApplyReport apply(Plan plan, ProgressListener listener) {
        return engine.apply(plan, scope(plan.cluster()), listener);
    }

    /**
     * A cluster that was applied before.
     *
     * @param name the cluster's name
     * @return the cluster, with its last state
     * @throws K8sAwsException if there is no such cluster here; the message names those that there are
     */
    public Cluster cluster(String name) {
        return find(name).orElseThrow(() -> unknown(name));
    }

    private K8sAwsException unknown(String name) {
        List<String> others = clusters();
        return new K8sAwsException(
                "Find cluster " + name + " in " + access.region(),
                "it has no state here",
                others.isEmpty()
                        ? "plan and apply it first; there is no cluster here yet"
                        : "use the name of one that there is (" + String.join(", ", others)
                                + "), or plan and apply it first");
    }

    /**
     * A cluster that was applied before.
     *
     * @param name the cluster's name
     * @return the cluster, or empty when there is none of that name here
     */
    public Optional<Cluster> find(String name) {
        ClusterScope scope = scope(name);
        return engine.state(scope).read().map(state -> new Cluster(this, engine, scope, state));
    }

    /**
     * The names of the clusters that this account has in this region.
     *
     * @return names, sorted; made from the buckets that carry our prefix
     */
    public List<String> clusters() {
        return StateStore.bucketsLikeOurs(aws).stream()
                .filter(bucket -> scope(ClusterScope.clusterOf(bucket)).bucket().equals(bucket))
                .map(ClusterScope::clusterOf)
                .filter(name -> engine.state(scope(name)).exists())
                .sorted()
                .toList();
    }

    /**
     * Who holds the right to change a cluster, also of one that has no state yet because its first apply was cut off.
     *
     * @param cluster the cluster's name
     * @return the lock, or empty when it was never taken
     */
    public Optional<Lock> lock(String cluster) {
        return engine.state(scope(cluster)).lock();
    }

    /**
     * Frees the lock of a cluster whoever holds it, for people who know that the holder is gone. A lock frees itself a minute after its holder stopped renewing
     * it, and at once when the holder was a process of this host that has ended. A holder that lives after all stops at its next step.
     *
     * @param cluster the cluster's name
     * @return the lock that was broken, or empty when nobody held it
     */
    public Optional<Lock> breakLock(String cluster) {
        return engine.state(scope(cluster)).breakLock();
    }

    /**
     * Gives a cluster an authority of yours, before its first apply, which would make one. It is written into the cluster's bucket, where no machine may read it; the bucket is
     * made when there is none, closed to the public, and gets its policy by that apply.
     *
     * <p>With its private key, the authority is the cluster's as it is. When its key is elsewhere, and you give a {@linkplain CertificateAuthority#withSigner signer} only, it
     * signs once, when nothing else stands against it: a {@linkplain CertificateAuthority#subordinate subordinate} authority with a new key, of the kind that the spec wants. That one is the cluster's. Control-plane
     * machines sign with it, and machines trust it alone. Your key is not needed again.
     *
     * @param spec the cluster
     * @param role which of its authorities
     * @param authority the authority
     * @throws io.k8saws.pki.InvalidAuthorityException if its key is elsewhere and it cannot sign an authority: its path length is 0, it may not sign certificates; if it has
     *     ended or ends within 60 days; or its key is that of another authority of the cluster; nothing was written
     * @throws io.k8saws.error.ConflictException if the cluster has this authority already, or another writer works on it; your signer was not asked
     * @throws K8sAwsException if the cluster had it and somebody deleted its object; it says how to restore it; your signer was not asked
     * @throws IllegalArgumentException if the spec's cluster has no such authority
     */
    public void keepAuthority(ClusterSpec spec, AuthorityRole role, CertificateAuthority authority) {
        requireRegion(spec);
        keepAuthority(spec, role, authority, false);
    }

    /** Gives the first authority, or the one that the next rotation goes to. */
    KeyGeneration keepAuthority(ClusterSpec spec, AuthorityRole role, CertificateAuthority authority, boolean next) {
        ClusterPki pki = Bootstrap.pki(spec);
        KeyMaterial.requireGivable(authority, role, pki, clock);
        return engine.keepKey(
                scope(spec.name()), ClusterKey.of(role), next, spec.keys().kmsKey(), present -> {
                    KeyMaterial.requireOtherKey(authority, present);
                    return KeyMaterial.given(authority, role, pki, clock);
                });
    }

    /**
     * The AWS account that we work in.
     *
     * @return 12 digits
     */
    public String account() {
        return identity().account();
    }

    private ClusterScope scope(String cluster) {
        CallerIdentity who = identity();
        return new ClusterScope(cluster, who.account(), access.region(), who.partition());
    }

    private CallerIdentity identity() {
        CallerIdentity known = identity;
        return known != null ? known : asked();
    }

    private synchronized CallerIdentity asked() {
        CallerIdentity known = identity;
        if (known == null) {
            known = CallerIdentity.ask(aws);
            identity = known;
        }
        return known;
    }

    private void requireRegion(ClusterSpec spec) {
        if (!spec.region().equals(access.region())) {
            throw new InvalidSpecException(
                    "Plan cluster " + spec.name(),
                    List.of(new Violation(
                            "region",
                            "it is " + spec.region() + ", but this library was opened for " + access.region(),
                            "open K8sAws for " + spec.region())));
        }
    }

    /**
     * Ends what runs, then the threads and connections. An apply of another thread starts no new step, and those that run have one attempt's time
     * ({@link ResiliencePolicy#attemptTimeout()}) to end before they are interrupted; then it writes how far it came and throws
     * {@link io.k8saws.plan.ApplyCancelledException}. Returns after twice that time at the latest. What is called later throws {@link IllegalStateException}.
     */
    @Override
    public void close() {
        engine.close();
        aws.close();
    }

    @Override
    public String toString() {
        CallerIdentity known = identity;
        return "K8sAws[" + access.region()
                + access.endpoint().map(uri -> " at " + uri).orElse("")
                + (known == null ? "" : ", account " + known.account() + ", " + known.principal())
                + ", each call at most " + policy.callDeadline().toSeconds() + " s]";
    }

    /** Describes how to open the library; not safe to use from several threads. */
    public static final class Builder {
        private String region = "";
        private @Nullable AwsAccess access;
        private @Nullable ResiliencePolicy policy;
        private ProgressListener progress = ProgressListener.silent();
        private @Nullable Telemetry telemetry;
        private Clock clock = Clock.systemUTC();
        private @Nullable AssetSums sums;
        private @Nullable URI apiProxy;

        private Builder() {}

        /**
         * Sets the region; credentials come from the SDK's default chain. Either this or {@link #access} is required.
         *
         * @param region for example {@code eu-west-1}
         * @return this builder
         */
        public Builder region(String region) {
            this.region = Objects.requireNonNull(region, "region");
            return this;
        }

        /**
         * Sets how AWS is reached.
         *
         * @param access region, credentials, endpoint
         * @return this builder
         */
        public Builder access(AwsAccess access) {
            this.access = Objects.requireNonNull(access, "access");
            return this;
        }

        /**
         * Sets how patiently AWS is called; {@link ResiliencePolicy#defaults()} unless set, and its form for emulators when the access has an endpoint.
         *
         * @param policy the policy
         * @return this builder
         */
        public Builder resilience(ResiliencePolicy policy) {
            this.policy = Objects.requireNonNull(policy, "policy");
            return this;
        }

        /**
         * Sets who hears what long work is doing; nobody unless set.
         *
         * @param progress the listener
         * @return this builder
         */
        public Builder progress(ProgressListener progress) {
            this.progress = Objects.requireNonNull(progress, "progress");
            return this;
        }

        /**
         * Sets who hears figures of each call to AWS; unless set, whom the access names. For how long operations take, see {@link ProgressListener#measuring}.
         *
         * @param telemetry hears on many threads at once
         * @return this builder
         */
        public Builder telemetry(Telemetry telemetry) {
            this.telemetry = Objects.requireNonNull(telemetry, "telemetry");
            return this;
        }

        /**
         * Sets the clock for times in the state; the system's unless set.
         *
         * @param clock the clock
         * @return this builder
         */
        public Builder clock(Clock clock) {
            this.clock = Objects.requireNonNull(clock, "clock");
            return this;
        }

        /**
         * Sets where plans read the hashes of the programs that machines fetch. Unless set, they are read from the file beside each program, from where the spec says
         * that programs come. With an emulator of AWS on this machine, whose instances do not boot, they are {@link AssetSums#madeUp() made up}.
         *
         * @param sums reads files of sums
         * @return this builder
         */
        public Builder sums(AssetSums sums) {
            this.sums = Objects.requireNonNull(sums, "sums");
            return this;
        }

        /**
         * Sets the HTTP proxy by which the Kubernetes APIs of clusters are reached, for those that are not open to where this runs. It stands in kubeconfigs, too.
         *
         * @param proxy for example {@code http://127.0.0.1:3128}; it must let CONNECT through to port 6443
         * @return this builder
         */
        public Builder apiProxy(URI proxy) {
            this.apiProxy = Objects.requireNonNull(proxy, "proxy");
            return this;
        }

        /**
         * Opens the library; calls nothing.
         *
         * @return the library, to be closed
         * @throws IllegalArgumentException if neither a region nor an access is set, or the two name different regions
         */
        public K8sAws build() {
            if (access != null && !region.isEmpty() && !region.equals(access.region())) {
                throw new IllegalArgumentException("The library is to be opened for region " + region
                        + ", but its access is for " + access.region() + "; set one of the two.");
            }
            return new K8sAws(this);
        }
    }
}
