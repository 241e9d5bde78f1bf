package io.k8saws.benchmarks;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * One measurement of one operation.
 *
 * @param wall from opening the library to having the answer
 * @param cpu the processor time of this process, without the emulator's
 * @param calls AWS requests by operation
 * @param heapPeak the most bytes in use at one of the looks
 * @param heapLive the bytes in use after a collection, with the answer still held
 * @param steps the time from the first to the last step; zero for a plan
 * @param criticalPath the longest chain of steps by their measured times; zero for a plan
 */
record Sample(
        Duration wall,
        Duration cpu,
        Map<String, Integer> calls,
        long heapPeak,
        long heapLive,
        Duration steps,
        Duration criticalPath) {

    int callCount() {
        return calls.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** The times of the run in the middle, the calls of the first; heap likewise. */
    static Sample median(List<Sample> samples) {
        return new Sample(
                middle(samples, Sample::wall),
                middle(samples, Sample::cpu),
                samples.get(0).calls(),
                middle(samples, Sample::heapPeak),
                middle(samples, Sample::heapLive),
                middle(samples, Sample::steps),
                middle(samples, Sample::criticalPath));
    }

    private static <T extends Comparable<T>> T middle(List<Sample> samples, Function<Sample, T> value) {
        List<T> sorted =
                samples.stream().map(value).sorted(Comparator.naturalOrder()).toList();
        return sorted.get(sorted.size() / 2);
    }
}
