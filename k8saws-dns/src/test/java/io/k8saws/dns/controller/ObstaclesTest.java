package io.k8saws.dns.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.dns.internal.engine.VirtualAgenda;
import io.k8saws.dns.plan.Finding;
import io.k8saws.dns.plan.NamePlan;
import io.k8saws.dns.record.DnsName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A name in whose way something stands is planned again when that goes")
class ObstaclesTest {
    private static final DnsName WWW = DnsName.of("www.example.com");
    private static final DnsName API = DnsName.of("api.example.com");
    private static final DnsName MARK = DnsName.of("a-www.example.com");

    private final VirtualAgenda agenda = new VirtualAgenda();
    private final List<String> looks = new ArrayList<>();
    private final List<DnsName> again = new ArrayList<>();
    private Optional<RuntimeException> failure = Optional.empty();
    private boolean deaf;
    private CompletableFuture<?> answer = CompletableFuture.completedFuture(null);
    private final Obstacles obstacles = new Obstacles(
            agenda,
            (zone, names) -> {
                looks.add(zone + " " + new TreeSet<>(names));
                failure.ifPresent(why -> {
                    throw why;
                });
                return answer;
            },
            this::hear);

    private void hear(DnsName name) {
        again.add(name);
        if (deaf) {
            throw new IllegalStateException("deaf");
        }
    }

    private static NamePlan plan(Finding.Kind kind) {
        return new NamePlan(WWW, List.of(), List.of(), List.of(new Finding(WWW, kind, "so it is")));
    }

    private void hinder(String zone, DnsName... standing) {
        obstacles.planned(zone, plan(Finding.Kind.FOREIGN), () -> Set.of(standing));
    }

    @Test
    void whatChangesWhereTheObstacleIs_inItsZone_hasTheNamePlanned() {
        hinder("Z1", MARK);

        obstacles.changed("Z2", MARK);
        obstacles.changed("Z1", DnsName.of("b-www.example.com"));
        assertThat(again).isEmpty();

        obstacles.changed("Z1", MARK);
        assertThat(again).containsExactly(WWW);
    }

    @Test
    void soDoesWhatChangesAtTheNameItself() {
        hinder("Z1", WWW); // a mark of ours may be what stands there

        obstacles.changed("Z1", WWW);

        assertThat(again).containsExactly(WWW);
    }

    @Test
    void whatIsHinderedNowDoesNotWaitAsLongAsWhatHasBeenForDays() {
        hinder("Z1", MARK);
        agenda.pass(Duration.ofDays(2));
        looks.clear();

        obstacles.planned(
                "Z2",
                new NamePlan(MARK, List.of(), List.of(), List.of(new Finding(MARK, Finding.Kind.HANDMADE, "so it is"))),
                () -> Set.of(MARK));
        agenda.pass(Duration.ofSeconds(20));

        assertThat(looks).hasSize(2).contains("Z2 [" + MARK + "]");
        agenda.pass(Duration.ofHours(10));
        assertThat(looks).as("for both in one go, as seldom as before").hasSizeBetween(30, 36);
    }

    @Test
    void itIsLookedThereMoreAndMoreSeldom_upToOnceAnHour() {
        hinder("Z1", MARK, WWW);

        agenda.pass(Duration.ofSeconds(20));
        assertThat(looks).containsExactly("Z1 [" + MARK + ", " + WWW + "]");
        agenda.pass(Duration.ofDays(1));
        assertThat(looks).hasSizeBetween(23, 24 + 8);

        looks.clear();
        agenda.pass(Duration.ofHours(10));
        assertThat(looks).hasSize(10);
    }

    @Test
    void whileNothingIsInTheWayNothingIsLookedAt() {
        obstacles.planned("Z1", plan(Finding.Kind.IN_STEP), () -> Set.of(WWW));
        obstacles.planned("Z1", plan(Finding.Kind.POLICY), () -> Set.of(WWW));
        agenda.pass(Duration.ofDays(1));
        assertThat(looks).isEmpty();

        hinder("Z1", MARK);
        obstacles.planned("Z1", plan(Finding.Kind.IN_STEP), () -> Set.of(WWW, MARK));
        agenda.pass(Duration.ofDays(1));
        obstacles.changed("Z1", MARK);

        assertThat(looks).isEmpty();
        assertThat(again).isEmpty();
    }

    @Test
    void whatCannotBeReadIsLookedAtTheNextTime() {
        answer = CompletableFuture.failedFuture(new IllegalStateException("no route"));
        hinder("Z1", MARK);
        hinder("Z2", WWW);

        agenda.pass(Duration.ofMinutes(1));

        assertThat(looks).hasSize(4).contains("Z1 [" + MARK + "]", "Z2 [" + WWW + "]");
    }

    @Test
    void aTermThatIsOverLooksAtNothing() {
        hinder("Z1", MARK);

        obstacles.close();
        hinder("Z1", MARK);
        obstacles.changed("Z1", MARK);
        agenda.pass(Duration.ofDays(1));

        assertThat(looks).isEmpty();
        assertThat(again).isEmpty();
    }

    @Test
    void aLookThatThrowsIsMadeTheNextTime() {
        failure = Optional.of(new IllegalStateException("no such zone"));
        hinder("Z1", MARK);
        hinder("Z2", WWW);

        agenda.pass(Duration.ofMinutes(1));

        assertThat(looks).hasSize(4).contains("Z1 [" + MARK + "]", "Z2 [" + WWW + "]");
    }

    @Test
    void oneNameThatCannotBePlannedAgainKeepsNoOther() {
        hinder("Z1", MARK);
        obstacles.planned(
                "Z1",
                new NamePlan(API, List.of(), List.of(), List.of(new Finding(API, Finding.Kind.FOREIGN, "so it is"))),
                () -> Set.of(MARK));
        deaf = true;

        obstacles.changed("Z1", MARK);

        assertThat(again).containsExactlyInAnyOrder(WWW, API);
    }
}
