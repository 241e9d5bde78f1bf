package io.k8saws.dns.internal.route53;

import io.k8saws.aws.AwsAccess;
import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.dns.internal.engine.ZoneCalls;
import io.k8saws.dns.zone.HostedZone;
import io.k8saws.dns.zone.UnreachableZones;
import io.k8saws.dns.zone.ZoneChoice;
import io.k8saws.dns.zone.ZoneFilter;
import io.k8saws.dns.zone.ZoneRole;
import io.k8saws.error.AccessDeniedException;
import io.k8saws.error.AwsCallException;
import io.k8saws.error.OperationCancelledException;
import io.k8saws.internal.seam.CallListener;
import io.k8saws.internal.seam.GuardedClients;
import io.k8saws.internal.seam.Sleeper;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * The accounts in which zones lie: the one of the access, and those of roles, each with clients and limits of its own. What goes wrong with a role is told of its zones, and all others are reached. Safe to use from many threads.
 */
public final class ZoneAccounts implements AutoCloseable {
    private static final int MOST_CHANGES = 10_000;

    private final AwsAccess access;
    private final ResiliencePolicy policy;
    private final Sleeper sleeper;
    private final GuardedClients own;
    private final ZoneFilter filter;
    private final String owner;
    private final InstantSource clock;
    private final ChecksInHand hand;
    private final ConcurrentMap<String, HealthChecks> checks = new ConcurrentHashMap<>();
    private final Set<String> strange = ConcurrentHashMap.newKeySet(); // checks of record sets that are not read
    private final ConcurrentMap<ZoneRole, GuardedClients> opened = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, GuardedClients> byZone = new ConcurrentHashMap<>();
    private final Map<String, GuardedClients> byChange = Collections.synchronizedMap(newest(MOST_CHANGES));

    /**
     * Makes it; calls nothing.
     *
     * @param access how AWS is reached
     * @param policy how patiently it is called
     * @param sleeper lets time pass
     * @param own the calls in the account of the access; the caller closes them
     * @param filter which zones are looked after, and by which roles
     * @param owner whose health checks are ours
     * @param clock the time of day, which stands on health checks that nobody uses
     */
    public ZoneAccounts(
            AwsAccess access,
            ResiliencePolicy policy,
            Sleeper sleeper,
            GuardedClients own,
            ZoneFilter filter,
            String owner,
            InstantSource clock) {
        this.owner = owner;
        this.clock = clock;
        this.hand = new ChecksInHand(clock);
        this.access = access;
        this.policy = policy;
        this.sleeper = sleeper;
        this.own = own;
        this.filter = filter;
    }

