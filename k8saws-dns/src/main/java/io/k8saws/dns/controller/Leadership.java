package io.k8saws.dns.controller;

import io.k8saws.dns.alias.AliasTargets;
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
import java.time.Duration;
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
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One term as the leader: reads the zones once, and then brings what is dirty into them. Its steps are called one at a time, those that answer questions from any thread. */
final class Leadership implements AutoCloseable {
    private static final Duration BETWEEN_TELLINGS = Duration.ofMinutes(10);

    private final DnsControllerSettings settings;
    private final ZoneAccounts accounts;
    private final ClusterWatch watch;
    private final ObjectNews news;
    private final ChangeEngine engine;
    private final Grace grace;
    private final Agenda agenda;
    private final Telling telling;
    private final Consumer<DnsName> again;
    private final DnsPlanner planner;
    private final HostLookup hosts;
    private final DeletionGuard guard;
    private final Departures departures;
    private ZoneChoice choice; // set before others see the term
    private Unfound unfound = new Unfound(0, List.of());
    private final Map<String, HostedZone> zones = new LinkedHashMap<>();
    private final Map<String, ZoneMirror> mirrors = new HashMap<>();
    private final Map<String, ZonePlanning> plannings = new HashMap<>();
    private final Set<String> cleared = ConcurrentHashMap.newKeySet();
    private final Map<DnsName, String> failures = new ConcurrentHashMap<>();
    private final Map<Long, CompletableFuture<?>> flying = new ConcurrentHashMap<>();
    private final Map<DnsName, Integer> underWay = new ConcurrentHashMap<>();
    private volatile boolean closed;
    private final AtomicLong flights = new AtomicLong();

    /** Makes a term; calls nothing. */
    Leadership(
            DnsControllerSettings settings,
            ZoneAccounts accounts,
            Optional<AskedAliases> asking,
            ClusterWatch watch,
            ObjectNews news,
            Grace grace,
            DeletionGuard guard,
            Agenda agenda,
            Executor tellers,
            Consumer<DnsName> again) {
        this.settings = settings;
        this.accounts = accounts;
        this.watch = watch;
        this.news = news;
        this.grace = grace;
        this.agenda = agenda;
        this.telling = new Telling(tellers, this::tell);
        this.again = again;
        this.hosts = new HostLookup(asking, name -> watch.desired().wish(name).endpoints(), agenda, again);
        this.planner = new DnsPlanner(
                settings.marks(),
                settings.policy(),
                asking.<AliasTargets>map(asked -> asked).orElse(settings.aliases()),
                settings.ttl());
        this.guard = guard;
        this.departures = new Departures(
                guard,
                plan -> plan.kindsThatGo(settings.marks()),
                watch.desired()::isWantedBy,
                () -> watch.missing().isEmpty(),
                this::owned,
                agenda::nanoTime);
        Pace pace = Pace.defaults();
        this.engine =
                new ChangeEngine(agenda, settings.audit().map(pace::withAudit).orElse(pace));
        this.choice = new ZoneChoice(List.of(), settings.zones());
    }

