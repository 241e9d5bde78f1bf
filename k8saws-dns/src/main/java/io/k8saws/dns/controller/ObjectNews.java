package io.k8saws.dns.controller;

import io.k8saws.dns.internal.kubernetes.DesiredNames;
import io.k8saws.dns.internal.kubernetes.ObjectConditions;
import io.k8saws.dns.internal.kubernetes.ObjectEvents;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.source.ObjectKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Tells an object, by an Event and by a condition, how its names are. Safe to use from many threads. */
final class ObjectNews {
    private final DesiredNames desired;
    private final ObjectEvents events;
    private final Optional<ObjectConditions> conditions;

    ObjectNews(DesiredNames desired, ObjectEvents events, Optional<ObjectConditions> conditions) {
        this.desired = desired;
        this.events = events;
        this.conditions = conditions;
    }

    /**
     * Tells an object what is wrong with its names, or that all is well; by an Event not that all is well as before.
     *
     * @param object which
     * @param failure what is in the way of a name, if anything
     * @param isUnderWay whether a name is being written
     * @param written whether a name of the object was written just now
     */
    void tell(
            ObjectKey object,
            Function<DnsName, Optional<String>> failure,
            Predicate<DnsName> isUnderWay,
            boolean written) {
        List<String> problems = new ArrayList<>();
        desired.problems(object).forEach(problem -> problems.add(problem.toString()));
        Set<DnsName> names = desired.namesOf(object);
        names.stream().sorted().forEach(name -> failure.apply(name).ifPresent(problems::add));
        if (!problems.isEmpty()) {
            String text = String.join("\n", problems);
            events.tell(object, ObjectEvents.ERROR, text);
            say(object, false, ObjectEvents.ERROR, text);
            return;
        }
        if (names.isEmpty()) {
            events.forget(object);
            conditions.ifPresent(all -> all.unsay(object));
            return;
        }
        String text = names.stream().map(DnsName::text).sorted().collect(Collectors.joining(", "));
        if (written || events.isTroubled(object)) {
            events.tell(object, ObjectEvents.READY, text);
        }
        Set<DnsName> waiting = desired.awaiting(object);
        if (!waiting.isEmpty()) {
            say(
                    object,
                    false,
                    "Waiting",
                    "It has no address to which these names could lead: "
                            + waiting.stream().map(DnsName::text).sorted().collect(Collectors.joining(", ")));
        } else if (names.stream().noneMatch(isUnderWay)) {
            say(object, true, ObjectEvents.READY, text);
        }
    }

    private void say(ObjectKey object, boolean inStep, String reason, String text) {
        conditions.ifPresent(all -> all.say(object, new ObjectConditions.State(inStep, reason, text)));
    }

    /** Objects that were not told because the cluster did not allow it, and may be told now. */
    List<ObjectKey> takeUntold() {
        return conditions.map(ObjectConditions::takeUntold).orElse(List.of());
    }

    /** What keeps objects from being told. */
    Optional<String> problem() {
        return conditions.flatMap(ObjectConditions::problem);
    }
}
