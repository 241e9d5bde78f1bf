package io.k8saws.dns.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.dns.health.HealthCheck;
import io.k8saws.dns.internal.engine.VirtualAgenda;
import io.k8saws.dns.internal.route53.HealthChecks;
import io.k8saws.dns.internal.route53.HealthModel;
import io.k8saws.dns.plan.NamePlan;
import io.k8saws.dns.plan.SetChange;
import io.k8saws.dns.record.Answer;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RecordSet;
import io.k8saws.dns.record.RecordType;
import io.k8saws.dns.record.RoutingPolicy;
import io.k8saws.dns.zone.HostedZone;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CheckLookupTest {
    private static final HostedZone ZONE = new HostedZone("Z1", DnsName.of("example.com"), false, Map.of());
    private static final Duration SOON = Duration.ofSeconds(1);

    private final VirtualAgenda agenda = new VirtualAgenda();
    private final HealthModel world = new HealthModel();
    private final HealthChecks checks = world.checks(
            "blue", () -> Instant.EPOCH.plusNanos(Duration.ofDays(1).toNanos() + agenda.nanoTime()));
    private final List<String> again = new ArrayList<>();
    private final List<String> failed = new ArrayList<>();
    private final CheckLookup lookup = new CheckLookup(
            zone -> checks,
            agenda,
            () -> {},
            name -> again.add(name.text()),
            (Collection<DnsName> names) -> names.forEach(name -> failed.add(name.text())));

    private static NamePlan plan(String name, String address) {
        HealthCheck check = HealthCheck.http();
        return new NamePlan(
                DnsName.of(name),
                List.of(new SetChange(
                        Optional.empty(),
                        Optional.of(new RecordSet(
                                DnsName.of(name),
                                RecordType.A,
                                Optional.of("one"),
                                new RoutingPolicy.Multivalue(),
                                Optional.of(check.of(name, address).text()),
                                new Answer.Values(Duration.ofMinutes(1), List.of(address)))))),
                List.of(),
                List.of());
    }

    private static NamePlan nothing(String name) {
        return new NamePlan(DnsName.of(name), List.of(), List.of(), List.of());
    }

    @Test
    void aNameWithoutACheckIsReadyAndCostsNothing() {
        assertThat(lookup.ready(ZONE, nothing("www.example.com"))).contains(nothing("www.example.com"));
        agenda.pass(Duration.ofHours(1));
        assertThat(world.calls()).isZero();
        assertThat(lookup.problems()).isEmpty();
    }

    @Test
    void aNameWaitsForItsCheckAndComesAgain() {
        NamePlan plan = plan("api.example.com", "192.0.2.1");
        assertThat(lookup.ready(ZONE, plan)).isEmpty();
        assertThat(lookup.isWaiting(DnsName.of("api.example.com"))).isTrue();
        assertThat(lookup.ready(ZONE, nothing("www.example.com"))).isPresent();
        agenda.pass(SOON);

        assertThat(again).containsExactly("api.example.com");
        assertThat(lookup.ready(ZONE, plan)
                        .orElseThrow()
                        .changes()
                        .get(0)
                        .after()
                        .orElseThrow()
                        .healthCheckId())
                .contains("id-1");
        assertThat(lookup.waiting()).isZero();
        world.calls();
        agenda.pass(Duration.ofHours(1));
        assertThat(world.calls()).isZero();
    }

    @Test
    void oneThatIsRefusedIsToldOfItsNameAloneAndTriedAgain() {
        world.refuse(check -> check.target().equals("10.0.0.1"));
        assertThat(lookup.ready(ZONE, plan("bad.example.com", "10.0.0.1"))).isEmpty();
        assertThat(lookup.ready(ZONE, plan("good.example.com", "192.0.2.1"))).isEmpty();
        agenda.pass(SOON);

        assertThat(again).containsExactly("good.example.com");
        assertThat(failed).containsExactly("bad.example.com");
        assertThat(lookup.why(DnsName.of("bad.example.com")).orElse(""))
                .startsWith("bad.example.com: its health check cannot be made: ")
                .contains("it watches no such address");
        assertThat(lookup.why(DnsName.of("good.example.com"))).isEmpty();
        assertThat(lookup.problems()).hasSize(1);

        world.refuse(check -> false);
        agenda.pass(Duration.ofSeconds(70));
        assertThat(again).containsExactly("good.example.com", "bad.example.com");
        assertThat(lookup.ready(ZONE, plan("bad.example.com", "10.0.0.1"))).isPresent();
        assertThat(lookup.problems()).isEmpty();
    }

    @Test
    void denialIsAskedOnceForAllNamesAndToldOnceAndHeals() {
        world.deny("ListHealthChecks", true);
        for (int i = 0; i < 50; i++) {
            assertThat(lookup.ready(ZONE, plan("n" + i + ".example.com", "192.0.2." + i)))
                    .isEmpty();
        }
        agenda.pass(SOON);
        assertThat(world.calls()).isEqualTo(1);
        assertThat(failed).hasSize(50);
        assertThat(lookup.problems()).singleElement().satisfies(problem -> assertThat(problem)
                .startsWith("50 names wait for health checks of example.com")
                .contains("route53:ListHealthChecks"));
        agenda.pass(Duration.ofHours(1));
        assertThat(world.calls()).isLessThanOrEqualTo(10);

        world.deny("ListHealthChecks", false);
        agenda.pass(Duration.ofMinutes(11));
        assertThat(again).hasSize(50);
    }

    @Test
    void aFullAccountHoldsThoseThatHaveNoneYet() {
        world.most(1);
        assertThat(lookup.ready(ZONE, plan("a.example.com", "192.0.2.1"))).isEmpty();
        assertThat(lookup.ready(ZONE, plan("b.example.com", "192.0.2.2"))).isEmpty();
        agenda.pass(SOON);
        assertThat(again).containsExactly("a.example.com");
        assertThat(lookup.why(DnsName.of("b.example.com")).orElse("")).contains("the account has its checks");
        world.most(2);
        agenda.pass(Duration.ofMinutes(2));
        assertThat(again).containsExactly("a.example.com", "b.example.com");
    }

    @Test
    void whoWantsItNoMoreWaitsNoMore() {
        world.deny("CreateHealthCheck", true);
        assertThat(lookup.ready(ZONE, plan("a.example.com", "192.0.2.1"))).isEmpty();
        agenda.pass(SOON);
        assertThat(lookup.ready(ZONE, nothing("a.example.com"))).isPresent();
        assertThat(lookup.isWaiting(DnsName.of("a.example.com"))).isFalse();
        assertThat(lookup.problems()).isEmpty();
        world.calls();
        agenda.pass(Duration.ofHours(1));
        assertThat(world.calls()).isZero();
    }

    @Test
    void aTermThatIsOverAsksNobody() {
        world.deny("CreateHealthCheck", true);
        assertThat(lookup.ready(ZONE, plan("a.example.com", "192.0.2.1"))).isEmpty();
        agenda.pass(SOON);
        lookup.close();
        world.calls();
        agenda.pass(Duration.ofHours(1));
        assertThat(world.calls()).isZero();
    }

    @Test
    void whoHearsAndFails_keepsNoOtherCheckFromBeingMade() {
        world.refuse(check -> check.target().equals("10.0.0.1"));
        CheckLookup deaf = new CheckLookup(
                zone -> checks,
                agenda,
                () -> {},
                name -> {
                    again.add(name.text());
                    throw new IllegalStateException("deaf");
                },
                names -> {
                    throw new IllegalStateException("deaf");
                });
        deaf.ready(ZONE, plan("bad.example.com", "10.0.0.1"));
        deaf.ready(ZONE, plan("good.example.com", "192.0.2.1"));
        deaf.ready(ZONE, plan("better.example.com", "192.0.2.2"));

        agenda.pass(SOON);

        assertThat(again).containsExactly("good.example.com", "better.example.com");
        assertThat(deaf.problems()).singleElement().asString().startsWith("bad.example.com: ");
    }
}
