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
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A new term looks for health checks that one before has left")
class LeftChecksTest {
    private static final Duration DAY = Duration.ofDays(1);

    private final VirtualAgenda agenda = new VirtualAgenda();
    private final InstantSource clock = () -> Instant.EPOCH.plus(DAY).plusNanos(agenda.nanoTime());
    private final HealthModel world = new HealthModel();
    private final Set<String> used = new HashSet<>();
    private final Note note = new Note();
    private boolean wanted;
    private int readings;

    private static final class Note implements CheckNote {
        boolean there;
        boolean denied;
        int calls;

        @Override
        public boolean isThere() {
            call();
            return there;
        }

        @Override
        public void leave() {
            call();
            there = true;
        }

        private void call() {
            calls++;
            if (denied) {
                throw new IllegalStateException("no right to look");
            }
        }
    }

    /** What another program is: it knows nothing but what it is told. */
    private LeftChecks term() {
        HealthChecks checks = world.checks("blue", clock);
        CheckRounds rounds = new CheckRounds(
                agenda,
                () -> world.retirement(checks, clock),
                () -> {
                    readings++;
                    return CompletableFuture.completedFuture(null);
                },
                () -> new CheckRounds.Uses(Set.copyOf(used), List.of()));
        return new LeftChecks(
                agenda, () -> wanted, note, () -> world.retirement(checks, clock), () -> used, rounds::later);
    }

    /** A check of a term that has ended. */
    private String made(String path) {
        String id = world.checks("blue", clock)
                .ensure(HealthCheck.http()
                        .withPath(path)
                        .of("www.example.com", "192.0.2.1")
                        .text());
        world.calls();
        return id;
    }

    @Test
    void oneThatWasGivenUpBeforeGoes() {
        String kept = made("/");
        String left = made("/left");
        used.add(kept);
        wanted = true;

        term().look();
        agenda.pass(Duration.ofHours(2));

        assertThat(world.ids()).containsExactly(kept).doesNotContain(left);
    }

    @Test
    void theLastOneGoesToo_byTheNote() {
        made("/");
        note.there = true;

        term().look();
        agenda.pass(Duration.ofHours(2));

        assertThat(world.ids()).isEmpty();
    }

    @Test
    void oneThatWasMarkedBeforeGoes() {
        String marked = made("/");
        world.mark(marked, clock.instant());
        note.there = true;

        term().look();
        agenda.pass(Duration.ofHours(2));

        assertThat(world.ids()).isEmpty();
    }

    @Test
    void whereNobodyEverMadeOneNothingIsCalled() {
        term().look();
        agenda.pass(DAY);

        assertThat(world.calls()).isZero();
        assertThat(readings).isZero();
        assertThat(note.calls).as("looks at the note").isEqualTo(1);
    }

    @Test
    void whereAllAreUsedItIsAListingAndTheirTags_andNoZoneIsRead() {
        for (int i = 0; i < 25; i++) {
            used.add(made("/" + i));
        }
        wanted = true;

        term().look();
        agenda.pass(DAY);

        assertThat(world.calls()).isEqualTo(1 + 1);
        assertThat(readings).isZero();
        assertThat(note.there).as("left for who comes next").isTrue();
    }

    @Test
    void whatCannotBeListedIsLookedForMoreAndMoreSeldom() {
        String left = made("/");
        note.there = true;
        world.deny("ListHealthChecks", true);

        LeftChecks term = term();
        term.look();
        agenda.pass(DAY.multipliedBy(10));
        assertThat(world.calls()).isBetween(10, 21);
        assertThat(term.problems())
                .as("a right that is missing is told")
                .singleElement()
                .asString()
                .contains("ListHealthChecks");

        world.deny("ListHealthChecks", false);
        agenda.pass(DAY.multipliedBy(2));
        assertThat(world.ids()).doesNotContain(left);
        assertThat(term.problems()).isEmpty();
    }

    @Test
    void aNoteThatCannotBeReadIsLookedForAgain() {
        made("/");
        note.there = true;
        note.denied = true;
        LeftChecks term = term();
        term.look();
        agenda.pass(Duration.ofMinutes(2));
        assertThat(world.calls()).isZero();
        assertThat(term.problems()).singleElement().asString().contains("no right to look");

        note.denied = false;
        agenda.pass(Duration.ofHours(3));
        assertThat(world.ids()).isEmpty();
        assertThat(term.problems()).isEmpty();
    }

    @Test
    void theNoteIsLeftOnce_beforeTheFirstIsMade() {
        LeftChecks term = term();
        note.denied = true;
        term.making();
        assertThat(term.problems()).singleElement().asString().contains("cannot be noted");
        note.denied = false;
        term.making();
        term.making();
        assertThat(term.problems()).isEmpty();

        assertThat(note.there).isTrue();
        assertThat(note.calls).isEqualTo(2);
    }

    @Test
    void aTermThatIsOverLooksForNothing() {
        made("/");
        note.there = true;
        LeftChecks term = term();
        term.look();

        term.close();
        agenda.pass(DAY);

        assertThat(world.calls()).isZero();
        assertThat(note.calls).isZero();
    }
}
