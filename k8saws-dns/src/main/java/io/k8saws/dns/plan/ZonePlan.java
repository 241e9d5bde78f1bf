package io.k8saws.dns.plan;

import io.k8saws.dns.zone.HostedZone;
import java.util.List;
import java.util.Objects;

/**
 * What happens in a zone. Immutable.
 *
 * @param zone the zone
 * @param names what happens to each name that somebody wants or that is ours, in the order in which it can be done
 * @param owned how many names of the zone were ours
 * @param ownedSets how many record sets of the zone were ours, beside their marks
 */
public record ZonePlan(HostedZone zone, List<NamePlan> names, int owned, int ownedSets) {
    /** Copies the list. */
    public ZonePlan {
        Objects.requireNonNull(zone, "zone");
        names = List.copyOf(names);
    }

    /**
     * The names to which something happens.
     *
     * @return in their order
     */
    public List<NamePlan> changed() {
        return names.stream().filter(name -> !name.isEmpty()).toList();
    }

    /**
     * How many names go.
     *
     * @return 0 or more
     */
    public int deletions() {
        return (int) names.stream().filter(NamePlan::isDeletion).count();
    }

    /**
     * How many record sets go, beside marks, and none comes in their place.
     *
     * @return 0 or more
     */
    public int losses() {
        return names.stream().mapToInt(NamePlan::losses).sum();
    }
}
