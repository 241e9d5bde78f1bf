package io.k8saws.dns.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.dns.internal.engine.VirtualAgenda;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Steps of a controller")
class StepsTest {
    private static final Duration SOON = Duration.ofMillis(100);

    private final VirtualAgenda agenda = new VirtualAgenda();
    private final Steps steps = new Steps(agenda, this::step);
    private Runnable within = () -> {};
    private int begun;

    private void step() {
        begun++;
        within.run();
    }

    private static void fail() {
        throw new IllegalStateException("it is busy");
    }

    @Test
    void allWhoAskBeforeItBeginsShareOne_andNoneRunsUnasked() {
        steps.soon(SOON);
        steps.soon(Duration.ZERO);
        steps.soon(SOON);
        agenda.pass(Duration.ofHours(1));

        assertThat(begun).isEqualTo(1);
    }

    @Test
    void whatIsAskedForDuringOneComesAfterIt_onceAndAsSoonAsAnybodyWants() {
        within = () -> {
            if (begun == 1) {
                steps.soon(Duration.ofMinutes(1));
                steps.soon(SOON);
                steps.soon(Duration.ofMinutes(1));
            }
        };
        steps.soon(Duration.ZERO);
        agenda.pass(Duration.ofMillis(99));
        assertThat(begun).isEqualTo(1);

        agenda.pass(Duration.ofHours(1));
        assertThat(begun).isEqualTo(2);
    }

    @Test
    void aStepThatFailsIsTriedAgainByItself_moreAndMoreSeldom_alsoInABusyCluster() {
        within = StepsTest::fail;
        for (int i = 0; i < 6000; i++) { // ten minutes of changes
            steps.soon(SOON);
            agenda.pass(SOON);
        }
        assertThat(begun).isBetween(9, 12);

        within = () -> {};
        agenda.pass(Duration.ofMinutes(2));
        int healed = begun;
        steps.soon(SOON);
        agenda.pass(SOON);
        assertThat(begun).as("no pause any more").isEqualTo(healed + 1);
        within = StepsTest::fail;
        steps.soon(SOON);
        agenda.pass(Duration.ofSeconds(5));
        assertThat(begun).as("the first pause is short again").isEqualTo(healed + 3);
    }

    @Test
    void whatIsAskedForDuringOneThatFails_waitsForThePause() {
        within = () -> {
            steps.soon(Duration.ZERO);
            fail();
        };
        steps.soon(Duration.ZERO);
        agenda.pass(Duration.ofMillis(1999));
        assertThat(begun).isEqualTo(1);

        agenda.pass(Duration.ofMillis(1));
        assertThat(begun).isEqualTo(2);
    }

    @Test
    void closed_nothingRuns() {
        steps.soon(SOON);
        steps.close();
        steps.soon(Duration.ZERO);
        agenda.pass(Duration.ofHours(1));

        assertThat(begun).isZero();
    }
}
