package io.k8saws.benchmarks;

import io.k8saws.K8sAws;
import io.k8saws.aws.AwsAccess;
import io.k8saws.testkit.fault.Faults;
import io.k8saws.testkit.fault.FaultyHttpClient;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;

/** What a program sees that starts, plans once and ends: no class is loaded and nothing is compiled yet. */
final class ColdStart {
    private ColdStart() {}

    /**
     * One cold plan.
     *
     * @param process from the start of the Java process to its end
     * @param plan from opening the library to having the plan, or the last answer
     * @param cpu the processor time of the whole process
     */
    record Times(Duration process, Duration plan, Duration cpu) {}

    /** Runs a program in a Java process of its own, with the options that are given to it. */
    static Times run(Class<?> program, URI endpoint, int pools, Duration delay, String... javaOptions) {
        JavaProcess process = JavaProcess.run(
                program,
                List.of(javaOptions),
                List.of(endpoint.toString(), String.valueOf(pools), String.valueOf(delay.toMillis())));
        String[] millis = process.line().split(" ", 2);
        return new Times(
                process.took(),
                Duration.ofMillis(Long.parseLong(millis[0])),
                Duration.ofMillis(Long.parseLong(millis[1])));
    }

    /**
     * The cold program.
     *
     * @param args the endpoint, the number of pools, the milliseconds that are added to each call
     */
    public static void main(String[] args) {
        Duration delay = Duration.ofMillis(Long.parseLong(args[2]));
        long started = System.nanoTime();
        try (SdkHttpClient http = http(delay);
                K8sAws library = K8sAws.connect(AwsAccess.builder()
                        .region(BenchmarkCluster.REGION)
                        .endpoint(URI.create(args[0]))
                        .credentials(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
                        .httpClient(http)
                        .build())) {
            library.plan(BenchmarkCluster.withPools(Integer.parseInt(args[1])));
            report(started);
        }
    }

    /** The client that the library uses by itself; behind a delay, one that loads some classes more. */
    static SdkHttpClient http(Duration delay) {
        return delay.isZero()
                ? UrlConnectionHttpClient.create()
                : FaultyHttpClient.create(Faults.none().delay(delay));
    }

    /** Tells the caller how long it took, as a cold program does at its end. */
    static void report(long started) {
        long millis = Duration.ofNanos(System.nanoTime() - started).toMillis();
        System.out.println(millis + " " + CpuClock.now().toMillis());
    }
}
