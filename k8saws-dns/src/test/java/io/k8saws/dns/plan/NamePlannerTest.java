package io.k8saws.dns.plan;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("A plan makes names as they are wanted, and touches nobody else's")
class NamePlannerTest {
    private static final HostedZone ZONE = new HostedZone("Z1", DnsName.of("example.com"), false, Map.of());
    private static final Duration TTL = Duration.ofMinutes(5);

    static Endpoint endpoint(String name, RecordType type, String cause, String... targets) {
        return routed(name, type, cause, "", new RoutingPolicy.Simple(), targets);
    }

    static Endpoint routed(
            String name, RecordType type, String cause, String set, RoutingPolicy policy, String... targets) {
        return new Endpoint(
                DnsName.of(name),
                type,
                Arrays.asList(targets),
                Optional.empty(),
                Optional.of(set).filter(text -> !text.isEmpty()),
                policy,
                Optional.empty(),
                EndpointOptions.defaults(),
                new Cause("service", "default", cause, "test"));
    }

    static RecordSet set(String name, RecordType type, String... values) {
        return RecordSet.simple(DnsName.of(name), type, new Answer.Values(TTL, Arrays.asList(values)));
    }

    static DnsPlan plan(ModelZone zone, OwnerMarks marks, ChangePolicy policy, List<Endpoint> wanted) {
        return new DnsPlanner(marks, policy, AliasTargets.byName(), TTL)
                .plan(wanted, new ZoneChoice(List.of(ZONE), ZoneFilter.all()), Map.of(ZONE.id(), zone.content()));
    }

    static void apply(ModelZone zone, DnsPlan plan) {
        for (NamePlan name : plan.zones().get(0).changed()) {
            assertThat(zone.change(name.changes())).as(name.toString()).isEmpty();
        }
    }

    /** Applies, and sees that nothing is left. */
    static DnsPlan converge(ModelZone zone, OwnerMarks marks, List<Endpoint> wanted) {
        DnsPlan plan = plan(zone, marks, ChangePolicy.SYNC, wanted);
        apply(zone, plan);
        assertThat(plan(zone, marks, ChangePolicy.SYNC, wanted).isEmpty())
                .as("a second plan")
                .isTrue();
        return plan;
    }

    @Test
    void aRecordComesWithItsMark_andGoesWithIt() {
        ModelZone zone = new ModelZone("example.com");
        OwnerMarks blue = OwnerMarks.of("blue");
        converge(zone, blue, List.of(endpoint("www.example.com", RecordType.A, "web", "192.0.2.1")));
        assertThat(zone.all())
                .extracting(RecordSet::toString)
                .containsExactlyInAnyOrder(
                        "www.example.com A 192.0.2.1 (300 s)",
                        "a-www.example.com TXT \"heritage=external-dns,external-dns/owner=blue,external-dns/resource=service/default/web\" (300 s)");

        converge(zone, blue, List.of(endpoint("www.example.com", RecordType.A, "web", "192.0.2.2", "192.0.2.1")));
        assertThat(zone.at(DnsName.of("www.example.com")))
                .extracting(RecordSet::toString)
                .containsExactly("www.example.com A 192.0.2.1, 192.0.2.2 (300 s)");
        converge(zone, blue, List.of());
        assertThat(zone.all()).isEmpty();
    }

