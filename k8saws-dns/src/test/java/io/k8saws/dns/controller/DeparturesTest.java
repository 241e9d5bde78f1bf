package io.k8saws.dns.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.dns.owner.OwnerMarks;
import io.k8saws.dns.owner.OwnerNames;
import io.k8saws.dns.plan.NamePlan;
import io.k8saws.dns.plan.SetChange;
import io.k8saws.dns.record.Answer;
import io.k8saws.dns.record.Cause;
import io.k8saws.dns.record.DnsName;
import io.k8saws.dns.record.RecordSet;
import io.k8saws.dns.record.RecordType;
import io.k8saws.dns.zone.HostedZone;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Names do not go because a source has nothing to say")
class DeparturesTest {
    private static final HostedZone ZONE = new HostedZone("Z1", DnsName.of("example.com"), false, Map.of());
    private static final OwnerMarks MARKS = new OwnerMarks("blue", OwnerNames.plain(), Optional.empty(), Set.of("old"));

    private final DeletionGuard guard = new DeletionGuard(3, 0);
    private final Set<String> wanting = new HashSet<>(Set.of("service"));
    private boolean seesAll = true;
    private final Departures departures = departures();

    private Departures departures() {
        return new Departures(
                guard,
                plan -> plan.kindsThatGo(MARKS),
                plan -> !Set.of("blue").containsAll(plan.ownersThatGo(MARKS)),
                wanting::contains,
                () -> seesAll,
                () -> 1000,
                () -> 0);
    }

    /** A name that loses addresses which an object of a kind wanted. */
    private static Departures.Loss loss(String name, String kind, int sets) {
        return loss(name, kind, sets, MARKS);
    }

    private static Departures.Loss loss(String name, String kind, int sets, OwnerMarks marks) {
        List<SetChange> changes = new ArrayList<>();
        for (int i = 0; i < sets; i++) {
            RecordSet set = new RecordSet(
                    DnsName.of(name),
                    RecordType.A,
                    Optional.of("s" + i),
                    new io.k8saws.dns.record.RoutingPolicy.Weighted(1),
                    Optional.empty(),
                    new Answer.Values(Duration.ofMinutes(5), List.of("192.0.2.1")));
            RecordSet mark =
                    marks.mark(set, new Cause(kind, "default", "web", "test")).orElseThrow();
            changes.add(new SetChange(Optional.of(set), Optional.empty()));
            changes.add(new SetChange(Optional.of(mark), Optional.empty()));
        }
        return new Departures.Loss(ZONE, new NamePlan(DnsName.of(name), changes, List.of(), List.of()));
    }

    private static Set<DnsName> decide(Departures departures, Departures.Loss... losses) {
        Map<DnsName, List<Departures.Loss>> going = new HashMap<>();
        for (Departures.Loss loss : losses) {
            going.put(loss.plan().name(), List.of(loss));
        }
        return departures.decide(going);
    }

    private static DnsName name(String text) {
        return DnsName.of(text);
    }

    @Test
    void aKindThatWantsNothing_keepsItsNames_andOthersGo() {
        assertThat(decide(departures, loss("a.example.com", "service", 1), loss("b.example.com", "ingress", 1)))
                .containsExactly(name("a.example.com"));

        assertThat(departures.held()).containsExactly(name("b.example.com"));
        assertThat(departures.problems())
                .singleElement()
                .asString()
                .contains("1 name would go", "no object of their kind", "b.example.com", "allowDeletions()");
        wanting.add("ingress");
        departures.forget(name("b.example.com"));
        assertThat(decide(departures, loss("b.example.com", "ingress", 1))).containsExactly(name("b.example.com"));
        assertThat(departures.held()).isEmpty();
    }

    @Test
    void consentLetsThemGo_once() {
        guard.consent();

        assertThat(decide(departures, loss("b.example.com", "ingress", 9))).hasSize(1);
        assertThat(decide(departures, loss("c.example.com", "ingress", 1))).isEmpty();
    }

    @Test
    void recordSetsCount_notNames() {
        assertThat(decide(departures, loss("a.example.com", "service", 4))).isEmpty();
        assertThat(departures.problems()).singleElement().asString().contains("more than the guard lets go");
        assertThat(decide(departures, loss("b.example.com", "service", 3))).hasSize(1);
    }

    @Test
    void namesThatWereTooManyTogetherDoNotGoOneByOne() {
        Departures.Loss[] losses = new Departures.Loss[5];
        for (int i = 0; i < losses.length; i++) {
            losses[i] = loss("n" + i + ".example.com", "service", 1);
        }
        assertThat(decide(departures, losses)).isEmpty();

        for (Departures.Loss one : losses) {
            departures.forget(one.plan().name());
            assertThat(decide(departures, one)).isEmpty();
        }
        assertThat(decide(departures, loss("other.example.com", "service", 1)))
                .as("was not among them")
                .hasSize(1);

        departures.forget(losses[0].plan().name());
        assertThat(decide(departures)).as("it is wanted again").isEmpty();
        departures.forget(losses[1].plan().name());
        departures.forget(losses[2].plan().name());
        assertThat(decide(departures)).as("these, too").isEmpty();
        departures.forget(losses[3].plan().name());
        assertThat(decide(departures, losses[3]))
                .as("with the fifth they are few")
                .hasSize(1);
    }

    @Test
    void whatWentInOneTermCountsInTheNext() {
        assertThat(decide(departures, loss("a.example.com", "service", 3))).hasSize(1);

        assertThat(decide(departures(), loss("b.example.com", "service", 1))).isEmpty();
    }

    @Test
    void whatAnOwnerBeforeHasMarkedStays_untilSomebodyConsents() {
        Departures.Loss old = loss("a.example.com", "service", 1, OwnerMarks.of("old"));

        assertThat(decide(departures, old, loss("b.example.com", "service", 1))).containsExactly(name("b.example.com"));
        assertThat(departures.why(name("a.example.com")))
                .hasValueSatisfying(why -> assertThat(why).contains("takes over"));

        guard.consent();
        assertThat(decide(departures, old)).containsExactly(name("a.example.com"));
    }

    @Test
    void ofTwoMarksOfARecord_theNewerOneSaysWhoseItWas() {
        Departures.Loss ours = loss("a.example.com", "service", 1);
        List<SetChange> changes = new ArrayList<>(ours.plan().changes());
        RecordSet mark = changes.get(1).before().orElseThrow();
        changes.add(new SetChange(
                Optional.of(
                        new RecordSet(
                                name("a.example.com"), // where external-dns wrote it long ago
                                RecordType.TXT,
                                mark.setIdentifier(),
                                mark.routing(),
                                Optional.empty(),
                                new Answer.Values(
                                        Duration.ofMinutes(5),
                                        List.of(
                                                "\"heritage=external-dns,external-dns/owner=old,external-dns/resource=service/default/web\"")))),
                Optional.empty()));
        NamePlan plan = new NamePlan(name("a.example.com"), changes, List.of(), List.of());

        assertThat(plan.ownersThatGo(MARKS)).containsExactly("blue");
    }

    @Test
    void whileAKindCannotBeSeen_nothingGoes() {
        seesAll = false;

        assertThat(decide(departures, loss("a.example.com", "service", 1))).isEmpty();
        assertThat(departures.why(name("a.example.com")))
                .hasValueSatisfying(why -> assertThat(why).contains("cannot be seen"));
    }
}