    /** Reads the zones. Blocks; throws what the calls throw, and is cancelled when the term is closed. */
    void open() {
        grace.clear();
        ZoneChoice found = accounts.discover();
        int unreached = found.unreachable().size();
        List<HostedZone> unread = new ArrayList<>();
        Map<HostedZone, CompletableFuture<ZoneMirror>> filling = new LinkedHashMap<>();
        for (HostedZone zone : found.zones()) {
            engine.open(zone, accounts.calls(zone), (name, current) -> guarded(zone, name, current));
            filling.put(zone, engine.fill(zone.id()));
        }
        for (Map.Entry<HostedZone, CompletableFuture<ZoneMirror>> one : filling.entrySet()) {
            HostedZone zone = one.getKey();
            try {
                mirrors.put(zone.id(), one.getValue().join());
                zones.put(zone.id(), zone);
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
        tellAgainLater();
        for (HostedZone zone : zones.values()) {
            plannings.put(
                    zone.id(),
                    new ZonePlanning(
                            zone,
                            choice,
                            planner,
                            watch.desired()::wish,
                            (name, waitsFor) -> grace.holds(name, waitsFor) || hosts.isGuessed(name)));
        }
    }

    private ZonePlanning planning(HostedZone zone) {
        ZonePlanning planning = plannings.get(zone.id());
        if (planning == null) {
            throw new IllegalStateException("Zone " + zone + " is not open.");
        }
        return planning;
    }

    /** At the moment of writing nothing goes but what the guard has let go. */
    private NamePlan guarded(HostedZone zone, DnsName name, Function<DnsName, List<RecordSet>> current) {
        if (hosts.isWaiting(name)) {
            return new NamePlan(name, List.of(), List.of(), List.of()); // it comes again
        }
        NamePlan plan = planning(zone).plan(name, current);
        if (plan.losses() == 0 || cleared.contains(key(zone.id(), name))) {
            return plan;
        }
        if (!departures.holds(name)) {
            again.accept(name);
        }
        return planning(zone).spare(name, current);
    }

    private static String key(String zone, DnsName name) {
        return zone + " " + name;
    }

    /** All names that somebody wants or that are in a zone. */
    Set<DnsName> all() {
        Set<DnsName> names = new HashSet<>(watch.desired().names());
        mirrors.values().forEach(mirror -> names.addAll(mirror.names()));
        return names;
    }

    /** Brings names into their zones. Those that the guard keeps change and lose nothing. */
    void flush(Collection<DnsName> names) {
        Map<String, Set<DnsName>> changed = new LinkedHashMap<>();
        Map<DnsName, List<Departures.Loss>> going = new TreeMap<>();
        Set<DnsName> settled = new HashSet<>();
        for (DnsName name : hosts.ready(names)) {
            departures.forget(name);
            boolean isChanged = false;
            List<Finding> findings = new ArrayList<>();
            for (HostedZone zone : zones.values()) {
                if (name.endsWith(zone.name()) && settings.zones().admits(name)) {
                    NamePlan plan;
                    try {
                        plan = plan(name, zone);
                    } catch (RuntimeException e) { // a mistake in one name is not the others' trouble
                        findings.add(new Finding(name, Finding.Kind.INVALID, "it cannot be planned: " + e));
                        continue;
                    }
                    findings.addAll(plan.findings());
                    if (plan.losses() > 0) {
                        going.computeIfAbsent(name, n -> new ArrayList<>()).add(new Departures.Loss(zone, plan));
                        isChanged = true;
                    } else if (!plan.isEmpty()) {
                        changed.computeIfAbsent(zone.id(), id -> new HashSet<>())
                                .add(name);
                        isChanged = true;
                    }
                }
            }
            note(name, findings);
            if (!isChanged) {
                settled.add(name);
            }
        }
        Set<DnsName> allowed = departures.decide(going);
        going.forEach((name, losses) -> losses.forEach(loss -> {
            HostedZone zone = loss.zone();
            if (allowed.contains(name)) {
                cleared.add(key(zone.id(), name));
            } else if (planning(zone).spare(name, mirror(zone)::at).isEmpty()) {
                settled.add(name);
                return;
            }
            changed.computeIfAbsent(zone.id(), id -> new HashSet<>()).add(name);
        }));
        changed.forEach(this::submit);
        tell(objectsOf(settled));
    }

    private NamePlan plan(DnsName name, HostedZone zone) {
        return planning(zone).plan(name, mirror(zone)::at);
    }

    private ZoneMirror mirror(HostedZone zone) {
        ZoneMirror mirror = mirrors.get(zone.id());
        if (mirror == null) {
            throw new IllegalStateException("Zone " + zone + " is not open.");
        }
        return mirror;
    }

    /** What is in the way of a name: from its plans, or that no zone is right for it. */
    private void note(DnsName name, List<Finding> findings) {
        List<String> words = new ArrayList<>();
        findings.stream().filter(Finding::isProblem).forEach(finding -> words.add(finding.toString()));
        watch.desired().wish(name).endpoints().stream()
                .filter(endpoint -> endpoint.name().equals(name))
                .map(endpoint -> choice.choose(name, endpoint.options()))
                .flatMap(chosen -> chosen.problem().stream())
                .forEach(problem -> words.add(problem.toString()));
        if (words.isEmpty()) {
            failures.remove(name);
        } else {
            failures.put(name, words.stream().distinct().collect(Collectors.joining("; ")));
        }
    }

    private void submit(String zone, Set<DnsName> names) {
        engine.submit(zone, names).forEach((name, future) -> {
            long flight = flights.incrementAndGet();
            flying.put(flight, future);
            underWay.merge(name, 1, Integer::sum);
            CompletableFuture<?> unused = future.whenComplete((applied, failure) -> {
                flying.remove(flight);
                underWay.computeIfPresent(name, (n, count) -> count > 1 ? count - 1 : null);
                cleared.remove(key(zone, name));
                landed(name, applied, failure);
            });
        });
    }

    private void landed(DnsName name, @Nullable Applied applied, @Nullable Throwable failure) {
        if (closed || failure instanceof CancellationException) {
            return; // another leads by now, and tells what became of it
        }
        if (failure != null) {
            failures.put(name, name + ": " + failure.getMessage());
        } else if (applied != null && applied.plan().findings().stream().noneMatch(Finding::isProblem)) {
            failures.remove(name);
        }
        boolean written = applied != null && applied.changeId().isPresent();
        telling.add(objectsOf(Set.of(name)), written);
    }

    private int owned() {
        int owned = 0;
        for (HostedZone zone : zones.values()) {
            ZoneMirror mirror = mirrors.get(zone.id());
            if (mirror != null) {
                for (DnsName name : mirror.names()) {
                    owned += planner.owned(zone, name, mirror::at);
                }
            }
        }
        return owned;
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
        news.tell(
                object,
                name -> Optional.ofNullable(failures.get(name)).or(() -> departures.why(name)),
                name -> underWay.containsKey(name) || hosts.isWaiting(name),
                written);
    }

    /** The right to write conditions may be given later. */
    private void tellAgainLater() {
        agenda.after(BETWEEN_TELLINGS, () -> {
            if (!closed) {
                tell(news.again());
                tellAgainLater();
            }
        });
    }

    /** Lets the names go that the guard keeps. */
    void consent() {
        guard.consent();
        try {
            flush(departures.held());
        } finally {
            guard.revoke();
        }
    }

    /** Whether all zones are there that should be. */
    boolean isWhole() {
        return unfound.isNothing();
    }

    /** Whether a new term would find more: a role can be assumed by now, or a zone be read. Blocks. */
    boolean wouldFindMore() {
        return unfound.isLess(() -> accounts.discover().unreachable().size(), zone -> accounts.calls(zone)
                .list(Optional.empty()));
    }

    int waiting() {
        return flying.size() + hosts.waiting();
    }

    int held() {
        return departures.size();
    }

    List<String> problems() {
        List<String> problems = new ArrayList<>(new TreeMap<>(failures).values());
        problems.addAll(departures.problems());
        news.problem().ifPresent(problems::add);
        problems.addAll(hosts.problems());
        choice.unreachable().forEach(one -> problems.add("Zones cannot be reached: " + one.why()));
        return problems;
    }

    String explain(DnsName name) {
        DesiredNames.Wish wish = watch.desired().wish(name);
        List<String> lines = new ArrayList<>();
        lines.add(name + ", wanted by " + watch.desired().objectsOf(name)
                + (wish.held() ? ", held because an object asks for what cannot be" : "")
                + (wish.awaiting().isEmpty() ? "" : ", with nothing to lead to yet: " + wish.awaiting()));
        for (HostedZone zone : zones.values()) {
            if (name.endsWith(zone.name())) {
                NamePlan plan = plan(name, zone);
                lines.add("  in " + zone + ": " + (plan.isEmpty() ? "nothing to do" : plan.changes()));
                plan.findings().forEach(finding -> lines.add("    " + finding));
            }
        }
        String failure = failures.get(name);
        if (failure != null) {
            lines.add("  " + failure);
        }
        departures.why(name).ifPresent(why -> lines.add("  " + why));
        return String.join("\n", lines);
    }

    CompletableFuture<Void> audit() {
        hosts.refresh(all());
        return together(zones.keySet().stream().map(engine::auditNow).toList());
    }

    /** Completes when all do; is cancelled when one of them is, and fails with what one of them fails with. */
    static CompletableFuture<Void> together(List<? extends CompletableFuture<?>> all) {
        CompletableFuture<Void> whole = new CompletableFuture<>();
        CompletableFuture<?> unused = CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new))
                .whenComplete((done, failure) -> {
                    Throwable why = failure instanceof CompletionException && failure.getCause() != null
                            ? failure.getCause()
                            : failure;
                    if (why == null) {
                        whole.complete(null);
                    } else if (why instanceof CancellationException) {
                        whole.cancel(false);
                    } else {
                        whole.completeExceptionally(why);
                    }
                });
        return whole;
    }

    /** Completes when all that is under way has come to an end, well or badly. */
    CompletableFuture<Void> landed() {
        return CompletableFuture.allOf(flying.values().stream()
                .map(future -> future.handle((done, failure) -> null))
                .toArray(CompletableFuture<?>[]::new));
    }

    @Override
    public void close() {
        closed = true;
        hosts.close();
        telling.close();
        engine.close();
    }
}
