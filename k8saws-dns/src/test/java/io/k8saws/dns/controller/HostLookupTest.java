package io.k8saws.dns.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.dns.alias.AliasTargets;
import io.k8saws.dns.alias.AliasTargets.AliasTarget;
import io.k8saws.dns.internal.engine.VirtualAgenda;
import io.k8saws.dns.internal.route53.AskedAliases;
import io.k8saws.dns.internal.route53.TargetCalls;
import io.k8saws.dns.record.Cause;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.Endpoint;
import io.k8saws.dns.record.EndpointOptions;
import io.k8saws.dns.record.RecordType;
import io.k8saws.dns.record.RoutingPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Names wait for what AWS says of their load balancers, but not for ever")
class HostLookupTest {
    private static final DnsName WWW = DnsName.of("www.example.com");
    private static final DnsName API = DnsName.of("api.example.com");
    private static final DnsName PLAIN = DnsName.of("plain.example.com");
    private static final String WEB = "web-1.eu-west-1.elb.amazonaws.com";
    private static final String NEW = "new-2.eu-west-1.elb.amazonaws.com";

    private final VirtualAgenda agenda = new VirtualAgenda();
    private final List<DnsName> again = new ArrayList<>();
    private final Map<DnsName, List<Endpoint>> wishes = new HashMap<>();
    private final Balancers balancers = new Balancers();
    private final AskedAliases asked = new AskedAliases(balancers, "eu-west-1", AliasTargets.byName());
    private final HostLookup lookup = lookup(Optional.of(asked));

    /** All that AWS has; it can be away. */
    private static final class Balancers implements TargetCalls {
        private final Map<DnsName, AliasTarget> known = new HashMap<>();
        private boolean away;
        private int questions;
        private Runnable meanwhile = () -> {};

        @Override
        public Map<DnsName, AliasTarget> balancers() {
            questions++;
            meanwhile.run();
            if (away) {
                throw new IllegalStateException("no route");
            }
            return known;
        }

        @Override
        public Map<DnsName, AliasTarget> classicBalancers() {
            return Map.of();
        }

        @Override
        public Map<DnsName, AliasTarget> endpoints(Set<String> ids) {
            return Map.of();
        }
    }

    private HostLookup lookup(Optional<AskedAliases> asking) {
        return new HostLookup(asking, name -> wishes.getOrDefault(name, List.of()), agenda, again::add);
    }

    private void wish(DnsName name, String host) {
        wishes.put(
                name,
                List.of(new Endpoint(
                        name,
                        RecordType.CNAME,
                        List.of(host),
                        Optional.empty(),
                        Optional.empty(),
                        new RoutingPolicy.Simple(),
                        Optional.empty(),
                        EndpointOptions.defaults(),
                        new Cause("program", "", "test", "records"))));
    }

    private List<DnsName> freed() {
        List<DnsName> freed = List.copyOf(again);
        again.clear();
        return freed;
    }

    @Test
    void withoutAnybodyToAskAllNamesAreReady() {
        HostLookup nobody = lookup(Optional.empty());
        wish(WWW, WEB);
        Set<DnsName> names = Set.of(WWW);

        assertThat(nobody.ready(names)).containsExactlyElementsOf(names);
        nobody.refresh(names);
        agenda.pass(Duration.ofHours(1));

        assertThat(again).isEmpty();
        assertThat(nobody.waiting()).isZero();
        assertThat(nobody.problems()).isEmpty();
    }

    @Test
    void aNameWaitsForItsHost_othersGoOn_andItComesAgain() {
        wish(WWW, WEB);
        balancers.known.put(DnsName.of(WEB), new AliasTarget("ZWEB", true));

        assertThat(lookup.ready(Set.of(WWW, PLAIN))).containsExactly(PLAIN);
        assertThat(lookup.isWaiting(WWW)).isTrue();
        assertThat(lookup.waiting()).isEqualTo(1);
        agenda.pass(Duration.ZERO);

        assertThat(freed()).containsExactly(WWW);
        assertThat(lookup.ready(Set.of(WWW))).containsExactly(WWW);
        assertThat(lookup.isWaiting(WWW)).isFalse();
        agenda.pass(Duration.ofHours(1));
        assertThat(balancers.questions).isEqualTo(1);
        assertThat(again).isEmpty();
    }