    @Test
    void aChangeOfTypeOrPolicyIsOneWhole() {
        ModelZone zone = new ModelZone("example.com");
        OwnerMarks blue = OwnerMarks.of("blue");
        converge(zone, blue, List.of(endpoint("www.example.com", RecordType.A, "web", "192.0.2.1")));
        DnsPlan toHost =
                converge(zone, blue, List.of(endpoint("www.example.com", RecordType.CNAME, "web", "other.net")));
        assertThat(toHost.zones().get(0).changed()).hasSize(1);
        assertThat(toHost.deletions()).as("the name does not go").isZero();
        converge(
                zone,
                blue,
                List.of(
                        routed(
                                "www.example.com",
                                RecordType.A,
                                "web",
                                "a",
                                new RoutingPolicy.Weighted(10),
                                "192.0.2.1"),
                        routed(
                                "www.example.com",
                                RecordType.A,
                                "web2",
                                "b",
                                new RoutingPolicy.Weighted(20),
                                "192.0.2.2")));
        assertThat(zone.all()).hasSize(4);
        converge(
                zone,
                blue,
                List.of(routed(
                        "www.example.com",
                        RecordType.A,
                        "web",
                        "a",
                        new RoutingPolicy.Latency("eu-west-1"),
                        "192.0.2.1")));
        assertThat(zone.all()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({
        "web-1.eu-west-1.elb.amazonaws.com, A, Z32O12XQLNTSW2",
        "net-1.elb.eu-west-1.amazonaws.com, A, Z2IFOLAFXWLO4F",
        "dualstack.web-1.eu-west-1.elb.amazonaws.com, A AAAA, Z32O12XQLNTSW2",
        "d111.cloudfront.net, A AAAA, Z2FDTNDATAQYW2",
        "x.awsglobalaccelerator.com, A, Z2BJ6XQ5FK7U4H",
        "web-1.mars-1.elb.amazonaws.com, CNAME, ''",
        "www.other.net, CNAME, ''",
    })
    void hostNamesOfAwsBecomeAliases(String host, String types, String zoneId) {
        ModelZone zone = new ModelZone("example.com");
        converge(zone, OwnerMarks.of("blue"), List.of(endpoint("www.example.com", RecordType.CNAME, "web", host)));
        List<RecordSet> records = zone.at(DnsName.of("www.example.com"));
        assertThat(records).extracting(set -> set.type().name()).containsExactlyInAnyOrder(types.split(" "));
        if (!zoneId.isEmpty()) {
            assertThat(records).allSatisfy(set -> assertThat(set.answer())
                    // Route 53 takes no alias to CloudFront that follows its health
                    .isEqualTo(new Answer.Alias(zoneId, DnsName.of(host), !host.endsWith(".cloudfront.net"))));
        }
    }

    @Test
    void anAliasMayStandAtTheHead_andACnameMayNot() {
        ModelZone zone = new ModelZone("example.com");
        zone.put(set("example.com", RecordType.NS, "ns-1.awsdns-00.com."));
        zone.put(set(
                "example.com",
                RecordType.SOA,
                "ns-1.awsdns-00.com. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400"));
        OwnerMarks blue =
                new OwnerMarks("blue", OwnerNames.withPrefix("%{record_type}-head."), Optional.empty(), Set.of());
        converge(zone, blue, List.of(endpoint("example.com", RecordType.CNAME, "web", "d111.cloudfront.net")));
        assertThat(zone.all()).hasSize(2 + 4);
        DnsPlan refused = plan(
                zone,
                blue,
                ChangePolicy.SYNC,
                List.of(endpoint("example.com", RecordType.CNAME, "web", "www.other.net")));
        assertThat(refused.isEmpty())
                .as("what cannot be read keeps what it has")
                .isTrue();
        assertThat(refused.problems())
                .extracting(Finding::text)
                .singleElement()
                .asString()
                .contains("a CNAME cannot stand");
    }

    @ParameterizedTest
    @EnumSource(ChangePolicy.class)
    void nothingOfOthersOrMadeByHandIsTouched(ChangePolicy policy) {
        ModelZone zone = new ModelZone("example.com");
        zone.put(set("hand.example.com", RecordType.A, "198.51.100.1"));
        converge(
                zone,
                OwnerMarks.of("green"),
                List.of(endpoint("green.example.com", RecordType.A, "x", "198.51.100.2")));
        List<RecordSet> before = zone.all();
        DnsPlan plan = plan(
                zone,
                OwnerMarks.of("blue"),
                policy,
                List.of(
                        endpoint("hand.example.com", RecordType.A, "web", "192.0.2.1"),
                        endpoint("hand.example.com", RecordType.CNAME, "web2", "other.net"),
                        endpoint("green.example.com", RecordType.A, "web", "192.0.2.1"),
                        endpoint("a-green.example.com", RecordType.CNAME, "web", "other.net")));
        assertThat(plan.isEmpty()).as(plan.toString()).isTrue();
        assertThat(plan.problems())
                .extracting(one -> one.kind() + " " + one.name())
                .contains("HANDMADE hand.example.com", "FOREIGN green.example.com");
        assertThat(plan.explain(DnsName.of("green.example.com"))).contains("owner green has");
        assertThat(plan.explain(DnsName.of("nobody.example.com"))).contains("nobody wants it");
        apply(zone, plan);
        assertThat(zone.all()).isEqualTo(before);
    }

    @Test
    void aRecordNeverComesWhereItsMarkHasNoPlace() {
        ModelZone zone = new ModelZone("example.com");
        zone.put(set("a-www.example.com", RecordType.TXT, "\"hello\""));
        DnsPlan plan = plan(
                zone,
                OwnerMarks.of("blue"),
                ChangePolicy.SYNC,
                List.of(endpoint("www.example.com", RecordType.A, "web", "192.0.2.1")));
        assertThat(plan.isEmpty()).isTrue();
        assertThat(plan.problems()).singleElement().asString().contains("the place of its mark has");
    }

    @ParameterizedTest(name = "a mark at {0}")
    @CsvSource({"a-www.example.com", "www.example.com", "cname-www.example.com"})
    void recordsOfEachFormOfExternalDnsAreTakenOver_andHandedBack(String place) {
        ModelZone zone = new ModelZone("example.com");
        boolean alias = place.startsWith("cname");
        zone.put(
                alias
                        ? RecordSet.simple(
                                DnsName.of("www.example.com"),
                                RecordType.A,
                                new Answer.Alias("Z32O12XQLNTSW2", DnsName.of("w.eu-west-1.elb.amazonaws.com"), true))
                        : set("www.example.com", RecordType.A, "192.0.2.1"));
        zone.put(set(
                place,
                RecordType.TXT,
                "\"heritage=external-dns,external-dns/owner=old,external-dns/resource=service/default/web\""));
        List<Endpoint> wanted = List.of(
                alias
                        ? endpoint("www.example.com", RecordType.CNAME, "web", "w.eu-west-1.elb.amazonaws.com")
                        : endpoint("www.example.com", RecordType.A, "web", "192.0.2.1"));
        RecordSet record = zone.at(DnsName.of("www.example.com")).get(0);
        assertThat(plan(zone, OwnerMarks.of("blue"), ChangePolicy.SYNC, wanted).isEmpty())
                .as("it is another owner's")
                .isTrue();

        OwnerMarks taking = new OwnerMarks("blue", OwnerNames.plain(), Optional.empty(), Set.of("old"));
        converge(zone, taking, wanted);
        assertThat(zone.at(DnsName.of("www.example.com")))
                .as("the record stays as it is")
                .contains(record);
        converge(zone, OwnerMarks.of("blue"), wanted);

        converge(zone, new OwnerMarks("old", OwnerNames.plain(), Optional.empty(), Set.of("blue")), wanted);
        assertThat(zone.at(DnsName.of("a-www.example.com")))
                .singleElement()
                .asString()
                .contains("external-dns/owner=old");
        converge(zone, new OwnerMarks("old", OwnerNames.plain(), Optional.empty(), Set.of("blue")), List.of());
        assertThat(zone.all()).as("all marks go with the record").isEmpty();
    }

    @Test
    void encryptedMarksOwn_andGo() {
        ModelZone zone = new ModelZone("example.com");
        OwnerMarks sealed =
                new OwnerMarks("blue", OwnerNames.plain(), Optional.of(OwnerCipher.of("k".repeat(32))), Set.of());
        List<Endpoint> wanted = List.of(endpoint("www.example.com", RecordType.A, "web", "192.0.2.1"));
        converge(zone, OwnerMarks.of("blue"), wanted);
        converge(zone, sealed, wanted);
        assertThat(zone.all()).noneMatch(set -> set.toString().contains("heritage"));
        assertThat(plan(zone, OwnerMarks.of("blue"), ChangePolicy.SYNC, List.of())
                        .isEmpty())
                .as("who has no key owns nothing")
                .isTrue();
        converge(zone, sealed, List.of());
        assertThat(zone.all()).isEmpty();
    }

    @Test
    void theSameWinsInWhateverOrderSourcesCome_andWhoHasTheNameKeepsIt() {
        List<Endpoint> wanted = new ArrayList<>(List.of(
                endpoint("www.example.com", RecordType.A, "b", "192.0.2.2"),
                endpoint("www.example.com", RecordType.A, "a", "192.0.2.1"),
                endpoint("www.example.com", RecordType.CNAME, "c", "other.net")));
        DnsPlan first = plan(new ModelZone("example.com"), OwnerMarks.of("blue"), ChangePolicy.SYNC, wanted);
        for (int turn = 0; turn < 6; turn++) {
            Collections.rotate(wanted, 1);
            if (turn == 3) {
                Collections.reverse(wanted);
            }
            DnsPlan plan = plan(new ModelZone("example.com"), OwnerMarks.of("blue"), ChangePolicy.SYNC, wanted);
            assertThat(plan.zones().get(0).changed().get(0).changes())
                    .isEqualTo(first.zones().get(0).changed().get(0).changes());
        }
        assertThat(first.problems())
                .extracting(Finding::kind)
                .containsOnly(Finding.Kind.CONFLICT)
                .hasSize(2);

        ModelZone zone = new ModelZone("example.com");
        converge(
                zone,
                OwnerMarks.of("blue"),
                wanted.stream().filter(one -> one.cause().name().equals("b")).toList());
        converge(zone, OwnerMarks.of("blue"), wanted);
        assertThat(zone.at(DnsName.of("www.example.com")))
                .singleElement()
                .asString()
                .contains("192.0.2.2");
    }

    /** A second zone of the same name, or a pin with a typing error, takes nothing away. */
    @Test
    void aNameThatHasNoPlaceKeepsWhatItHas() {
        ModelZone zone = new ModelZone("example.com");
        OwnerMarks blue = OwnerMarks.of("blue");
        List<Endpoint> wanted = List.of(endpoint("www.example.com", RecordType.A, "web", "192.0.2.1"));
        converge(zone, blue, wanted);
        HostedZone twin = new HostedZone("Z9", DnsName.of("example.com"), false, Map.of());
        DnsPlanner planner = new DnsPlanner(blue, ChangePolicy.SYNC, AliasTargets.byName(), TTL);
        DnsPlan ambiguous = planner.plan(
                wanted,
                new ZoneChoice(List.of(ZONE, twin), ZoneFilter.all()),
                Map.of(ZONE.id(), zone.content(), twin.id(), ZoneContent.of(List.of())));
        assertThat(ambiguous.isEmpty()).as(ambiguous.toString()).isTrue();
        assertThat(ambiguous.problems()).singleElement().asString().contains("it belongs into each of");
    }

    @Test
    void whatSomebodyGaveAnotherKindOfPolicyIsNoLongerOurs() {
        ModelZone zone = new ModelZone("example.com");
        OwnerMarks blue = OwnerMarks.of("blue");
        converge(
                zone,
                blue,
                List.of(routed(
                        "www.example.com", RecordType.A, "web", "a", new RoutingPolicy.Weighted(1), "192.0.2.1")));
        zone.put(new RecordSet(
                DnsName.of("www.example.com"),
                RecordType.A,
                Optional.of("a"),
                new RoutingPolicy.Foreign("addresses c1 eu"),
                Optional.empty(),
                new Answer.Values(TTL, List.of("192.0.2.1"))));
        assertThat(plan(zone, blue, ChangePolicy.SYNC, List.of()).isEmpty()).isTrue();
    }

    @Test
    void aMarkIsNeverLongerThanATextMayBe() {
        ModelZone zone = new ModelZone("example.com");
        converge(
                zone,
                OwnerMarks.of("o".repeat(100)),
                List.of(endpoint("www.example.com", RecordType.A, "w".repeat(200), "192.0.2.1")));
        assertThat(zone.at(DnsName.of("a-www.example.com"))).singleElement().satisfies(mark -> assertThat(
                        ((Answer.Values) mark.answer()).values().get(0).length())
                .isLessThanOrEqualTo(257));
    }

    @Test
    void policiesHoldBack() {
        ModelZone zone = new ModelZone("example.com");
        OwnerMarks blue = OwnerMarks.of("blue");
        List<Endpoint> one = List.of(endpoint("www.example.com", RecordType.A, "web", "192.0.2.1"));
        converge(zone, blue, one);
        List<Endpoint> changed = List.of(
                endpoint("www.example.com", RecordType.A, "web", "192.0.2.9"),
                endpoint("new.example.com", RecordType.A, "web", "192.0.2.9"));
        assertThat(plan(zone, blue, ChangePolicy.CREATE_ONLY, changed)
                        .zones()
                        .get(0)
                        .changed())
                .extracting(name -> name.name().text())
                .containsExactly("new.example.com");
        assertThat(plan(zone, blue, ChangePolicy.UPSERT_ONLY, changed)
                        .zones()
                        .get(0)
                        .changed())
                .hasSize(2);
        assertThat(plan(zone, blue, ChangePolicy.UPSERT_ONLY, List.of()).isEmpty())
                .isTrue();
        assertThat(plan(
                                zone,
                                blue,
                                ChangePolicy.UPSERT_ONLY,
                                List.of(endpoint("www.example.com", RecordType.CNAME, "web", "other.net")))
                        .problems())
                .singleElement()
                .asString()
                .contains("the policy deletes nothing");
    }

    @Test
    void whereNothingIsChanged_whatIsNewKeepsToThePolicyThatIsThere() {
        ModelZone zone = new ModelZone("example.com");
        OwnerMarks blue = OwnerMarks.of("blue");
        converge(zone, blue, List.of(member("one", new RoutingPolicy.Weighted(1))));

        DnsPlan plan = plan(
                zone,
                blue,
                ChangePolicy.CREATE_ONLY,
                List.of(
                        member("one", new RoutingPolicy.Latency("eu-west-1")),
                        member("two", new RoutingPolicy.Latency("eu-west-2"))));

        assertThat(plan.isEmpty()).as("%s", plan).isTrue();
        assertThat(plan.problems()).hasSize(2).anySatisfy(problem -> assertThat(problem.text())
                .contains("[two]", "does not go with", "[one]"));
    }

    private static Endpoint member(String set, RoutingPolicy policy) {
        return routed("www.example.com", RecordType.A, "web", set, policy, "192.0.2.1");
    }

    @Test
    void manyDeletionsAreRefused_andTheMessageNamesSome() {
        ModelZone zone = new ModelZone("example.com");
        OwnerMarks blue = OwnerMarks.of("blue");
        List<Endpoint> wanted = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            wanted.add(endpoint("n" + i + ".example.com", RecordType.A, "web", "192.0.2.1"));
        }
        converge(zone, blue, wanted);
        DnsPlan few = plan(zone, blue, ChangePolicy.SYNC, wanted.subList(0, 18));
        assertThat(few.requireFewDeletions(2, 0)).isSameAs(few);
        assertThat(few.requireFewDeletions(0, 0.1)).isSameAs(few);
        Assertions.assertThatThrownBy(() -> few.requireFewDeletions(1, 0.05))
                .isInstanceOfSatisfying(DnsPlanRefusedException.class, refused -> assertThat(refused.refused())
                        .containsExactlyInAnyOrder("n18.example.com", "n19.example.com"))
                .hasMessageContaining("2 of 20 names would go")
                .hasMessageContaining("n18.example.com");
    }

    @Test
    void aNameThatKeepsOneRecord_losesTheOthersAllTheSame() {
        ModelZone zone = new ModelZone("example.com");
        OwnerMarks blue = OwnerMarks.of("blue");
        List<Endpoint> wanted = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            wanted.add(routed(
                    "www.example.com", RecordType.A, "web", "s" + i, new RoutingPolicy.Weighted(1), "192.0.2.1"));
        }
        wanted.add(endpoint("www.example.com", RecordType.TXT, "web", "text"));
        converge(zone, blue, wanted);

        DnsPlan plan = plan(zone, blue, ChangePolicy.SYNC, wanted.subList(49, 51));

        assertThat(plan.losses()).isEqualTo(49);
        assertThat(plan.zones().get(0).ownedSets()).isEqualTo(51);
        Assertions.assertThatThrownBy(() -> plan.requireFewDeletions(20, 0.5))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("49 of 51 record sets")
                .hasMessageContaining("www.example.com");
        assertThat(plan.requireFewDeletions(49, 0)).isSameAs(plan);
    }

