package io.k8saws.internal.blueprint;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.cluster.SampleSpecs;
import io.k8saws.cluster.Topology;
import io.k8saws.internal.resource.Subnets.Subnet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Kubernetes finds subnets for its load balancers by their tags")
class SubnetTagsTest {
    private static final String PUBLIC = "kubernetes.io/role/elb";
    private static final String INTERNAL = "kubernetes.io/role/internal-elb";

    private static Map<String, List<String>> roles(ClusterSpec spec) {
        return BlueprintGoldenTest.graph(spec).inOrder().stream()
                .filter(resource -> resource.attributes() instanceof Subnet)
                .collect(Collectors.toMap(
                        resource -> resource.address().name(), resource -> ((Subnet) resource.attributes())
                                .tags().keySet().stream().sorted().toList()));
    }

    @Test
    void inThePrivateTopology_eachKindOfBalancerHasSubnetsOfItsOwn() {
        assertThat(roles(SampleSpecs.payments().build()))
                .hasSize(6)
                .containsEntry("public-eu-west-1a", List.of(PUBLIC))
                .containsEntry("private-eu-west-1a", List.of(INTERNAL));
    }

    @Test
    void inThePublicTopology_bothKindsShareThem() {
        assertThat(roles(SampleSpecs.payments()
                        .network(n -> n.topology(Topology.PUBLIC))
                        .build()))
                .hasSize(3)
                .allSatisfy((subnet, roles) -> assertThat(roles).containsExactly(PUBLIC, INTERNAL));
    }
}
