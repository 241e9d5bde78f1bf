package io.k8saws.dns.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.dns.alias.AliasTargets;
import io.k8saws.dns.owner.OwnerCipher;
import io.k8saws.dns.owner.OwnerMarks;
import io.k8saws.dns.owner.OwnerNames;
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
import io.k8saws.error.K8sAwsException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Zones of external-dns of any version, taken over in place and handed back. */
class TakeOverTest {
    private static final HostedZone ZONE = new HostedZone("Z1", DnsName.of("example.com"), false, Map.of());
    private static final String KEY = "12345678901234567890123456789012";
    private static final String SEALED =
            "h8UQ6jelUFUsEIn7SbFktc2MYXPx/q8lySqI4VwfVtVaIbb2nkHWV/88KKbuLtu7fJNzMir8ELVeVnRSY01KdiIuj7ledqZe5ailEjQaU5Z6uEKd5pgs6sH8";

    private static DnsPlanner planner(OwnerMarks marks) {
        return new DnsPlanner(marks, ChangePolicy.SYNC, AliasTargets.byName(), Duration.ofMinutes(5));
    }

    private static OwnerMarks marks(String owner, OwnerNames names, String... others) {
        return new OwnerMarks(owner, names, Optional.of(OwnerCipher.of(KEY)), Set.of(others));
    }

    private static OwnerMarks plainMarks(String owner, OwnerNames names, String... others) {
        return new OwnerMarks(owner, names, Optional.empty(), Set.of(others));
    }

    private static DnsPlan plan(OwnerMarks marks, List<Endpoint> wanted, List<RecordSet> zone) {
        return planner(marks)
                .plan(wanted, new ZoneChoice(List.of(ZONE), ZoneFilter.all()), Map.of("Z1", ZoneContent.of(zone)));
    }

    private static List<RecordSet> done(DnsPlan plan, List<RecordSet> zone) {
        List<RecordSet> next = new ArrayList<>(zone);
        plan.zones().get(0).names().forEach(name -> name.changes().forEach(change -> {
            change.before().ifPresent(set -> assertThat(next.remove(set)).isTrue());
            change.after().ifPresent(next::add);
        }));
        return next;
    }

    private static Endpoint host(String name, String target) {
        return endpoint(name, RecordType.CNAME, target);
    }

    private static Endpoint endpoint(String name, RecordType type, String target) {
        return new Endpoint(
                DnsName.of(name),
                type,
                List.of(target),
                Optional.empty(),
                Optional.empty(),
                new RoutingPolicy.Simple(),
                Optional.empty(),
                EndpointOptions.defaults(),
                new Cause("service", "default", "web", "annotation"));
    }

    private static RecordSet text(String name, String value) {
        return RecordSet.simple(
                new DnsName(name), RecordType.TXT, new Answer.Values(Duration.ofMinutes(5), List.of(value)));
    }

    private static final String MARK =
            "\"heritage=external-dns,external-dns/owner=owner,external-dns/resource=service/default/web\"";

    @ParameterizedTest(name = "{4}")
    @CsvSource({
        "'', '', '', www.example.com, www.example.com, up to 0.11",
        "txt., '', '', www.example.com, txt.www.example.com, up to 0.11 with a prefix",
        "'', -txt, '', www.example.com, www-txt.example.com, up to 0.11 with a suffix",
        "'', '', '', www.example.com, cname-www.example.com, up to 0.21",
        "txt., '', '', www.example.com, txt.cname-www.example.com, up to 0.21 with a prefix",
        "txt-%{record_type}., '', '', www.example.com, txt-cname.www.example.com, up to 0.21 with the type in its place",
        "'', '', '', www.example.com, a-www.example.com, from 0.22",
        "txt., '', '', www.example.com, txt.a-www.example.com, from 0.22 with a prefix",
        "'', -%{record_type}-txt, '', www.example.com, www-a-txt.example.com, from 0.22 with the type in a suffix",
        "'', '', any, *.example.com, a-any.example.com, a wildcard replaced",
        "'', '', '', *.example.com, a-*.example.com, a wildcard kept",
        "txt-%{record_type}., '', '', example.com, txt-a.example.com, the zone's own name"
    })
    void everyFormIsTakenOverInPlaceAndHandedBack(
            String prefix, String suffix, String wildcard, String name, String mark, String version) {
        OwnerNames names = new OwnerNames(prefix, suffix, wildcard);
        RecordSet alias = RecordSet.simple(
                DnsName.of(name),
                RecordType.A,
                new Answer.Alias("Z32O12XQLNTSW2", DnsName.of("web-1.eu-west-1.elb.amazonaws.com"), true));
        for (String value : List.of(MARK, "\"" + SEALED + "\"")) {
            List<RecordSet> zone = List.of(alias, text(mark, value), text("hand.example.com", "\"by hand\""));
            List<Endpoint> wanted = List.of(host(name, "web-1.eu-west-1.elb.amazonaws.com"));

            // without consent nothing of another owner's is touched
            DnsPlan alone = plan(marks("blue", names), wanted, zone);
            assertThat(alone.isEmpty()).as(version).isTrue();
            assertThat(alone.problems()).extracting(Finding::kind).contains(Finding.Kind.FOREIGN);

            DnsPlan taken = plan(marks("blue", names, "owner"), wanted, zone);
            List<RecordSet> ours = done(taken, zone);
            assertThat(taken.deletions()).isZero();
            assertThat(ours).contains(alias, zone.get(2));
            assertThat(plan(marks("blue", names), wanted, ours).isEmpty())
                    .as("%s: once taken it is ours without further consent", version)
                    .isTrue();
            assertThat(plan(marks("owner", names), List.of(), ours).deletions())
                    .as("%s: the old owner has no say any more", version)
                    .isZero();

            List<RecordSet> back = done(plan(plainMarks("owner", names, "blue"), wanted, plain(ours)), plain(ours));
            assertThat(plan(plainMarks("owner", names), wanted, back).isEmpty()).isTrue();
            assertThat(plan(plainMarks("blue", names), List.of(), back).isEmpty())
                    .isTrue();
        }
    }

