package io.k8saws.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.k8saws.dns.alias.AliasTargets;
import io.k8saws.dns.controller.ClusterFixture;
import io.k8saws.dns.owner.OwnerMarks;
import io.k8saws.dns.plan.DnsPlan;
import io.k8saws.dns.source.SourceSettings;
import io.k8saws.dns.zone.ZoneFilter;
import io.k8saws.testkit.ApiServer;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.KubernetesApi;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.services.route53.Route53Client;
import software.amazon.awssdk.services.route53.model.RRType;

/** A real API server and moto. */
@Timeout(180)
@DisplayName("A plan that is made once for a cluster keeps what a controller would keep")
class ClusterPlanIT {
    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

    private final KubernetesClient client;
    private final AwsEndpoint endpoint;
    private final Route53Client route53;
    private final String namespace = DnsFixture.unique("once-");
    private final String domain = namespace + ".example.com";
    private final SourceSettings settings = SourceSettings.defaults().with(s -> s.namespace(namespace));
    private String zone = "";

    ClusterPlanIT(@ApiServer KubernetesApi kubernetes, @AwsEmulator AwsEndpoint endpoint) {
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

    private void service(String name, Map<String, String> wishes) {
        Map<String, String> annotations = new TreeMap<>(wishes);
        annotations.put("hostname", name + "." + domain);
        ClusterFixture.makeService(client, namespace, name, annotations);
    }

    private void annotate(String service, String wish, String json) {
        client.services()
                .inNamespace(namespace)
                .withName(service)
                .patch(
                        MERGE,
                        "{\"metadata\":{\"annotations\":{\"%s\":%s}}}".formatted(SourceSettings.PREFIX + wish, json));
    }

    private List<String> addresses() {
        return route53.listResourceRecordSetsPaginator(r -> r.hostedZoneId(zone)).resourceRecordSets().stream()
                .filter(set -> set.type() == RRType.A)
                .map(set -> set.name().replace("." + domain + ".", "") + " "
                        + set.resourceRecords().get(0).value())
                .toList();
    }

    @Test
    void namesOfObjectsThatAskWhatCannotBeStay_andAllOthersFollow() {
        service("web", Map.of("target", "192.0.2.1"));
        service("weighted", Map.of("target", "192.0.2.2", "set-identifier", "one", "aws-weight", "10"));
        service("old", Map.of("target", "192.0.2.3"));
        service("new", Map.of("target", "192.0.2.4"));
        try (Dns dns = Dns.builder(endpoint.access(), OwnerMarks.of("once"))
                .filter(ZoneFilter.builder().addDomain(domain).build())
                .aliases(AliasTargets.byName())
                .build()) {
            dns.apply(dns.plan(ClusterRecords.read(client, settings)).requireNoProblems())
                    .requireDone();
            assertThat(addresses())
                    .containsExactlyInAnyOrder("web 192.0.2.1", "weighted 192.0.2.2", "old 192.0.2.3", "new 192.0.2.4");

            annotate("web", "target", "null"); // so it waits for its load balancer
            annotate("weighted", "aws-weight", "\"ten\"");
            annotate("new", "target", "\"192.0.2.5\"");
            client.services().inNamespace(namespace).withName("old").delete();
            DnsPlan plan = dns.plan(ClusterRecords.read(client, settings));

            assertThat(plan.problems())
                    .extracting(finding -> finding.name() + " " + finding.kind())
                    .containsExactlyInAnyOrder("web." + domain + " WAITING", "weighted." + domain + " HELD");
            dns.apply(plan.requireFewDeletions(1, 0)).requireDone();
            assertThat(addresses()).containsExactlyInAnyOrder("web 192.0.2.1", "weighted 192.0.2.2", "new 192.0.2.5");
            assertThat(dns.plan(ClusterRecords.read(client, settings)).isEmpty())
                    .isTrue();
        }
    }
}
