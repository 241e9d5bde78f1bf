package io.k8saws.kill;

import io.k8saws.kill.Worlds.Death;
import java.util.Collection;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/** The table of what was hit: how often a run died before and after each operation. */
final class Deaths {
    private final SortedMap<String, int[]> counts = new TreeMap<>();

    synchronized void add(Collection<Death> deaths) {
        for (Death death : deaths) {
            counts.computeIfAbsent(death.operation(), unused -> new int[2])[
                    death.moment().ordinal()]++;
        }
    }

    @Override
    public synchronized String toString() {
        StringBuilder table = new StringBuilder("before  after  operation\n");
        counts.forEach((operation, hits) ->
                table.append(String.format(Locale.ROOT, "%6d %6d  %s%n", hits[0], hits[1], operation)));
        return table.toString();
    }
}
