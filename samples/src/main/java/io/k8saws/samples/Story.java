package io.k8saws.samples;

import io.k8saws.K8sAws;
import io.k8saws.aws.AwsAccess;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.console.ConsoleProgress;
import io.k8saws.plan.ApplyReport;
import io.k8saws.plan.Drift;
import io.k8saws.plan.Plan;
import io.k8saws.progress.ProgressListener;
import java.io.PrintStream;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/** Prints the steps of {@link Quickstart} under headings, each with its seconds and its calls to AWS. Not thread-safe. */
final class Story {
    private static final int WIDTH = 100;

    /** Of this many steps on, the longest chain is worth a line. */
    private static final int LONG = 10;

    private final PrintStream out;
    private final AtomicLong calls = new AtomicLong();
    private final long start = System.nanoTime();
    private int chapter;

    Story(PrintStream out) {
        this.out = out;
    }

    /** The same access, with each request that is sent counted. */
    AwsAccess counted(AwsAccess access) {
        ExecutionInterceptor counter = new ExecutionInterceptor() {
            @Override
            public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
                calls.incrementAndGet();
            }
        };
        return AwsAccess.builder()
                .region(access.region())
                .endpoint(access.endpoint().orElseThrow())
                .credentials(access.credentials())
                .customizer(client -> client.overrideConfiguration(o -> o.addExecutionInterceptor(counter)))
                .build();
    }

    void begin(ClusterSpec spec, URI endpoint) {
        out.println();
        say(spec.toString());
        spec.warnings().forEach(warning -> say("Worth a second look: " + warning));
        say("AWS is an emulator at " + endpoint + ".");
    }

    void chapter(String title) {
        chapter++;
        out.println();
        out.println(chapter + ". " + title);
        out.println("-".repeat(title.length() + 3));
    }

    void say(String text) {
        text.lines().forEach(line -> out.println("   " + line));
    }

    /** Plans and prints the plan in short. */
    Plan planned(Supplier<Plan> plan) {
        Measured<Plan> measured = measured(plan);
        PlanOutline.of(measured.value(), WIDTH).forEach(this::say);
        say(measured.figures() + ", nothing was changed.");
        return measured.value();
    }

    /** Looks for drift and prints it in short. */
    void looked(Supplier<Drift> look) {
        Measured<Drift> measured = measured(look);
        PlanOutline.of(measured.value()).forEach(this::say);
        say(measured.figures() + ", nothing was changed.");
    }

    /** Applies a plan with live progress. */
    void applied(K8sAws k8s, Plan plan) {
        ApplyReport report;
        try (ConsoleProgress console = ConsoleProgress.system()) {
            ProgressListener listener = console.live() ? console : new QuarterLines(this::say);
            report = k8s.apply(plan, listener);
        }
        say(report.toString());
        if (report.steps().size() > LONG) {
            say("The longest chain of steps that wait for each other took " + seconds(report.criticalPath())
                    + "; no schedule could be shorter.");
        }
    }

    void end(String cluster) {
        say("Nothing of " + cluster + " is left.");
        out.println();
        say("All of it: " + seconds(Duration.ofNanos(System.nanoTime() - start)) + ", " + calls.get()
                + " calls. Go on with docs/getting-started.md.");
    }

    private record Measured<T>(T value, String figures) {}

    private <T> Measured<T> measured(Supplier<T> work) {
        long callsBefore = calls.get();
        long before = System.nanoTime();
        T value = work.get();
        return new Measured<>(
                value,
                seconds(Duration.ofNanos(System.nanoTime() - before)) + ", " + (calls.get() - callsBefore) + " calls");
    }

    private static String seconds(Duration span) {
        return String.format(Locale.ROOT, "%.1f s", span.toMillis() / 1000.0);
    }
}
