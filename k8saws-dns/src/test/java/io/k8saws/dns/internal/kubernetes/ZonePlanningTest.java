package io.k8saws.dns.internal.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.k8saws.dns.alias.AliasTargets;
import io.k8saws.dns.owner.OwnerMarks;
import io.k8saws.dns.plan.ChangePolicy;
import io.k8saws.dns.plan.DnsPlanner;
import io.k8saws.dns.plan.Finding;
import io.k8saws.dns.plan.ModelZone;
import io.k8saws.dns.plan.NamePlan;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RecordSet;
import io.k8saws.dns.source.ObjectKey;
import io.k8saws.dns.source.SourceSettings;
import io.k8saws.dns.source.Sources;
import io.k8saws.dns.zone.HostedZone;
import io.k8saws.dns.zone.ZoneChoice;
import io.k8saws.dns.zone.ZoneFilter;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("While an object has nothing to lead to, its names lose nothing")
class ZonePlanningTest {
    private static final HostedZone ZONE = new HostedZone("Z1", DnsName.of("example.com"), false, Map.of());
    private static final HostedZone BACK = new HostedZone("Z2", DnsName.of("2.0.192.in-addr.arpa"), false, Map.of());

    private final ClusterObjects objects = new ClusterObjects();
    private final SlimStore<Service> services = new SlimStore<>();
    private final DesiredNames desired = new DesiredNames(objects, new Sources(SourceSettings.defaults()));
    private final ModelZone zone = new ModelZone("example.com");
    private boolean graced = true;

    @BeforeEach
    void addStore() {
        objects.add("Service", services);
    }

    private void service(String name, Map<String, String> annotations, String... addresses) {
        Map<String, String> full = new HashMap<>();
        annotations.forEach((key, value) -> full.put(SourceSettings.PREFIX + key, value));
        var status = new ServiceBuilder()
                .withNewMetadata()
                .withNamespace("shop")
                .withName(name)
                .withAnnotations(full)
                .endMetadata()
                .withNewSpec()
                .withType("LoadBalancer")
                .endSpec()
                .withNewStatus()
                .withNewLoadBalancer();
        for (String address : addresses) {
            status = status.addNewIngress().withIp(address).endIngress();
        }
        Service service = status.endLoadBalancer().endStatus().build();
        services.put("shop/" + name, service);
        desired.changed(ObjectKey.of(service));
    }

    private NamePlan plan(HostedZone in, String name) {
        return planning(in).plan(DnsName.of(name), zone::at);
    }

    private ZonePlanning planning(HostedZone in) {
        DnsPlanner planner =
                new DnsPlanner(OwnerMarks.of("blue"), ChangePolicy.SYNC, AliasTargets.byName(), Duration.ofMinutes(5));
        return new ZonePlanning(
                in,
                new ZoneChoice(List.of(ZONE, BACK), ZoneFilter.all()),
                planner,
                desired::wish,
                (n, waitsFor) -> graced && !waitsFor.isEmpty());
    }

    private List<String> apply(HostedZone in, String name) {
        NamePlan plan = plan(in, name);
        assertThat(plan.findings()).noneMatch(Finding::isProblem);
        assertThat(zone.change(plan.changes())).isEmpty();
        return zone.at(DnsName.of(name)).stream()
                .map(RecordSet::toString)
                .sorted()
                .toList();
    }

    private static Map<String, String> weighted(String set) {
        return Map.of("hostname", "w.example.com", "set-identifier", set, "aws-weight", "1");
    }

    @Test
    void oneOfSeveralWeightedRecordsStays_andTheOthersGoOnChanging() {
        service("a", weighted("a"), "192.0.2.1");
        service("b", weighted("b"), "192.0.2.2");
        assertThat(apply(ZONE, "w.example.com")).hasSize(2);

        service("a", weighted("a"));
        service("b", weighted("b"), "192.0.2.3");

        assertThat(apply(ZONE, "w.example.com"))
                .containsExactly("w.example.com A [a] 192.0.2.1 (300 s)", "w.example.com A [b] 192.0.2.3 (300 s)");
        graced = false;
        assertThat(apply(ZONE, "w.example.com")).containsExactly("w.example.com A [b] 192.0.2.3 (300 s)");
    }

