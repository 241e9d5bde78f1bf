package io.k8saws.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.aws.AwsAccess;
import io.k8saws.dns.health.HealthCheck;
import io.k8saws.dns.health.RetiredChecks;
import io.k8saws.dns.health.RetiredChecks.State;
import io.k8saws.dns.plan.DnsPlan;
import io.k8saws.dns.plan.NameResult;
import io.k8saws.dns.record.RoutingPolicy;
import io.k8saws.testkit.AwsEmulator;
import io.k8saws.testkit.AwsEndpoint;
import io.k8saws.testkit.AwsKind;
import io.k8saws.testkit.fault.Faults;
import io.k8saws.testkit.fault.FaultyHttpClient;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.route53.Route53Client;
import software.amazon.awssdk.services.route53.model.ChangeAction;
import software.amazon.awssdk.services.route53.model.HealthCheckType;
import software.amazon.awssdk.services.route53.model.RRType;
import software.amazon.awssdk.services.route53.model.ResourceRecordSet;
import software.amazon.awssdk.services.route53.model.TagResourceType;

@ParameterizedClass
@EnumSource(AwsKind.class)
@DisplayName("Health checks come with the records that want them, and are retired when no record uses them")
class HealthChecksIT {
    static final String UNUSED = "k8saws:dns-unused-since";

    private final Route53Client route53;
    private final AwsEndpoint endpoint;
    private final String domain = DnsFixture.unique("d") + ".example";
    private String zone = "";

    HealthChecksIT(
            AwsKind kind,
            @AwsEmulator AwsEndpoint moto,
            @AwsEmulator(kind = AwsKind.LOCALSTACK) AwsEndpoint localStack) {
        this.endpoint = kind == AwsKind.MOTO ? moto : localStack;
        this.route53 = endpoint.configure(Route53Client.builder()).build();
    }

    @BeforeEach
    void makeZone() {
        zone = DnsFixture.zone(route53, domain);
    }

    @AfterEach
    void close() {
        route53.close();
    }

    private Dns dns() {
        return dns(endpoint.access());
    }

    private Dns dns(AwsAccess access) {
        return DnsFixture.dns(access, "blue-" + domain, domain);
    }

    private Records records(String path) {
        return Records.builder("program")
                .add("api." + domain, r -> r.addresses("192.0.2.1")
                        .routed("one", new RoutingPolicy.Weighted(1))
                        .healthCheck(HealthCheck.http().withPath(path)))
                .add("www." + domain, r -> r.addresses("192.0.2.2"))
                .build();
    }

    /** The checks of the address record alone: its mark has the same. */
    private List<String> idsInUse() {
        return route53.listResourceRecordSets(r -> r.hostedZoneId(zone)).resourceRecordSets().stream()
                .filter(set -> set.healthCheckId() != null)
                .map(set -> set.healthCheckId())
                .distinct()
                .toList();
    }

    private List<String> checks() {
        return route53.listHealthChecksPaginator(r -> {}).healthChecks().stream()
                .filter(one -> ("api." + domain).equals(one.healthCheckConfig().fullyQualifiedDomainName()))
                .map(one -> one.id())
                .toList();
    }

    static Map<String, String> tags(Route53Client route53, String id) {
        return route53
                .listTagsForResource(
                        r -> r.resourceType(TagResourceType.HEALTHCHECK).resourceId(id))
                .resourceTagSet()
                .tags()
                .stream()
                .collect(Collectors.toMap(tag -> tag.key(), tag -> tag.value()));
    }

    /** As if the mark had been set before the grace. */
    static void longAgo(Route53Client route53, String id) {
        String since = Instant.now().minus(Duration.ofMinutes(31)).toString();
        route53.changeTagsForResource(
                r -> r.resourceType(TagResourceType.HEALTHCHECK).resourceId(id).addTags(tag -> tag.key(UNUSED)
                        .value(since)));
    }

