package io.k8saws.benchmarks;

import io.k8saws.K8sAws;
import io.k8saws.aws.AwsAccess;
import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.plan.ApplyReport;
import io.k8saws.plan.Plan;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.fault.Faults;
import io.k8saws.testkit.fault.FaultyHttpClient;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A cluster's life from the first plan to the destroy.
 *
 * @param pools the number of node pools
 * @param delay what is added to each call, as a network would
 * @param policy how patiently AWS is called
 */
record Scenario(int pools, Duration delay, ResiliencePolicy policy) {

    /** Runs everything some times and takes the middle of each operation. */
    Life measure(AwsEndpoint aws, int runs) {
        return Life.median(Stream.generate(() -> once(aws)).limit(runs).toList());
    }

    /** Runs everything once in an empty account. */
    Life once(AwsEndpoint aws) {
        aws.reset();
        ClusterSpec spec = BenchmarkCluster.withPools(pools);
        Map<Operation, Sample> samples = new EnumMap<>(Operation.class);
        Optional<Plan> planned = Optional.empty();
        for (Operation operation : Operation.values()) {
            planned = measure(aws, spec, operation, planned, samples);
        }
        return new Life(samples);
    }

    /** Makes the cluster in an empty account and leaves it there. */
    void leaveApplied(AwsEndpoint aws) {
        aws.reset();
        try (FaultyHttpClient http = FaultyHttpClient.create(Faults.none());
                K8sAws library = K8sAws.connect(access(aws, http))) {
            library.apply(library.plan(BenchmarkCluster.withPools(pools)));
        }
    }

    /** Measures one operation with a library that is opened for it alone, and so asks who it is each time, as a program that does only this would. */
    private Optional<Plan> measure(
            AwsEndpoint aws,
            ClusterSpec spec,
            Operation operation,
            Optional<Plan> planned,
            Map<Operation, Sample> samples) {
        Faults faults = delay.isZero() ? Faults.none() : Faults.none().delay(delay);
        try (FaultyHttpClient http = FaultyHttpClient.create(faults);
                HeapWatch heap = HeapWatch.start()) {
            Duration cpuBefore = CpuClock.now();
            long started = System.nanoTime();
            try (K8sAws library = K8sAws.builder()
                    .access(access(aws, http))
                    .resilience(policy)
                    .build()) {
                Optional<Plan> plan = Optional.empty();
                Optional<ApplyReport> report = Optional.empty();
                if (operation.applies()) {
                    report = Optional.of(library.apply(planned.orElseThrow()));
                } else {
                    plan = Optional.of(operation.plan(library, spec));
                }
                Duration wall = Duration.ofNanos(System.nanoTime() - started);
                Duration cpu = CpuClock.now().minus(cpuBefore);
                long peak = heap.peak();
                samples.put(
                        operation,
                        new Sample(
                                wall,
                                cpu,
                                http.calls().byOperation(),
                                peak,
                                heap.live(),
                                report.map(ApplyReport::took).orElse(Duration.ZERO),
                                report.map(ApplyReport::criticalPath).orElse(Duration.ZERO)));
                requireEmptyPlan(operation, plan);
                return plan;
            }
        }
    }

    private static void requireEmptyPlan(Operation operation, Optional<Plan> plan) {
        if (operation == Operation.PLAN_WITHOUT_CHANGES && !plan.orElseThrow().isEmpty()) {
            throw new IllegalStateException("The plan after an apply must be empty, but is:\n" + plan.orElseThrow());
        }
    }

    static AwsAccess access(AwsEndpoint aws, FaultyHttpClient http) {
        return AwsAccess.builder()
                .region(BenchmarkCluster.REGION)
                .endpoint(aws.uri())
                .credentials(aws.credentials())
                .httpClient(http)
                .build();
    }
}
