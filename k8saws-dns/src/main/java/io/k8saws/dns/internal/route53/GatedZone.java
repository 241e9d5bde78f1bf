package io.k8saws.dns.internal.route53;

import io.k8saws.dns.internal.engine.ZoneCalls;
import io.k8saws.dns.plan.SetChange;
import io.k8saws.dns.record.RecordSet;
import io.k8saws.error.AwsCallException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** A zone whose changes bring no health check to a record that may be on its way out. Reads pass as they are. Safe to use from many threads. */
final class GatedZone implements ZoneCalls {
    private final ZoneCalls zone;
    private final HealthChecks checks;

    GatedZone(ZoneCalls zone, HealthChecks checks) {
        this.zone = zone;
        this.checks = checks;
    }

    @Override
    public String change(List<SetChange> changes) {
        Set<String> ids = new HashSet<>();
        changes.forEach(
                change -> change.after().flatMap(RecordSet::healthCheckId).ifPresent(ids::add));
        if (ids.isEmpty()) {
            return zone.change(changes);
        }
        checks.hand().sending(ids); // from here on none of them is taken away that is not on its way out already
        Set<String> late = late(changes);
        if (!late.isEmpty()) {
            checks.hand().unsent(ids);
            throw refused(late);
        }
        boolean answered = false;
        try {
            String id = zone.change(changes);
            answered = true;
            return id;
        } catch (AwsCallException e) {
            answered = !e.outcomeUnknown();
            if (HealthTags.isGone(e)) {
                checks.doubt();
            }
            throw e;
        } finally {
            checks.hand().sent(ids, answered);
        }
    }

    /** The names that would get a check which may be gone by then. */
    private Set<String> late(List<SetChange> changes) {
        Set<String> late = new TreeSet<>();
        for (SetChange change : changes) {
            Optional<String> before = change.before().flatMap(RecordSet::healthCheckId);
            Optional<String> after = change.after().flatMap(RecordSet::healthCheckId);
            if (!before.equals(after)
                    && after.filter(id -> !checks.mayBeBrought(id)).isPresent()) {
                late.add(change.after().orElseThrow().name().route53());
            }
        }
        return late;
    }

    /** As Route 53 would refuse it a little later, with the names that are at fault, so that all others go on. */
    private static AwsCallException refused(Set<String> names) {
        return new AwsCallException(
                new AwsCallException.Failure("route53", "ChangeResourceRecordSets", HealthTags.GONE, 0, "", 0, false),
                "a health check of ours is on its way out, or was looked at too long ago to be sure that it is not, at "
                        + names.stream().map(name -> "name='" + name + "'").toList(),
                "plan again; what names a check by its id names one of its own",
                null);
    }

    @Override
    public Page list(Optional<Position> from) {
        return zone.list(from);
    }

    @Override
    public boolean isInSync(String changeId) {
        return zone.isInSync(changeId);
    }

    @Override
    public ZoneCalls inBackground() {
        return new GatedZone(zone.inBackground(), checks);
    }
}
