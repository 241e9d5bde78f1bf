package io.k8saws.testkit.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A description of faults is a value, and chance comes from its seed alone")
class FaultsTest {

    @Property(tries = 50)
    void share_isMetOverManyCalls(@ForAll long seed, @ForAll @DoubleRange(min = 0.05, max = 0.95) double share) {
        Faults faults = Faults.none().seed(seed).throttle(share);

        double hit = IntStream.rangeClosed(1, 4000)
                        .filter(call -> faults.hits(0, "ec2:CreateTags", call))
                        .count()
                / 4000.0;

        assertThat(hit).isCloseTo(share, within(0.05));
    }

    @Property(tries = 50)
    void sameSeed_hitsTheSameCalls(@ForAll long seed) {
        Faults one = Faults.none().seed(seed).throttle(0.5);
        Faults two = Faults.none().seed(seed).throttle(0.5);

        assertThat(IntStream.range(1, 200).map(call -> one.hits(0, "iam:GetRole", call) ? 1 : 0))
                .containsExactly(IntStream.range(1, 200)
                        .mapToObj(call -> two.hits(0, "iam:GetRole", call) ? 1 : 0)
                        .toArray(Integer[]::new));
    }

    @Test
    void shares_zeroAndOne_areExact() {
        Faults faults = Faults.none().throttle(0).throttle(1);

        assertThat(IntStream.range(1, 500).noneMatch(call -> faults.hits(0, "x:Y", call)))
                .isTrue();
        assertThat(IntStream.range(1, 500).allMatch(call -> faults.hits(1, "x:Y", call)))
                .isTrue();
    }

    @Test
    void toString_showsSeedAndFaultsInOrder() {
        assertThat(Faults.none()
                        .seed(7)
                        .throttle(1.0 / 3)
                        .delay(Duration.ofMillis(50))
                        .deny("ec2:Create*")
                        .consistentAfterSightings(2)
                        .killAfter(12))
                .hasToString("Faults[seed=7, throttle 33%, delay 50 ms, deny ec2:Create*, kill after call 12,"
                        + " consistent after 2 sightings]");
    }

    @Test
    void copies_leaveTheOriginalAlone() {
        Faults none = Faults.none().seed(1);
        none.throttle(1).delay(Duration.ofSeconds(1));

        assertThat(none.list()).isEmpty();
        assertThat(none.throttle(1).and(none.fail(1, 500)).list()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1.1, Double.NaN})
    void share_outOfRange_isRefused(double share) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Faults.none().throttle(share))
                .withMessageContaining("between 0 and 1");
    }

    @Test
    void otherWrongNumbers_areRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Faults.none().fail(1, 404));
        assertThatIllegalArgumentException().isThrownBy(() -> Faults.none().killAfter(0));
        assertThatIllegalArgumentException().isThrownBy(() -> Faults.none().consistentAfterSightings(0));
        assertThatIllegalArgumentException().isThrownBy(() -> Faults.none().consistentAfter(Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> Faults.none().delay(Duration.ofMillis(-1)));
    }
}
