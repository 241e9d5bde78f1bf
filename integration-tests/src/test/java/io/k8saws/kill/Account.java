package io.k8saws.kill;

import io.k8saws.K8sAws;
import io.k8saws.aws.AwsAccess;
import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.seam.GuardedClients;
import io.k8saws.internal.seam.Sleeper;
import io.k8saws.internal.state.StateStore;
import io.k8saws.plan.Plan;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.fault.CallLog;
import io.k8saws.testkit.fault.Faults;
import io.k8saws.testkit.fault.FaultyHttpClient;
import io.k8saws.testkit.fault.RunKilledError;
import io.k8saws.testkit.inventory.AwsInventory;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;

/** An account that programs work on, one after the other; each run is a program of its own. Closing it ends the emulator. */
final class Account implements AutoCloseable {
    private static final URI MACHINES = URI.create("http://169.254.170.1:5000");

    /** Connections are shared by all runs; what a run is killed by stands above them. */
    static final SdkHttpClient CONNECTIONS = UrlConnectionHttpClient.create();

    private final AwsEndpoint aws;

    Account(AwsEndpoint aws) {
        this.aws = aws;
    }

    /** What a run did: its calls, and whether it was killed. */
    record Run(CallLog calls, boolean killed) {}

    String region() {
        return aws.region();
    }

    /** An account with the same content. */
    Account copy() {
        return new Account(aws.copy());
    }

    /** Asks a library that nothing happens to. */
    <T> T ask(Function<K8sAws, T> question) {
        try (K8sAws k8s = K8sAws.connect(access(CONNECTIONS, builder -> {}))) {
            return question.apply(k8s);
        }
    }

    /** Plans and applies until the end or until it is killed. */
    Run apply(Wish wish, Faults faults) {
        FaultyHttpClient http = FaultyHttpClient.wrap(CONNECTIONS, faults);
        try (K8sAws k8s = K8sAws.connect(access(http, builder -> {}))) {
            k8s.apply(wish.plan(k8s));
        } catch (RunKilledError dead) {
            return new Run(http.calls(), true);
        }
        return new Run(http.calls(), http.killed());
    }

    /** Plans and applies to the end, through a client of the caller's. */
    void apply(Wish wish, SdkHttpClient http, Consumer<AwsClientBuilder<?, ?>> customizer) {
        try (K8sAws k8s = K8sAws.connect(access(http, customizer))) {
            k8s.apply(wish.plan(k8s));
        }
    }

    /** Plans and applies as somebody does who finds what a dead run has left. Returns a second plan, which has nothing to do if all is well. */
    Plan settle(Wish wish, Faults faults) {
        breakLock();
        FaultyHttpClient http = FaultyHttpClient.wrap(CONNECTIONS, faults);
        try (K8sAws k8s = K8sAws.connect(access(http, builder -> {}))) {
            k8s.apply(wish.plan(k8s));
            return wish.plan(k8s);
        }
    }

    /**
     * Frees the lock of a run that died. Its lease would end by itself after a minute, and at once if it were a process of its own; here the dead run's process is
     * this one and goes on living.
     */
    private void breakLock() {
        ResiliencePolicy policy = ResiliencePolicy.defaults().forEmulator();
        try (GuardedClients clients =
                GuardedClients.open(access(CONNECTIONS, builder -> {}), policy, Sleeper.system())) {
            ClusterScope scope = new ClusterScope(
                    Clusters.NAME, clients.sts().getCallerIdentity().account(), region(), "aws");
            new StateStore(
                            clients,
                            scope.bucket(),
                            scope.account(),
                            scope.region(),
                            Clock.systemUTC(),
                            Duration.ofMinutes(1))
                    .breakLock();
        }
    }

    /** What there is, but for the history of who did what when, which an interrupted apply lengthens. */
    AwsInventory inventory() {
        return AwsInventory.of(aws).where(line -> !line.startsWith("s3/") || !line.contains("/state/"));
    }

    private AwsAccess access(SdkHttpClient http, Consumer<AwsClientBuilder<?, ?>> customizer) {
        return AwsAccess.builder()
                .region(aws.region())
                .endpoint(aws.uri())
                .machineEndpoint(MACHINES) // user data must not tell one copy of a world from another
                .credentials(aws.credentials())
                .httpClient(http)
                .customizer(customizer)
                .build();
    }

    @Override
    public void close() {
        aws.close();
    }
}
