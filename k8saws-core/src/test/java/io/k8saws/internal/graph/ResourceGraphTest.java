package io.k8saws.internal.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k8saws.plan.ResourceAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A graph holds each resource once, after those it needs")
class ResourceGraphTest {
    private record Pointing(List<Ref> to) implements Attributes {}

    private static ResourceAddress address(String name) {
        return new ResourceAddress("thing", name);
    }

    private static Resource thing(String name, String... needs) {
        List<Ref> refs =
                Stream.of(needs).map(ResourceGraphTest::address).map(Ref::to).toList();
        return new Resource(address(name), new Pointing(refs), "", Set.of());
    }

    @Test
    void needsComeFirst_andTheOrderDoesNotDependOnTheInput() {
        List<Resource> resources = new ArrayList<>(
                List.of(thing("a", "d"), thing("b"), thing("c").after(List.of(address("a"))), thing("d", "b")));
        List<Resource> ordered = List.copyOf(ResourceGraph.of(resources).inOrder());
        Collections.reverse(resources);

        assertThat(ordered).extracting(resource -> resource.address().name()).containsExactly("b", "d", "a", "c");
        assertThat(List.copyOf(ResourceGraph.of(resources).inOrder())).isEqualTo(ordered);
    }

    @Test
    void whatIsNotThereCannotBeNeeded() {
        assertThatThrownBy(() -> ResourceGraph.of(List.of(thing("a", "b"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("thing/a needs thing/b, which the graph does not hold.");
    }

    @Test
    void circlesAreRefused() {
        assertThatThrownBy(() -> ResourceGraph.of(List.of(thing("a", "b"), thing("b", "c"), thing("c", "a"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The graph goes in a circle: [thing/a, thing/b, thing/c] -> thing/a.");
    }

    @Test
    void addressesAreUnique() {
        assertThatThrownBy(() -> ResourceGraph.of(List.of(thing("a"), thing("a"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The graph holds thing/a twice.");
    }

    @Test
    void resourcesAreFoundByAddress() {
        ResourceGraph graph = ResourceGraph.of(List.of(thing("a")));

        assertThat(graph.find(address("a"))).isPresent();
        assertThat(graph.find(address("b"))).isEmpty();
        assertThat(graph.size()).isEqualTo(1);
        assertThat(ResourceGraph.empty().size()).isZero();
    }
}
