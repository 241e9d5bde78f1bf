package io.k8saws.dns.controller;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.k8saws.aws.AwsAccess;
import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.testkit.AwsEndpoint;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** A controller in a process of its own, which a test kills. */
final class DnsControllerProgram {
    private DnsControllerProgram() {}

    /** Starts it; it goes on until it is killed. */
    static Process start(AwsEndpoint endpoint, String kubeconfig, String namespace, String domain, String identity)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1", // it lives for a few seconds
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        DnsControllerProgram.class.getName(),
                        endpoint.uri().toString(),
                        endpoint.region(),
                        namespace,
                        domain,
                        identity)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("KEY_ID", endpoint.accessKeyId());
        builder.environment().put("KEY", endpoint.secretAccessKey());
        Process process = builder.start();
        try (OutputStream in = process.getOutputStream()) {
            in.write(kubeconfig.getBytes(StandardCharsets.UTF_8));
        }
        return process;
    }

    public static void main(String[] args) throws Exception {
        String kubeconfig = new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
        AwsAccess access = AwsAccess.builder()
                .region(args[1])
                .endpoint(URI.create(args[0]))
                .credentials(StaticCredentialsProvider.create(
                        AwsBasicCredentials.create(System.getenv("KEY_ID"), System.getenv("KEY"))))
                .build();
        try (KubernetesClient client = new KubernetesClientBuilder()
                        .withConfig(Config.fromKubeconfig(kubeconfig))
                        .build();
                DnsController controller = DnsController.start(
                        access,
                        ResiliencePolicy.defaults().forEmulator(),
                        client,
                        ClusterFixture.settings(args[2], args[3])
                                .lease(ClusterFixture.lease(args[2], args[4]))
                                .build())) {
            new CountDownLatch(1).await();
            throw new IllegalStateException(String.valueOf(controller.health()));
        }
    }
}
