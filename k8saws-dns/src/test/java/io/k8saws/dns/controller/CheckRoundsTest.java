package io.k8saws.dns.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.dns.health.HealthCheck;
import io.k8saws.dns.internal.engine.VirtualAgenda;
import io.k8saws.dns.internal.route53.HealthChecks;
import io.k8saws.dns.internal.route53.HealthModel;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class CheckRoundsTest {
    private static final Duration DAY = Duration.ofDays(1);

    private final VirtualAgenda agenda = new VirtualAgenda();
    private final InstantSource clock = () -> Instant.EPOCH.plus(DAY).plusNanos(agenda.nanoTime());
    private final HealthModel world = new HealthModel();
    private final HealthChecks checks = world.checks("blue", clock);
    private final Set<String> used = new HashSet<>();
    private List<String> unread = List.of();
    private boolean lost;
    private int readings;
    private final CheckRounds rounds = new CheckRounds(
            agenda,
            () -> world.retirement(checks, clock),
            () -> {
                readings++;
                if (lost) {
                    throw new IllegalStateException("no route");
                }
                return CompletableFuture.completedFuture(null);
            },
            () -> new CheckRounds.Uses(Set.copyOf(used), unread));

    private String made(String path) {
        return checks.ensure(HealthCheck.http()
                .withPath(path)
                .of("www.example.com", "192.0.2.1")
                .text());
    }

    private int readingsIn(Duration time) {
        int before = readings;
        agenda.pass(time);
        return readings - before;
    }

    @Test
    void whatARecordGaveUpIsMarkedAndGoes_andThenNothingIsRead() {
        String id = made("/");
        rounds.later();
        agenda.pass(Duration.ofMinutes(70));
        assertThat(world.ids()).doesNotContain(id);
        int more = readingsIn(Duration.ofHours(4));
        assertThat(readingsIn(DAY)).as("after %d more", more).isZero();
    }

    @Test
    void roundsThatMayNotDeleteBecomeRare() {
        world.deny("DeleteHealthCheck", true);
        String id = made("/");
        rounds.later();
        agenda.pass(DAY);
        assertThat(readingsIn(DAY.multipliedBy(10))).isLessThanOrEqualTo(10);
        assertThat(world.ids()).contains(id);

        world.deny("DeleteHealthCheck", false);
        assertThat(readingsIn(DAY)).isPositive();
        assertThat(world.ids()).isEmpty();
    }

    @Test
    void roundsWithAZoneThatCannotBeReadBecomeRare_andDeleteNothing() {
        unread = List.of("example.org cannot be read");
        String id = made("/");
        rounds.later();
        agenda.pass(DAY);
        assertThat(readingsIn(DAY.multipliedBy(10))).isLessThanOrEqualTo(10);
        assertThat(world.ids()).contains(id);
    }

    @Test
    void roundsWhoseListingIsDeniedBecomeRare() {
        rounds.later();
        world.deny("ListHealthChecks", true);
        agenda.pass(DAY);
        int before = world.calls();
        agenda.pass(DAY.multipliedBy(10));
        assertThat(world.calls()).as("before: %d", before).isLessThanOrEqualTo(10);
    }

    @Test
    void whatIsGivenUpWhileARoundIsPlannedHasARoundOfItsOwn() {
        String first = made("/");
        rounds.later();
        agenda.pass(Duration.ofMinutes(15));
        String second = made("/other");
        used.add(first);
        rounds.later(); // the first is used again, and the second is given up
        agenda.pass(Duration.ofHours(3));
        assertThat(world.ids()).containsExactly(first).doesNotContain(second);
    }

    @Test
    void whatIsGivenUpDoesNotWaitBehindARareRound() {
        world.deny("DeleteHealthCheck", true);
        String old = made("/");
        rounds.later();
        agenda.pass(DAY.multipliedBy(3));
        world.deny("DeleteHealthCheck", false);
        String late = made("/late");
        rounds.later();
        agenda.pass(Duration.ofMinutes(70));
        assertThat(world.ids()).doesNotContain(old, late);
    }

    @Test
    void aRoundThatFailsIsTold_andMadeAgain() {
        String id = made("/");
        lost = true;
        rounds.later();
        agenda.pass(Duration.ofMinutes(40));
        assertThat(rounds.problems())
                .containsExactly("Health checks that no record uses are not looked for: no route. It is tried again");

        lost = false;
        agenda.pass(DAY);

        assertThat(world.ids()).doesNotContain(id);
        assertThat(rounds.problems()).isEmpty();
    }
}
