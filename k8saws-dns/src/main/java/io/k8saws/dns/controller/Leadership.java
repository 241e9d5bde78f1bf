package io.k8saws.dns.controller;

import io.k8saws.dns.alias.AliasTargets;
import io.k8saws.dns.health.RetiredChecks;
import io.k8saws.dns.internal.engine.Agenda;
import io.k8saws.dns.internal.engine.Applied;
import io.k8saws.dns.internal.engine.ChangeEngine;
import io.k8saws.dns.internal.engine.Pace;
import io.k8saws.dns.internal.engine.ZoneMirror;
import io.k8saws.dns.internal.kubernetes.ClusterWatch;
import io.k8saws.dns.internal.kubernetes.DesiredNames;
import io.k8saws.dns.internal.kubernetes.ZonePlanning;
import io.k8saws.dns.internal.route53.AskedAliases;
import io.k8saws.dns.internal.route53.ZoneAccounts;
import io.k8saws.dns.plan.DnsPlanner;
import io.k8saws.dns.plan.Finding;
import io.k8saws.dns.plan.NamePlan;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RecordSet;
import io.k8saws.dns.source.ObjectKey;
import io.k8saws.dns.zone.HostedZone;
import io.k8saws.dns.zone.ZoneChoice;
import io.k8saws.error.AccessDeniedException;
import io.k8saws.error.Violation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One term as the leader: reads the zones once, and then brings what is dirty into them. Its steps are called one at a time, those that answer questions from any thread. */
final class Leadership implements AutoCloseable {
    private final ZoneAccounts accounts;
    private final ClusterWatch watch;
    private final ObjectNews news;
    private final TermAgenda agenda;
    private final ChangeEngine engine;
    private final Grace grace;
    private final Telling telling;
    private final Consumer<DnsName> replan;
    private final DnsPlanner planner;
    private final HostLookup hosts;
    private final TermChecks checks;
    private final DeletionGuard guard;
    private final Departures departures;
    private ZoneChoice choice; // set before others see the term
    private Unfound unfound = new Unfound(0, List.of());
    private final TermZones zones;
    private final Leaves leaves = new Leaves();
    private final Troubles troubles = new Troubles();
    private final Flights flights = new Flights();
    private final Obstacles obstacles;
    private final Set<DnsName> late = ConcurrentHashMap.newKeySet(); // kept names that were on their way when looked at
    private volatile boolean closed;

    /** The zones, for what looks after health checks. */
    private final class OpenZones implements TermChecks.Zones {
        @Override
        public Collection<HostedZone> open() {
            return zones.all();
        }

        @Override
        public Collection<ZoneMirror> mirrors() {
            return zones.mirrors();
        }

        @Override
        public List<String> unreachable() {
            return Leadership.this.unreachable();
        }

        @Override
        public CompletableFuture<Void> read() {
            return Leadership.this.read();
        }
    }

    /** Makes a term; calls nothing. */
    Leadership(
            DnsControllerSettings settings,
            ZoneAccounts accounts,
            Optional<AskedAliases> asking,
            ClusterWatch watch,
            ObjectNews news,
            Grace grace,
            DeletionGuard guard,
            CheckNote note,
            Agenda all,
            Executor tellers,
            Consumer<DnsName> replan) {
        TermAgenda agenda = new TermAgenda(all);
        this.agenda = agenda;
        this.accounts = accounts;
        this.watch = watch;
        this.news = news;
        this.grace = grace;
        this.telling = new Telling(tellers, this::tell, agenda, news::takeUntold);
        this.replan = replan;
        this.hosts = new HostLookup(asking, name -> watch.desired().wish(name).endpoints(), agenda, replan);
        this.planner = new DnsPlanner(
                settings.marks(),
                settings.policy(),
                asking.<AliasTargets>map(asked -> asked).orElse(settings.aliases()),
                settings.ttl());
        this.zones = new TermZones(accounts, planner, settings.zones()::admits);
        this.guard = guard;
        this.departures = new Departures(
                guard,
                plan -> plan.kindsThatGo(settings.marks()),
                plan -> plan.ownersThatGo(settings.marks()).stream()
                        .anyMatch(owner -> !owner.equals(settings.marks().owner())),
                watch.desired()::isWantedBy,
                () -> watch.missing().isEmpty(),
                zones::owned,
                agenda::nanoTime);
        Pace pace = Pace.defaults();
        this.engine =
                new ChangeEngine(agenda, settings.audit().map(pace::withAudit).orElse(pace));
        this.obstacles = new Obstacles(agenda, engine::look, replan);
        this.choice = new ZoneChoice(List.of(), settings.zones());
        this.checks = new TermChecks(
                accounts, watch.desired(), new OpenZones(), note, agenda, replan, names -> tell(objectsOf(names)));
    }

