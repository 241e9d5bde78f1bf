package io.k8saws.benchmarks;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.k8saws.aws.AwsAccess;
import io.k8saws.dns.Dns;
import io.k8saws.dns.owner.OwnerMarks;
import io.k8saws.dns.plan.DnsPlan;
import io.k8saws.dns.record.Endpoint;
import io.k8saws.dns.source.SourceSettings;
import io.k8saws.dns.source.Sources;
import io.k8saws.dns.source.Surroundings;
import io.k8saws.dns.zone.ZoneFilter;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** A program that starts, lists the Services of a cluster, brings their names into Route 53, and ends. */
final class DnsOneShot {
    private DnsOneShot() {}

    /**
     * What a run came to.
     *
     * @param process from the start of the Java process to its end
     * @param sync from opening the clients to the last answer
     * @param calls sent to Route 53
     * @param changed names that were changed
     */
    record Times(Duration process, Duration sync, long calls, int changed) {}

    /** Runs it in a Java process of its own. */
    static Times run(URI endpoint, Path kubeconfig, String domain) {
        JavaProcess process = JavaProcess.run(
                DnsOneShot.class, List.of(), List.of(endpoint.toString(), kubeconfig.toString(), domain));
        String[] told = process.line().split(" ", 3);
        return new Times(
                process.took(),
                Duration.ofMillis(Long.parseLong(told[0])),
                Long.parseLong(told[1]),
                Integer.parseInt(told[2]));
    }

    /**
     * The program.
     *
     * @param args the endpoint of AWS, a kubeconfig file, the domain that is looked after
     * @throws IOException if the file cannot be read
     */
    public static void main(String[] args) throws IOException {
        long started = System.nanoTime();
        AwsAccess access = AwsAccess.builder()
                .region(BenchmarkCluster.REGION)
                .endpoint(URI.create(args[0]))
                .credentials(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
                .build();
        Sources sources = new Sources(SourceSettings.defaults());
        try (KubernetesClient client = new KubernetesClientBuilder()
                        .withConfig(Config.fromKubeconfig(Files.readString(Path.of(args[1]))))
                        .build();
                Dns dns = Dns.builder(access, OwnerMarks.of("bench"))
                        .filter(ZoneFilter.builder().addDomain(args[2]).build())
                        .build()) {
            List<Endpoint> wanted = client.services().inAnyNamespace().list().getItems().stream()
                    .flatMap(service -> sources.derive(service, NothingElse.INSTANCE).endpoints().stream())
                    .toList();
            DnsPlan plan = dns.plan(wanted);
            int changed = dns.apply(plan).requireDone().results().size();
            System.out.println(
                    Duration.ofNanos(System.nanoTime() - started).toMillis() + " " + dns.calls() + " " + changed);
        }
    }

    /** Services that name their targets depend on nothing else. */
    private enum NothingElse implements Surroundings {
        INSTANCE;

        @Override
        public Optional<Node> node(String name) {
            return Optional.empty();
        }

        @Override
        public List<Node> nodes() {
            return List.of();
        }

        @Override
        public Optional<Pod> pod(String namespace, String name) {
            return Optional.empty();
        }

        @Override
        public List<Pod> pods(String namespace, Map<String, String> labels) {
            return List.of();
        }

        @Override
        public List<EndpointSlice> slices(String namespace, String service) {
            return List.of();
        }

        @Override
        public Optional<Gateway> gateway(String namespace, String name) {
            return Optional.empty();
        }

        @Override
        public Optional<Ingress> ingress(String namespace, String name) {
            return Optional.empty();
        }

        @Override
        public Map<String, String> namespaceLabels(String name) {
            return Map.of();
        }
    }
}
