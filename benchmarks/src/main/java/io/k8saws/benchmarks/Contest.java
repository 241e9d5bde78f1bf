package io.k8saws.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Several ways to do the same work. Each round does it in each way, so that whatever else the machine does meets all of them; figures are medians over the rounds, and so are
 * ratios, each taken within its round.
 */
final class Contest {
    private final List<Entry> entries = new ArrayList<>();

    /** Does the work once. */
    interface Work {
        void run() throws IOException, InterruptedException;
    }

    private record Entry(String name, Work work, List<Double> seconds) {}

    /** Adds a way; the others are compared with the first. */
    Contest enter(String name, Work work) {
        entries.add(new Entry(name, work, new ArrayList<>()));
        return this;
    }

    /** Runs all rounds and prints the rows of a table: name, seconds, MiB a second, ratio to the first. */
    void run(int rounds, long bytes, PrintStream out) throws IOException, InterruptedException {
        for (int round = 0; round < rounds; round++) {
            for (Entry entry : entries) {
                long start = System.nanoTime();
                entry.work().run();
                entry.seconds().add((System.nanoTime() - start) / 1e9);
            }
        }
        for (Entry entry : entries) {
            double seconds = median(entry.seconds());
            out.printf(
                    Locale.ROOT,
                    "| %s | %.2f s | %.0f | %.2f |%n",
                    entry.name(),
                    seconds,
                    (bytes >> 20) / seconds,
                    ratio(entry));
        }
    }

    private double ratio(Entry entry) {
        List<Double> ratios = new ArrayList<>();
        List<Double> first = entries.get(0).seconds();
        for (int round = 0; round < first.size(); round++) {
            ratios.add(entry.seconds().get(round) / first.get(round));
        }
        return median(ratios);
    }

    /** The number in the middle. */
    static double median(List<Double> numbers) {
        List<Double> sorted = numbers.stream().sorted().toList();
        return sorted.get(sorted.size() / 2);
    }
}
