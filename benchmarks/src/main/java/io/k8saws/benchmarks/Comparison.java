package io.k8saws.benchmarks;

import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.Testbed;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Measures planning and applying whole clusters against moto and prints the tables of docs/benchmarks.md. */
public final class Comparison {
    private static final List<Integer> POOLS = List.of(1, 3, 10, 100);
    private static final Duration NO_DELAY = Duration.ZERO;
    private static final Duration DELAY = Duration.ofMillis(50);
    private static final ResiliencePolicy UNLIMITED =
            ResiliencePolicy.defaults().forEmulator();

    /** What a known tool needs for the same shape against moto. */
    private static final Map<String, String> KNOWN = Map.of(
            "plan without changes, 3 pools", "310 calls, 4.6 s with 50 ms a call",
            "first apply, 3 pools", "594 calls, 7.6 s with 50 ms a call",
            "plan without changes, 100 pools", "1,668 calls, 32 s",
            "first apply, 100 pools", "2,537 calls, 22 s");

    private final AwsEndpoint aws;
    private final int runs;
    private final PrintStream out;
    private final List<Measured> measured = new ArrayList<>();

    /** The cluster's life with a number of pools, with and without a delay. */
    private record Measured(int pools, Life fast, Life slow) {}

    private Comparison(AwsEndpoint aws, int runs, PrintStream out) {
        this.aws = aws;
        this.runs = runs;
        this.out = out;
    }

    /**
     * Runs everything.
     *
     * @param args how many runs the medians are made of; 5 when it is left out
     */
    public static void main(String[] args) {
        int runs = args.length > 0 ? Integer.parseInt(args[0]) : 5;
        try (AwsEndpoint aws = Testbed.moto()) {
            new Comparison(aws, runs, System.out).run();
        }
    }

    private void run() {
        machine();
        cold();
        warmUp();
        for (int pools : POOLS) {
            measured.add(new Measured(
                    pools,
                    new Scenario(pools, NO_DELAY, UNLIMITED).measure(aws, runs),
                    new Scenario(pools, DELAY, UNLIMITED).measure(aws, runs)));
        }
        operations();
        criticalPaths();
        known();
        limits();
    }

    private void machine() {
        out.printf(
                Locale.ROOT,
                "%s; %d cores, load %.1f at the start; Java %s (%s), heap limit %d MB; medians of %d runs%n",
                LocalDate.now(java.time.ZoneOffset.UTC),
                Runtime.getRuntime().availableProcessors(),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
                System.getProperty("java.version"),
                System.getProperty("java.vm.name"),
                Runtime.getRuntime().maxMemory() >> 20,
                runs);
    }

    /** Planning in a fresh Java process: of a new cluster, and of one that is there and unchanged; and what the SDK alone costs for the first. */
    private void cold() {
        title(
                "A fresh Java process plans once",
                "cluster, 3 pools",
                "added to a call",
                "process",
                "of which the plan",
                "processor time");
        aws.reset();
        cold("the SDK alone, the same calls", PlainSdk.class, NO_DELAY);
        cold("the SDK alone, the same calls", PlainSdk.class, DELAY);
        cold("new", ColdStart.class, NO_DELAY);
        cold("new", ColdStart.class, DELAY);
        new Scenario(3, NO_DELAY, UNLIMITED).leaveApplied(aws);
        cold("unchanged", ColdStart.class, NO_DELAY);
        cold("unchanged", ColdStart.class, DELAY);
    }

    private void cold(String cluster, Class<?> program, Duration delay) {
        List<ColdStart.Times> times = new ArrayList<>();
        for (int run = 0; run < runs; run++) {
            times.add(ColdStart.run(program, aws.uri(), 3, delay));
        }
        times.sort(Comparator.comparing(ColdStart.Times::plan));
        ColdStart.Times middle = times.get(times.size() / 2);
        row(
                cluster,
                delay.toMillis() + " ms",
                seconds(middle.process()),
                seconds(middle.plan()),
                seconds(middle.cpu()));
    }

