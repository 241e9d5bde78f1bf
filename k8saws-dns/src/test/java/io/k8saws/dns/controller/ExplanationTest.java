package io.k8saws.dns.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.dns.plan.Finding;
import io.k8saws.dns.plan.NamePlan;
import io.k8saws.dns.plan.SetChange;
import io.k8saws.dns.record.Answer;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RecordSet;
import io.k8saws.dns.record.RecordType;
import io.k8saws.dns.source.ObjectKey;
import io.k8saws.dns.zone.HostedZone;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ExplanationTest {
    private static final DnsName NAME = DnsName.of("www.example.com");
    private static final HostedZone ZONE = new HostedZone("Z1", DnsName.of("example.com"), false, Map.of());

    private static SetChange creates(String address) {
        return new SetChange(
                Optional.empty(),
                Optional.of(RecordSet.simple(
                        NAME, RecordType.A, new Answer.Values(Duration.ofMinutes(5), List.of(address)))));
    }

    @Test
    void eachThingHasALine_andIsToldOnce() {
        Finding conflict = new Finding(NAME, Finding.Kind.CONFLICT, "two want it");
        Finding other = new Finding(NAME, Finding.Kind.FOREIGN, "it is theirs");
        Explanation told = new Explanation(
                NAME,
                List.of(new ObjectKey("Service", "default", "web"), new ObjectKey("Ingress", "default", "web")),
                "");
        told.add(
                ZONE,
                new NamePlan(
                        NAME,
                        List.of(creates("192.0.2.1"), creates("192.0.2.2")),
                        List.of(),
                        List.of(conflict, other)));
        told.add(conflict + "; " + other); // what a controller remembers of its last plan
        told.add(conflict + "; access was denied");

        assertThat(told).hasToString("""
                        www.example.com, wanted by Ingress default/web, Service default/web
                          in example.com (Z1):
                            + www.example.com A 192.0.2.1 (300 s)
                            + www.example.com A 192.0.2.2 (300 s)
                            www.example.com: conflict: two want it
                            www.example.com: foreign: it is theirs
                          www.example.com: conflict: two want it; access was denied""");
    }

    @Test
    void whatNobodyWantsIsSaid() {
        Explanation told = new Explanation(NAME, List.of(), "");
        told.add(ZONE, new NamePlan(NAME, List.of(), List.of(), List.of()));

        assertThat(told).hasToString("www.example.com, wanted by nobody\n  in example.com (Z1): nothing to do");
    }

    @Test
    void whoDoesNotLeadKnowsWhatObjectsWant_onceItHasSeenTheCluster() {
        List<ObjectKey> web = List.of(new ObjectKey("Service", "default", "web"));

        assertThat(Explanation.withoutLead(NAME, true, web))
                .isEqualTo("www.example.com, wanted by Service default/web; this controller does not lead");
        assertThat(Explanation.withoutLead(NAME, true, List.of()))
                .isEqualTo("www.example.com, wanted by nobody; this controller does not lead");
        assertThat(Explanation.withoutLead(NAME, false, web))
                .isEqualTo("www.example.com: it is not known yet what the cluster has");
    }
}