    /** Reads the zones. Blocks; throws what the calls throw, and is cancelled when the term is closed. */
    void open() {
        accounts.forgetChecks();
        grace.clear();
        ZoneChoice found = accounts.discover();
        int unreached = found.unreachable().size();
        List<HostedZone> unread = new ArrayList<>();
        Map<HostedZone, CompletableFuture<ZoneMirror>> filling = new LinkedHashMap<>();
        for (HostedZone zone : found.zones()) {
            // what came to an end by itself is looked at again, so that what was told of it does not stay
            engine.open(
                    zone, accounts.calls(zone, () -> closed), (name, current) -> guarded(zone, name, current), name -> {
                        replan.accept(name);
                        obstacles.changed(zone.id(), name);
                    });
            filling.put(zone, engine.fill(zone.id()));
        }
        for (Map.Entry<HostedZone, CompletableFuture<ZoneMirror>> one : filling.entrySet()) {
            HostedZone zone = one.getKey();
            try {
                zones.add(zone, one.getValue().join());
            } catch (RuntimeException e) {
                if (!(e.getCause() instanceof AccessDeniedException why) || filling.size() == 1) {
                    throw e;
                }
                found = ZoneAccounts.without(found, zone, why); // the other zones go on
                unread.add(zone);
            }
        }
        unfound = new Unfound(unreached, List.copyOf(unread));
        choice = found;
        telling.tellMissed();
        checks.opened();
        zones.planBy(zone -> new ZonePlanning(
                zone,
                choice,
                planner,
                watch.desired()::wish,
                (name, waitsFor) -> grace.holds(name, waitsFor) || hosts.isGuessed(name)));
    }

    /** At the moment of writing nothing goes but what the guard has let go, and no check is brought that was not looked at just now. */
    private NamePlan guarded(HostedZone zone, DnsName name, Function<DnsName, List<RecordSet>> current) {
        NamePlan nothing = new NamePlan(name, List.of(), List.of(), List.of());
        if (hosts.isWaiting(name)) {
            return nothing; // it comes again
        }
        NamePlan plan = checks.ready(zone, zones.plan(zone, name, current)).orElse(nothing); // it comes again, too
        if (closed) {
            return nothing; // what the cluster wants is read anew, and was perhaps forgotten already
        }
        if (plan.losses() == 0 || leaves.has(zone.id(), name)) {
            return plan;
        }
        if (!departures.holds(name)) {
            replan.accept(name);
        }
        return checks.ready(zone, zones.spare(zone, name, current)).orElse(nothing);
    }

    /** All names that somebody wants or that are in a zone. */
    Set<DnsName> all() {
        Set<DnsName> names = new HashSet<>(watch.desired().names());
        names.addAll(zones.names());
        return names;
    }

