package io.k8saws.dns.internal.engine;

import io.k8saws.dns.plan.SetChange;
import io.k8saws.dns.record.Answer;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RecordSet;
import io.k8saws.dns.record.RecordType;
import io.k8saws.error.AwsCallException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A zone by Route 53's written rules: whole batches, comparing and setting, lonely CNAMEs, sizes, pages of 300. Counts its calls. */
final class ZoneModel implements ZoneCalls {
    /** Ends the run: what happens in it afterwards does not. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1;
    }

    private record Key(String reversed, DnsName name, RecordType type, String set) {
        static Key of(RecordSet set) {
            return new Key(
                    ZoneReading.reversed(set.name().route53()),
                    set.name(),
                    set.type(),
                    set.setIdentifier().orElse(""));
        }
    }

    private static final Comparator<Key> ORDER =
            Comparator.comparing(Key::reversed).thenComparing(Key::type).thenComparing(Key::set);

    private TreeMap<Key, RecordSet> sets = new TreeMap<>(ORDER);
    private final Set<String> poison = new HashSet<>();
    private final DnsName zone;
    int changeCalls;
    int readCalls;
    int largest;
    boolean namesInMessages = true;
    int killAtCall = -1;
    boolean killAfterServing;
    AwsCallException trouble;
    boolean troubleAfterServing;
    Runnable beforeServing = () -> {};
    Runnable beforeLook = () -> {};
    int looks;

    ZoneModel(String zone) {
        this.zone = DnsName.of(zone);
    }

    int calls() {
        return changeCalls + readCalls;
    }

    void resetCounts() {
        changeCalls = 0;
        readCalls = 0;
        largest = 0;
    }

    /** No batch with this value is taken. */
    void poison(String value) {
        poison.add(value);
    }

    void heal() {
        poison.clear();
    }

    /** As others write: not counted. */
    void put(RecordSet set) {
        sets.put(Key.of(set), set);
    }

    void remove(DnsName name) {
        sets.keySet().removeIf(key -> key.name().equals(name));
    }

    List<RecordSet> at(DnsName name) {
        return sets.values().stream().filter(set -> set.name().equals(name)).toList();
    }

    Set<RecordSet> all() {
        return Set.copyOf(sets.values());
    }

    @Override
    public String change(List<SetChange> changes) {
        changeCalls++;
        beforeServing.run();
        dieBeforeServing();
        failWithTrouble(false);
        largest = Math.max(largest, changes.size());
        TreeMap<Key, RecordSet> next = new TreeMap<>(sets);
        List<String> problems = problems(changes, next);
        if (!problems.isEmpty()) {
            throw refused(namesInMessages ? problems.toString() : "The batch cannot be processed");
        }
        sets = next;
        dieAfterServing();
        failWithTrouble(true);
        return "C" + changeCalls;
    }

    private List<String> problems(List<SetChange> changes, Map<Key, RecordSet> next) {
        List<String> problems = new ArrayList<>();
        int values = changes.stream().mapToInt(SetChange::elements).sum();
        int characters = changes.stream().mapToInt(SetChange::characters).sum();
        if (values > 1000 || characters > 32_000) {
            problems.add("Number of records or characters limit exceeded: " + values + ", " + characters);
        }
        for (SetChange change : changes) {
            change.before().ifPresent(before -> {
                RecordSet there = next.remove(Key.of(before));
                if (there == null) {
                    problems.add("Tried to delete " + what(before) + " but it was not found");
                } else if (!there.equals(before)) {
                    problems.add("Tried to delete " + what(before)
                            + " but the values provided do not match the current values");
                }
            });
        }
        for (SetChange change : changes) {
            change.after().ifPresent(after -> {
                if (next.putIfAbsent(Key.of(after), after) != null) {
                    problems.add("Tried to create " + what(after) + " but it already exists");
                }
                if (after.answer() instanceof Answer.Values all
                        && all.values().stream().anyMatch(poison::contains)) {
                    problems.add("Invalid value in " + what(after));
                }
            });
        }
        Map<DnsName, Set<RecordType>> types = new HashMap<>();
        changes.forEach(change -> change.after()
                .ifPresent(set -> types.computeIfAbsent(set.name(), name -> next.keySet().stream()
                        .filter(key -> key.name().equals(name))
                        .map(Key::type)
                        .collect(Collectors.toSet()))));
        types.forEach((name, all) -> {
            if (all.contains(RecordType.CNAME) && (all.size() > 1 || name.equals(zone))) {
                problems.add("RRSet of type CNAME with DNS name " + name + ". is not permitted");
            }
        });
        return problems;
    }

    private static String what(RecordSet set) {
        return "resource record set [name='" + set.name().route53() + "', type='" + set.type() + "']";
    }

    private static AwsCallException refused(String why) {
        return new AwsCallException(
                new AwsCallException.Failure(
                        "route53", "ChangeResourceRecordSets", "InvalidChangeBatch", 400, "req-1", 1, false),
                "AWS answered InvalidChangeBatch: " + why,
                "mend it",
                null);
    }

    static AwsCallException failure(String code, int status, boolean retryable) {
        return new AwsCallException(
                new AwsCallException.Failure(
                        "route53", "ChangeResourceRecordSets", code, status, "req-2", 3, retryable),
                "AWS answered " + code,
                "wait",
                null);
    }

    @Override
    public Page list(Optional<Position> from) {
        readCalls++;
        dieBeforeServing();
        failWithTrouble(false);
        List<RecordSet> page = new ArrayList<>();
        Optional<Position> next = Optional.empty();
        Iterable<RecordSet> rest = from.map(position -> sets.tailMap(
                                new Key(
                                        ZoneReading.reversed(position.name()),
                                        zone,
                                        position.type().map(RecordType::valueOf).orElse(RecordType.A),
                                        position.setIdentifier().orElse("")),
                                true)
                        .values())
                .orElseGet(() -> sets.values());
        for (RecordSet set : rest) {
            if (page.size() == 300) {
                next = Optional.of(new Position(
                        set.name().route53(), Optional.of(set.type().name()), set.setIdentifier()));
                break;
            }
            page.add(set);
        }
        dieAfterServing();
        return new Page(page, next);
    }

    @Override
    public boolean isInSync(String changeId) {
        readCalls++;
        return readCalls > 2;
    }

    private void dieBeforeServing() {
        if (!killAfterServing && calls() == killAtCall) {
            throw new Killed();
        }
    }

    private void dieAfterServing() {
        if (killAfterServing && calls() == killAtCall) {
            throw new Killed();
        }
    }

    private void failWithTrouble(boolean afterServing) {
        AwsCallException now = trouble;
        if (now != null && troubleAfterServing == afterServing) {
            trouble = null;
            throw now;
        }
    }

    /** Reads in the background are counted as such, too. */
    @Override
    public ZoneCalls inBackground() {
        return new ZoneCalls() {
            @Override
            public String change(List<SetChange> changes) {
                throw new AssertionError("nothing is changed in the background");
            }

            @Override
            public Page list(Optional<Position> from) {
                looks++;
                beforeLook.run();
                return ZoneModel.this.list(from);
            }

            @Override
            public boolean isInSync(String changeId) {
                return ZoneModel.this.isInSync(changeId);
            }
        };
    }
}