    @Test
    void aCheckComesBeforeItsRecordIsTaggedAndIsRetiredAfterTheLast() {
        String id;
        try (Dns dns = dns()) {
            DnsPlan plan = dns.plan(records("/healthz?token=geheim"));
            assertThat(plan.toString())
                    .contains("check HTTP 192.0.2.1 80 /healthz?... api." + domain + " 3 30")
                    .doesNotContain("geheim");
            assertThat(checks()).isEmpty();

            dns.apply(plan).requireDone();

            assertThat(idsInUse()).hasSize(1).isEqualTo(checks());
            id = idsInUse().get(0);
            assertThat(route53.getHealthCheck(r -> r.healthCheckId(id))
                            .healthCheck()
                            .healthCheckConfig())
                    .matches(config -> config.type() == HealthCheckType.HTTP
                            && config.ipAddress().equals("192.0.2.1")
                            && config.resourcePath().equals("/healthz?token=geheim")
                            && config.failureThreshold() == 3);
            assertThat(tags(route53, id))
                    .containsEntry("k8saws:dns-owner", "blue-" + domain)
                    .containsKeys("k8saws:dns-zone", "Name")
                    .doesNotContainKey(UNUSED);
            assertThat(dns.retireHealthChecks().checks()).isEmpty();
        }
        try (Dns again = dns()) {
            DnsPlan same = again.plan(records("/healthz?token=geheim"));
            assertThat(same.isEmpty()).as(same.toString()).isTrue();

            again.apply(again.plan(records("/other"))).requireDone();
            assertThat(idsInUse()).hasSize(1).doesNotContain(id);
            assertThat(checks()).hasSize(2);
        }
        try (Dns rounds = dns()) { // another program run, that has given nothing away
            assertThat(rounds.retireHealthChecks().with(State.MARKED))
                    .extracting(RetiredChecks.One::id)
                    .containsExactly(id);
            assertThat(tags(route53, id)).containsKey(UNUSED);
            assertThat(rounds.retireHealthChecks().checks()).isEmpty();
            assertThat(checks()).hasSize(2);

            longAgo(route53, id);
            assertThat(rounds.retireHealthChecks().with(State.DELETED))
                    .extracting(RetiredChecks.One::id)
                    .containsExactly(id);
            assertThat(checks()).isEqualTo(idsInUse());

            rounds.apply(rounds.plan(Records.none())).requireDone();
            assertThat(idsInUse()).isEmpty();
            assertThat(checks()).hasSize(1); // no apply deletes
        }
    }

    @Test
    void whatIsUsedIsKeptHoweverOldItsMarkIs_andWhatIsAnotherOwnersStays() {
        try (Dns dns = dns()) {
            dns.apply(dns.plan(records("/"))).requireDone();
        }
        String used = idsInUse().get(0);
        longAgo(route53, used);
        try (Dns dns = dns()) {
            assertThat(dns.retireHealthChecks().checks()).isEmpty();
            assertThat(checks()).containsExactly(used);
            assertThat(tags(route53, used)).doesNotContainKey(UNUSED);

            dns.apply(dns.plan(Records.none())).requireDone();
        }
        ResourceRecordSet strange = ResourceRecordSet.builder()
                .name("any." + domain)
                .type(RRType.CAA) // a type that the library never writes
                .setIdentifier("one")
                .weight(1L)
                .ttl(60L)
                .healthCheckId(used)
                .resourceRecords(record -> record.value("0 issue \"ca.example.net\""))
                .build();
        change(ChangeAction.CREATE, strange);
        longAgo(route53, used);
        try (Dns dns = dns()) {
            assertThat(dns.retireHealthChecks().checks()).isEmpty();
            assertThat(checks()).containsExactly(used);
        }
        change(ChangeAction.DELETE, strange);
        route53.changeTagsForResource(r -> r.resourceType(TagResourceType.HEALTHCHECK)
                .resourceId(used)
                .addTags(tag -> tag.key("k8saws:dns-owner").value("red")));
        longAgo(route53, used);
        Map<String, String> before = tags(route53, used);
        try (Dns dns = dns()) {
            assertThat(dns.retireHealthChecks().checks()).isEmpty();
            assertThat(checks()).containsExactly(used);
            assertThat(tags(route53, used)).isEqualTo(before);
        }
    }

