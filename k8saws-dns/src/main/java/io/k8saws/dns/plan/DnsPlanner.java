package io.k8saws.dns.plan;

import io.k8saws.dns.alias.AliasTargets;
import io.k8saws.dns.owner.OwnerMarks;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.Endpoint;
import io.k8saws.dns.record.RecordSet;
import io.k8saws.dns.record.RecordType;
import io.k8saws.dns.zone.HostedZone;
import io.k8saws.dns.zone.ZoneChoice;
import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.Violation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Makes plans. Immutable and pure: the same endpoints, in any order, and the same content give the same plan.
 *
 * @param marks who we are
 * @param policy what may be done
 * @param aliases what host names of AWS are
 * @param ttl how long answers may be kept whose source says nothing, in whole seconds from 0 to 2147483647
 */
public record DnsPlanner(OwnerMarks marks, ChangePolicy policy, AliasTargets aliases, Duration ttl) {
    /** How often names are looked at that wait for others; a chain that is longer is done by the next plan. */
    private static final int PASSES = 8;

    /** Checks that no part is missing. */
    public DnsPlanner {
        Objects.requireNonNull(marks, "marks");
        Objects.requireNonNull(policy, "policy");
        Objects.requireNonNull(aliases, "aliases");
        if (ttl.isNegative() || ttl.toSeconds() > Integer.MAX_VALUE || ttl.toNanosPart() != 0) {
            throw new InvalidSpecException(
                    "Plan names",
                    List.of(new Violation("ttl", "it is " + ttl, "take whole seconds from PT0S to PT2147483647S")));
        }
    }

    /**
     * Plans.
     *
     * @param endpoints what sources want
     * @param choice which zones there are
     * @param contents what is in each of them, by their ids; zones without content are left alone
     * @return the plan
     */
    public DnsPlan plan(Collection<Endpoint> endpoints, ZoneChoice choice, Map<String, ZoneContent> contents) {
        return plan(endpoints, choice, contents, name -> false);
    }

    /**
     * Plans, and spares names: what changes of them goes, and what would be lost stays, which is no finding.
     *
     * @param endpoints what sources want
     * @param choice which zones there are
     * @param contents what is in each of them, by their ids; zones without content are left alone
     * @param spared whether a name loses nothing for now
     * @return the plan
     */
    public DnsPlan plan(
            Collection<Endpoint> endpoints,
            ZoneChoice choice,
            Map<String, ZoneContent> contents,
            Predicate<DnsName> spared) {
        return plan(endpoints, choice, contents, spared, KeptNames.none());
    }

    /**
     * Plans, and keeps names whose objects ask nothing that could be written.
     *
     * @param endpoints what sources want
     * @param choice which zones there are
     * @param contents what is in each of them, by their ids; zones without content are left alone
     * @param spared whether a name loses nothing for now
     * @param kept names that keep what they have, each of which is told
     * @return the plan
     */
    public DnsPlan plan(
            Collection<Endpoint> endpoints,
            ZoneChoice choice,
            Map<String, ZoneContent> contents,
            Predicate<DnsName> spared,
            KeptNames kept) {
        List<Finding> findings = new ArrayList<>(kept.findings());
        choice.unreachable().forEach(zones -> zones.domains().stream()
                .sorted()
                .forEach(domain -> findings.add(
                        new Finding(domain, Finding.Kind.ZONE, "zones cannot be reached: " + zones.why()))));
        Map<String, Map<DnsName, List<Wanted>>> wanted = new LinkedHashMap<>();
        Map<String, Map<DnsName, List<Finding>>> invalid = new LinkedHashMap<>();
        Set<DnsName> unplaced = new HashSet<>();
        RecordMaker maker = new RecordMaker(aliases, ttl);
        for (Endpoint endpoint : withPointers(endpoints)) {
            ZoneChoice.Chosen chosen = choice.choose(endpoint.name(), endpoint.options());
            chosen.problem().ifPresent(problem -> {
                unplaced.add(endpoint.name());
                findings.add(new Finding(
                        endpoint.name(),
                        Finding.Kind.ZONE,
                        endpoint.cause().text() + ": " + problem.problem() + ". " + problem.fix()));
            });
            for (HostedZone zone : chosen.zones()) {
                List<Wanted> records = wanted.computeIfAbsent(zone.id(), id -> new TreeMap<>())
                        .computeIfAbsent(endpoint.name(), name -> new ArrayList<>());
                records.addAll(
                        maker.make(endpoint, zone, finding -> invalid.computeIfAbsent(zone.id(), id -> new TreeMap<>())
                                .computeIfAbsent(endpoint.name(), name -> new ArrayList<>())
                                .add(finding)));
            }
        }
        List<ZonePlan> zones = new ArrayList<>();
        for (HostedZone zone : choice.zones()) {
            ZoneContent content = contents.get(zone.id());
            if (content != null) {
                zones.add(plan(
                        zone,
                        content,
                        wanted.getOrDefault(zone.id(), Map.of()),
                        invalid.getOrDefault(zone.id(), Map.of()),
                        unplaced,
                        choice,
                        spared,
                        kept));
            }
        }
        Set<String> silenced = silenced(endpoints, zones);
        silenced.removeAll(kept.kinds());
        return new DnsPlan(marks.owner(), policy, zones, findings, silenced);
    }

