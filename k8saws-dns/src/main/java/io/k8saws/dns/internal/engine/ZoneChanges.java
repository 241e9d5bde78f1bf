package io.k8saws.dns.internal.engine;

import io.k8saws.dns.plan.NamePlan;
import io.k8saws.dns.plan.NameResult;
import io.k8saws.dns.plan.SetChange;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.zone.HostedZone;
import io.k8saws.error.AwsCallException;
import io.k8saws.error.K8sAwsException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Does what a plan says in a zone, once: in as few calls as can be, and a name that Route 53 refuses hinders no other. Used by one thread. */
public final class ZoneChanges {
    private final HostedZone zone;
    private final ZoneCalls calls;
    private final Consumer<NameResult> told;
    private Optional<String> lastChange = Optional.empty();

    /**
     * Makes it; calls nothing.
     *
     * @param zone the zone
     * @param calls reaches it
     * @param told hears of each name, when it is known what became of it
     */
    public ZoneChanges(HostedZone zone, ZoneCalls calls, Consumer<NameResult> told) {
        this.zone = zone;
        this.calls = calls;
        this.told = told;
    }

    /**
     * Changes names, in their order.
     *
     * @param names with changes
     * @return the last change, to ask Route 53 about; empty when none was made
     */
    public Optional<String> apply(List<NamePlan> names) {
        names.stream()
                .filter(name -> !Batches.fits(name))
                .forEach(name -> tell(
                        name,
                        NameResult.State.FAILED,
                        "its changes are larger than a call may be: " + name.elements() + " values, "
                                + name.characters() + " characters. Give it fewer values"));
        Batches.all(names.stream().filter(Batches::fits).toList()).forEach(this::deliver);
        return lastChange;
    }

    private void deliver(List<NamePlan> batch) {
        Set<NamePlan> left = new HashSet<>(batch);
        Delivery delivery = new Delivery(
                changes -> send(batch, left.size() == batch.size(), changes),
                (done, change) -> {
                    left.removeAll(done);
                    if (!change.isEmpty()) {
                        lastChange = Optional.of(change);
                    }
                    done.forEach(name -> tell(name, NameResult.State.DONE, ""));
                },
                (refused, failure) -> {
                    left.removeAll(refused);
                    refused.forEach(name -> tell(name, NameResult.State.FAILED, Refusals.why(failure, name)));
                });
        try {
            delivery.deliver(batch);
        } catch (K8sAwsException e) {
            batch.stream()
                    .filter(left::contains)
                    .forEach(name -> tell(name, NameResult.State.UNKNOWN, String.valueOf(e.getMessage())));
        }
    }

    /** A batch that is refused as a whole may be one whose first answer was lost: then it is done, all of it. */
    private String send(List<NamePlan> batch, boolean first, List<SetChange> changes) {
        try {
            return calls.change(changes);
        } catch (AwsCallException e) {
            boolean whole = first && changes.size() == size(batch);
            if (Refusals.isOfContent(e) && whole && isDone(batch)) {
                return "";
            }
            throw e;
        }
    }

    private static int size(List<NamePlan> batch) {
        return batch.stream().mapToInt(name -> name.changes().size()).sum();
    }

    /** All of it is done, or nothing: the first name tells most that are not, and then all names are looked at. */
    private boolean isDone(List<NamePlan> batch) {
        return areThere(batch.subList(0, 1)) && areThere(batch);
    }

    private boolean areThere(List<NamePlan> names) {
        ZoneMirror seen = new ZoneMirror(zone.name());
        Set<DnsName> touched = new HashSet<>();
        names.forEach(name -> Refusals.touched(name).forEach(touched::add));
        Set<DnsName> unused = new ZoneReading(calls, seen).names(touched);
        return names.stream()
                .flatMap(name -> name.changes().stream())
                .allMatch(change -> change.after().isPresent()
                        ? seen.at(change.after().get().name())
                                .contains(change.after().get())
                        : !seen.at(change.before().orElseThrow().name())
                                .contains(change.before().get()));
    }

    private void tell(NamePlan name, NameResult.State state, String reason) {
        told.accept(new NameResult(zone, name.name(), state, reason));
    }
}