    /** Brings names into their zones. Those that the guard keeps change and lose nothing. */
    void flush(Collection<DnsName> names) {
        Map<String, Set<DnsName>> changed = new LinkedHashMap<>();
        Map<DnsName, List<Departures.Loss>> going = new TreeMap<>();
        Map<DnsName, List<Departures.Loss>> unseen = new TreeMap<>();
        Map<String, Set<DnsName>> leaving = new HashMap<>();
        Set<DnsName> settled = new HashSet<>();
        boolean consented = guard.isConsented();
        for (DnsName name : hosts.ready(names)) {
            place(name);
            // looked at before the plan: the mirror has a change by the time that it is no longer under way
            if (flights.has(name)) {
                boolean mayLeave = departures.holds(name) && consented;
                if (mayLeave) {
                    departures.forget(name);
                } else if (departures.holds(name)) {
                    late.add(name);
                }
                // what is on its way is not in the mirror, so the lane plans it when that has landed
                zones.of(name).forEach(zone -> {
                    add(changed, zone, name);
                    if (mayLeave) {
                        add(leaving, zone, name);
                    }
                });
                continue;
            }
            boolean isChanged = false;
            boolean isSeen = true;
            List<Departures.Loss> losses = new ArrayList<>();
            for (HostedZone zone : zones.of(name)) {
                NamePlan plan;
                try {
                    plan = looked(name, zone);
                    Optional<NamePlan> ready = checks.ready(zone, plan);
                    if (ready.isEmpty()) {
                        isSeen = false;
                        continue; // it comes again with its checks
                    }
                    plan = ready.get();
                } catch (RuntimeException e) { // a mistake in one name is not the others' trouble
                    troubles.failed(name, zone.id(), "it cannot be planned: " + e);
                    isSeen = false;
                    continue;
                }
                if (plan.losses() > 0) {
                    losses.add(new Departures.Loss(zone, plan));
                    isChanged = true;
                } else if (!plan.isEmpty()) {
                    add(changed, zone, name);
                    isChanged = true;
                }
            }
            if (!isChanged) {
                settled.add(name);
            }
            if (isSeen || !departures.holds(name)) {
                departures.forget(name);
                if (!losses.isEmpty()) {
                    going.put(name, losses);
                }
            } else if (!losses.isEmpty()) {
                unseen.put(name, losses); // it stays kept until it is seen what it loses in all zones
            }
        }
        Set<DnsName> allowed = departures.decide(going);
        going.putAll(unseen);
        going.forEach((name, losses) -> losses.forEach(loss -> {
            HostedZone zone = loss.zone();
            if (allowed.contains(name)) {
                add(leaving, zone, name);
            } else if (zones.spare(zone, name).isEmpty()) {
                settled.add(name);
                return;
            }
            add(changed, zone, name);
        }));
        changed.forEach((zone, some) -> submit(zone, some, leaving.getOrDefault(zone, Set.of())));
        tell(objectsOf(settled));
    }

    private static void add(Map<String, Set<DnsName>> names, HostedZone zone, DnsName name) {
        names.computeIfAbsent(zone.id(), id -> new HashSet<>()).add(name);
    }

    /** Notes where no zone is right for a name. */
    private void place(DnsName name) {
        troubles.placed(
                name,
                watch.desired().wish(name).endpoints().stream()
                        .filter(endpoint -> endpoint.name().equals(name))
                        .map(endpoint -> choice.choose(name, endpoint.options()))
                        .flatMap(chosen -> chosen.problem().stream())
                        .map(Violation::toString)
                        .toList());
    }

    private void submit(String zone, Set<DnsName> names, Set<DnsName> leaving) {
        leaving.forEach(name -> leaves.give(zone, name));
        engine.submit(zone, names)
                .forEach((name, future) -> flights.add(name, future, (applied, failure) -> {
                    if (leaving.contains(name)) {
                        leaves.end(zone, name);
                    }
                    landed(zone, name, applied, failure);
                }));
    }

    /** What a plan of a name has found is what is in its way in that zone. */
    private void found(HostedZone zone, NamePlan plan) {
        troubles.planned(plan.name(), zone.id(), plan.findings());
        obstacles.planned(zone.id(), plan, () -> zones.standing(zone, plan.name()));
    }

    /** Plans a name. What hinders it may go before it is known where that is, so then it is planned once more. */
    private NamePlan looked(DnsName name, HostedZone zone) {
        NamePlan plan = zones.plan(zone, name);
        found(zone, plan);
        if (plan.findings().stream().anyMatch(Finding::isObstacle)) {
            plan = zones.plan(zone, name);
            found(zone, plan);
        }
        return plan;
    }

    private void landed(String zone, DnsName name, @Nullable Applied applied, @Nullable Throwable failure) {
        if (closed || failure instanceof CancellationException) {
            return; // another leads by now, and tells what became of it
        }
        if (late.remove(name)) {
            replan.accept(name);
        }
        if (failure != null) {
            troubles.failed(name, zone, String.valueOf(failure.getMessage()));
        } else if (applied != null) {
            zones.find(zone) // the zone may have been another one than before
                    .ifPresent(there -> found(there, applied.plan()));
            obstacles.changed(zone, name);
            applied.plan().places().forEach(place -> obstacles.changed(zone, place));
            checks.done(applied.plan());
        }
        telling.add(objectsOf(Set.of(name)), applied != null && applied.written());
    }