    @Test
    void theWayBackStays_whileTheNameWaits() {
        Map<String, String> withPointer = Map.of("hostname", "p.example.com", "record-type", "ptr");
        service("p", withPointer, "192.0.2.7");
        assertThat(apply(ZONE, "p.example.com")).hasSize(1);
        assertThat(apply(BACK, "7.2.0.192.in-addr.arpa")).hasSize(1);

        service("p", withPointer);
        assertThat(apply(ZONE, "p.example.com")).hasSize(1);
        assertThat(apply(BACK, "7.2.0.192.in-addr.arpa")).hasSize(1);
        graced = false;
        assertThat(apply(ZONE, "p.example.com")).isEmpty();
        assertThat(apply(BACK, "7.2.0.192.in-addr.arpa")).isEmpty();
    }

    @Test
    void theWayBackStays_whileTheObjectAsksForWhatCannotBe_andGoesWithTheAddress() {
        service("p", Map.of("hostname", "p.example.com", "record-type", "ptr"), "192.0.2.7");
        apply(ZONE, "p.example.com");
        apply(BACK, "7.2.0.192.in-addr.arpa");

        service(
                "p",
                Map.of("hostname", "p.example.com", "record-type", "ptr", "set-identifier", "x", "aws-weight", "heavy"),
                "192.0.2.8");
        assertThat(plan(BACK, "7.2.0.192.in-addr.arpa").isEmpty()).isTrue();

        service("p", Map.of("hostname", "p.example.com", "record-type", "ptr"), "192.0.2.8");
        assertThat(apply(BACK, "7.2.0.192.in-addr.arpa")).isEmpty();
        assertThat(apply(BACK, "8.2.0.192.in-addr.arpa")).hasSize(1);
    }

    @Test
    void aNameOfWhichNothingMayBeLostFollowsWhatChanges() {
        graced = false;
        service("a", weighted("a"), "192.0.2.1");
        service("b", weighted("b"), "192.0.2.2");
        apply(ZONE, "w.example.com");
        service("a", Map.of(), "192.0.2.1");
        service("b", weighted("b"), "192.0.2.3");

        NamePlan spared = planning(ZONE).spare(DnsName.of("w.example.com"), zone::at);

        assertThat(spared.losses()).isZero();
        assertThat(spared.findings()).noneMatch(Finding::isProblem);
        assertThat(zone.change(spared.changes())).isEmpty();
        assertThat(zone.at(DnsName.of("w.example.com")))
                .extracting(RecordSet::toString)
                .containsExactlyInAnyOrder(
                        "w.example.com A [a] 192.0.2.1 (300 s)", "w.example.com A [b] 192.0.2.3 (300 s)");
        assertThat(plan(ZONE, "w.example.com").losses()).isEqualTo(1);
    }

    @Test
    void aNameThatStaysBecauseOfOneObject_isAProblemToOthersUnlessItIsAsTheyWant() {
        service("good", Map.of("hostname", "h.example.com"), "192.0.2.1");
        apply(ZONE, "h.example.com");
        service("bad", Map.of("hostname", "h.example.com", "set-identifier", "x", "aws-weight", "heavy"), "192.0.2.9");

        NamePlan fits = plan(ZONE, "h.example.com");
        assertThat(fits.isEmpty()).isTrue();
        assertThat(fits.findings()).noneMatch(Finding::isProblem);

        service("good", Map.of("hostname", "h.example.com"), "192.0.2.2");

        NamePlan differs = plan(ZONE, "h.example.com");
        assertThat(differs.isEmpty()).isTrue();
        assertThat(differs.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.kind()).isEqualTo(Finding.Kind.HELD);
            assertThat(finding.text()).contains("Service shop/bad").doesNotContain("good");
        });
        service("good", Map.of(), "192.0.2.2");
        assertThat(plan(ZONE, "h.example.com").findings())
                .as("nobody else wants it")
                .isEmpty();
    }
}