    /** A map that forgets its oldest entry for each that is too many. */
    static <V> Map<String, V> newest(int most) {
        return new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
                return size() > most;
            }
        };
    }

    /**
     * Finds the zones of all accounts: one call or more for each.
     *
     * @return the zones, and which cannot be reached
     */
    public ZoneChoice discover() {
        Map<String, HostedZone> zones = new LinkedHashMap<>();
        List<UnreachableZones> unreachable = new ArrayList<>();
        for (ZoneRole role : filter.roles()) {
            try {
                GuardedClients aws = clients(role);
                for (HostedZone zone : new Route53Zones(aws).zones(filter)) {
                    if (role.covers(zone) && zones.putIfAbsent(zone.id(), zone) == null) {
                        byZone.put(zone.id(), aws);
                    }
                }
            } catch (AwsCallException e) {
                unreachable.add(
                        new UnreachableZones(role.zoneIds(), role.domains(), "by " + role + ": " + e.getMessage()));
            }
        }
        try {
            for (HostedZone zone : new Route53Zones(own).zones(filter)) {
                boolean isOfARole =
                        unreachable.stream().anyMatch(one -> one.ids().contains(zone.id()));
                if (!isOfARole && zones.putIfAbsent(zone.id(), zone) == null) {
                    byZone.put(zone.id(), own);
                }
            }
        } catch (AccessDeniedException e) {
            if (filter.roles().isEmpty()) {
                throw e;
            }
            unreachable.add(new UnreachableZones(Set.of(), Set.of(), "in the account itself: " + e.getMessage()));
        }
        return new ZoneChoice(List.copyOf(zones.values()), filter, unreachable);
    }

    private GuardedClients clients(ZoneRole role) {
        GuardedClients known = opened.get(role);
        if (known != null) {
            return known;
        }
        RoleCredentials credentials = new RoleCredentials(own, role, sleeper::nanoTime);
        credentials.resolveCredentials(); // what is wrong with the role shows here, and not in the midst of a call
        return opened.computeIfAbsent(
                role, one -> GuardedClients.open(access.withCredentials(credentials), policy, sleeper));
    }

    /**
     * A choice without a zone that turned out not to be readable.
     *
     * @param choice the choice
     * @param zone the zone
     * @param why why not
     * @return the smaller choice
     */
    public static ZoneChoice without(ZoneChoice choice, HostedZone zone, AccessDeniedException why) {
        List<UnreachableZones> unreachable = new ArrayList<>(choice.unreachable());
        unreachable.add(new UnreachableZones(Set.of(zone.id()), Set.of(zone.name()), zone + ": " + why.getMessage()));
        return new ZoneChoice(
                choice.zones().stream().filter(one -> !one.equals(zone)).toList(), choice.filter(), unreachable);
    }

    /**
     * The way into a zone, in its account.
     *
     * @param zone one that was discovered
     * @return its calls
     */
    public ZoneCalls calls(HostedZone zone) {
        return calls(zone, () -> false);
    }

    /**
     * The way into a zone, in its account, for one who may write for a while only.
     *
     * @param zone one that was discovered
     * @param isOver whether that is over: then no change is sent any more, for the first time or again, and who waits for one gets an {@link OperationCancelledException}. Must not block
     * @return its calls
     */
    public ZoneCalls calls(HostedZone zone, BooleanSupplier isOver) {
        GuardedClients aws = byZone.getOrDefault(zone.id(), own).reportingTo(new UntilOver(isOver));
        return new GatedZone(new ZoneOfRoute53(zone, aws, aws.inBackground(), strange::add), checks(zone));
    }

    /**
     * The health checks of ours for records of a zone, in its account.
     *
     * @param zone one that was discovered
     * @return the same for the same zone
     */
    public HealthChecks checks(HostedZone zone) {
        return checks.computeIfAbsent(
                zone.id(),
                id -> new HealthChecks(new HealthOfRoute53(byZone.getOrDefault(id, own)), owner, id, hand, clock));
    }

    private record UntilOver(BooleanSupplier isOver) implements CallListener {
        @Override
        public void onRetry(String operation, int attempt, Duration delay, String reason) {}

        @Override
        public void beforeWrite(String operation) {
            if (isOver.getAsBoolean()) {
                throw new OperationCancelledException(
                        "Call " + operation, "who wrote into the zone may do so no longer");
            }
        }
    }

    /** What is known of health checks is looked for again when it is needed: somebody else may have led meanwhile. */
    public void forgetChecks() {
        checks.values().forEach(HealthChecks::stale);
    }

    /**
     * Begins to retire health checks: lists those of each account once. The zones are read after this.
     *
     * @param zones all that are looked after and can be reached
     * @return to {@link Retirement#end} once they are read; what could not be listed is told by it
     */
    public Retirement retirement(Collection<HostedZone> zones) {
        Map<GuardedClients, List<HostedZone>> accounts = new LinkedHashMap<>();
        zones.forEach(zone -> accounts.computeIfAbsent(byZone.getOrDefault(zone.id(), own), aws -> new ArrayList<>())
                .add(zone));
        Map<HealthChecks, List<OwnCheck>> found = new LinkedHashMap<>();
        Set<String> summedUp = new HashSet<>();
        List<String> why = new ArrayList<>();
        accounts.forEach((aws, some) -> {
            try {
                List<HealthCalls.Found> all = new HealthOfRoute53(aws.inBackground()).list();
                all.forEach(one -> summedUp.addAll(one.children()));
                for (HostedZone zone : some) {
                    HealthChecks here = checks(zone);
                    found.put(here, here.look(all));
                }
            } catch (AwsCallException e) {
                why.add("Health checks for records of " + some + " cannot be looked at: " + e.getMessage());
            }
        });
        ChecksElsewhere elsewhere = ChecksElsewhere.of(
                accounts.keySet().stream().map(GuardedClients::inBackground).toList(),
                zones.stream().map(HostedZone::id).collect(Collectors.toSet()));
        return new Retirement(found, summedUp, strange, why, elsewhere, clock.instant());
    }

    /**
     * Notes in which account a change was made, for the newest ten thousand of them.
     *
     * @param change the change's id
     * @param zone its zone
     */
    public void note(String change, HostedZone zone) {
        GuardedClients aws = byZone.getOrDefault(zone.id(), own);
        if (aws != own) {
            byChange.put(change, aws);
        }
    }

    /**
     * Tells whether all name servers have a change.
     *
     * @param change its id
     * @return whether they do
     */
    public boolean isInSync(String change) {
        return new Route53Zones(byChange.getOrDefault(change, own)).isInSync(change);
    }

    /**
     * How many calls were sent so far, in all accounts, retries included.
     *
     * @return 0 or more
     */
    public long sent() {
        return own.sent()
                + opened.values().stream().mapToLong(GuardedClients::sent).sum();
    }

    /** Closes the clients of roles. */
    @Override
    public void close() {
        opened.values().forEach(GuardedClients::close);
    }
}
