package io.k8saws.etcd.snapshot;

import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * How many keys two snapshots do not have alike, by the kind of thing that they are about.
 *
 * @param types the counts by {@link io.k8saws.etcd.registry.ResourceKey#type()}, in its order; {@link #OTHER} is for keys of no API server
 * @param same keys with the same value in both
 * @param rewritten how many of these have another revision: the same bytes written again, or a cluster that was filled anew
 */
public record DiffSummary(Map<String, Counts> types, long same, long rewritten) {
    /** What keys that are none of an API server are counted under. */
    public static final String OTHER = "(other keys)";

    /** More types than any cluster has; the rest counts as {@link #OTHER}. */
    static final int MOST_TYPES = 10_000;

    /**
     * Numbers of keys.
     *
     * @param added only in the second snapshot
     * @param removed only in the first
     * @param changed with different values
     */
    public record Counts(long added, long removed, long changed) {
        static Counts of(KeyDifference.Kind kind) {
            return new Counts(
                    kind == KeyDifference.Kind.ADDED ? 1 : 0,
                    kind == KeyDifference.Kind.REMOVED ? 1 : 0,
                    kind == KeyDifference.Kind.CHANGED ? 1 : 0);
        }

        Counts plus(Counts other) {
            return new Counts(added + other.added, removed + other.removed, changed + other.changed);
        }
    }

    /** Makes a copy of the map. */
    public DiffSummary {
        types = Collections.unmodifiableMap(new TreeMap<>(types));
    }

    /**
     * All differences together.
     *
     * @return the sums
     */
    public Counts total() {
        return types.values().stream().reduce(new Counts(0, 0, 0), Counts::plus);
    }

    /** A line for each type and one for all. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        types.forEach((type, counts) -> line(text, type, counts));
        line(text, "total", total());
        return text.append(String.format(Locale.ROOT, "%,d the same, %,d of them written again", same, rewritten))
                .toString();
    }

    private static void line(StringBuilder text, String name, Counts counts) {
        text.append(String.format(
                Locale.ROOT, "%-40s +%,d -%,d ~%,d\n", name, counts.added(), counts.removed(), counts.changed()));
    }
}
