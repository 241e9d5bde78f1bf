package io.k8saws.internal.engine;

import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.bootstrap.AssetSums;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.DnsKind;
import io.k8saws.cluster.Pins;
import io.k8saws.cluster.SecretsEncryption;
import io.k8saws.error.ConflictException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.internal.blueprint.Blueprint;
import io.k8saws.internal.blueprint.Surroundings;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.graph.Observed.Origin;
import io.k8saws.internal.graph.ResourceGraph;
import io.k8saws.internal.resource.AwsImages;
import io.k8saws.internal.resource.HostedZoneLookup;
import io.k8saws.internal.resource.Keys;
import io.k8saws.internal.resource.Reading;
import io.k8saws.internal.resource.ResourceKinds;
import io.k8saws.internal.seam.GuardedClients;
import io.k8saws.internal.seam.Sleeper;
import io.k8saws.internal.state.Lease;
import io.k8saws.internal.state.StateStore;
import io.k8saws.pki.ClusterKey;
import io.k8saws.pki.KeyGeneration;
import io.k8saws.pki.KeyRing;
import io.k8saws.plan.ApplyReport;
import io.k8saws.plan.Plan;
import io.k8saws.plan.ResourceAddress;
import io.k8saws.progress.ProgressListener;
import io.k8saws.state.ClusterState;
import io.k8saws.state.PublicRecord;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** Plans and applies. Safe to use from many threads; plans of different clusters run side by side. */
public final class Engine implements AutoCloseable {
    private final GuardedClients aws;
    private final ResiliencePolicy policy;
    private final Sleeper sleeper;
    private final Clock clock;
    private final Duration lockLease;
    private final Pinning pinning;
    private final Optional<String> machineEndpoint;
    private final Operations operations = new Operations();
    private final ThreadPoolExecutor threads;
    private final ResourceKinds kinds = ResourceKinds.all();

    /**
     * Makes an engine.
     *
     * @param aws the calls; closed by the caller
     * @param policy how patiently AWS is called
     * @param sleeper lets time pass
     * @param clock for times in the state
     * @param lockLease how long a lock is held without being renewed
     * @param sums where the hashes of programs come from
     * @param machineEndpoint where machines reach AWS, when it is an emulator
     */
    public Engine(
            GuardedClients aws,
            ResiliencePolicy policy,
            Sleeper sleeper,
            Clock clock,
            Duration lockLease,
            AssetSums sums,
            Optional<String> machineEndpoint) {
        this.aws = aws;
        this.policy = policy;
        this.sleeper = sleeper;
        this.clock = clock;
        this.lockLease = lockLease;
        this.pinning = new Pinning(sums, new AwsImages(aws));
        this.machineEndpoint = machineEndpoint;
        this.threads = Threads.pool(policy.maxConcurrency());
    }

    /**
     * The state of a cluster.
     *
     * @param scope the cluster
     * @return its store
     */
    public StateStore state(ClusterScope scope) {
        return new StateStore(aws, scope.bucket(), scope.account(), scope.region(), clock, lockLease);
    }

    /**
     * Plans what makes the world match a spec. Reads only.
     *
     * @param spec the wanted cluster
     * @param scope where it lives
     * @return the plan
     */
    public Plan plan(ClusterSpec spec, ClusterScope scope) {
        return plan(spec, scope, Closely.NOTHING, former -> former, (state, keys) -> keys);
    }

    /**
     * Plans what makes the world match a spec, and sees what AWS tells for one resource a call only. Reads only.
     *
     * @param spec the wanted cluster
     * @param scope where it lives
     * @return the plan
     */
    public Plan planRepair(ClusterSpec spec, ClusterScope scope) {
        return plan(spec, scope, Closely.EVERYTHING, former -> former, (state, keys) -> keys);
    }

    /**
     * Plans what makes the world match a spec, with the images that are the newest now. Reads only.
     *
     * @param spec the wanted cluster
     * @param scope where it lives
     * @return the plan
     */
    public Plan planNewImages(ClusterSpec spec, ClusterScope scope) {
        return plan(spec, scope, Closely.NOTHING, former -> Pinning.withoutImages(spec, former), (state, keys) -> keys);
    }