    /** As an owner without encryption would have written it. */
    private static List<RecordSet> plain(List<RecordSet> zone) {
        OwnerMarks reading = marks("blue", OwnerNames.plain());
        return zone.stream()
                .map(set -> reading.read(set)
                        .map(mark -> text(set.name().text(), mark.ownership().text()))
                        .orElse(set))
                .toList();
    }

    @Test
    void anAliasWithTheOldestMarksAloneGoesWithThem() {
        RecordSet alias = RecordSet.simple(
                DnsName.of("www.example.com"), RecordType.A, new Answer.Alias("Z1", DnsName.of("a.example.com"), true));
        for (String mark : List.of("cname-www.example.com", "www.example.com")) {
            List<RecordSet> zone = List.of(alias, text(mark, MARK));
            DnsPlan plan = plan(plainMarks("owner", OwnerNames.plain()), List.of(), zone);
            assertThat(plan.deletions()).isEqualTo(1);
            assertThat(done(plan, zone)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"A", "CNAME"})
    void anEncryptedMarkOfAnotherKeyProtects(RecordType type) {
        RecordSet there = RecordSet.simple(
                DnsName.of("www.example.com"),
                type,
                new Answer.Values(
                        Duration.ofMinutes(5), List.of(type == RecordType.A ? "192.0.2.9" : "other.example.net")));
        OwnerNames names = OwnerNames.withPrefix("txt.");
        List<RecordSet> zone = List.of(
                there,
                text(
                        "txt." + type.name().toLowerCase(java.util.Locale.ROOT) + "-www.example.com",
                        "\"" + SEALED + "\""));
        OwnerMarks other = new OwnerMarks("owner", names, Optional.of(OwnerCipher.of("x".repeat(32))), Set.of("all"));
        DnsPlan plan = plan(other, List.of(endpoint("www.example.com", RecordType.A, "192.0.2.1")), zone);
        assertThat(plan.isEmpty()).isTrue();
        assertThat(plan.problems()).hasSize(1);
        assertThat(plan(other, List.of(), zone).isEmpty()).isTrue();
    }

    @Test
    void manyDeletionsNeedConsent() {
        OwnerMarks marks = plainMarks("blue", OwnerNames.plain());
        List<Endpoint> all = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            all.add(endpoint("n" + i + ".example.com", RecordType.A, "192.0.2.1"));
        }
        List<RecordSet> zone = done(plan(marks, all, List.of()), List.of());
        assertThat(zone).hasSize(200);

        DnsPlan wipe = plan(marks, List.of(), zone);
        assertThat(wipe.deletions()).isEqualTo(100);
        assertThatThrownBy(() -> wipe.requireFewDeletions(5, 0.1))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("100 of 100 names would go");
        assertThat(wipe.requireFewDeletions(5, 1.0, wipe.silenced())).isSameAs(wipe);
        assertThat(plan(marks, all.subList(0, 90), zone)
                        .requireFewDeletions(5, 0.1)
                        .deletions())
                .isEqualTo(10);
        assertThatThrownBy(() -> plan(marks, all.subList(0, 89), zone).requireFewDeletions(5, 0.1))
                .isInstanceOf(K8sAwsException.class);
        assertThat(plan(marks, all.subList(5, 100), zone)
                        .requireFewDeletions(5, 0)
                        .deletions())
                .isEqualTo(5);
    }

    @Test
    void tellsWhyInTextAndJson() {
        OwnerMarks marks = plainMarks("blue", OwnerNames.plain());
        List<RecordSet> zone = List.of(RecordSet.simple(
                DnsName.of("hand.example.com"),
                RecordType.A,
                new Answer.Values(Duration.ofMinutes(1), List.of("192.0.2.77"))));
        DnsPlan plan = plan(
                marks,
                List.of(
                        endpoint("www.example.com", RecordType.A, "192.0.2.1"),
                        endpoint("hand.example.com", RecordType.A, "192.0.2.1"),
                        host("example.com", "other.example.net"),
                        endpoint("www.other.org", RecordType.A, "192.0.2.1")),
                zone);
        assertThat(plan.explain(DnsName.of("www.example.com")))
                .contains("service/default/web", "+ www.example.com A 192.0.2.1");
        assertThat(plan.explain(DnsName.of("hand.example.com"))).contains("handmade", "192.0.2.77");
        assertThat(plan.explain(DnsName.of("example.com")))
                .contains("CNAME cannot stand at the head")
                .doesNotContain("nobody");
        assertThat(plan.explain(DnsName.of("www.other.org"))).contains("no zone holds it");
        assertThat(plan.explain(DnsName.of("nobody.example.com"))).contains("nobody wants it");
        assertThat(plan.toString())
                .startsWith("DNS of owner ")
                .contains(": 1 name to change, 0 of them go; 3 problems\n", "in the way");
        assertThatThrownBy(plan::requireNoProblems)
                .isInstanceOfSatisfying(DnsPlanRefusedException.class, refused -> assertThat(refused.refused())
                        .isEqualTo(
                                plan.problems().stream().map(Finding::toString).toList()))
                .hasMessageContaining("hand.example.com")
                .hasMessageContaining("www.other.org");
        assertThat(plan.toJson())
                .contains(
                        "\"owner\" : \"blue\"",
                        "\"after\" : \"www.example.com A 192.0.2.1 (300 s)\"",
                        "service/default/web");
    }
}
