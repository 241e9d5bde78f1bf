package io.k8saws.dns;

import io.k8saws.aws.AwsAccess;
import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.dns.alias.AliasTargets;
import io.k8saws.dns.health.RetiredChecks;
import io.k8saws.dns.internal.engine.ZoneCalls;
import io.k8saws.dns.internal.engine.ZoneChanges;
import io.k8saws.dns.internal.route53.AskedAliases;
import io.k8saws.dns.internal.route53.CheckedChanges;
import io.k8saws.dns.internal.route53.HealthPlans;
import io.k8saws.dns.internal.route53.Retirement;
import io.k8saws.dns.internal.route53.ZoneAccounts;
import io.k8saws.dns.owner.OwnerMarks;
import io.k8saws.dns.plan.ChangePolicy;
import io.k8saws.dns.plan.DnsPlan;
import io.k8saws.dns.plan.DnsPlanner;
import io.k8saws.dns.plan.KeptNames;
import io.k8saws.dns.plan.NameResult;
import io.k8saws.dns.plan.ZoneContent;
import io.k8saws.dns.plan.ZonePlan;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.Endpoint;
import io.k8saws.dns.record.RecordSet;
import io.k8saws.dns.resolve.Expectation;
import io.k8saws.dns.resolve.Resolver;
import io.k8saws.dns.zone.HostedZone;
import io.k8saws.dns.zone.ZoneChoice;
import io.k8saws.dns.zone.ZoneFilter;
import io.k8saws.error.AccessDeniedException;
import io.k8saws.error.K8sAwsException;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.error.WaitTimeoutException;
import io.k8saws.internal.seam.GuardedClients;
import io.k8saws.internal.seam.Sleeper;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Names in Route 53, of any account and any program.
 *
 * <pre>{@code
 * try (Dns dns = Dns.of(AwsAccess.of("eu-west-1"), "payments")) {
 *     DnsPlan plan = dns.plan(Records.builder("payments")
 *             .add("api.example.com", r -> r.addresses("192.0.2.1"))
 *             .build());
 *     System.out.println(plan);
 *     dns.apply(plan.requireFewDeletions(5, 0.1)).requireDone();
 * }
 * }</pre>
 *
 * <p>A plan reads the zones that the filter lets through, and wants all names of its owner to be as the records say, and no other name. Records of others, and those that nobody has marked, are told and never touched. An apply goes by compare and
 * set: what has changed since the plan is refused by Route 53, name by name. It may be cut off anywhere and done again. Safe to use from many threads; each call has a deadline.
 */
