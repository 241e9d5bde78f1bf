package io.k8saws.behaviour;

import io.k8saws.K8sAws;
import io.k8saws.aws.AwsAccess;
import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.fault.CallLog;
import io.k8saws.testkit.fault.Faults;
import io.k8saws.testkit.fault.FaultyHttpClient;
import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

/** One program that uses the library: with its own clients, its own faults and its own record of calls. */
final class Program implements AutoCloseable {
    private final FaultyHttpClient http;
    private final K8sAws k8s;

    private Program(AwsEndpoint aws, AwsCredentialsProvider credentials, Faults faults, ResiliencePolicy policy) {
        this.http = FaultyHttpClient.create(faults);
        AwsAccess access = AwsAccess.builder()
                .region(aws.region())
                .endpoint(aws.uri())
                .credentials(credentials)
                .httpClient(http)
                .build();
        this.k8s = K8sAws.builder().access(access).resilience(policy).build();
    }

    /** A program in a world without faults. */
    static Program at(AwsEndpoint aws) {
        return at(aws, Faults.none());
    }

    /** A program in a world with faults, as patient as the library is with emulators. */
    static Program at(AwsEndpoint aws, Faults faults) {
        return at(aws, faults, ResiliencePolicy.defaults().forEmulator());
    }

    static Program at(AwsEndpoint aws, Faults faults, ResiliencePolicy policy) {
        return new Program(aws, aws.credentials(), faults, policy);
    }

    static Program as(AwsEndpoint aws, AwsCredentialsProvider credentials) {
        return new Program(
                aws, credentials, Faults.none(), ResiliencePolicy.defaults().forEmulator());
    }

    /** A policy for failures that do not go away: gives a call up after two seconds, and waits for consistency no longer. */
    static ResiliencePolicy impatient() {
        return new ResiliencePolicy(
                3,
                Duration.ofSeconds(2),
                Duration.ofSeconds(3),
                Duration.ofMillis(10),
                Duration.ofMillis(50),
                Duration.ofSeconds(2),
                false,
                1.0,
                1000,
                16);
    }

    K8sAws k8s() {
        return k8s;
    }

    /** The calls since they were forgotten last. */
    CallLog calls() {
        return http.calls();
    }

    void forgetCalls() {
        http.forgetCalls();
    }

    @Override
    public void close() {
        k8s.close();
        http.close();
    }

    @Override
    public String toString() {
        return k8s + " through " + http;
    }
}
