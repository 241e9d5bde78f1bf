package io.k8saws.dns.internal.change;

import io.k8saws.dns.plan.NamePlan;
import io.k8saws.dns.plan.NameResult;
import io.k8saws.dns.plan.SetChange;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RecordSet;
import io.k8saws.dns.zone.HostedZone;
import io.k8saws.error.InvalidSpecException;
import io.k8saws.error.K8sAwsException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Changes names of a zone, batch by batch. When Route 53 refuses a batch, the names that its words tell are taken out; when they tell none, the batch is halved until the bad ones are alone. So a name that cannot be is found in some
 * calls, and all others go on. Used by one thread.
 */
public final class ZoneChanges {
    /** {@code [Tried to create resource record set [name='www.example.com.', type='A'] but it already exists]} and its like. */
    private static final Pattern NAMED = Pattern.compile("name='([^']+)'");

    private final HostedZone zone;
    private final ZoneCalls calls;
    private final Consumer<NameResult> told;
    private Optional<String> lastChange = Optional.empty();

    /**
     * Makes it.
     *
     * @param zone the zone
     * @param calls sends batches to it
     * @param told hears of each name, when it is known what became of it
     */
    public ZoneChanges(HostedZone zone, ZoneCalls calls, Consumer<NameResult> told) {
        this.zone = zone;
        this.calls = calls;
        this.told = told;
    }

    /**
     * Changes names.
     *
     * @param names with changes
     * @return the id of the last change; empty when nothing was done
     */
    public Optional<String> apply(List<NamePlan> names) {
        names.stream()
                .filter(Batches::isTooLarge)
                .forEach(name -> tell(
                        name,
                        NameResult.State.FAILED,
                        "its changes are larger than a call may be: " + name.elements() + " values, "
                                + name.characters() + " characters. Give it fewer values"));
        List<List<NamePlan>> whole = Batches.of(names);
        Deque<List<NamePlan>> waiting = new ArrayDeque<>(whole);
        while (!waiting.isEmpty()) {
            List<NamePlan> batch = waiting.removeFirst();
            try {
                lastChange = Optional.of(calls.change(changes(batch)));
                batch.forEach(name -> tell(name, NameResult.State.DONE, ""));
            } catch (RefusedBatchException e) {
                // of a batch that was sent as it is for the first time, an answer may have been lost; it is done as a
                // whole or not at all
                if (whole.contains(batch) && isDone(batch.get(0))) {
                    batch.forEach(name -> tell(name, NameResult.State.DONE, ""));
                } else {
                    isolate(batch, e, waiting);
                }
            } catch (K8sAwsException e) {
                batch.forEach(name -> tell(name, NameResult.State.UNKNOWN, String.valueOf(e.getMessage())));
            }
        }
        return lastChange;
    }

    private boolean isDone(NamePlan name) {
        return name.changes().stream()
                .allMatch(change -> change.after().isPresent()
                        ? isThere(change.after().get())
                        : !isThere(change.before().orElseThrow()));
    }

    private boolean isThere(RecordSet set) {
        return calls.records(set.name()).stream().anyMatch(set::isSame);
    }

    /** Those that go come first: some may give way to others. */
    private static List<SetChange> changes(List<NamePlan> batch) {
        return batch.stream().flatMap(name -> name.changes().stream()).toList();
    }

    private void isolate(List<NamePlan> batch, RefusedBatchException refusal, Deque<List<NamePlan>> waiting) {
        if (batch.size() == 1) {
            tell(batch.get(0), NameResult.State.FAILED, String.join("; ", refusal.reasons()));
            return;
        }
        Map<NamePlan, String> bad = named(batch, refusal);
        if (!bad.isEmpty() && bad.size() < batch.size()) {
            bad.forEach((name, reason) -> tell(name, NameResult.State.FAILED, reason));
            waiting.addFirst(
                    batch.stream().filter(name -> !bad.containsKey(name)).toList());
            return;
        }
        int half = batch.size() / 2;
        waiting.addFirst(batch.subList(half, batch.size()));
        waiting.addFirst(batch.subList(0, half));
    }

    /** The names of which the words speak, by their own record sets or their marks. */
    private static Map<NamePlan, String> named(List<NamePlan> batch, RefusedBatchException refusal) {
        List<Map.Entry<DnsName, String>> found = new ArrayList<>();
        for (String reason : refusal.reasons()) {
            Matcher matcher = NAMED.matcher(reason);
            while (matcher.find()) {
                try {
                    found.add(Map.entry(DnsName.fromRoute53(matcher.group(1)), reason));
                } catch (InvalidSpecException e) {
                    // a name that is none of ours: the batch is halved
                }
            }
        }
        return batch.stream()
                .flatMap(name -> {
                    Set<DnsName> names = names(name);
                    return found.stream()
                            .filter(one -> names.contains(one.getKey()))
                            .limit(1)
                            .map(one -> Map.entry(name, one.getValue()));
                })
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static Set<DnsName> names(NamePlan name) {
        Set<DnsName> names = new HashSet<>();
        name.changes().forEach(change -> {
            change.before().ifPresent(set -> names.add(set.name()));
            change.after().ifPresent(set -> names.add(set.name()));
        });
        return names;
    }

    private void tell(NamePlan name, NameResult.State state, String reason) {
        told.accept(new NameResult(zone, name.name(), state, reason));
    }
}