public final class Dns implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofSeconds(2);

    private final GuardedClients clients;
    private final ZoneAccounts accounts;
    private final Sleeper sleeper;
    private final ZoneFilter filter;
    private final DnsPlanner planner;
    private final Optional<AskedAliases> asking;
    private final InstantSource clock;
    private final ReadWriteLock retiring = new ReentrantReadWriteLock(); // applies are its readers
    private final ZonesAtOnce threads = new ZonesAtOnce();
    private final ExecutorService waits;
    private final AnswersOfZones answers;

    private Dns(Builder builder) {
        this.sleeper = Sleeper.system();
        this.clients = GuardedClients.open(builder.access, builder.resilience, sleeper);
        this.clock = Clock.systemUTC();
        this.accounts = new ZoneAccounts(
                builder.access, builder.resilience, sleeper, clients, builder.filter, builder.marks.owner(), clock);
        this.filter = builder.filter;
        this.asking = AskedAliases.of(builder.aliases, clients, builder.access.region());
        AliasTargets aliases = asking.<AliasTargets>map(asked -> asked).orElse(builder.aliases);
        this.planner = new DnsPlanner(builder.marks, builder.policy, aliases, builder.ttl);
        this.waits = Executors.newCachedThreadPool(ZonesAtOnce::thread); // one for each wait, none without
        this.answers = new AnswersOfZones(accounts, sleeper, waits);
    }

    /**
     * Names of an owner, in all zones of the account, marked without prefix and kept in step.
     *
     * @param access how AWS is reached
     * @param owner the owner's id: one for each program that writes into the same zones
     * @return to close
     */
    public static Dns of(AwsAccess access, String owner) {
        return builder(access, OwnerMarks.of(owner)).build();
    }

    /**
     * Starts to describe whose names are looked after, and how.
     *
     * @param access how AWS is reached
     * @param marks who the owner is, and how it marks its records
     * @return a builder
     */
    public static Builder builder(AwsAccess access, OwnerMarks marks) {
        return new Builder(access, marks);
    }

    /**
     * The zones that are looked after.
     *
     * @return those that the filter lets through, of each account that is reached; without those of a role that cannot be assumed
     */
    public List<HostedZone> zones() {
        threads.requireOpen();
        return accounts.discover().zones();
    }

    /**
     * Plans so that the names of this owner are as these records say. Changes nothing.
     *
     * @param records all names that are wanted
     * @return the plan
     */
    public DnsPlan plan(Records records) {
        return plan(records.endpoints());
    }

    /**
     * Plans so that the names of this owner are as these endpoints say, and no other name. Changes nothing. For objects of a cluster take {@link #plan(ClusterRecords)}: it keeps the names of those that ask what cannot be.
     *
     * @param endpoints all that is wanted, from any source
     * @return the plan
     */
    public DnsPlan plan(Collection<Endpoint> endpoints) {
        return plan(endpoints, KeptNames.none());
    }

    /**
     * Plans so that the names of this owner are as objects of a cluster say. Changes nothing. A name whose object asks what cannot be, or has nothing to lead to, keeps what it has, and is told.
     *
     * @param records what the objects want
     * @return the plan
     */
    public DnsPlan plan(ClusterRecords records) {
        return plan(records.endpoints(), records.kept());
    }

    private DnsPlan plan(Collection<Endpoint> endpoints, KeptNames kept) {
        threads.requireOpen();
        asking.ifPresent(asked -> asked.ask(endpoints));
        ZoneChoice choice = accounts.discover();
        List<HostedZone> found = choice.zones();
        Map<HostedZone, AccessDeniedException> denied = new ConcurrentHashMap<>();
        List<Callable<Optional<ZoneContent>>> reads = new ArrayList<>();
        found.forEach(zone -> reads.add(() -> content(zone, denied)));
        List<Optional<ZoneContent>> read = threads.all(reads, "Read zones");
        Map<String, ZoneContent> contents = new LinkedHashMap<>();
        for (int i = 0; i < found.size(); i++) {
            String id = found.get(i).id();
            read.get(i).ifPresent(content -> contents.put(id, content));
        }
        for (HostedZone zone : found) {
            AccessDeniedException why = denied.get(zone);
            if (why != null && denied.size() == found.size()) {
                throw why;
            }
            if (why != null) {
                choice = ZoneAccounts.without(choice, zone, why);
            }
        }
        boolean checked =
                endpoints.stream().anyMatch(one -> one.options().healthCheck().isPresent());
        Set<DnsName> guessed = guessed(endpoints);
        return checked
                ? HealthPlans.plan(planner, endpoints, choice, contents, guessed::contains, kept, accounts)
                : planner.plan(endpoints, choice, contents, guessed::contains, kept);
    }

    /** What leads to load balancers of which AWS does not tell now loses nothing by that. */
    private Set<DnsName> guessed(Collection<Endpoint> endpoints) {
        return asking.stream()
                .flatMap(asked -> endpoints.stream().filter(endpoint -> asked.isGuessed(List.of(endpoint))))
                .map(Endpoint::name)
                .collect(Collectors.toSet());
    }

    /**
     * Does what a plan says, several zones at once, one call after the other in each. A name that Route 53 refuses is told, and all others go on.
     *
     * @param plan of this owner
     * @return what became of each name
     * @throws K8sAwsException if the plan is another owner's
     */
    public DnsReport apply(DnsPlan plan) {
        threads.requireOpen();
        String owner = planner.marks().owner();
        if (!plan.owner().equals(owner)) {
            throw new K8sAwsException(
                    "Apply a plan of owner " + plan.owner(),
                    "this is owner " + owner,
                    "apply it with the one that has made it",
                    Map.of("owner", owner),
                    null);
        }
        List<NameResult> results = Collections.synchronizedList(new ArrayList<>());
        List<Callable<Optional<String>>> works = new ArrayList<>();
        for (ZonePlan zone : plan.zones()) {
            if (!zone.changed().isEmpty()) {
                works.add(() -> {
                    Optional<String> change = new CheckedChanges(
                                    zone.zone(),
                                    accounts.checks(zone.zone()),
                                    new ZoneChanges(zone.zone(), accounts.calls(zone.zone()), results::add),
                                    results::add,
                                    clock)
                            .apply(zone.changed());
                    change.ifPresent(id -> accounts.note(id, zone.zone()));
                    return change;
                });
            }
        }
        retiring.readLock().lock();
        try {
            List<String> changes = threads.all(works, "Change zones").stream()
                    .flatMap(Optional::stream)
                    .toList();
            return new DnsReport(owner, results, changes);
        } finally {
            retiring.readLock().unlock();
        }
    }

    /**
     * Looks after the health checks that were made here and that no record uses any more. It lists them, reads all zones, and marks those that are unused with the time; one that has had that mark for half an hour, and is still unused, goes. So it
     * takes two calls of this to get rid of one, such as from a program that runs each hour. What is tagged as another owner's is never touched. Waits for applies that run, and they for it.
     *
     * @return what was done; where a zone cannot be read, nothing is deleted, and it says why
     */
    public RetiredChecks retireHealthChecks() {
        threads.requireOpen();
        retiring.writeLock().lock();
        try {
            ZoneChoice choice = accounts.discover();
            List<String> unread = new ArrayList<>();
            choice.unreachable().forEach(one -> unread.add("Zones cannot be reached: " + one.why()));
            Retirement round = accounts.retirement(choice.zones());
            Set<String> used = new HashSet<>();
            if (round.isNeeded()) {
                Map<HostedZone, AccessDeniedException> denied = new ConcurrentHashMap<>();
                List<Callable<Optional<Set<String>>>> reads = new ArrayList<>();
                choice.zones()
                        .forEach(zone -> reads.add(() -> content(zone, denied).map(ZoneContent::healthChecks)));
                threads.all(reads, "Read zones").forEach(ids -> ids.ifPresent(used::addAll));
                denied.forEach((zone, why) -> unread.add(zone + " cannot be read: " + why.getMessage()));
            }
            return round.end(used, unread);
        } finally {
            retiring.writeLock().unlock();
        }
    }

    private Optional<ZoneContent> content(HostedZone zone, Map<HostedZone, AccessDeniedException> denied) {
        try {
            return Optional.of(content(zone));
        } catch (AccessDeniedException e) {
            denied.put(zone, e);
            return Optional.empty();
        }
    }

    private ZoneContent content(HostedZone zone) {
        ZoneCalls calls = accounts.calls(zone);
        List<RecordSet> sets = new ArrayList<>();
        Optional<ZoneCalls.Position> from = Optional.empty();
        do {
            ZoneCalls.Page page = calls.list(from);
            sets.addAll(page.sets());
            from = page.next();
        } while (from.isPresent());
        return ZoneContent.of(sets);
    }

    /**
     * Waits until all name servers of Route 53 have what an apply has changed.
     *
     * @param report what the apply did
     * @param limit how long at most; it takes a minute as a rule
     * @throws WaitTimeoutException if it takes longer
     */
    public void waitUntilInSync(DnsReport report, Duration limit) {
        threads.requireOpen();
        long started = sleeper.nanoTime();
        for (String change : report.changeIds()) {
            while (!accounts.isInSync(change)) {
                Duration waited = Duration.ofNanos(sleeper.nanoTime() - started);
                if (waited.compareTo(limit) >= 0) {
                    throw new WaitTimeoutException(
                            "all name servers to have change " + change,
                            waited,
                            "Route 53 says that it is pending",
                            Map.of("change", change));
                }
                sleeper.sleep(PAUSE, "Wait until name servers have change " + change);
            }
        }
    }

    /**
     * Asks the name servers of each public zone until all of them answer as planned: that what was written is found by who asks. See {@link Expectation} for what is compared.
     *
     * @param plan what was applied
     * @param report what became of it; names that are not done are not asked for
     * @param limit how long at most; it takes a minute as a rule
     * @return completes then; fails with {@link WaitTimeoutException} if it takes longer, with {@link K8sAwsException} if a zone is private: name a resolver for it; with {@link OperationCancelledException} if this is closed
     */
    public CompletableFuture<Void> resolves(DnsPlan plan, DnsReport report, Duration limit) {
        return resolves(plan, report, limit, answers::nameServers);
    }

    /**
     * Asks resolvers of your choice until all of them answer as planned. One that remembers answers, as those of VPCs do, goes on with an old one for its time to live.
     *
     * @param plan what was applied
     * @param report what became of it; names that are not done are not asked for
     * @param limit how long at most
     * @param resolvers who is asked for the names of a zone
     * @return completes then; fails as {@link #resolves(DnsPlan, DnsReport, Duration)} does
     */
    public CompletableFuture<Void> resolves(
            DnsPlan plan, DnsReport report, Duration limit, Function<HostedZone, List<Resolver>> resolvers) {
        try {
            return CompletableFuture.runAsync(() -> answers.await(plan, report, limit, resolvers), waits);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(
                    new OperationCancelledException("Wait until names are answered as planned", "this is closed"));
        }
    }

    /**
     * What AWS does not allow to ask of load balancers and VPC endpoints, or does not answer, so that their names alone tell where aliases lead.
     *
     * @return sentences; empty when all is well, and before the first plan
     */
    public List<String> aliasProblems() {
        return asking.map(AskedAliases::problems).orElse(List.of());
    }

    /**
     * How many calls were sent to AWS so far, retries included.
     *
     * @return 0 or more
     */
    public long calls() {
        return accounts.sent();
    }

    /** Ends calls that run, which throw {@link OperationCancelledException}, and closes connections. What is called later throws {@link IllegalStateException}; {@code resolves} returns a future that has failed with {@link OperationCancelledException}. */
    @Override
    public void close() {
        threads.close();
        waits.shutdownNow();
        accounts.close();
        clients.close();
    }

    /** The owner, the policy and the filter. */
    @Override
    public String toString() {
        return "DNS of " + planner.marks() + ", " + planner.policy() + ", " + filter;
    }

    /** Describes whose names are looked after, and how. Not thread-safe. */
    public static final class Builder {
        private final AwsAccess access;
        private final OwnerMarks marks;
        private ResiliencePolicy resilience = ResiliencePolicy.defaults();
        private ZoneFilter filter = ZoneFilter.all();
        private ChangePolicy policy = ChangePolicy.SYNC;
        private AliasTargets aliases = AliasTargets.ofAws();
        private Duration ttl = Duration.ofMinutes(5);

        private Builder(AwsAccess access, OwnerMarks marks) {
            this.access = Objects.requireNonNull(access, "access");
            this.marks = Objects.requireNonNull(marks, "marks");
        }

        /**
         * Says which zones and names are looked after.
         *
         * @param wanted all of the account unless said otherwise
         * @return this builder
         */
        public Builder filter(ZoneFilter wanted) {
            filter = wanted;
            return this;
        }

        /**
         * Says what may be done.
         *
         * @param wanted {@link ChangePolicy#SYNC} unless said otherwise
         * @return this builder
         */
        public Builder policy(ChangePolicy wanted) {
            policy = wanted;
            return this;
        }

        /**
         * Tells what host names of AWS are.
         *
         * @param wanted {@link AliasTargets#ofAws} unless said otherwise; {@link AliasTargets#byName} asks nobody
         * @return this builder
         */
        public Builder aliases(AliasTargets wanted) {
            aliases = wanted;
            return this;
        }

        /**
         * Says how long answers may be kept whose source says nothing.
         *
         * @param wanted five minutes unless said otherwise
         * @return this builder
         */
        public Builder ttl(Duration wanted) {
            ttl = wanted;
            return this;
        }

        /**
         * Says how patiently AWS is called.
         *
         * @param wanted the default unless said otherwise
         * @return this builder
         */
        public Builder resilience(ResiliencePolicy wanted) {
            resilience = wanted;
            return this;
        }

        /**
         * Makes it. Calls nobody.
         *
         * @return to close
         */
        public Dns build() {
            return new Dns(this);
        }
    }
}
