package io.k8saws.dns.internal.engine;

import io.k8saws.dns.plan.ModelZone;
import io.k8saws.dns.plan.SetChange;
import io.k8saws.dns.record.Answer;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RecordSet;
import io.k8saws.dns.record.RecordType;
import io.k8saws.error.AwsCallException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The calls to a zone that is a value in memory: counted, by pages of 300, and cut off, refused or failed when a test wants it. */
final class ModelCalls implements ZoneCalls {
    /** Ends the run: what happens in it afterwards does not. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1;
    }

    private final ModelZone content;
    private final Set<String> poison = new HashSet<>();
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

    ModelCalls(String zone) {
        this.content = new ModelZone(zone);
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
        content.put(set);
    }

    void remove(DnsName name) {
        content.remove(name);
    }

    List<RecordSet> at(DnsName name) {
        return content.at(name);
    }

    Set<RecordSet> all() {
        return Set.copyOf(content.all());
    }

    @Override
    public String change(List<SetChange> changes) {
        changeCalls++;
        beforeServing.run();
        dieBeforeServing();
        failWithTrouble(false);
        largest = Math.max(largest, changes.size());
        List<String> problems = poisoned(changes);
        if (problems.isEmpty()) {
            problems = content.change(changes);
        }
        if (!problems.isEmpty()) {
            throw refused(namesInMessages ? problems.toString() : "The batch cannot be processed");
        }
        dieAfterServing();
        failWithTrouble(true);
        return "C" + changeCalls;
    }

    private List<String> poisoned(List<SetChange> changes) {
        return changes.stream()
                .flatMap(change -> change.after().stream())
                .filter(set -> set.answer() instanceof Answer.Values all
                        && all.values().stream().anyMatch(poison::contains))
                .map(set -> "Invalid value in resource record set [name='"
                        + set.name().route53() + "', type='" + set.type() + "']")
                .toList();
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
        Iterable<RecordSet> rest = from.<Iterable<RecordSet>>map(position -> content.from(
                        position.name(), position.type().map(RecordType::valueOf), position.setIdentifier()))
                .orElseGet(content::all);
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
                return ModelCalls.this.list(from);
            }

            @Override
            public boolean isInSync(String changeId) {
                return ModelCalls.this.isInSync(changeId);
            }
        };
    }
}
