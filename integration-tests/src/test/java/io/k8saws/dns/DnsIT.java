package io.k8saws.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.dns.alias.AliasTargets;
import io.k8saws.dns.owner.OwnerCipher;
import io.k8saws.dns.owner.OwnerMarks;
import io.k8saws.dns.owner.OwnerNames;
import io.k8saws.dns.plan.ChangePolicy;
import io.k8saws.dns.plan.DnsPlan;
import io.k8saws.dns.plan.Finding;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.Horizon;
import io.k8saws.dns.record.RecordType;
import io.k8saws.dns.record.RoutingPolicy;
import io.k8saws.dns.zone.ZoneFilter;
import io.k8saws.error.K8sAwsException;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.AwsKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.route53.Route53Client;
import software.amazon.awssdk.services.route53.model.AliasTarget;
import software.amazon.awssdk.services.route53.model.ChangeAction;
import software.amazon.awssdk.services.route53.model.RRType;
import software.amazon.awssdk.services.route53.model.ResourceRecord;
import software.amazon.awssdk.services.route53.model.ResourceRecordSet;

@ParameterizedClass
@EnumSource(AwsKind.class)
@DisplayName("Names are as they are wanted, beside those of others")
class DnsIT {
    private static final String BALANCER = "web-1.eu-west-1.elb.amazonaws.com";
    private static final String KEY = "12345678901234567890123456789012";

    private final AwsEndpoint endpoint;
    private final Route53Client route53;
    private final String domain = "d" + UUID.randomUUID() + ".example";

    DnsIT(AwsKind kind, @AwsEmulator AwsEndpoint moto, @AwsEmulator(kind = AwsKind.LOCALSTACK) AwsEndpoint localStack) {
        this.endpoint = kind == AwsKind.MOTO ? moto : localStack;
        this.route53 = endpoint.configure(Route53Client.builder()).build();
    }

    @AfterEach
    void close() {
        route53.close();
    }

    private String zone() {
        return id(route53.createHostedZone(
                        r -> r.name(domain).callerReference(UUID.randomUUID().toString()))
                .hostedZone()
                .id());
    }

    private String privateZone() {
        try (Ec2Client ec2 = endpoint.configure(Ec2Client.builder()).build()) {
            String vpc = ec2.createVpc(r -> r.cidrBlock("10.0.0.0/16")).vpc().vpcId();
            return id(route53.createHostedZone(r -> r.name(domain)
                            .callerReference(UUID.randomUUID().toString())
                            .vpc(v -> v.vpcId(vpc).vpcRegion(endpoint.region()))
                            .hostedZoneConfig(c -> c.privateZone(true).comment("VPCs")))
                    .hostedZone()
                    .id());
        }
    }