    private Set<ObjectKey> objectsOf(Collection<DnsName> names) {
        Set<ObjectKey> objects = new TreeSet<>();
        names.forEach(name -> objects.addAll(watch.desired().objectsOf(name)));
        return objects;
    }

    /** Tells objects what is wrong with their names, and that all is well again; not that all is well as before. */
    void tell(Collection<ObjectKey> objects) {
        telling.add(objects, false);
    }

    private void tell(ObjectKey object, boolean written) {
        Set<String> causes = watch.desired().causesOf(object);
        news.tell(
                object,
                name -> troubles.why(name, causes)
                        .or(() -> departures.why(name))
                        .or(() -> checks.why(name)),
                name -> flights.has(name) || hosts.isWaiting(name) || checks.isWaiting(name),
                written);
    }

    /** Lets the names go that the guard keeps. */
    void consent() {
        guard.consent();
        try {
            flush(kept());
        } finally {
            guard.revoke();
        }
    }

    /** Whether all zones are there that should be. */
    boolean isWhole() {
        return unfound.isNothing();
    }

    /** As long as this term lasts, looks whether a new one would find more; then that runs. */
    void lookForMore(Runnable found) {
        new SecondLook(agenda, this::wouldFindMore, found).later();
    }

    /** A role can be assumed by now, or a zone be read. Blocks. */
    private boolean wouldFindMore() {
        return unfound.isLess(() -> accounts.discover().unreachable().size(), zone -> accounts.calls(zone)
                .list(Optional.empty()));
    }

    int waiting() {
        return flights.size() + hosts.waiting() + checks.waiting();
    }

    int held() {
        return departures.size();
    }

    /** The names that the guard keeps. */
    Set<DnsName> kept() {
        return departures.held();
    }

    List<String> problems() {
        List<String> problems = new ArrayList<>(troubles.problems());
        problems.addAll(departures.problems());
        news.problem().ifPresent(problems::add);
        problems.addAll(hosts.problems());
        problems.addAll(checks.problems());
        problems.addAll(unreachable());
        return problems;
    }

    private List<String> unreachable() {
        return choice.unreachable().stream()
                .map(one -> "Zones cannot be reached: " + one.why())
                .toList();
    }

    String explain(DnsName name) {
        DesiredNames.Wish wish = watch.desired().wish(name);
        Collection<ObjectKey> objects = watch.desired().objectsOf(name);
        Explanation told = new Explanation(
                name,
                objects,
                (wish.held() ? ", held until what is asked is corrected" : "")
                        + (wish.awaiting().isEmpty()
                                ? ""
                                : ", with nothing to lead to yet: " + Explanation.joined(wish.awaiting())));
        objects.forEach(
                object -> watch.desired().problems(object).forEach(problem -> told.add(object + ": " + problem)));
        for (HostedZone zone : zones.all()) {
            if (name.endsWith(zone.name())) {
                told.add(zone, zones.plan(zone, name));
            }
        }
        troubles.why(name).ifPresent(told::add);
        departures.why(name).ifPresent(told::add);
        checks.why(name).ifPresent(told::add);
        return told.toString();
    }

    CompletableFuture<Void> audit() {
        hosts.refresh(all());
        return checks.isKnown() ? checks.retire().thenAccept(retired -> {}) : read();
    }

    /** Marks and deletes health checks that no record uses, after all zones were read. */
    CompletableFuture<RetiredChecks> retireChecks() {
        return checks.retire();
    }

    private CompletableFuture<Void> read() {
        return Flights.together(
                zones.all().stream().map(zone -> engine.auditNow(zone.id())).toList());
    }

    /** Completes when all that is under way has come to an end, well or badly. */
    CompletableFuture<Void> landed() {
        return flights.landed();
    }

    @Override
    public void close() {
        closed = true;
        checks.close();
        hosts.close();
        telling.close();
        obstacles.close();
        engine.close();
        agenda.close();
    }
}
