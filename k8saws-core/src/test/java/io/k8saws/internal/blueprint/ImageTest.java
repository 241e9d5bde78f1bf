package io.k8saws.internal.blueprint;

import static org.assertj.core.api.Assertions.assertThat;

import io.k8saws.cluster.ClusterSpec;
import io.k8saws.internal.graph.ClusterScope;
import io.k8saws.internal.resource.LaunchTemplates;
import io.k8saws.plan.ResourceAddress;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageTest {
    @ParameterizedTest
    @CsvSource({
        "ami-0123456789abcdef0, ami-0123456789abcdef0",
        "ssm:/acme/images/node, resolve:ssm:/acme/images/node",
    })
    void theTemplateHasTheImageAsEc2WritesIt(String image, String inTemplate) {
        ClusterSpec spec = ClusterSpec.builder()
                .name("payments")
                .region("eu-west-1")
                .network(n -> n.zones("eu-west-1a", "eu-west-1b", "eu-west-1c"))
                .addNodePool(p -> p.name("general").instanceTypes("m6i.xlarge").image(image))
                .build();
        ClusterScope scope = new ClusterScope("payments", "123456789012", "eu-west-1", "aws");

        var template = Blueprint.of(spec, scope, Optional.empty())
                .find(new ResourceAddress(LaunchTemplates.KIND, "general"))
                .orElseThrow();

        assertThat(((LaunchTemplates.LaunchTemplate) template.attributes()).image())
                .isEqualTo(inTemplate);
    }
}