    @Test
    void whatTakesAnothersPlaceIsNoLoss_andWhatIsOnlyMarkedAnewNeither() {
        ModelZone zone = new ModelZone("example.com");
        OwnerMarks blue = OwnerMarks.of("blue");
        converge(zone, blue, List.of(endpoint("www.example.com", RecordType.CNAME, "web", "other.net")));

        DnsPlan alias = converge(
                zone,
                blue,
                List.of(endpoint("www.example.com", RecordType.CNAME, "web", "web-1.eu-west-1.elb.amazonaws.com")));
        DnsPlan marked = plan(
                zone,
                blue,
                ChangePolicy.SYNC,
                List.of(endpoint("www.example.com", RecordType.CNAME, "other", "web-1.eu-west-1.elb.amazonaws.com")));
        DnsPlan text =
                plan(zone, blue, ChangePolicy.SYNC, List.of(endpoint("www.example.com", RecordType.TXT, "web", "t")));

        assertThat(alias.isEmpty()).isFalse();
        assertThat(alias.losses()).isZero();
        assertThat(marked.isEmpty()).isFalse();
        assertThat(marked.losses()).isZero();
        assertThat(text.losses()).as("a text leads nowhere").isPositive();
    }

    @Test
    void aKindOfObjectsThatWantsNothingAnyMore_keepsItsNames_howeverFewTheyAre() {
        ModelZone zone = new ModelZone("example.com");
        OwnerMarks blue = OwnerMarks.of("blue");
        List<Endpoint> wanted = new ArrayList<>(List.of(
                endpoint("a.example.com", RecordType.A, "web", "192.0.2.1"),
                new Endpoint(
                        DnsName.of("b.example.com"),
                        RecordType.A,
                        List.of("192.0.2.2"),
                        Optional.empty(),
                        Optional.empty(),
                        new RoutingPolicy.Simple(),
                        Optional.empty(),
                        EndpointOptions.defaults(),
                        new Cause("ingress", "default", "web", "test"))));
        converge(zone, blue, wanted);

        DnsPlan plan = plan(zone, blue, ChangePolicy.SYNC, wanted.subList(0, 1));

        assertThat(plan.silenced()).containsExactly("ingress");
        Assertions.assertThatThrownBy(() -> plan.requireFewDeletions(20, 1))
                .isInstanceOf(K8sAwsException.class)
                .hasMessageContaining("no object of kind ingress wants a name any more: [b.example.com]");
        assertThat(plan.requireFewDeletions(20, 1, Set.of("ingress"))).isSameAs(plan);
    }

    @Test
    void addressesHaveRecordsBackWhenTheirSourceAsks() {
        DnsPlan plan = new DnsPlanner(OwnerMarks.of("blue"), ChangePolicy.SYNC, AliasTargets.byName(), TTL)
                .plan(
                        List.of(new Endpoint(
                                DnsName.of("www.example.com"),
                                RecordType.A,
                                List.of("192.0.2.7"),
                                Optional.empty(),
                                Optional.empty(),
                                new RoutingPolicy.Simple(),
                                Optional.empty(),
                                EndpointOptions.defaults().withPtr(true),
                                new Cause("node", "", "n1", "test"))),
                        new ZoneChoice(
                                List.of(
                                        ZONE,
                                        new HostedZone("Z2", DnsName.of("2.0.192.in-addr.arpa"), false, Map.of())),
                                ZoneFilter.all()),
                        Map.of("Z1", ZoneContent.of(List.of()), "Z2", ZoneContent.of(List.of())));
        assertThat(plan.toString()).contains("+ 7.2.0.192.in-addr.arpa PTR www.example.com (300 s)");
        assertThat(ReverseNames.of("2001:db8::1").text())
                .isEqualTo("1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
    }
}
