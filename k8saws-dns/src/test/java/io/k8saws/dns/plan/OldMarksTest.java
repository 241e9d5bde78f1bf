package io.k8saws.dns.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.dns.alias.AliasTargets;
import io.k8saws.dns.owner.OwnerMarks;
import io.k8saws.dns.record.Answer;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A mark of ours from before types stood in names makes way for what is wanted in its place")
class OldMarksTest {
    private static final HostedZone ZONE = new HostedZone("Z1", DnsName.of("example.com"), false, Map.of());
    private static final DnsName WWW = DnsName.of("www.example.com");
    private static final String BALANCER = "web-1.eu-west-1.elb.amazonaws.com";

    private final ModelZone zone = new ModelZone("example.com");

    private static RecordSet mark(String name, String owner) {
        return set(
                name,
                RecordType.TXT,
                "\"heritage=external-dns,external-dns/owner=" + owner + ",external-dns/resource=service/default/web\"");
    }

    private static RecordSet set(String name, RecordType type, String value) {
        return RecordSet.simple(DnsName.of(name), type, new Answer.Values(Duration.ofMinutes(5), List.of(value)));
    }

    private static Endpoint wish(RecordType type, String target) {
        return new Endpoint(
                WWW,
                type,
                List.of(target),
                Optional.empty(),
                Optional.empty(),
                new RoutingPolicy.Simple(),
                Optional.empty(),
                EndpointOptions.defaults(),
                new Cause("service", "default", "web", "annotation"));
    }

    private DnsPlan plan(ChangePolicy policy, Endpoint... wanted) {
        return new DnsPlanner(OwnerMarks.of("blue"), policy, AliasTargets.byName(), Duration.ofMinutes(5))
                .plan(
                        List.of(wanted),
                        new ZoneChoice(List.of(ZONE), ZoneFilter.all()),
                        Map.of(ZONE.id(), zone.content()));
    }

    private void apply(Endpoint... wanted) {
        for (NamePlan name : plan(ChangePolicy.SYNC, wanted).zones().get(0).names()) {
            assertThat(name.findings()).noneMatch(Finding::isProblem);
            assertThat(zone.change(name.changes())).isEmpty();
        }
        assertThat(plan(ChangePolicy.SYNC, wanted).isEmpty()).isTrue();
    }

    private List<String> records() {
        return zone.all().stream()
                .map(one -> one.name().text().replace(".example.com", "") + " " + one.type() + " "
                        + (one.answer() instanceof Answer.Values values
                                ? values.values().get(0).replaceAll("\"heritage.*", "mark")
                                : "alias"))
                .toList();
    }

    @BeforeEach
    void anAddressWithAMarkWithoutType() {
        zone.put(set("www.example.com", RecordType.A, "192.0.2.1"));
        zone.put(mark("www.example.com", "blue"));
    }

    @Test
    void aTextTakesItsPlace_andTheAddressFollowsItsService() {
        apply(wish(RecordType.A, "192.0.2.9"), wish(RecordType.TXT, "text"));

        assertThat(records())
                .containsExactlyInAnyOrder("www A 192.0.2.9", "a-www TXT mark", "www TXT \"text\"", "txt-www TXT mark");
    }

    @Test
    void aTextTakesItsPlace_alsoWhenTheAddressStaysAsItIs() {
        apply(wish(RecordType.A, "192.0.2.1"), wish(RecordType.TXT, "text"));

        assertThat(records())
                .containsExactlyInAnyOrder("www A 192.0.2.1", "a-www TXT mark", "www TXT \"text\"", "txt-www TXT mark");
    }

    @Test
    void aTextOrAHostTakesThePlaceOfBoth() {
        apply(wish(RecordType.TXT, "text"));
        assertThat(records()).containsExactlyInAnyOrder("www TXT \"text\"", "txt-www TXT mark");

        apply(wish(RecordType.CNAME, "one.example.net"));
        assertThat(records()).containsExactlyInAnyOrder("www CNAME one.example.net", "cname-www TXT mark");
    }

    @Test
    void itStaysForAnAddressThatIsHindered_andTheTextWaits() {
        zone.put(set("a-www.example.com", RecordType.TXT, "\"by hand\"")); // where the newer mark would be

        DnsPlan plan = plan(ChangePolicy.SYNC, wish(RecordType.A, "192.0.2.9"), wish(RecordType.TXT, "text"));

        assertThat(plan.isEmpty()).as("%s", plan).isTrue();
        assertThat(plan.problems()).isNotEmpty();
    }

    @Test
    void whatMayNotDeleteLeavesItWhereItIs() {
        for (ChangePolicy policy : List.of(ChangePolicy.UPSERT_ONLY, ChangePolicy.CREATE_ONLY)) {
            for (NamePlan name : plan(policy, wish(RecordType.A, "192.0.2.1"), wish(RecordType.TXT, "text"))
                    .zones()
                    .get(0)
                    .names()) {
                assertThat(zone.change(name.changes())).isEmpty();
            }
            assertThat(records()).contains("www TXT mark").noneMatch(one -> one.contains("text"));
        }
    }

    @Test
    void theMarkOfAnAliasGoesWithIt_soThatItSpeaksForNobodyElses() {
        zone.change(List.of(
                new SetChange(Optional.of(set("www.example.com", RecordType.A, "192.0.2.1")), Optional.empty()),
                new SetChange(Optional.of(mark("www.example.com", "blue")), Optional.empty())));
        zone.put(RecordSet.simple(WWW, RecordType.A, new Answer.Alias("Z32O12XQLNTSW2", DnsName.of(BALANCER), true)));
        zone.put(mark("cname-www.example.com", "blue"));

        apply(wish(RecordType.A, "192.0.2.9"));

        assertThat(records()).containsExactlyInAnyOrder("www A 192.0.2.9", "a-www TXT mark");
    }
}
