package io.k8saws.dns.internal.kubernetes;

import io.k8saws.dns.internal.engine.Planning;
import io.k8saws.dns.owner.OwnerMarks;
import io.k8saws.dns.plan.DnsPlanner;
import io.k8saws.dns.plan.Finding;
import io.k8saws.dns.plan.NamePlan;
import io.k8saws.dns.plan.ReverseNames;
import io.k8saws.dns.plan.ZoneContent;
import io.k8saws.dns.plan.ZonePlan;
import io.k8saws.dns.record.Answer;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RecordSet;
import io.k8saws.dns.record.RecordType;
import io.k8saws.dns.source.ObjectKey;
import io.k8saws.dns.zone.HostedZone;
import io.k8saws.dns.zone.ZoneChoice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Plans one name of one zone by what the cluster wants now. Safe to use from many threads. */
public final class ZonePlanning implements Planning {
    private static final List<Answer> ANSWERS =
            List.of(new Answer.Values(Duration.ZERO, List.of("x")), new Answer.Alias("Z", new DnsName("x"), false));

    private final HostedZone zone;
    private final ZoneChoice choice;
    private final DnsPlanner planner;
    private final Function<DnsName, DesiredNames.Wish> desired;
    private final BiPredicate<DnsName, Set<ObjectKey>> graced;

    /**
     * Plans for a zone.
     *
     * @param zone the zone
     * @param choice all zones
     * @param planner how
     * @param desired what is wanted of a name
     * @param graced whether a name loses nothing for now, such as one that waits for objects to have something to lead to; asked each time, also when it waits for none
     */
    public ZonePlanning(
            HostedZone zone,
            ZoneChoice choice,
            DnsPlanner planner,
            Function<DnsName, DesiredNames.Wish> desired,
            BiPredicate<DnsName, Set<ObjectKey>> graced) {
        this.zone = zone;
        this.choice = choice;
        this.planner = planner;
        this.desired = desired;
        this.graced = graced;
    }

    @Override
    public NamePlan plan(DnsName name, Function<DnsName, List<RecordSet>> current) {
        return plan(name, current, false);
    }

    /**
     * Plans a name of which nothing may be lost: what changes of it goes all the same.
     *
     * @param name the name
     * @param current what is in the zone at any name
     * @return what happens to the name
     */
    public NamePlan spare(DnsName name, Function<DnsName, List<RecordSet>> current) {
        return plan(name, current, true);
    }

    private NamePlan plan(DnsName name, Function<DnsName, List<RecordSet>> current, boolean sparing) {
        DesiredNames.Wish wish = desired.apply(name);
        Set<ObjectKey> holding = new TreeSet<>(wish.holding());
        Set<ObjectKey> waitsFor = new HashSet<>(wish.awaiting());
        for (DnsName forward : ReverseNames.pointedAt(current.apply(name))) {
            DesiredNames.Wish other = desired.apply(forward);
            holding.addAll(other.holding());
            waitsFor.addAll(other.awaiting());
        }
        boolean spared = graced.test(name, waitsFor) || sparing;
        return holding.isEmpty() ? plan(name, current, wish, spared) : held(plan(name, current, wish, true), holding);
    }

    private NamePlan plan(
            DnsName name, Function<DnsName, List<RecordSet>> current, DesiredNames.Wish wish, boolean spared) {
        Set<RecordSet> near = new LinkedHashSet<>(current.apply(name));
        places(name).forEach(place -> near.addAll(current.apply(place)));
        List<ZonePlan> plans = planner.plan(
                        wish.endpoints(), choice, Map.of(zone.id(), ZoneContent.of(near)), one -> spared)
                .zones();
        return plans.stream()
                .flatMap(plan -> plan.names().stream())
                .filter(plan -> plan.name().equals(name))
                .findFirst()
                .orElseGet(() -> new NamePlan(name, List.of(), List.of(), List.of()));
    }

    /** Of what would happen to a name nothing does, because of objects that ask for what cannot be; who wants it hears of that, unless it is as they want it. */
    private static NamePlan held(NamePlan plan, Set<ObjectKey> holding) {
        List<Finding> findings = new ArrayList<>(plan.findings());
        if (!plan.isEmpty()) {
            findings.add(new Finding(
                    plan.name(),
                    Finding.Kind.HELD,
                    "it stays as it is, because of what is wrong with "
                            + holding.stream().map(ObjectKey::toString).collect(Collectors.joining(", "))));
        }
        return new NamePlan(plan.name(), List.of(), plan.causes(), findings);
    }

    /**
     * Where records are on which a plan of a name depends: at the name, and in the places of its marks.
     *
     * @param name the name
     * @param current what is in the zone at any name
     * @return those of these names that have records
     */
    public Set<DnsName> standing(DnsName name, Function<DnsName, List<RecordSet>> current) {
        Set<DnsName> standing = places(name);
        standing.add(name);
        standing.removeIf(place -> current.apply(place).isEmpty());
        return standing;
    }

    /** Where marks of the name's records may be. */
    private Set<DnsName> places(DnsName name) {
        OwnerMarks marks = planner.marks();
        Set<DnsName> places = new LinkedHashSet<>();
        for (RecordType type : RecordType.values()) {
            if (type.isManaged()) {
                for (Answer answer : ANSWERS) {
                    RecordSet record = RecordSet.simple(name, type, answer);
                    places.addAll(marks.places(record));
                    marks.names().written(name, type).ifPresent(places::add);
                }
            }
        }
        return places;
    }
}
