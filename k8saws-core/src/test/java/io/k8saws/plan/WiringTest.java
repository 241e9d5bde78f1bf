package io.k8saws.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.plan.ClusterMap.Place;
import io.k8saws.plan.ClusterMap.Talk;
import io.k8saws.plan.Wiring.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class WiringTest {
    private record Pair(Place from, Place to) {}

    @Property
    void givesEachEndAPositionOfItsOwn(@ForAll("talks") Set<Pair> pairs) {
        Wiring wiring = Wiring.of(talks(pairs));

        for (Place place : Place.values()) {
            List<Integer> positions = new ArrayList<>();
            for (Wire wire : wiring.wires()) {
                if (wire.from() == place) {
                    positions.add(wire.start());
                }
                wire.branches().stream()
                        .filter(branch -> branch.talk().to() == place)
                        .forEach(branch -> positions.add(branch.end()));
            }
            assertThat(positions)
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.range(0, wiring.ends().getOrDefault(place, 0))
                                    .boxed()
                                    .toList());
        }
    }

    @Property
    void drawsEachArrowOnceAndNoTwoWiresOverEachOther(@ForAll("talks") Set<Pair> pairs) {
        Wiring wiring = Wiring.of(talks(pairs));

        assertThat(wiring.wires().stream()
                        .flatMap(wire -> wire.branches().stream())
                        .map(Wiring.Branch::talk))
                .containsExactlyInAnyOrderElementsOf(talks(pairs));
        for (Wire a : wiring.wires()) {
            assertThat(a.lane()).isLessThan(wiring.lanes());
            for (Wire b : wiring.wires()) {
                if (!a.equals(b) && a.lane() == b.lane()) {
                    assertThat(rows(a)).doesNotContainAnyElementsOf(rows(b));
                }
            }
        }
    }

    private static List<Integer> rows(Wire wire) {
        IntStream all = IntStream.concat(
                IntStream.of(wire.from().row()),
                wire.branches().stream().mapToInt(branch -> branch.talk().to().row()));
        var span = all.summaryStatistics();
        return IntStream.rangeClosed(span.getMin(), span.getMax()).boxed().toList();
    }

    private static List<Talk> talks(Set<Pair> pairs) {
        return pairs.stream()
                .map(pair -> new Talk(pair.from(), pair.to(), "tcp/1"))
                .toList();
    }

    @Provide
    static Arbitrary<Set<Pair>> talks() {
        return Combinators.combine(Arbitraries.of(Place.class), Arbitraries.of(Place.class))
                .as(Pair::new)
                .set()
                .ofMaxSize(20);
    }
}
