package io.k8saws.dns.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.dns.alias.AliasTargets.AliasTarget;
import io.k8saws.dns.owner.OwnerMarks;
import io.k8saws.dns.record.Cause;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.Endpoint;
import io.k8saws.dns.record.EndpointOptions;
import io.k8saws.dns.record.RecordSet;
import io.k8saws.dns.record.RecordType;
import io.k8saws.dns.record.RoutingPolicy;
import io.k8saws.dns.zone.HostedZone;
import io.k8saws.dns.zone.ZoneChoice;
import io.k8saws.dns.zone.ZoneFilter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Of a name that is spared what changes goes, and what would be lost stays")
class SparedNamesTest {
    private static final HostedZone ZONE = new HostedZone("Z1", DnsName.of("example.com"), false, Map.of());
    private static final ZoneChoice CHOICE = new ZoneChoice(List.of(ZONE), ZoneFilter.all());
    private static final DnsName WWW = DnsName.of("www.example.com");

    private final ModelZone zone = new ModelZone("example.com");

    private static Endpoint record(RecordType type, String target) {
        return new Endpoint(
                WWW,
                type,
                List.of(target),
                Optional.empty(),
                Optional.empty(),
                new RoutingPolicy.Simple(),
                Optional.empty(),
                EndpointOptions.defaults(),
                new Cause("service", "default", "web", "test"));
    }

    private DnsPlan plan(ChangePolicy policy, boolean hasIpv6, boolean spared, String host) {
        DnsPlanner planner = new DnsPlanner(
                OwnerMarks.of("blue"),
                policy,
                name -> Optional.of(new AliasTarget("ZLB", hasIpv6)),
                Duration.ofMinutes(5));
        return planner.plan(
                List.of(record(RecordType.CNAME, host)),
                CHOICE,
                Map.of(ZONE.id(), zone.content()),
                name -> spared && name.equals(WWW));
    }

    private List<String> apply(DnsPlan plan) {
        plan.zones().forEach(one -> one.names()
                .forEach(name -> assertThat(zone.change(name.changes())).isEmpty()));
        return zone.at(WWW).stream().map(RecordSet::toString).sorted().toList();
    }

    @Test
    void anAliasThatIsAGuessFollowsItsHost_andTheOneOfVersion6Stays() {
        assertThat(apply(plan(ChangePolicy.SYNC, true, false, "one.example.net")))
                .hasSize(2);

        DnsPlan guess = plan(ChangePolicy.SYNC, false, true, "two.example.net");
        assertThat(guess.findings()).noneMatch(Finding::isProblem);
        assertThat(guess.zones().get(0).names())
                .allMatch(name -> name.losses() == 0 && name.findings().stream().noneMatch(Finding::isProblem));
        assertThat(apply(guess))
                .hasSize(2)
                .anyMatch(set -> set.contains(" A ") && set.contains("two."))
                .anyMatch(set -> set.contains(" AAAA ") && set.contains("one."));

        assertThat(apply(plan(ChangePolicy.SYNC, false, false, "two.example.net")))
                .singleElement()
                .asString()
                .contains(" A ", "two.");
    }

    @Test
    void aPolicyOfTheOwnersIsToldAllTheSame() {
        apply(plan(ChangePolicy.SYNC, true, false, "one.example.net"));

        assertThat(plan(ChangePolicy.UPSERT_ONLY, false, true, "one.example.net")
                        .zones()
                        .get(0)
                        .names())
                .flatMap(NamePlan::findings)
                .anyMatch(finding -> finding.kind() == Finding.Kind.POLICY);
    }

    @ParameterizedTest
    @CsvSource({
        "A 192.0.2.1,               A 192.0.2.2,               A 192.0.2.2",
        "A 192.0.2.1 AAAA ::1,      A 192.0.2.2,               A 192.0.2.2 AAAA ::1",
        "A 192.0.2.1,               '',                        A 192.0.2.1",
        "A 192.0.2.1,               CNAME one.net,             A 192.0.2.1", // it would exclude what stays
        "A 192.0.2.1,               AAAA ::2,                  A 192.0.2.1 AAAA ::2",
        "CNAME one.net,             CNAME two.net,             CNAME two.net",
        "TXT one A 192.0.2.1,       A 192.0.2.2 AAAA ::2,      A 192.0.2.2 AAAA ::2 TXT one",
    })
    void whatIsSpared(String before, String wanted, String after) {
        DnsPlanner planner = new DnsPlanner(
                OwnerMarks.of("blue"), ChangePolicy.SYNC, name -> Optional.empty(), Duration.ofMinutes(5));
        apply(planner.plan(records(before), CHOICE, Map.of(ZONE.id(), zone.content())));

        DnsPlan plan = planner.plan(records(wanted), CHOICE, Map.of(ZONE.id(), zone.content()), WWW::equals);

        assertThat(plan.losses()).isZero();
        assertThat(apply(plan))
                .containsExactlyInAnyOrderElementsOf(records(after).stream()
                        .map(one -> "www.example.com " + one.type() + " "
                                + (one.type() == RecordType.TXT
                                        ? "\"one\""
                                        : one.targets().get(0)) + " (300 s)")
                        .toList());
        assertThat(planner.plan(records(wanted), CHOICE, Map.of(ZONE.id(), zone.content()), WWW::equals)
                        .isEmpty())
                .isTrue();
    }

    private static List<Endpoint> records(String text) {
        List<Endpoint> records = new ArrayList<>();
        String[] words = text.isEmpty() ? new String[0] : text.split(" ");
        for (int i = 0; i < words.length; i += 2) {
            records.add(record(RecordType.valueOf(words[i]), words[i + 1]));
        }
        return records;
    }
}
