package io.k8saws.dns.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.dns.plan.Finding;
import io.k8saws.dns.record.DnsName;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What is told of a name is what the last plan found in each of its zones")
class TroublesTest {
    private static final DnsName NAME = DnsName.of("www.example.com");
    private static final Finding HANDMADE = new Finding(NAME, Finding.Kind.HANDMADE, "nobody has marked it");
    private static final Finding IN_STEP = new Finding(NAME, Finding.Kind.IN_STEP, "as service/default/web wants it");

    private final Troubles troubles = new Troubles();

    @Test
    void whatAPlanFindsIsTold_untilAPlanOfThatZoneFindsNothing() {
        troubles.planned(NAME, "Z1", List.of());
        assertThat(troubles.why(NAME)).isEmpty();

        troubles.planned(NAME, "Z1", List.of(HANDMADE));
        assertThat(troubles.why(NAME)).contains("www.example.com: handmade: nobody has marked it");

        troubles.planned(NAME, "Z1", List.of(IN_STEP));
        assertThat(troubles.why(NAME)).isEmpty();
        assertThat(troubles.problems()).isEmpty();
    }

    @Test
    void whatGoesWellInOneZoneHidesNothingOfAnother() {
        troubles.planned(NAME, "Z1", List.of(HANDMADE));
        troubles.failed(NAME, "Z2", "denied");
        troubles.placed(NAME, List.of());

        troubles.planned(NAME, "Z2", List.of(IN_STEP));

        assertThat(troubles.problems()).containsExactly("www.example.com: handmade: nobody has marked it");
    }

    @Test
    void whoLosesAConflictIsTold_andNotWhoHasTheName() {
        troubles.planned(
                NAME,
                "Z1",
                List.of(new Finding(
                        NAME,
                        Finding.Kind.CONFLICT,
                        "service/default/late wants it",
                        Optional.of("service/default/late"))));

        assertThat(troubles.why(NAME, Set.of("service/default/late"))).isPresent();
        assertThat(troubles.why(NAME, Set.of("service/default/web"))).isEmpty();
        assertThat(troubles.problems()).hasSize(1);
    }

    @Test
    void whatIsInTheWayOfANameIsToldToAllWhoWantIt() {
        troubles.planned(NAME, "Z1", List.of(HANDMADE));

        assertThat(troubles.why(NAME, Set.of("service/default/web"))).isPresent();
    }

    @Test
    void whatIsTheSameInTwoZonesIsToldOnce() {
        troubles.planned(NAME, "Z1", List.of(HANDMADE));
        troubles.planned(NAME, "Z2", List.of(HANDMADE));
        troubles.placed(NAME, List.of("zone: there is none"));

        assertThat(troubles.problems())
                .containsExactly("zone: there is none; www.example.com: handmade: nobody has marked it");
    }
}
