package io.k8saws.dns.plan;

import io.k8saws.dns.record.RecordSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What happens to a record set. It is carried out by DELETE with all that was seen, and CREATE, which Route 53 refuses unless the set is still so: never by UPSERT, which would overwrite what somebody else has written since. Immutable.
 *
 * @param before how it was seen; empty when it was not there
 * @param after how it shall be; empty when it shall be gone
 */
public record SetChange(Optional<RecordSet> before, Optional<RecordSet> after) {
    /** Checks that something changes. */
    public SetChange {
        Objects.requireNonNull(before, "before");
        Objects.requireNonNull(after, "after");
        if (before.equals(after)) {
            throw new IllegalArgumentException("A change has a before and an after that differ, not " + before + ".");
        }
    }

    static SetChange create(RecordSet set) {
        return new SetChange(Optional.empty(), Optional.of(set));
    }

    static SetChange delete(RecordSet set) {
        return new SetChange(Optional.of(set), Optional.empty());
    }

    static SetChange replace(RecordSet before, RecordSet after) {
        return new SetChange(Optional.of(before), Optional.of(after));
    }

    /** What changes and further ones come to together. */
    static List<SetChange> joined(List<SetChange> first, List<SetChange> then) {
        Map<String, Optional<RecordSet>> before = new TreeMap<>();
        Map<String, Optional<RecordSet>> after = new TreeMap<>();
        Stream.concat(first.stream(), then.stream()).forEach(change -> {
            before.putIfAbsent(change.place(), change.before());
            after.put(change.place(), change.after());
        });
        return before.entrySet().stream()
                .filter(one -> !one.getValue().equals(after.get(one.getKey())))
                .map(one -> new SetChange(one.getValue(), after.getOrDefault(one.getKey(), Optional.empty())))
                .toList();
    }

    private String place() {
        RecordSet set = after.or(() -> before).orElseThrow();
        return set.name() + " " + set.type() + " " + set.setIdentifier().orElse("");
    }

    /**
     * How many of the 1,000 values of a batch it takes.
     *
     * @return 0 or more
     */
    public int elements() {
        return before.map(RecordSet::elements).orElse(0)
                + after.map(RecordSet::elements).orElse(0);
    }

    /**
     * How many of the 32,000 characters of a batch it takes.
     *
     * @return 0 or more
     */
    public int characters() {
        return before.map(RecordSet::characters).orElse(0)
                + after.map(RecordSet::characters).orElse(0);
    }

    /** Beginning with {@code +}, {@code -} or {@code ~}. */
    @Override
    public String toString() {
        if (before.isEmpty()) {
            return "+ " + after.orElseThrow();
        }
        return after.map(set -> "~ " + set + ", before: " + before.get()).orElseGet(() -> "- " + before.get());
    }
}
