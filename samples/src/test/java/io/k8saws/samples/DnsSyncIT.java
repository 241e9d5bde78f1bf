package io.k8saws.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.k8saws.testkit.ApiServer;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.KubernetesApi;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.route53.Route53Client;

/** Runs DnsSync with the rights that its manifest gives it, against a real API server. */
@Timeout(240)
class DnsSyncIT {
    private static final Path MANIFEST =
            Path.of("src/main/kubernetes/dns-sync.yaml").toAbsolutePath();
    private static final String NAMESPACE = "dns-sync";
    private static final Pattern TOKEN = Pattern.compile("\\btoken\"?: *\"?([^\"\\s]+)");
    private static final Duration LIMIT = Duration.ofSeconds(90);

    /** What the program does with its sources, and no more. The verbs of the Lease are those of fabric8's lock. */
    private static final Set<String> USED = Set.of(
            "services list",
            "services watch",
            "pods list",
            "pods watch",
            "nodes list",
            "nodes watch",
            "discovery.k8s.io/endpointslices list",
            "discovery.k8s.io/endpointslices watch",
            "networking.k8s.io/ingresses list",
            "networking.k8s.io/ingresses watch",
            "events create",
            "services/status patch",
            "coordination.k8s.io/leases get",
            "coordination.k8s.io/leases create",
            "coordination.k8s.io/leases patch");

    private final AwsEndpoint aws;
    private final KubernetesApi kubernetes;
    private final KubernetesClient client;
    private final String domain = "s" + UUID.randomUUID().toString().substring(0, 8) + ".example";

    @TempDir
    private Path folder;

    DnsSyncIT(@AwsEmulator AwsEndpoint aws, @ApiServer(shared = false) KubernetesApi kubernetes) {
        this.aws = aws;
        this.kubernetes = kubernetes;
        this.client = kubernetes.client();
    }

    private List<HasMetadata> manifest() throws IOException {
        try (InputStream yaml = Files.newInputStream(MANIFEST)) {
            return client.load(yaml).items();
        }
    }

    private static Stream<String> rights(PolicyRule rule) {
        return rule.getApiGroups().stream()
                .flatMap(group -> rule.getResources().stream().flatMap(resource -> rule.getVerbs().stream()
                        .map(verb -> (group.isEmpty() ? "" : group + "/") + resource + " " + verb)));
    }

    private static Stream<PolicyRule> rules(HasMetadata object) {
        if (object instanceof ClusterRole role) {
            return role.getRules().stream();
        }
        return object instanceof Role role ? role.getRules().stream() : Stream.of();
    }

    @Test
    void itsManifestIsTaken_givesWhatItNeeds_andItRuns() throws Exception {
        List<HasMetadata> objects = manifest();
        assertThat(objects.stream().flatMap(DnsSyncIT::rules).flatMap(DnsSyncIT::rights))
                .containsExactlyInAnyOrderElementsOf(new TreeSet<>(USED));
        for (HasMetadata object : objects) {
            assertThat(client.resource(object).create().getMetadata().getUid()).isNotEmpty();
        }
        service("one");

        try (Route53Client route53 = aws.configure(Route53Client.builder()).build()) {
            String zone = route53.createHostedZone(r -> r.name(domain).callerReference(domain))
                    .hostedZone()
                    .id();
            Path log = folder.resolve("dns-sync.log");
            Process program = start(log);
            try {
                await(() -> names(route53, zone).contains("one." + domain + "."), log);
                service("two");
                await(() -> names(route53, zone).contains("two." + domain + "."), log);
                client.services().inNamespace("shop").withName("one").delete();
                await(() -> !names(route53, zone).contains("one." + domain + "."), log);
                await(
                        () -> !client.v1()
                                .events()
                                .inNamespace("shop")
                                .list()
                                .getItems()
                                .isEmpty(),
                        log);
                assertThat(lease().getHolderIdentity()).isEqualTo("pod-1");
                assertThat(Files.readString(log)).doesNotContain("orbidden");
            } finally {
                program.destroy();
                assertThat(program.waitFor(30, TimeUnit.SECONDS))
                        .as("ends when it is told to: %s", Files.readString(log))
                        .isTrue();
            }
            assertThat(lease().getLeaseDurationSeconds())
                    .as("given back: it holds no longer than a second")
                    .isEqualTo(1);
        }
    }

    private LeaseSpec lease() {
        return client.leases().inNamespace(NAMESPACE).withName(NAMESPACE).get().getSpec();
    }

    private void service(String name) {
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName("shop")
                        .endMetadata()
                        .build())
                .serverSideApply();
        client.resource(new ServiceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace("shop")
                        .addToAnnotations("external-dns.kubernetes.io/hostname", name + "." + domain)
                        .addToAnnotations("external-dns.kubernetes.io/target", "192.0.2.1")
                        .endMetadata()
                        .withNewSpec()
                        .withType("LoadBalancer")
                        .addNewPort()
                        .withPort(80)
                        .endPort()
                        .endSpec()
                        .build())
                .create();
    }

    private static Set<String> names(Route53Client route53, String zone) {
        return route53.listResourceRecordSets(r -> r.hostedZoneId(zone)).resourceRecordSets().stream()
                .map(set -> set.name())
                .collect(Collectors.toSet());
    }

    /** With the token of the manifest's account, as in a pod. */
    private Process start(Path log) throws IOException {
        String token = client.serviceAccounts()
                .inNamespace(NAMESPACE)
                .withName(NAMESPACE)
                .tokenRequest(new TokenRequestBuilder()
                        .withNewSpec()
                        .withExpirationSeconds(3600L)
                        .endSpec()
                        .build())
                .getStatus()
                .getToken();
        Matcher admin = TOKEN.matcher(kubernetes.kubeconfig());
        assertThat(admin.find()).as("the kubeconfig has a token").isTrue();
        Path kubeconfig = Files.writeString(
                folder.resolve("kubeconfig"), kubernetes.kubeconfig().replace(admin.group(1), token));
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        DnsSync.class.getName(),
                        "eu-west-1",
                        "payments",
                        NAMESPACE,
                        "pod-1")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().remove("AWS_PROFILE");
        builder.environment().put("AWS_ENDPOINT_URL", aws.uri().toString());
        builder.environment().put("AWS_ACCESS_KEY_ID", aws.accessKeyId());
        builder.environment().put("AWS_SECRET_ACCESS_KEY", aws.secretAccessKey());
        builder.environment().put("KUBECONFIG", kubeconfig.toString());
        return builder.start();
    }

    private static void await(BooleanSupplier condition, Path log) throws IOException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(Files.readString(log)).isLessThan(deadline);
            LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
        }
    }
}