    /**
     * Plans what makes the world match a spec, with other keys in use. Reads only.
     *
     * @param spec the wanted cluster
     * @param scope where it lives
     * @param next the keys to use from now on, by the cluster's state and the keys in use
     * @return the plan
     */
    public Plan planKeys(ClusterSpec spec, ClusterScope scope, BiFunction<ClusterState, KeyRing, KeyRing> next) {
        return plan(spec, scope, Closely.NOTHING, former -> former, next);
    }

    private Plan plan(
            ClusterSpec spec,
            ClusterScope scope,
            Predicate<ResourceAddress> closely,
            UnaryOperator<Pins> kept,
            BiFunction<ClusterState, KeyRing, KeyRing> nextKeys) {
        return operations.run(running -> {
            Optional<ClusterState> state = state(scope).read();
            Preconditions.requireReadableSecrets(state, spec);
            KeyRing keys =
                    state.map(found -> nextKeys.apply(found, keys(found, spec))).orElse(KeyRing.first());
            Pins pins = pinning.of(
                    spec,
                    kept.apply(state.map(Engine::known).orElse(Pins.none())),
                    new Reading(aws, scope, Set.of(), threads, address -> false, clock));
            Look look = look(Optional.of(spec), pins, keys, scope, state, closely);
            Preconditions.requireFreeName(look, spec);
            Draft draft = look.converge();
            return new Plan(
                    Plan.Purpose.CONVERGE,
                    spec.name(),
                    scope.region(),
                    scope.account(),
                    Optional.of(spec),
                    look.serial(),
                    draft.changes(),
                    draft.unchanged(),
                    draft.world().foreign(),
                    pins,
                    keys);
        });
    }

    /** All that was looked up: a plan that was not applied to its end does not make what was trusted before forgotten. */
    private static Pins known(ClusterState state) {
        Map<String, String> known = new HashMap<>(state.appliedPins().values());
        known.putAll(state.pins().values());
        return new Pins(known);
    }

    /**
     * The keys in use. When Secrets are to be encrypted from now on, all API servers first learn to read what is encrypted: the machines that run could not.
     */
    private KeyRing keys(ClusterState state, ClusterSpec spec) {
        boolean plain = state.lastWanted()
                .filter(last -> last.kubernetes().secretsEncryption() == SecretsEncryption.NONE)
                .isPresent();
        boolean begins = plain && spec.kubernetes().secretsEncryption() != SecretsEncryption.NONE;
        return begins
                ? state.keys().begin(ClusterKey.SECRETS_ENCRYPTION, 0, Duration.ZERO, Instant.now(clock))
                : state.keys();
    }

    /**
     * Plans the deletion of everything that a cluster owns. Reads only.
     *
     * @param scope the cluster
     * @return the plan; empty when there is nothing
     */
    public Plan planDestroy(ClusterScope scope) {
        return operations.run(running -> {
            Optional<ClusterState> state = state(scope).read();
            KeyRing keys = state.map(ClusterState::keys).orElse(KeyRing.first());
            Look look = look(Optional.empty(), Pins.none(), keys, scope, state, Closely.NOTHING);
            boolean ours = look.state().isPresent()
                    || look.world().all().stream().anyMatch(resource -> resource.origin() == Origin.OURS);
            // other tools tag what they own in the same way: without anything of ours it is their cluster
            Draft draft = ours ? look.destroy() : new Draft(List.of(), 0, look.world());
            return new Plan(
                    Plan.Purpose.DESTROY,
                    scope.cluster(),
                    scope.region(),
                    scope.account(),
                    look.state().flatMap(ClusterState::lastWanted),
                    look.serial(),
                    draft.changes(),
                    0,
                    draft.world().foreign(),
                    Pins.none(),
                    keys);
        });
    }

    /**
     * Applies a plan.
     *
     * @param plan the plan
     * @param scope the cluster
     * @param listener hears what happens, on the calling thread
     * @return what was done
     */
    public ApplyReport apply(Plan plan, ClusterScope scope, ProgressListener listener) {
        return operations.run(running -> new Application(this, plan, scope, listener, running).run());
    }

