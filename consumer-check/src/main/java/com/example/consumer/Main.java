package com.example.consumer;

import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.k8saws.K8sAws;
import io.k8saws.aws.AwsAccess;
import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.cluster.ClusterSpec;
import io.k8saws.error.AwsCallException;
import io.k8saws.etcd.Etcd;
import java.net.URI;
import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/**
 * A program as users write them, that forgets to close. It makes a spec, asks an AWS that does not answer, opens a client of Kubernetes and one of etcd beside it, and must still
 * end.
 */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        ClusterSpec spec = ClusterSpec.builder()
                .name("payments")
                .region("eu-west-1")
                .network(n -> n.zones("eu-west-1a", "eu-west-1b", "eu-west-1c"))
                .addNodePool(p -> p.name("general").instanceTypes("m6i.xlarge").size(3))
                .build();
        System.out.println(spec);
        new KubernetesClientBuilder().build(); // opened, and left open
        Etcd etcd = Etcd.at("http://127.0.0.1:1"); // the same
        System.out.println(etcd.health());
        K8sAws k8s = K8sAws.builder()
                .access(AwsAccess.builder()
                        .region("eu-west-1")
                        .endpoint(URI.create("http://127.0.0.1:1"))
                        .credentials(StaticCredentialsProvider.create(AwsBasicCredentials.create("id", "secret")))
                        .build())
                .resilience(ResiliencePolicy.defaults().withMaxAttempts(2).withTimeouts(Duration.ofSeconds(2), Duration.ofSeconds(4)))
                .build();
        try {
            k8s.plan(spec);
            throw new AssertionError("nobody listens on port 1");
        } catch (AwsCallException expected) {
            System.out.println(expected.getMessage());
        }
    }
}