    /** Lets the compiler see everything a few times, so that the medians are those of a program that has run for a while. */
    private void warmUp() {
        for (int run = 0; run < 3; run++) {
            new Scenario(10, NO_DELAY, UNLIMITED).once(aws);
        }
    }

    private void operations() {
        title(
                "Operations in a warm process",
                "pools",
                "operation",
                "calls",
                "seconds",
                "with 50 ms a call",
                "our processor time",
                "heap peak",
                "heap after");
        for (Measured one : measured) {
            for (Operation operation : Operation.values()) {
                Sample sample = one.fast().of(operation);
                row(
                        one.pools(),
                        operation.title(),
                        sample.callCount(),
                        seconds(sample.wall()),
                        seconds(one.slow().of(operation).wall()),
                        seconds(sample.cpu()),
                        (sample.heapPeak() >> 20) + " MB",
                        (sample.heapLive() >> 20) + " MB");
            }
        }
    }

    private void criticalPaths() {
        title(
                "Applies beside their critical path",
                "pools",
                "operation",
                "added to a call",
                "whole call",
                "steps",
                "critical path",
                "steps / path",
                "lock, looks and state");
        for (Measured one : measured) {
            for (Operation operation : List.of(Operation.FIRST_APPLY, Operation.DESTROY)) {
                criticalPath(one.pools(), operation, NO_DELAY, one.fast().of(operation));
                criticalPath(one.pools(), operation, DELAY, one.slow().of(operation));
            }
        }
    }

    private void criticalPath(int pools, Operation operation, Duration delay, Sample sample) {
        row(
                pools,
                operation.title(),
                delay.toMillis() + " ms",
                seconds(sample.wall()),
                seconds(sample.steps()),
                seconds(sample.criticalPath()),
                String.format(
                        Locale.ROOT,
                        "%.2f",
                        (double) sample.steps().toNanos()
                                / sample.criticalPath().toNanos()),
                seconds(sample.wall().minus(sample.steps())));
    }

    private void known() {
        title("Beside a known tool", "", "k8saws", "known tool");
        for (Measured one : measured) {
            for (Operation operation : List.of(Operation.PLAN_WITHOUT_CHANGES, Operation.FIRST_APPLY)) {
                String what = operation.title() + ", " + one.pools() + " pools";
                String known = KNOWN.get(what);
                if (known != null) {
                    row(
                            what,
                            String.format(
                                    Locale.ROOT,
                                    "%d calls, %s, %s with 50 ms a call",
                                    one.fast().of(operation).callCount(),
                                    seconds(one.fast().of(operation).wall()),
                                    seconds(one.slow().of(operation).wall())),
                            known);
                }
            }
        }
    }

    /** How long AWS's token buckets alone make it take, and how long it takes with the library's own limits switched on. */
    private void limits() {
        title(
                "AWS's request rates, 100 pools",
                "operation",
                "slowest action",
                "its calls",
                "its bucket allows them in",
                "measured with the default policy");
        Life unlimited = measured.get(measured.size() - 1).fast();
        Life limited = new Scenario(100, NO_DELAY, ResiliencePolicy.defaults()).once(aws);
        for (Operation operation : List.of(Operation.PLAN_WITHOUT_CHANGES, Operation.FIRST_APPLY, Operation.DESTROY)) {
            AccountLimits.Bound bound = AccountLimits.of(unlimited.of(operation).calls());
            row(
                    operation.title(),
                    bound.operation(),
                    bound.calls(),
                    String.format(Locale.ROOT, "%.1f s", bound.seconds()),
                    seconds(limited.of(operation).wall()));
        }
    }

    private static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.2f s", time.toNanos() / 1e9);
    }

    private void title(String title, String... columns) {
        out.printf("%n### %s%n%n", title);
        row((Object[]) columns);
        out.println("|---".repeat(columns.length) + "|");
    }

    private void row(Object... cells) {
        StringBuilder line = new StringBuilder("|");
        for (Object cell : cells) {
            line.append(' ').append(cell).append(" |");
        }
        out.println(line);
    }
}
