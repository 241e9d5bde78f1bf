package io.k8saws.dns.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.k8saws.aws.ResiliencePolicy;
import io.k8saws.dns.DnsFixture;
import io.k8saws.dns.owner.OwnerMarks;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.source.SourceSettings;
import io.k8saws.testkit.ApiServer;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.KubernetesApi;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.services.route53.Route53Client;
import software.amazon.awssdk.services.route53.model.Change;
import software.amazon.awssdk.services.route53.model.ChangeAction;
import software.amazon.awssdk.services.route53.model.RRType;
import software.amazon.awssdk.services.route53.model.ResourceRecordSet;

/** A real API server and moto, and a zone as external-dns leaves it. */
@Timeout(180)
@DisplayName("A controller that takes over from another owner")
class DnsTakeOverIT {
    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

    private final KubernetesClient client;
    private final AwsEndpoint endpoint;
    private final Route53Client route53;
    private final String namespace = DnsFixture.unique("dns-");
    private final String domain = namespace + ".example.com";
    private String zone = "";

    DnsTakeOverIT(@ApiServer KubernetesApi kubernetes, @AwsEmulator AwsEndpoint endpoint) {
        this.client = kubernetes.client();
        this.endpoint = endpoint;
        this.route53 = endpoint.configure(Route53Client.builder()).build();
    }

    @BeforeEach
    void makeNamespaceAndZone() {
        ClusterFixture.makeNamespace(client, namespace);
        zone = DnsFixture.zone(route53, domain);
    }

    @AfterEach
    void close() {
        client.namespaces().withName(namespace).delete();
        route53.close();
    }

    private void service(String name, String target, Map<String, String> more) {
        ClusterFixture.makeService(client, namespace, name, name + "." + domain, target, more);
    }

    /** A record with its mark, member of a weighted set where it has a set identifier. */
    private void marked(String owner, String host, String target, String identifier) {
        change(host, RRType.A, target, identifier);
        change(
                "a-" + host,
                RRType.TXT,
                "\"heritage=external-dns,external-dns/owner=%s,external-dns/resource=service/%s/%s\""
                        .formatted(owner, namespace, host),
                identifier);
    }

    private void change(String host, RRType type, String value, String identifier) {
        ResourceRecordSet.Builder set = ResourceRecordSet.builder()
                .name(host + "." + domain)
                .type(type)
                .ttl(300L)
                .resourceRecords(one -> one.value(value));
        if (!identifier.isEmpty()) {
            set.setIdentifier(identifier).weight(1L);
        }
        route53.changeResourceRecordSets(r -> r.hostedZoneId(zone)
                .changeBatch(batch -> batch.changes(Change.builder()
                        .action(ChangeAction.CREATE)
                        .resourceRecordSet(set.build())
                        .build())));
    }

    /** The addresses of the zone, by their names without the domain and their set identifiers, each with the owner in its mark. */
    private Map<String, String> records() {
        Map<String, String> addresses = new TreeMap<>();
        Map<String, String> owners = new TreeMap<>();
        route53.listResourceRecordSetsPaginator(r -> r.hostedZoneId(zone))
                .resourceRecordSets()
                .forEach(set -> {
                    String name = set.name().replace("." + domain + ".", "")
                            + (set.setIdentifier() == null ? "" : " " + set.setIdentifier());
                    if (set.type() == RRType.A) {
                        addresses.put(name, set.resourceRecords().get(0).value());
                    } else if (set.type() == RRType.TXT) {
                        owners.put(name, set.resourceRecords().get(0).value().replaceAll(".*/owner=([^,]*),.*", "$1"));
                    }
                });
        Map<String, String> found = new TreeMap<>();
        addresses.forEach((name, address) ->
                found.put(name, address + " " + Objects.requireNonNullElse(owners.remove("a-" + name), "nobody")));
        owners.forEach((name, owner) -> found.put(name, "a mark without a record " + owner));
        return found;
    }