    /** Kinds of objects whose names go, and of which no object wants a name any more. */
    private Set<String> silenced(Collection<Endpoint> endpoints, List<ZonePlan> zones) {
        Set<String> kinds = new TreeSet<>();
        zones.forEach(zone -> zone.names().stream()
                .filter(name -> name.losses() > 0)
                .forEach(name -> kinds.addAll(name.kindsThatGo(marks))));
        endpoints.forEach(endpoint -> kinds.remove(endpoint.cause().kind()));
        return kinds;
    }

    /**
     * Counts the record sets of a name that are ours, beside their marks.
     *
     * @param zone the zone
     * @param name the name
     * @param current what is in the zone at any name
     * @return 0 or more
     */
    public int owned(HostedZone zone, DnsName name, Function<DnsName, List<RecordSet>> current) {
        NamePlanner planner = new NamePlanner(zone, current, marks, policy);
        return (int) planner.records(name).stream().filter(planner::isOurs).count();
    }

    private ZonePlan plan(
            HostedZone zone,
            ZoneContent content,
            Map<DnsName, List<Wanted>> wanted,
            Map<DnsName, List<Finding>> invalid,
            Set<DnsName> unplaced,
            ZoneChoice choice,
            Predicate<DnsName> spared,
            KeptNames kept) {
        // names are planned one after the other, each as if those before were done: so no two want one place, and what
        // one gives
        // up is there for another
        Map<DnsName, List<RecordSet>> done = new HashMap<>();
        NamePlanner planner = new NamePlanner(zone, name -> done.getOrDefault(name, content.at(name)), marks, policy);
        NamePlanner sparing = policy == ChangePolicy.SYNC
                ? new NamePlanner(zone, planner.content(), marks, ChangePolicy.UPSERT_ONLY)
                : planner;
        Set<DnsName> owned = new HashSet<>();
        int ownedSets = 0;
        for (DnsName name : content.names()) {
            int sets = choice.filter().admits(name) ? owned(zone, name, content::at) : 0;
            if (sets > 0) {
                owned.add(name);
                ownedSets += sets;
            }
        }
        Set<DnsName> names = new TreeSet<>(owned);
        names.addAll(wanted.keySet());
        Map<DnsName, NamePlan> plans = new LinkedHashMap<>();
        Set<DnsName> open = names;
        for (int pass = 0; pass < PASSES && !open.isEmpty(); pass++) {
            Set<DnsName> hindered = new TreeSet<>();
            for (DnsName name : open) {
                List<Finding> broken = invalid.getOrDefault(name, List.of());
                List<Wanted> records = wanted.getOrDefault(name, List.of());
                // a name of which a wish cannot be read, or has no place, keeps what it has
                NamePlan plan = kept.holds(name, content)
                                || ((!broken.isEmpty() || unplaced.contains(name))
                                        && (owned.contains(name) || records.isEmpty()))
                        ? new NamePlan(name, List.of(), List.of(), List.of())
                        : spared.test(name) || kept.spares(name, content)
                                ? withoutPolicy(sparing.plan(name, records))
                                : planner.plan(name, records);
                List<Finding> why = kept.whyUnsure(plan, marks);
                if (!why.isEmpty()) {
                    plan = withoutPolicy(sparing.plan(name, records));
                }
                NamePlan before = plans.get(name);
                if (before != null && plan.isEmpty()) {
                    continue;
                }
                plan.changes().forEach(change -> note(change, done, content));
                List<Finding> all = new ArrayList<>(broken);
                all.addAll(why);
                all.addAll(plan.findings());
                plans.remove(name); // one that waits for others comes after them
                plans.put(
                        name,
                        new NamePlan(
                                name,
                                before == null ? plan.changes() : SetChange.joined(before.changes(), plan.changes()),
                                plan.causes(),
                                all));
                if (plan.findings().stream().anyMatch(Finding::isObstacle)) {
                    hindered.add(name);
                }
            }
            open = hindered;
        }
        return new ZonePlan(zone, List.copyOf(plans.values()), owned.size(), ownedSets);
    }

    /** That nothing goes of a name that is spared is no problem. */
    private NamePlan withoutPolicy(NamePlan plan) {
        return new NamePlan(
                plan.name(),
                plan.changes(),
                plan.causes(),
                plan.findings().stream()
                        .filter(finding -> policy != ChangePolicy.SYNC || finding.kind() != Finding.Kind.POLICY)
                        .toList());
    }

    private static void note(SetChange change, Map<DnsName, List<RecordSet>> done, ZoneContent content) {
        change.before().ifPresent(set -> done.computeIfAbsent(set.name(), at -> new ArrayList<>(content.at(at)))
                .remove(set));
        change.after().ifPresent(set -> done.computeIfAbsent(set.name(), at -> new ArrayList<>(content.at(at)))
                .add(set));
    }

    /** Addresses whose source asks for a record back. */
    private static List<Endpoint> withPointers(Collection<Endpoint> endpoints) {
        List<Endpoint> all = new ArrayList<>(endpoints);
        for (Endpoint endpoint : endpoints) {
            boolean addresses = endpoint.type() == RecordType.A || endpoint.type() == RecordType.AAAA;
            if (endpoint.options().ptr() && addresses && !endpoint.name().isWildcard()) {
                endpoint.targets()
                        .forEach(address -> all.add(new Endpoint(
                                ReverseNames.of(address),
                                RecordType.PTR,
                                List.of(endpoint.name().text()),
                                endpoint.ttl(),
                                endpoint.setIdentifier(),
                                endpoint.routing(),
                                endpoint.healthCheckId(),
                                endpoint.options().withPtr(false),
                                endpoint.cause())));
            }
        }
        return all;
    }
}