    /**
     * One look at the world with what it is compared to.
     *
     * @param kinds the kinds
     * @param wanted what is wanted
     * @param last what the last apply wanted, however far it came
     * @param settled what the last apply that came to its end wanted
     * @param state the state; empty when the cluster has none
     * @param dnsZones the records that were looked for in hosted zones which the cluster did not make
     * @param wantedDnsZones those of them that are wanted
     * @param world what was seen
     * @param retired keys that nothing needs any more
     */
    record Look(
            ResourceKinds kinds,
            ResourceGraph wanted,
            ResourceGraph last,
            ResourceGraph settled,
            Optional<ClusterState> state,
            Set<Reading.DnsZone> dnsZones,
            Set<Reading.DnsZone> wantedDnsZones,
            World world,
            Set<ResourceAddress> retired) {
        long serial() {
            return state.map(ClusterState::serial).orElse(0L);
        }

        /** What the state must remember until all of this is proven done. */
        Set<PublicRecord> records() {
            return records(dnsZones);
        }

        /** What the state must remember from then on. */
        Set<PublicRecord> wantedRecords() {
            return records(wantedDnsZones);
        }

        private static Set<PublicRecord> records(Set<Reading.DnsZone> zones) {
            return zones.stream()
                    .map(zone -> new PublicRecord(zone.id(), zone.recordName()))
                    .collect(Collectors.toSet());
        }

        Draft converge() {
            return Planner.converge(kinds, wanted, last, settled, world, retired);
        }

        Draft destroy() {
            return Planner.destroy(kinds, world);
        }
    }

    /**
     * Looks at the world.
     *
     * @param spec what is wanted; empty when everything goes
     * @param pins what was looked up for it
     * @param keys which of its keys are in use
     * @param scope the cluster
     * @param state the state; empty when the cluster has none
     * @param closely which resources are asked for one by one
     * @return what was seen and what it is compared to
     */
    Look look(
            Optional<ClusterSpec> spec,
            Pins pins,
            KeyRing keys,
            ClusterScope scope,
            Optional<ClusterState> state,
            Predicate<ResourceAddress> closely) {
        HostedZoneLookup zones = new HostedZoneLookup(aws);
        Optional<ClusterSpec> lastSpec = state.flatMap(ClusterState::lastWanted);
        Optional<ClusterSpec> settledSpec = state.flatMap(ClusterState::applied);
        Set<Reading.DnsZone> dnsZones = new HashSet<>();
        Set<Reading.DnsZone> wantedZones =
                spec.flatMap(zones::publicZone).map(Set::of).orElse(Set.of());
        dnsZones.addAll(wantedZones);
        state.map(ClusterState::records)
                .ifPresent(records ->
                        records.forEach(record -> dnsZones.add(new Reading.DnsZone(record.zoneId(), record.name()))));
        lastSpec.flatMap(zones::formerPublicZone).ifPresent(dnsZones::add);
        settledSpec.flatMap(zones::formerPublicZone).ifPresent(dnsZones::add);
        Reading reading = new Reading(aws, scope, dnsZones, threads, closely, clock);
        zones.tell(reading);
        World seen = new Observer(kinds, threads).observe(reading, spec.isEmpty());
        World world = spec.isEmpty() ? seen.withoutOtherClusters() : seen;
        ResourceGraph wanted = spec.map(
                        wish -> Blueprint.of(wish, scope, surroundings(zones.publicZone(wish), pins, keys)))
                .orElse(ResourceGraph.empty());
        Pins lastPins = state.map(ClusterState::lastPins).orElse(Pins.none());
        Pins settledPins = state.map(ClusterState::appliedPins).orElse(Pins.none());
        KeyRing lastKeys = state.map(ClusterState::keys).orElse(KeyRing.first());
        KeyRing settledKeys = state.map(ClusterState::appliedKeys).orElse(KeyRing.first());
        ResourceGraph last = former(lastSpec, lastPins, lastKeys, scope, zones);
        ResourceGraph settled =
                settledSpec.equals(lastSpec) && settledPins.equals(lastPins) && settledKeys.equals(lastKeys)
                        ? last
                        : former(settledSpec, settledPins, settledKeys, scope, zones);
        Set<ResourceAddress> retired = keys.retired().stream()
                .map(key -> new ResourceAddress(Keys.KIND, key.name()))
                .collect(Collectors.toSet());
        return new Look(kinds, wanted, last, settled, state, dnsZones, wantedZones, world, retired);
    }