    private DnsController start() {
        return DnsController.start(
                endpoint.access(),
                ResiliencePolicy.defaults().forEmulator(),
                client,
                ClusterFixture.settings(namespace, domain)
                        .marks(OwnerMarks.of("owner-1").takingOver("edns"))
                        .build());
    }

    private boolean isTold(String service) {
        return client.services().inNamespace(namespace).withName(service).get().getStatus().getConditions().stream()
                .anyMatch(condition ->
                        "k8saws.io/DnsInStep".equals(condition.getType()) && "True".equals(condition.getStatus()));
    }

    private void await(DnsController controller, BooleanSupplier condition) {
        ClusterFixture.await(Duration.ofSeconds(90), condition, () -> controller.health() + "\n" + records());
    }

    @Test
    @DisplayName("keeps and marks what objects want, and lets the rest go only by consent")
    void takesWhatIsWanted_andAsksForTheRest() {
        marked("edns", "kept", "10.0.0.1", "");
        marked("edns", "moved", "10.0.0.2", "");
        marked("edns", "gone", "10.0.0.3", "");
        marked("edns", "old", "10.0.0.4", "");
        marked("somebody", "theirs", "10.0.0.5", "");
        change("hand", RRType.A, "10.0.0.6", "");
        service("kept", "10.0.0.1", Map.of());
        service("moved", "10.0.1.2", Map.of());
        Map<String, String> wanted = new TreeMap<>(Map.of(
                "kept", "10.0.0.1 owner-1",
                "moved", "10.0.1.2 owner-1",
                "gone", "10.0.0.3 edns",
                "old", "10.0.0.4 edns",
                "theirs", "10.0.0.5 somebody",
                "hand", "10.0.0.6 nobody"));
        try (DnsController controller = start()) {
            await(
                    controller,
                    () -> records().equals(wanted) && controller.health().held() == 2);
            await(controller, () -> isTold("kept") && isTold("moved"));
            assertThat(controller.health().problems())
                    .singleElement()
                    .asString()
                    .contains(
                            "2 names would go",
                            "an owner whom this one takes over",
                            "gone." + domain,
                            "old." + domain,
                            "allowDeletions()");
            assertThat(controller.explain(DnsName.of("gone." + domain)))
                    .contains("an owner whom this one takes over", "10.0.0.3");
        }
        try (DnsController again = start()) { // no term of a leader counts as consent, nor does an audit or a change
            await(again, () -> again.health().held() == 2);
            again.audit().join();
            client.services()
                    .inNamespace(namespace)
                    .withName("kept")
                    .patch(
                            MERGE,
                            "{\"metadata\":{\"annotations\":{\"%starget\":\"10.0.1.1\"}}}"
                                    .formatted(SourceSettings.PREFIX));
            wanted.put("kept", "10.0.1.1 owner-1");
            await(again, () -> records().equals(wanted));
            assertThat(again.health().held()).isEqualTo(2);

            again.allowDeletions();

            wanted.remove("gone");
            wanted.remove("old");
            await(again, () -> records().equals(wanted) && again.health().isHealthy());
            assertThat(again.health().held()).isZero();
        }
    }

    @Test
    @DisplayName("marks a wanted member of a set, and lets one that nobody wants go only by consent")
    void takesAWantedMember_andAsksForTheOther() {
        marked("edns", "web", "10.0.0.1", "one");
        marked("edns", "web", "10.0.0.2", "two");
        service("web", "10.0.0.1", Map.of("set-identifier", "one", "aws-weight", "1"));
        try (DnsController controller = start()) {
            await(
                    controller,
                    () -> records().equals(Map.of("web one", "10.0.0.1 owner-1", "web two", "10.0.0.2 edns"))
                            && controller.health().held() == 1);
            assertThat(controller.health().problems())
                    .singleElement()
                    .asString()
                    .contains("1 name would go");

            controller.allowDeletions();

            await(
                    controller,
                    () -> records().equals(Map.of("web one", "10.0.0.1 owner-1"))
                            && controller.health().isHealthy());
            await(controller, () -> isTold("web"));
        }
    }
}
