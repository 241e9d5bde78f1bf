package io.k8saws.testkit.fault;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The finished calls of a {@link FaultyHttpClient}, in the order of arrival.
 *
 * <p>Immutable: a snapshot. {@link #toString()} is a table of operations and counts, made for a failure message.
 */
public final class CallLog {
    private final List<RecordedCall> calls;

    CallLog(List<RecordedCall> calls) {
        this.calls = calls.stream()
                .sorted(Comparator.comparingInt(recorded -> recorded.call().number()))
                .toList();
    }

    /**
     * All calls.
     *
     * @return the calls by number; empty when there were none
     */
    public List<RecordedCall> all() {
        return calls;
    }

    /**
     * The number of calls.
     *
     * @return 0 or more
     */
    public int count() {
        return calls.size();
    }

    /**
     * The number of calls of one operation.
     *
     * @param name service and operation as in {@link AwsCall#name()}, such as {@code ec2:DescribeVpcs}
     * @return 0 or more
     */
    public int count(String name) {
        return matching(call -> call.name().equals(name)).count();
    }

    /**
     * The calls that pass a test.
     *
     * @param calls the test
     * @return a log of these calls alone
     */
    public CallLog matching(Predicate<? super AwsCall> calls) {
        return new CallLog(this.calls.stream()
                .filter(recorded -> calls.test(recorded.call()))
                .toList());
    }

    /**
     * The calls that only read.
     *
     * @return a log of these calls alone
     */
    public CallLog reads() {
        return matching(call -> !call.write());
    }

    /**
     * The calls that may change something.
     *
     * @return a log of these calls alone
     */
    public CallLog writes() {
        return matching(AwsCall::write);
    }

    /**
     * How often each operation was called.
     *
     * @return counts by {@link AwsCall#name()}, sorted by name
     */
    public SortedMap<String, Integer> byOperation() {
        SortedMap<String, Integer> counts = new TreeMap<>();
        calls.forEach(recorded -> counts.merge(recorded.call().name(), 1, Integer::sum));
        return counts;
    }

    /**
     * The largest number of calls that were under way at the same moment.
     *
     * @return 0 for an empty log
     */
    public int maxConcurrency() {
        record Edge(Instant at, int step) {}
        List<Edge> edges = new ArrayList<>();
        for (RecordedCall recorded : calls) {
            edges.add(new Edge(recorded.startedAt(), 1));
            edges.add(new Edge(recorded.startedAt().plus(recorded.took()), -1));
        }
        // At the same instant an end counts before a start: calls in a row do not overlap.
        edges.sort(Comparator.comparing(Edge::at).thenComparingInt(Edge::step));
        int now = 0;
        int most = 0;
        for (Edge edge : edges) {
            now += edge.step();
            most = Math.max(most, now);
        }
        return most;
    }

    /**
     * The counts as a table, the most frequent operation first.
     *
     * @return one line an operation, and a last line with the total
     */
    @Override
    public String toString() {
        StringBuilder table = new StringBuilder();
        byOperation().entrySet().stream()
                .sorted(Comparator.comparing(entry -> -entry.getValue()))
                .forEach(entry ->
                        table.append(String.format(Locale.ROOT, "%6d  %s%n", entry.getValue(), entry.getKey())));
        return table.append(String.format(
                        Locale.ROOT,
                        "%6d  calls, %d reads and %d writes, at most %d at once",
                        count(),
                        reads().count(),
                        writes().count(),
                        maxConcurrency()))
                .toString();
    }
}