    @Test
    void afterASecondQuestionWithoutAnAnswerTheNameGoesOnByAGuess_andComesAgainWithTheAnswer() {
        balancers.away = true;
        wish(WWW, WEB);
        lookup.ready(Set.of(WWW));
        agenda.pass(Duration.ZERO);
        assertThat(freed()).isEmpty();
        assertThat(lookup.problems()).singleElement().asString().contains("1 names wait", "no route");
        agenda.pass(Duration.ofSeconds(2));

        assertThat(freed()).containsExactly(WWW);
        assertThat(lookup.ready(Set.of(WWW))).containsExactly(WWW);
        assertThat(lookup.isGuessed(WWW)).isTrue();
        assertThat(lookup.problems()).singleElement().asString().contains("names alone", "no route");
        agenda.pass(Duration.ofMinutes(9));
        assertThat(balancers.questions).isEqualTo(2);

        balancers.away = false;
        balancers.known.put(DnsName.of(WEB), new AliasTarget("ZWEB", true));
        agenda.pass(Duration.ofMinutes(1));

        assertThat(freed()).containsExactly(WWW);
        assertThat(lookup.ready(Set.of(WWW))).containsExactly(WWW);
        assertThat(lookup.isGuessed(WWW)).isFalse();
        assertThat(asked.find(DnsName.of(WEB))).contains(new AliasTarget("ZWEB", true));
        assertThat(lookup.problems()).isEmpty();
        agenda.pass(Duration.ofHours(1));
        assertThat(balancers.questions).isEqualTo(3);
    }

    @Test
    void aNewHostIsAskedForAtOnce_whileAnotherIsAGuess() {
        balancers.away = true;
        wish(WWW, WEB);
        lookup.ready(Set.of(WWW));
        agenda.pass(Duration.ofSeconds(2));
        lookup.ready(freed());
        wish(API, NEW);

        assertThat(lookup.ready(Set.of(API))).isEmpty();
        agenda.pass(Duration.ZERO);

        assertThat(balancers.questions).isEqualTo(3);
        assertThat(freed()).containsExactly(API);
        assertThat(lookup.ready(Set.of(API))).containsExactly(API);
    }

    @Test
    void aHostThatComesDuringAQuestionHasItsOwn() {
        wish(WWW, WEB);
        wish(API, NEW);
        balancers.meanwhile = () -> {
            balancers.meanwhile = () -> {};
            assertThat(lookup.ready(Set.of(API))).isEmpty();
        };
        lookup.ready(Set.of(WWW));
        agenda.pass(Duration.ZERO);

        assertThat(balancers.questions).isEqualTo(2);
        freed().forEach(name -> assertThat(lookup.ready(Set.of(name))).containsExactly(name));
        assertThat(lookup.waiting()).isZero();
    }

    @Test
    void whatIsAskedAnewGoesOnByWhatWasSaidBefore_alsoWhenNoAnswerComes() {
        wish(WWW, WEB);
        balancers.known.put(DnsName.of(WEB), new AliasTarget("ZWEB", true));
        lookup.ready(Set.of(WWW));
        agenda.pass(Duration.ZERO);
        lookup.ready(freed());
        balancers.away = true;

        lookup.refresh(Set.of(WWW, PLAIN));

        assertThat(freed()).containsExactly(WWW);
        assertThat(lookup.ready(Set.of(WWW))).containsExactly(WWW);
        agenda.pass(Duration.ofSeconds(2));
        assertThat(balancers.questions).isEqualTo(3);
        assertThat(asked.find(DnsName.of(WEB))).contains(new AliasTarget("ZWEB", true));
        assertThat(lookup.isGuessed(WWW)).isFalse();
        balancers.away = false;
        balancers.known.put(DnsName.of(WEB), new AliasTarget("ZWEB", false));
        agenda.pass(Duration.ofMinutes(10));
        assertThat(freed()).containsExactly(WWW);
        assertThat(asked.find(DnsName.of(WEB))).contains(new AliasTarget("ZWEB", false));
    }

    @Test
    void afterItsEndNobodyIsAsked_andNobodyTold() {
        balancers.away = true;
        wish(WWW, WEB);
        lookup.ready(Set.of(WWW));
        agenda.pass(Duration.ZERO);

        lookup.close();
        agenda.pass(Duration.ofHours(1));

        assertThat(balancers.questions).isEqualTo(1);
        assertThat(again).isEmpty();
    }

    @Test
    void oneNameThatCannotBePlannedAgainKeepsNoOther_andAwsIsAskedAgain() {
        HostLookup deaf =
                new HostLookup(Optional.of(asked), name -> wishes.getOrDefault(name, List.of()), agenda, name -> {
                    again.add(name);
                    throw new IllegalStateException("deaf");
                });
        balancers.away = true;
        wish(WWW, WEB);
        wish(API, NEW);
        deaf.ready(Set.of(WWW, API));
        agenda.pass(Duration.ofSeconds(2));
        assertThat(freed()).as("by a guess").containsExactlyInAnyOrder(WWW, API);

        balancers.away = false;
        agenda.pass(Duration.ofMinutes(10));

        assertThat(freed()).containsExactlyInAnyOrder(WWW, API);
        assertThat(balancers.questions).isEqualTo(3);
    }
}