    /**
     * What a former apply wanted; nothing when that can no longer be told, because its hosted zone is gone, or because it was pinned by a version of this library that
     * looked up less.
     */
    private ResourceGraph former(
            Optional<ClusterSpec> spec, Pins pins, KeyRing keys, ClusterScope scope, HostedZoneLookup zones) {
        return spec.filter(wish -> wish.dns().kind() != DnsKind.PUBLIC
                        || zones.formerPublicZone(wish).isPresent())
                .filter(wish -> surroundings(Optional.empty(), pins, keys).sufficeFor(wish))
                .map(wish -> Blueprint.of(wish, scope, surroundings(zones.formerPublicZone(wish), pins, keys)))
                .orElse(ResourceGraph.empty());
    }

    private Surroundings surroundings(Optional<Reading.DnsZone> zone, Pins pins, KeyRing keys) {
        return new Surroundings(zone.map(Reading.DnsZone::id), pins, keys.use(), machineEndpoint);
    }

    /**
     * Writes a key that the user brings, under the cluster's lock.
     *
     * @param scope the cluster
     * @param key which one
     * @param next whether it is the one that the next rotation goes to, and not the first
     * @param kmsKey the KMS key with which S3 encrypts it; empty for the bucket's own encryption
     * @param text makes the key, when nothing else stands against it, from the keys that are there
     * @return the generation that was written
     * @throws ConflictException if the cluster has it already, or another writer works on it
     * @throws K8sAwsException if it was there before and somebody deleted it, a later one is there, or there is none yet that a rotation could go from; nothing was written
     */
    public KeyGeneration keepKey(
            ClusterScope scope,
            ClusterKey key,
            boolean next,
            Optional<String> kmsKey,
            Function<Map<KeyGeneration, String>, String> text) {
        return operations.run(running -> new GivenKeys(aws, scope, state(scope)).keep(key, next, kmsKey, text));
    }

    /**
     * Destroys the key that a user has given for the next rotation, under the cluster's lock.
     *
     * @param scope the cluster
     * @param key which one
     * @return what was destroyed; empty when none was given
     * @throws ConflictException if another writer works on the cluster
     * @throws K8sAwsException if machines have it, if a later one is there, or if the one before it is not: then the cluster's state is not the newest; nothing was destroyed
     */
    public Optional<KeyGeneration> forgetNextKey(ClusterScope scope, ClusterKey key) {
        return operations.run(running -> new GivenKeys(aws, scope, state(scope)).forgetNext(key));
    }

    /**
     * Does something to a cluster while nobody else changes it.
     *
     * @param scope the cluster
     * @param <T> what the work returns
     * @param work gets what to call before each change: it refuses to go on when the lock was lost or the library is closed
     * @return what the work returns
     * @throws ConflictException if another writer works on the cluster
     */
    public <T> T locked(ClusterScope scope, Function<Runnable, T> work) {
        return operations.run(running -> {
            StateStore store = state(scope);
            try (Lease lease = store.acquire(store.standing())) {
                return work.apply(() -> {
                    if (running.stopping()) {
                        throw new OperationCancelledException(
                                "Change cluster " + scope.cluster(), "the library was closed");
                    }
                    lease.requireHeld();
                });
            }
        });
    }

    /** How closely the apply of a plan looks. */
    Predicate<ResourceAddress> closelyAsFor(Plan plan) {
        return Closely.asFor(plan, kinds);
    }

    GuardedClients aws() {
        return aws;
    }

    Clock clock() {
        return clock;
    }

    ResiliencePolicy policy() {
        return policy;
    }

    Sleeper sleeper() {
        return sleeper;
    }

    /**
     * Lets what runs end: running steps go on for at most one attempt's time, no new one starts, and each apply writes how far it came. Then stops the threads.
     */
    @Override
    public void close() {
        operations.close(policy.attemptTimeout());
        Answer.cancel(threads.shutdownNow());
    }

    /**
     * Refuses a plan of another account or region.
     *
     * @param plan the plan
     * @param scope where this engine works
     */
    static void requireSamePlace(Plan plan, ClusterScope scope) {
        if (!plan.account().equals(scope.account()) || !plan.region().equals(scope.region())) {
            throw new K8sAwsException(
                    "Apply plan " + plan.id() + " to " + plan.cluster(),
                    "it was made for account " + plan.account() + " in " + plan.region() + ", but this is account "
                            + scope.account() + " in " + scope.region(),
                    "connect to the plan's account and region, or plan again here");
        }
    }

    /** The names of the changes that are listed in an error. */
    static String names(List<String> names) {
        return names.stream().limit(5).toList() + (names.size() > 5 ? " and " + (names.size() - 5) + " more" : "");
    }
}