    private static String id(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private Dns dns(OwnerMarks marks, ChangePolicy policy) {
        return Dns.builder(endpoint.access(), marks)
                .filter(ZoneFilter.builder().addDomain(domain).build())
                .policy(policy)
                .aliases(AliasTargets.byName()) // LocalStack has no load balancers to ask for
                .build();
    }

    private Dns dns(String owner) {
        return dns(OwnerMarks.of(owner), ChangePolicy.SYNC);
    }

    private static OwnerMarks marks(String owner, OwnerNames names, String... others) {
        return new OwnerMarks(owner, names, Optional.of(OwnerCipher.of(KEY)), Set.of(others));
    }

    private Records address(String name, String address) {
        return Records.builder("program")
                .add(name + domain, r -> r.addresses(address))
                .build();
    }

    private void create(String zone, ResourceRecordSet set) {
        route53.changeResourceRecordSets(r -> r.hostedZoneId(zone)
                .changeBatch(b -> b.changes(c -> c.action(ChangeAction.CREATE).resourceRecordSet(set))));
    }

    private ResourceRecordSet set(String name, RRType type, String value) {
        return ResourceRecordSet.builder()
                .name(name + domain + ".")
                .type(type)
                .ttl(60L)
                .resourceRecords(ResourceRecord.builder().value(value).build())
                .build();
    }

    private List<ResourceRecordSet> sets(String zone) {
        return route53.listResourceRecordSetsPaginator(r -> r.hostedZoneId(zone)).resourceRecordSets().stream()
                .filter(set -> set.type() != RRType.SOA && set.type() != RRType.NS)
                .toList();
    }

    private List<String> texts(String zone) {
        return sets(zone).stream()
                .map(set -> set.name() + " " + set.type() + " "
                        + (set.aliasTarget() == null
                                ? set.resourceRecords().stream()
                                        .map(ResourceRecord::value)
                                        .toList()
                                : set.aliasTarget().dnsName()))
                .sorted()
                .toList();
    }

    @Test
    void whatIsWantedComes_stays_andGoes_andNothingElseIsTouched() {
        String zone = zone();
        create(zone, set("hand.", RRType.A, "198.51.100.1"));
        create(zone, set("other.", RRType.A, "198.51.100.2"));
        create(zone, set("a-other.", RRType.TXT, "\"heritage=external-dns,external-dns/owner=green\""));
        create(zone, set("mail.", RRType.MX, "10 mail.example.com"));
        List<String> others = texts(zone);
        Records records = Records.builder("program")
                .add("www." + domain, r -> r.addresses("192.0.2.1", "2001:db8::1"))
                .add("lb." + domain, r -> r.host(BALANCER))
                .add("else." + domain, r -> r.host("www.example.net").ttl(Duration.ofMinutes(1)))
                .add("text." + domain, r -> r.texts("v=spf1 -all", "a \"quoted\" text"))
                .add("_sip._tcp." + domain, r -> r.value(RecordType.SRV, "0 5 443 host.example.net"))
                .add("mx." + domain, r -> r.value(RecordType.MX, "10 mail.example.net"))
                .add("hand." + domain, r -> r.addresses("192.0.2.9"))
                .add("other." + domain, r -> r.addresses("192.0.2.9"))
                .build();

        try (Dns dns = dns("blue")) {
            DnsPlan plan = dns.plan(records);
            assertThat(plan.problems())
                    .extracting(Finding::kind)
                    .containsExactlyInAnyOrder(Finding.Kind.HANDMADE, Finding.Kind.FOREIGN);
            dns.apply(plan).requireDone();
            assertThat(texts(zone)).containsAll(others).contains("www." + domain + ". A [192.0.2.1]");
            assertThat(sets(zone).stream()
                            .filter(set -> set.aliasTarget() != null)
                            .map(ResourceRecordSet::aliasTarget)
                            .map(AliasTarget::hostedZoneId))
                    .containsExactly("Z32O12XQLNTSW2");

            DnsPlan again = dns.plan(records);
            assertThat(again.isEmpty()).as(again.toString()).isTrue();

            dns.apply(dns.plan(Records.none())).requireDone();
            assertThat(texts(zone)).isEqualTo(others);
        }
    }

    @Test
    void aNameCostsThreeCalls_andNothingToDoCostsTwo() {
        zone();
        try (Dns dns = dns("blue")) {
            dns.apply(dns.plan(address("www.", "192.0.2.1"))).requireDone();
            assertThat(dns.calls()).isEqualTo(3);
            assertThat(dns.plan(address("www.", "192.0.2.1")).isEmpty()).isTrue();
            assertThat(dns.calls()).isEqualTo(5);
        }
    }

    @Test
    void aZoneOfExternalDnsIsTakenOverAndHandedBack() {
        String mark = "\"heritage=external-dns,external-dns/owner=old,external-dns/resource=service/default/web\"";
        String zone = zone();
        create(zone, set("txt.a1.", RRType.TXT, mark)); // up to 0.11
        create(zone, set("txt.cname-a2.", RRType.TXT, mark)); // up to 0.21
        create(zone, set("txt.a-a3.", RRType.TXT, mark)); // from 0.22
        create(
                zone,
                set(
                        "txt.a-a4.",
                        RRType.TXT,
                        "\"" + OwnerCipher.of(KEY).encrypt(mark.substring(1, mark.length() - 1)) + "\""));
        Records.Builder builder = Records.builder("program");
        for (String name : List.of("a1.", "a2.", "a3.", "a4.")) {
            create(
                    zone,
                    ResourceRecordSet.builder()
                            .name(name + domain + ".")
                            .type(RRType.A)
                            .aliasTarget(t -> t.dnsName(BALANCER)
                                    .hostedZoneId("Z32O12XQLNTSW2")
                                    .evaluateTargetHealth(true))
                            .build());
            builder.add(name + domain, r -> r.host(BALANCER));
        }
        Records records = builder.build();
        OwnerNames names = OwnerNames.withPrefix("txt.");

        try (Dns alone = dns(marks("blue", names), ChangePolicy.SYNC);
                Dns taking = dns(marks("blue", names, "old"), ChangePolicy.SYNC);
                Dns back = dns(marks("old", names, "blue"), ChangePolicy.SYNC);
                Dns old = dns(marks("old", names), ChangePolicy.SYNC)) {
            assertThat(alone.plan(records).isEmpty()).isTrue();
            DnsPlan taken = taking.plan(records);
            assertThat(taken.deletions()).isZero();
            taking.apply(taken).requireDone();
            assertThat(alone.plan(records).isEmpty()).isTrue();
            assertThat(old.plan(Records.none()).isEmpty()).isTrue();

            back.apply(back.plan(records)).requireDone();
            assertThat(alone.plan(Records.none()).isEmpty()).isTrue();
            old.apply(old.plan(Records.none())).requireDone();
            assertThat(texts(zone)).isEmpty();
        }
    }

    @Test
    void policiesHoldBack() {
        String zone = zone();
        try (Dns sync = dns("blue");
                Dns upsert = dns(OwnerMarks.of("blue"), ChangePolicy.UPSERT_ONLY);
                Dns create = dns(OwnerMarks.of("blue"), ChangePolicy.CREATE_ONLY)) {
            create.apply(create.plan(address("www.", "192.0.2.1"))).requireDone();
            assertThat(texts(zone)).hasSize(2);
            assertThat(create.plan(address("www.", "192.0.2.2")).isEmpty()).isTrue();
            upsert.apply(upsert.plan(address("www.", "192.0.2.2"))).requireDone();
            assertThat(texts(zone)).contains("www." + domain + ". A [192.0.2.2]");
            assertThat(upsert.plan(Records.none()).isEmpty()).isTrue();
            sync.apply(sync.plan(Records.none())).requireDone();
            assertThat(texts(zone)).isEmpty();
        }
    }

    @Test
    void aNameLeadsElsewhereInVpcsThanOnTheInternet_andPinsDecide() {
        String open = zone();
        String inner = privateZone();
        Records records = Records.builder("program")
                .add("www." + domain, r -> r.addresses("192.0.2.1").seenBy(Horizon.PUBLIC))
                .add("www." + domain, r -> r.addresses("10.0.0.1").seenBy(Horizon.PRIVATE))
                .add("both." + domain, r -> r.addresses("192.0.2.2"))
                .add("pinned." + domain, r -> r.addresses("10.0.0.2").inZone(inner))
                .build();
        try (Dns dns = dns("blue")) {
            dns.apply(dns.plan(records)).requireDone();
            assertThat(texts(open))
                    .contains("www." + domain + ". A [192.0.2.1]", "both." + domain + ". A [192.0.2.2]")
                    .noneMatch(text -> text.contains("pinned"));
            assertThat(texts(inner))
                    .contains(
                            "www." + domain + ". A [10.0.0.1]",
                            "both." + domain + ". A [192.0.2.2]",
                            "pinned." + domain + ". A [10.0.0.2]");
            assertThat(dns.plan(records).isEmpty()).isTrue();
        }
    }

    @Test
    void aNameThatTwoZonesCouldHoldIsToldWithTheirIds_andOthersGoOn() {
        String one = zone();
        String other = zone();
        try (Dns dns = dns("blue")) {
            DnsPlan plan = dns.plan(Records.builder("program")
                    .add("www." + domain, r -> r.addresses("192.0.2.1"))
                    .add("pinned." + domain, r -> r.addresses("192.0.2.2").inZone(other))
                    .build());
            assertThat(plan.explain(DnsName.of("www." + domain))).contains(one, other);
            dns.apply(plan).requireDone();
            assertThat(texts(one)).isEmpty();
            assertThat(texts(other)).hasSize(2);
        }
    }

    @Test
    void aChangeOfPolicyOrTypeIsOneBatch() {
        String zone = zone();
        List<Records> turns = List.of(
                address("www.", "192.0.2.1"),
                Records.builder("program")
                        .add("www." + domain, r -> r.addresses("192.0.2.1").routed("a", new RoutingPolicy.Weighted(10)))
                        .add("www." + domain, r -> r.addresses("192.0.2.2").routed("b", new RoutingPolicy.Weighted(50)))
                        .build(),
                Records.builder("program")
                        .add("www." + domain, r -> r.addresses("192.0.2.1")
                                .routed("a", new RoutingPolicy.Latency("eu-west-1")))
                        .build(),
                Records.builder("program")
                        .add("www." + domain, r -> r.host("other.example.net"))
                        .build());
        try (Dns dns = dns("blue")) {
            for (Records records : turns) {
                dns.apply(dns.plan(records)).requireDone();
                DnsPlan again = dns.plan(records);
                assertThat(again.isEmpty()).as("%s: %s", records, again).isTrue();
            }
            assertThat(texts(zone)).contains("www." + domain + ". CNAME [other.example.net]");
            dns.apply(dns.plan(Records.none())).requireDone();
            assertThat(texts(zone)).isEmpty();
        }
    }

    @Test
    void aWildcardAndNamesBeyondAsciiComeAndGo() {
        String zone = zone();
        Records records = Records.builder("program")
                .add("*." + domain, r -> r.addresses("192.0.2.1"))
                .add("bücher." + domain, r -> r.addresses("192.0.2.2"))
                .build();
        try (Dns dns = dns(marks("blue", new OwnerNames("", "", "any")), ChangePolicy.SYNC)) {
            dns.apply(dns.plan(records)).requireDone();
            assertThat(texts(zone))
                    .contains("xn--bcher-kva." + domain + ". A [192.0.2.2]", "\\052." + domain + ". A [192.0.2.1]");
            DnsPlan again = dns.plan(records);
            assertThat(again.isEmpty()).as(again.toString()).isTrue();
            dns.apply(dns.plan(Records.none())).requireDone();
            assertThat(texts(zone)).isEmpty();
        }
    }

    @Test
    void manyDeletionsNeedConsent() {
        String zone = zone();
        Records.Builder builder = Records.builder("program");
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            names.add("n" + i + "." + domain);
        }
        names.forEach(name -> builder.add(name, r -> r.addresses("192.0.2.1")));
        try (Dns dns = dns("blue")) {
            dns.apply(dns.plan(builder.build())).requireDone();
            DnsPlan wipe = dns.plan(Records.none());
            assertThatThrownBy(() -> dns.apply(wipe.requireFewDeletions(5, 0.1)))
                    .isInstanceOf(K8sAwsException.class)
                    .hasMessageContaining("30 of 30 names would go");
            assertThat(texts(zone)).hasSize(60);
            dns.apply(wipe.requireFewDeletions(30, 0, Set.of("program"))).requireDone();
            assertThat(texts(zone)).isEmpty();
        }
    }
}
