package io.k8saws.dns.internal.kubernetes;

import io.k8saws.dns.internal.engine.Planning;
import io.k8saws.dns.owner.OwnerMarks;
import io.k8saws.dns.plan.DnsPlanner;
import io.k8saws.dns.plan.NamePlan;
import io.k8saws.dns.plan.ZoneContent;
import io.k8saws.dns.plan.ZonePlan;
import io.k8saws.dns.record.Answer;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RecordSet;
import io.k8saws.dns.record.RecordType;
import io.k8saws.dns.zone.HostedZone;
import io.k8saws.dns.zone.ZoneChoice;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/** Plans one name of one zone by what the cluster wants now. Safe to use from many threads. */
public final class ZonePlanning implements Planning {
    private static final List<Answer> ANSWERS =
            List.of(new Answer.Values(Duration.ZERO, List.of("x")), new Answer.Alias("Z", new DnsName("x"), false));

    private final HostedZone zone;
    private final ZoneChoice choice;
    private final DnsPlanner planner;
    private final DesiredNames desired;
    private final Predicate<DnsName> graced;

    /**
     * Plans for a zone.
     *
     * @param zone the zone
     * @param choice all zones
     * @param planner how
     * @param desired what is wanted
     * @param graced whether a name that waits for something to lead to stays as it is
     */
    public ZonePlanning(
            HostedZone zone, ZoneChoice choice, DnsPlanner planner, DesiredNames desired, Predicate<DnsName> graced) {
        this.zone = zone;
        this.choice = choice;
        this.planner = planner;
        this.desired = desired;
        this.graced = graced;
    }

    @Override
    public NamePlan plan(DnsName name, Function<DnsName, List<RecordSet>> current) {
        NamePlan nothing = new NamePlan(name, List.of(), List.of(), List.of());
        DesiredNames.Wish wish = desired.wish(name);
        if (wish.held() || (wish.awaiting() && graced.test(name))) {
            return nothing;
        }
        Set<RecordSet> near = new LinkedHashSet<>(current.apply(name));
        places(name).forEach(place -> near.addAll(current.apply(place)));
        List<ZonePlan> plans = planner.plan(wish.endpoints(), choice, Map.of(zone.id(), ZoneContent.of(near)))
                .zones();
        Optional<NamePlan> own = plans.stream()
                .flatMap(plan -> plan.names().stream())
                .filter(plan -> plan.name().equals(name))
                .findFirst();
        return own.orElse(nothing);
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
