package io.k8saws.dns.controller;

import io.k8saws.dns.internal.engine.ZoneMirror;
import io.k8saws.dns.internal.kubernetes.ZonePlanning;
import io.k8saws.dns.internal.route53.HealthTexts;
import io.k8saws.dns.internal.route53.ZoneAccounts;
import io.k8saws.dns.plan.DnsPlanner;
import io.k8saws.dns.plan.NamePlan;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RecordSet;
import io.k8saws.dns.zone.HostedZone;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;

/** The zones of a term: what is in them, and what names of them would become. Zones are added before others see the term; after that it is safe to use from many threads. */
final class TermZones {
    private final ZoneAccounts accounts;
    private final DnsPlanner planner;
    private final Predicate<DnsName> admits;
    private final Map<String, HostedZone> zones = new LinkedHashMap<>();
    private final Map<String, ZoneMirror> mirrors = new HashMap<>();
    private final Map<String, ZonePlanning> plannings =
            new ConcurrentHashMap<>(); // an audit of a zone may plan while another is read

    /**
     * Makes it; no zone is open.
     *
     * @param accounts tells the checks of zones
     * @param planner tells which records are ours
     * @param admits whether a name is looked after at all
     */
    TermZones(ZoneAccounts accounts, DnsPlanner planner, Predicate<DnsName> admits) {
        this.accounts = accounts;
        this.planner = planner;
        this.admits = admits;
    }

    /** A zone has been read. */
    void add(HostedZone zone, ZoneMirror mirror) {
        mirrors.put(zone.id(), mirror);
        zones.put(zone.id(), zone);
    }

    /** From now on names are planned; all zones were read. */
    void planBy(Function<HostedZone, ZonePlanning> planning) {
        zones.values().forEach(zone -> plannings.put(zone.id(), planning.apply(zone)));
    }

    Collection<HostedZone> all() {
        return zones.values();
    }

    Collection<ZoneMirror> mirrors() {
        return mirrors.values();
    }

    Optional<HostedZone> find(String id) {
        return Optional.ofNullable(zones.get(id));
    }

    /** The zones that a name may be in. */
    List<HostedZone> of(DnsName name) {
        return admits.test(name)
                ? zones.values().stream()
                        .filter(zone -> name.endsWith(zone.name()))
                        .toList()
                : List.of();
    }

    /** All names that have records. */
    Set<DnsName> names() {
        Set<DnsName> names = new HashSet<>();
        mirrors.values().forEach(mirror -> names.addAll(mirror.names()));
        return names;
    }

    /** How many record sets are ours. */
    int owned() {
        int owned = 0;
        for (HostedZone zone : zones.values()) {
            ZoneMirror mirror = mirror(zone);
            for (DnsName name : mirror.names()) {
                owned += planner.owned(zone, name, mirror::at);
            }
        }
        return owned;
    }

    /** What a name would become. */
    NamePlan plan(HostedZone zone, DnsName name) {
        return plan(zone, name, mirror(zone)::at);
    }

    /** What a name would become where this is there. Checks are compared by what they do, and what is to come has that in the place of ids. */
    NamePlan plan(HostedZone zone, DnsName name, Function<DnsName, List<RecordSet>> current) {
        HealthTexts texts = accounts.checks(zone).texts();
        return texts.before(planning(zone).plan(name, at -> texts.read(current.apply(at))));
    }

    /** What a name would become that loses nothing. */
    NamePlan spare(HostedZone zone, DnsName name) {
        return spare(zone, name, mirror(zone)::at);
    }

    /** What a name would become that loses nothing, where this is there. */
    NamePlan spare(HostedZone zone, DnsName name, Function<DnsName, List<RecordSet>> current) {
        HealthTexts texts = accounts.checks(zone).texts();
        return texts.before(planning(zone).spare(name, at -> texts.read(current.apply(at))));
    }

    /** The names near a name that have records: its own, and those of its marks. */
    Set<DnsName> standing(HostedZone zone, DnsName name) {
        return planning(zone).standing(name, mirror(zone)::at);
    }

    private ZonePlanning planning(HostedZone zone) {
        return Optional.ofNullable(plannings.get(zone.id())).orElseThrow(() -> notOpen(zone));
    }

    private ZoneMirror mirror(HostedZone zone) {
        return Optional.ofNullable(mirrors.get(zone.id())).orElseThrow(() -> notOpen(zone));
    }

    private static IllegalStateException notOpen(HostedZone zone) {
        return new IllegalStateException("Zone " + zone + " is not open.");
    }
}
