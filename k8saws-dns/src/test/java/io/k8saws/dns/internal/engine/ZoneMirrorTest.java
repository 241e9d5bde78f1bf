package io.k8saws.dns.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.dns.record.Answer;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RecordSet;
import io.k8saws.dns.record.RecordType;
import io.k8saws.dns.record.RoutingPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The mirror holds a zone in little memory")
class ZoneMirrorTest {
    private final ZoneMirror mirror = new ZoneMirror(DnsName.of("example.com"));

    private static RecordSet alias(String name, RecordType type, String target) {
        return RecordSet.simple(DnsName.of(name), type, new Answer.Alias("Z32O12XQLNTSW2", DnsName.of(target), true));
    }

    @Test
    void everyKindOfSetComesBackAsItWas() {
        DnsName name = DnsName.of("*.w.example.com");
        Answer values = new Answer.Values(Duration.ofSeconds(2147483647L), List.of("192.0.2.1", "192.0.2.2"));
        List<RoutingPolicy> policies = List.of(
                new RoutingPolicy.Weighted(255),
                new RoutingPolicy.Latency("eu-west-1"),
                new RoutingPolicy.Failover(RoutingPolicy.Failover.Role.SECONDARY),
                new RoutingPolicy.Geolocation(Optional.empty(), Optional.of("US"), Optional.of("CA")),
                new RoutingPolicy.Geoproximity(Optional.empty(), Optional.empty(), Optional.of("1.5,-2"), -99),
                new RoutingPolicy.Multivalue(),
                new RoutingPolicy.Foreign("cidr c/l"));
        List<RecordSet> sets = new ArrayList<>();
        for (int i = 0; i < policies.size(); i++) {
            sets.add(new RecordSet(
                    name, RecordType.A, Optional.of("set ü " + i), policies.get(i), Optional.of("hc-" + i), values));
        }
        sets.add(alias("*.w.example.com", RecordType.AAAA, "lb.eu-west-1.elb.amazonaws.com"));
        sets.add(RecordSet.simple(name, RecordType.SPF, values));

        mirror.put(name, sets);

        assertThat(mirror.at(name)).isEqualTo(sets);
        assertThat(mirror.names()).containsExactly(name);
        assertThat(mirror.size()).isEqualTo(sets.size());
    }

    @Test
    void itIsAMap() {
        Map<DnsName, List<RecordSet>> model = new HashMap<>();
        Random random = new Random(11);
        for (int i = 0; i < 20_000; i++) {
            String text = random.nextInt(500) == 0 ? "example.com" : "n" + random.nextInt(700) + ".example.com";
            DnsName name = DnsName.of(text);
            if (random.nextInt(3) == 0) {
                model.remove(name);
                mirror.put(name, List.of());
            } else {
                List<RecordSet> sets = List.of(Wishes.a(text, "192.0.2." + random.nextInt(200)));
                model.put(name, sets);
                mirror.put(name, sets);
            }
        }

        assertThat(mirror.names()).containsExactlyInAnyOrderElementsOf(model.keySet());
        assertThat(mirror.size()).isEqualTo(model.size());
        model.forEach((name, sets) -> assertThat(mirror.at(name)).isEqualTo(sets));
    }

    /** Two aliases and two marks a name, as external-dns makes them for a load balancer. */
    @Test
    void aRecordTakesLessThan200Bytes_alsoMeasured() {
        long before = used();
        ZoneMirror large = new ZoneMirror(DnsName.of("example.com"));
        int names = 50_000;
        for (int i = 0; i < names; i++) {
            String label = "checkout-service-" + i;
            String name = label + ".example.com";
            String balancer = "k8s-default-checkout-" + i + "-0123456789abcdef.elb.eu-west-1.amazonaws.com";
            large.put(
                    DnsName.of(name),
                    List.of(alias(name, RecordType.A, balancer), alias(name, RecordType.AAAA, balancer)));
            for (String type : List.of("a-", "aaaa-")) {
                large.put(
                        DnsName.of(type + name),
                        List.of(Wishes.txt(
                                type + name,
                                "heritage=external-dns,external-dns/owner=production,external-dns/resource=service/default/"
                                        + label)));
            }
        }

        long measured = used() - before;

        assertThat(large.size()).isEqualTo(4 * names);
        assertThat(large.heapBytes() / large.size()).isLessThan(200);
        assertThat(measured / large.size())
                .as("bytes a record by the heap's own figure")
                .isLessThan(250);
        assertThat(large.at(DnsName.of("checkout-service-7.example.com"))).hasSize(2);
    }

    private static long used() {
        Runtime runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) {
            System.gc();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }
}
