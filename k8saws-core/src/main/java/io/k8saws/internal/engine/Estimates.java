package io.k8saws.internal.engine;

import io.k8saws.internal.engine.Schedule.Node;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/** How long steps take, guessed from AWS's usual times, and how long a set of steps takes at least: its critical path. */
final class Estimates {
    /** Usual times on AWS in seconds where they are more than a call or two (NAT gateways and groups dominate a cluster's creation). */
    private static final Map<String, Integer> SECONDS = Map.of(
            "nat-gateway", 100,
            "load-balancer", 3,
            "auto-scaling-group", 2,
            "iam-role", 1,
            "instance-profile", 10,
            "volume", 5);

    private static final Map<String, Integer> REMOVAL_SECONDS =
            Map.of("nat-gateway", 60, "auto-scaling-group", 90, "load-balancer", 10, "internet-gateway", 5);

    private static final int STEPS_THAT_TELL_A_PACE = 10;

    private Estimates() {}

    /** A guess for one step. */
    static Duration of(Node node) {
        Map<String, Integer> table = node.makes() ? SECONDS : REMOVAL_SECONDS;
        Integer seconds = table.get(node.entry().kind().name());
        return seconds == null ? Duration.ofMillis(300) : Duration.ofSeconds(seconds);
    }

    /**
     * The longest chain of steps.
     *
     * @param nodes steps, each after those it needs
     * @param times how long each takes
     * @return the sum of the times along the longest chain
     */
    static Duration criticalPath(List<Node> nodes, Function<Node, Duration> times) {
        return ends(nodes, times).values().stream().max(Duration::compareTo).orElse(Duration.ZERO);
    }

    /**
     * How long the steps that are left take at least: their critical path by the usual times, scaled by how the steps that ended compare to theirs.
     *
     * @param nodes all steps, each after those it needs
     * @param took the times of those that ended
     * @param ended whether a step has ended
     * @return the time left
     */
    static Duration remaining(List<Node> nodes, Map<Node, Duration> took, Predicate<Node> ended) {
        long expected = 0;
        long measured = 0;
        for (Map.Entry<Node, Duration> step : took.entrySet()) {
            expected += of(step.getKey()).toMillis();
            measured += step.getValue().toMillis();
        }
        double pace = took.size() < STEPS_THAT_TELL_A_PACE ? 1 : (double) measured / Math.max(1, expected);
        Duration left = criticalPath(nodes, node -> ended.test(node) ? Duration.ZERO : of(node));
        return Duration.ofMillis((long) (left.toMillis() * pace));
    }

    /** When each step ends at the earliest. */
    private static Map<Node, Duration> ends(Collection<Node> nodes, Function<Node, Duration> times) {
        Map<Node, Duration> ends = new HashMap<>();
        for (Node node : nodes) {
            Duration start = node.needs().stream()
                    .map(need -> ends.getOrDefault(need, Duration.ZERO))
                    .max(Duration::compareTo)
                    .orElse(Duration.ZERO);
            ends.put(node, start.plus(times.apply(node)));
        }
        return ends;
    }
}
