package io.k8saws.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.internal.graph.Observed;
import io.k8saws.internal.resource.ElasticIps.ElasticIp;
import io.k8saws.plan.Foreign;
import io.k8saws.plan.ResourceAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A world holds what was seen, in an order of its own")
class WorldTest {
    private static final ResourceAddress ONE = new ResourceAddress("elastic-ip", "one");
    private static final ResourceAddress TWO = new ResourceAddress("elastic-ip", "two");

    private static Observed<?> ip(ResourceAddress address, String id) {
        return new Observed<>(address, id, Map.of(), new ElasticIp(Map.of()), Observed.Origin.OURS);
    }

    @Test
    void resourcesAreSortedByAddressAndId() {
        World world = new World(List.of(ip(TWO, "c"), ip(ONE, "b"), ip(ONE, "a")), List.of());

        assertThat(world.all()).extracting(Observed::id).containsExactly("a", "b", "c");
        assertThat(world.at(ONE)).extracting(Observed::id).containsExactly("a", "b");
        assertThat(world.at(new ResourceAddress("elastic-ip", "three"))).isEmpty();
        assertThat(world.isEmpty()).isFalse();
    }

    @Test
    void idsLeadToAddresses() {
        World world = new World(List.of(ip(ONE, "a")), List.of());

        assertThat(world.addressOf("a")).contains(ONE);
        assertThat(world.addressOf("b")).isEmpty();
    }

    @Test
    void whatIsForeignIsNamedOnce() {
        Foreign foreign = new Foreign(ONE, "a rule", "somebody");

        assertThat(new World(List.of(), List.of(foreign, foreign)).foreign()).containsExactly(foreign);
    }
}