    /** A record by hand, in a zone that the filter leaves out, that names one of our checks. */
    @Test
    void whatAZoneUsesThatIsNotLookedAfterStays() {
        try (Dns dns = dns()) {
            dns.apply(dns.plan(records("/"))).requireDone();
        }
        String used = idsInUse().get(0);
        String other = route53.createHostedZone(r -> r.name("other-" + domain).callerReference("other-" + domain))
                .hostedZone()
                .id();
        ResourceRecordSet byHand = ResourceRecordSet.builder()
                .name("by-hand.other-" + domain)
                .type(RRType.A)
                .setIdentifier("one")
                .weight(1L)
                .ttl(60L)
                .healthCheckId(used)
                .resourceRecords(record -> record.value("192.0.2.9"))
                .build();
        change(other, ChangeAction.CREATE, byHand);
        try (Dns dns = dns()) {
            dns.apply(dns.plan(Records.none())).requireDone();
            assertThat(dns.retireHealthChecks().checks()).isEmpty();
            assertThat(tags(route53, used)).doesNotContainKey(UNUSED);
            longAgo(route53, used);
            assertThat(dns.retireHealthChecks().with(State.DELETED)).isEmpty();
            assertThat(checks()).containsExactly(used);
        }
        change(other, ChangeAction.DELETE, byHand);
        longAgo(route53, used);
        try (Dns dns = dns()) {
            assertThat(dns.retireHealthChecks().with(State.DELETED)).hasSize(1);
            assertThat(checks()).isEmpty();
        }
    }

    private void change(ChangeAction action, ResourceRecordSet set) {
        change(zone, action, set);
    }

    private void change(String zone, ChangeAction action, ResourceRecordSet set) {
        route53.changeResourceRecordSets(r -> r.hostedZoneId(zone)
                .changeBatch(
                        batch -> batch.changes(change -> change.action(action).resourceRecordSet(set))));
    }

    @Test
    void oneThatIsThereIsUsedByItsIdAndStays() {
        String mine = route53.createHealthCheck(
                        r -> r.callerReference(UUID.randomUUID().toString())
                                .healthCheckConfig(c -> c.type(HealthCheckType.HTTP)
                                        .ipAddress("192.0.2.7")
                                        .fullyQualifiedDomainName("api." + domain)
                                        .port(80)
                                        .resourcePath("/mine")))
                .healthCheck()
                .id();
        Records records = Records.builder("program")
                .add("api." + domain, r -> r.addresses("192.0.2.1")
                        .routed("one", new RoutingPolicy.Weighted(1))
                        .healthCheck(mine))
                .build();
        try (Dns dns = dns()) {
            dns.apply(dns.plan(records)).requireDone();
            assertThat(idsInUse()).containsExactly(mine);
            assertThat(dns.plan(records).isEmpty()).isTrue();
            dns.apply(dns.plan(Records.none())).requireDone();
            assertThat(dns.retireHealthChecks().checks()).isEmpty();
            assertThat(checks()).containsExactly(mine);
        }
    }

    @Test
    void aRightThatIsMissingHoldsTheNamesThatWantACheckAlone() {
        for (String action : List.of("ListHealthChecks", "CreateHealthCheck", "ListTagsForResources")) {
            try (FaultyHttpClient http = FaultyHttpClient.create(Faults.none().deny("route53:" + action));
                    Dns dns = dns(endpoint.access(http))) {
                DnsPlan plan = dns.plan(records("/" + action));
                List<String> told = new ArrayList<>();
                plan.problems().forEach(problem -> told.add(problem.toString()));
                dns.apply(plan).with(NameResult.State.FAILED).forEach(result -> told.add(result.toString()));

                assertThat(told).singleElement().asString().contains("api." + domain, "route53:" + action);
                assertThat(idsInUse()).isEmpty();
                assertThat(dns.plan(records("/" + action)).zones().get(0).changed())
                        .extracting(name -> name.name().text())
                        .doesNotContain("www." + domain);
            }
        }
        try (Dns dns = dns()) {
            dns.apply(dns.plan(records("/"))).requireDone();
            assertThat(idsInUse()).hasSize(1);
        }
    }
}
